"""What WhisperEngine itself costs per turn: `python -m benchmarks.turn [--json PATH] [--quick] [--database-url URL]`.

A model that answers at once runs in a process of its own; stores, embedding model and characters are the real ones,
over a memory of some thousand messages. Budgets are those of docs/architecture.md.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.support import arguments, llm_process, loop_watch, percentile, report
from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.events import Done, ReplyEvent, TextDelta
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.observability.logging import configure_logging
from tests.support.house import make_settings

BUDGETS = {
    "added_ms_p95": 60.0, "llm_calls_per_turn": 1.0, "store_round_trips_per_turn": 6.0, "cpu_ms_per_token": 0.08,
    "loop_stall_ms_1_users": 50.0,
}  # fmt: skip
USERS = (1, 50, 500)
REMEMBERED = 2_000
STREAMED_TOKENS = 200
_ADDED_MS = re.compile(r"added_ms=([0-9.]+)")


@dataclass
class Listener:
    """A surface that only notes what came."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    first_text: asyncio.Event = field(default_factory=asyncio.Event)
    answered: bool = False
    cpu_s: list[float] = field(default_factory=list)

    async def show(self, event: ReplyEvent) -> None:
        """Note the first text and the end."""
        if isinstance(event, TextDelta) and not self.first_text.is_set():
            self.first_text.set()
            self.cpu_s.append(time.process_time())
        elif isinstance(event, Done):
            self.cpu_s.append(time.process_time())
        self.answered |= isinstance(event, Done)

    async def finish(self) -> None:
        """Note that all is over."""
        self.done.set()

    async def restart(self) -> None:
        """Nothing is visible."""

    async def retract(self) -> None:
        """Nothing is visible."""


def message(app: App, user: str, text: str) -> IncomingMessage:
    """Return a direct message of `user` to elena."""
    audience = Audience("elena", f"bench:{user}", f"bench:dm-{user}", Visibility.PRIVATE)
    author = Author(audience.user_id, user)
    return IncomingMessage(new_id(), author, audience, text, app.clock.now(), "bench", platform_message_id=new_id())


async def ask(app: App, user: str, text: str) -> Listener:
    """Ask and wait for the whole reply."""
    listener = Listener()
    await app.lanes.submit(message(app, user, text), listener)
    await listener.done.wait()
    assert listener.answered, "a turn failed"
    return listener


@asynccontextmanager
async def running_app(folder: Path, llm_url: str, **variables: Any) -> AsyncIterator[App]:
    """Give a started app that talks to the model at `llm_url` and writes its metrics to a file."""
    given: dict[str, Any] = {
        "llm_model": "openai-compatible:local-model", "llm_base_url": llm_url, "metrics_file": folder / "metrics.line",
        "memory_source_timeout_s": 5, "llm_max_concurrent": 64,
    }  # fmt: skip
    app = App(make_settings(folder, None, **(given | variables)), doors=False)
    await app.start()
    try:
        await app.embedder.ready.wait()
        await app.replying.router.learned()
        yield app
    finally:
        await app.stop()


async def remember(app: App, count: int) -> None:
    """Fill the memory of the user who is measured."""
    for number in range(count):
        walk = f"I walked {number % 17} miles to lighthouse number {number % 29}"
        text = f"On day {number} {walk} and met {number % 43} gulls."
        await app.memory.keep(message(app, "walker", text))
    await app.jobs.idle()


async def one_by_one(app: App, folder: Path, turns: int) -> dict[str, float]:
    """Return what a single turn adds before the model is asked, with background work going on between turns."""
    for number in range(turns):
        await app.jobs.idle()
        await ask(app, "walker", f"How far is lighthouse number {number}?")
    await app.stores.metrics.stop()
    await app.stores.metrics.start()
    added = [float(found) for found in _ADDED_MS.findall((folder / "metrics.line").read_text())][-turns:]
    return {"added_ms_p50": percentile(added, 0.5), "added_ms_p95": percentile(added, 0.95)}


async def round_trips(app: App, turns: int) -> dict[str, float]:
    """Return how often a turn goes to the stores before its first token; the jobs rest, so that only it is counted."""
    await app.jobs.idle()
    await app.jobs.stop(0)
    database, vectors = app.stores.database, app.stores.vectors
    trips = []
    for number in range(turns):
        before = database.round_trips + vectors.round_trips
        listener = Listener()
        await app.lanes.submit(message(app, "walker", f"How far is lighthouse number {number}?"), listener)
        await listener.first_text.wait()
        trips.append(database.round_trips + vectors.round_trips - before)
        await listener.done.wait()
    await app.jobs.start()
    return {"store_round_trips_per_turn": sum(trips) / len(trips), "store_round_trips_max": float(max(trips))}


async def crowd(app: App, users: int, turns_each: int) -> dict[str, float]:
    """Return turns per second and the longest stall with `users` who each talk without a pause."""

    async def talk(number: int) -> None:
        for turn in range(turns_each):
            await ask(app, f"user{users}-{number}", f"Message {turn} of a lively evening by the sea.")

    async with loop_watch() as watch:
        started = time.perf_counter()
        await asyncio.gather(*(talk(number) for number in range(users)))
        seconds = time.perf_counter() - started
    await app.jobs.idle()
    return {
        f"turns_per_s_{users}_users": users * turns_each / seconds,
        f"loop_stall_ms_{users}_users": watch.longest_s * 1000,
    }


async def cpu_per_token(folder: Path, turns: int, tokens_per_s: float) -> float:
    """Return CPU milliseconds of the whole process per token, from the first text to the end of the stored reply."""
    spent = []
    with llm_process(first_token_ms=0, tokens_per_s=tokens_per_s, tokens=STREAMED_TOKENS, packets=True) as url:
        async with running_app(folder, url) as app:
            for number in range(turns):
                await app.jobs.idle()
                listener = await ask(app, "cpu", f"Tell me story {number}.")
                spent.append(listener.cpu_s[1] - listener.cpu_s[0])
    return percentile(spent, 0.5) / (STREAMED_TOKENS - 1) * 1000


async def measure(folder: Path, *, quick: bool, users: Iterable[int], **variables: Any) -> dict[str, float]:
    """Return every figure; `quick` takes fewer turns."""
    figures: dict[str, float] = {}
    with llm_process(first_token_ms=0, tokens_per_s=0, tokens=20) as url:
        async with running_app(folder, url, **variables) as app:
            await remember(app, REMEMBERED // 10 if quick else REMEMBERED)
            await ask(app, "warm", "Hello")
            figures |= await one_by_one(app, folder, 30 if quick else 200)
            figures |= await round_trips(app, 20)
            for count in users:
                figures |= await crowd(app, count, max(2, (60 if quick else 400) // count))
            async with app.stores.database.read() as connection:
                figures["llm_calls_per_turn"] = await _calls_per_turn(connection)
    figures["cpu_ms_per_token"] = await cpu_per_token(folder, 5 if quick else 20, 500)
    figures["cpu_ms_per_token_lone_slow_stream"] = await cpu_per_token(folder, 2 if quick else 5, 50)
    return figures


async def _calls_per_turn(connection: Any) -> float:
    from sqlalchemy import func, select

    from src_v2.storage.tables import llm_calls, turns

    to_reply = select(func.count()).select_from(llm_calls).where(llm_calls.c.turn_id.is_not(None))
    calls = (await connection.execute(to_reply)).scalar_one()
    answered = (await connection.execute(select(func.count()).select_from(turns))).scalar_one()
    return float(calls / answered)


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns, for a look")
    parser.add_argument("--database-url", default="", help="PostgreSQL instead of SQLite")
    parser.add_argument("--users", type=int, nargs="*", default=USERS)
    options = parser.parse_args()
    configure_logging("WARNING", "json")
    variables = {"database_url": options.database_url} if options.database_url else {}
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), quick=options.quick, users=options.users, **variables))
    report("One turn, model time excluded", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
