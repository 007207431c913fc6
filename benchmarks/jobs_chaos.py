"""Kills processes that request and do jobs, at random and without warning, and counts what became of the jobs."""

import asyncio
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Table, func, select

from benchmarks.jobs_processes import READY, command, counter, effects, make_tables, produced
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.tables import outbox

LOOK_EVERY_S = 0.1
PATIENCE_S = 90.0
STOP_S = 20.0


@dataclass(frozen=True)
class Role:
    """What a process is for; one that holds begins jobs and never ends them."""

    name: str
    work: bool = True
    per_s: float = 0.0
    hold: bool = False


EMBEDDED = (Role("main", per_s=80),)
SERVED = (
    Role("producer-1", work=False, per_s=30),
    Role("producer-2", work=False, per_s=30),
    Role("worker-1"),
    Role("worker-2"),
    Role("worker-3"),
)
EMBEDDED_KILLS_S = (0.3, 4.0)
"""A process takes a second to come up, and is to get something done now and then."""
SERVED_KILLS_S = (0.5, 2.0)


@dataclass(frozen=True)
class Verdict:
    """What became of the jobs. `drain_s` is how long the last ones took after the last kill."""

    requested: int
    effects: int
    new_effects: int
    lost: int
    invented: int
    out_of_order: int
    rows_left: int
    kills: int
    unclean_stops: int
    drain_s: float

    @property
    def ok(self) -> bool:
        """Whether every job had its effect exactly once, and those in order had it in order."""
        wrong = (self.lost, self.invented, self.out_of_order, self.rows_left, self.unclean_stops)
        return self.requested == self.effects == self.new_effects and not any(wrong)


@dataclass
class Family:
    """The processes of some roles."""

    url: str
    folder: Path
    running: dict[Role, subprocess.Popen[str]] = field(default_factory=dict)

    def start(self, role: Role, *, producing: bool = True) -> None:
        """Start the process of `role`."""
        per_s = role.per_s if producing else 0
        line = command(self.url, self.folder, role.name, work=role.work, per_s=per_s, hold=role.hold)
        self.running[role] = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def kill(self, role: Role) -> None:
        """End the process of `role` with no chance to say goodbye."""
        process = self.running.pop(role)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    async def ready(self, role: Role) -> None:
        """Return when the process of `role` works."""
        stdout = self.running[role].stdout
        assert stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await asyncio.to_thread(stdout.readline)
        if line.strip() != READY:
            raise RuntimeError(f"{role.name} did not start")

    def stop(self) -> int:
        """Ask every process to stop; return how many did not do so cleanly."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        unclean = 0
        for process in self.running.values():
            try:
                process.communicate(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            unclean += process.returncode != 0
        self.running.clear()
        return unclean


async def chaos(
    url: str, folder: Path, seconds: float, roles: Sequence[Role], kill_every_s: tuple[float, float]
) -> Verdict:
    """Let `roles` work for `seconds` while one of them is killed again and again, then let them finish, and count."""
    database = Database(url)
    await migrate.upgrade(database)
    await make_tables(database)
    family = Family(url, folder)
    try:
        kills = await _rage(family, seconds, roles, kill_every_s)
        # One worker never comes back, if there are others: what it had begun must be taken over.
        workers = [role for role in roles if role.work]
        left = workers[1:] or workers
        since = time.perf_counter()
        for role in left:
            family.start(role, producing=False)
        for role in left:
            await family.ready(role)
        await _nothing_left(database)
        drain_s = time.perf_counter() - since
        unclean = family.stop()
        return await verdict_on(database, kills, unclean, drain_s)
    finally:
        for role in list(family.running):
            family.kill(role)
        await database.close()


async def _rage(family: Family, seconds: float, roles: Sequence[Role], kill_every_s: tuple[float, float]) -> int:
    """Kill for `seconds`, and everybody at the end; return how often."""
    choices = random.Random()
    for role in roles:
        family.start(role)
    for role in roles:
        await family.ready(role)
    kills, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        await asyncio.sleep(choices.uniform(*kill_every_s))
        victim = choices.choice(roles)
        family.kill(victim)
        family.start(victim)
        kills += 1
    for role in roles:
        family.kill(role)
    return kills + len(roles)


async def _nothing_left(database: Database) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while await _count(database, outbox):  # noqa: ASYNC110 - other processes do it, and nobody tells us
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        return  # the verdict says what is left


async def verdict_on(database: Database, kills: int, unclean: int, drain_s: float) -> Verdict:
    """Count what became of the jobs."""
    async with database.read() as connection:
        wanted = set((await connection.execute(select(produced.c.key))).scalars())
        there = (await connection.execute(select(effects.c.key, effects.c.lane).order_by(effects.c.position))).all()
        new = (await connection.execute(select(counter.c.value))).scalar_one()
    lanes: dict[str, list[str]] = defaultdict(list)
    for key, lane in there:
        if lane is not None:
            lanes[lane].append(key)
    done = {row[0] for row in there}
    return Verdict(
        requested=len(wanted), effects=len(there), new_effects=new, lost=len(wanted - done),
        invented=len(done - wanted), rows_left=await _count(database, outbox), kills=kills, unclean_stops=unclean,
        out_of_order=sum(keys != sorted(keys) for keys in lanes.values()), drain_s=drain_s,
    )  # fmt: skip


async def _count(database: Database, table: Table) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
