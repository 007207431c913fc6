"""What a person on Discord waits for: `python -m benchmarks.discord [--json PATH] [--quick] [--users 50]`.

The local Discord and its people run in this process, the application and the model server in processes of their own;
settings are the defaults. The model takes 300 ms to its first token and sends 150 at 50 per second. All times are taken
on Discord's side, from a person's message to what can be read there; `over_llm` leaves the model's own time out. First
one user alone, then many: everybody in one instant, everybody in a conversation of their own, everybody in one channel.
"""

import argparse
import asyncio
import random
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.discord_processes import FIRST_TOKEN_MS, LLM_MS, answer, process, serve_app, serve_model
from benchmarks.support import arguments, loop_watch, percentile, report
from tests.support.discord import BotAccount, Channel, LocalDiscord, Message, Person
from tests.support.discord.client import authority_pem
from tests.support.discord.journal import Entry

READING_S = (1.0, 4.0)
"""How long a person takes from the end of a reply to the next message."""
PATIENCE_S = 30.0
TURN_PATIENCE_S = 10.0
"""What each turn that may come before one's own adds to the patience."""
SCENES = ("", "_at_once", "_talking", "_in_a_channel")
"""How the figures' names end: one user alone, and the three crowds."""
LATE_MS = 150.0
BUDGETS = {f"first_visible_over_llm_ms_p95{scene}": LATE_MS for scene in ("", "_talking")}
BUDGETS |= {f"{name}{scene}": 0.0 for name in ("lost", "out_of_order", "doubled", "answered_429") for scene in SCENES}
BUDGETS |= {f"loop_stall_ms{scene}": 50.0 for scene in ("", "_talking")}

Figures = dict[str, float]


@dataclass(frozen=True)
class Asked:
    """A question on Discord."""

    number: int
    message: Message


@dataclass
class Town:
    """The local Discord, its people, and the pipe to the application, which reports its loop's stalls."""

    discord: LocalDiscord
    elena: BotAccount
    square: Channel
    people: list[Person]
    app: Connection
    asked: list[Asked] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def ask(self, person: Person, place: Channel | BotAccount, *, patience_s: float = PATIENCE_S) -> None:
        """Ask a question and wait until the whole reply is there, or for too long."""
        number = len(self.asked)
        name = "" if place is self.elena else f"{self.elena.mention} "
        self.asked.append(Asked(number, await person.says(place, f"{name}What do the gulls say about q{number}?")))
        whole = answer(number)
        with suppress(AssertionError):
            await person.sees(place, from_=self.elena, timeout=patience_s, where=lambda seen: seen.content == whole)

    async def read(self) -> None:
        """Take the time to read a reply and to think of the next question."""
        await asyncio.sleep(self.chance.uniform(*READING_S))


async def alone(town: Town, turns: int) -> None:
    """One person talks, everybody else is silent."""
    for _ in range(turns):
        await town.ask(town.people[0], town.elena)
        await town.read()


async def at_once(town: Town) -> None:
    """Everybody writes a direct message in the same instant."""
    await asyncio.gather(*(town.ask(person, town.elena) for person in town.people))


async def talking(town: Town, turns: int) -> None:
    """Everybody holds a conversation of their own; they begin one by one."""

    async def converse(person: Person) -> None:
        await asyncio.sleep(town.chance.uniform(0, LLM_MS / 1000 + READING_S[1]))
        for _ in range(turns):
            await town.ask(person, town.elena)
            await town.read()

    await asyncio.gather(*map(converse, town.people))


async def in_a_channel(town: Town, people: Sequence[Person]) -> None:
    """People mention elena in one channel in the same instant; she answers one after the other."""
    patience_s = PATIENCE_S + len(people) * TURN_PATIENCE_S
    await asyncio.gather(*(town.ask(person, town.square, patience_s=patience_s) for person in people))


async def scene(town: Town, ending: str, people_act: Awaitable[None]) -> Figures:
    """Let people act and return what that gave, under names that end in `ending`."""
    begin, refused = len(town.asked), town.discord.too_many_requests
    await stall_ms(town.app)
    async with loop_watch() as watch:
        await people_act
    figures = figures_of(town.asked[begin:], town.discord.log(town.elena)) | {
        "answered_429": town.discord.too_many_requests - refused,
        "loop_stall_ms": await stall_ms(town.app),
        "loop_stall_ms_of_the_local_discord": watch.longest_s * 1000,
    }
    return {f"{name}{ending}": value for name, value in figures.items()}


async def stall_ms(app: Connection) -> float:
    """Return the application's longest stall since this was asked before."""
    app.send("stall")
    return float(await asyncio.to_thread(app.recv)) * 1000


def figures_of(asked: Sequence[Asked], entries: Sequence[Entry]) -> Figures:
    """Return times in ms and what went wrong. `entries` are all that the bot sent and edited, oldest first."""
    first: list[float] = []
    final: list[float] = []
    edits = lost = doubled = 0
    for question in asked:
        about = [entry for entry in entries if entry.content.startswith(f"q{question.number}:")]
        whole = next((entry for entry in about if entry.content == answer(question.number)), None)
        if whole is None:
            lost += 1
            continue
        first.append((about[0].at - question.message.at) * 1000)
        final.append((whole.at - question.message.at) * 1000)
        edits += sum(entry.kind == "edit" for entry in about)
        doubled += len({entry.message for entry in about}) - 1
    wrong: Figures = {"lost": lost, "doubled": doubled, "out_of_order": out_of_order(asked)}
    if not final:
        return wrong
    times = spread("first_visible", first, FIRST_TOKEN_MS) | spread("final_edit", final, LLM_MS)
    return times | {"edits_per_reply": edits / len(final), "answered": len(final)} | wrong


def one_after_the_other(figures: Figures) -> Figures:
    """Take the time per turn instead of times that are mostly the wait for one's turn."""
    waits = [name for name in figures if name.startswith(("first_visible", "final_edit"))]
    per_turn = figures.get("final_edit_ms_max_in_a_channel", 0.0) / max(1.0, figures.get("answered_in_a_channel", 0))
    rest = {name: value for name, value in figures.items() if name not in waits}
    return {"ms_per_turn_in_a_channel": per_turn, **rest}


def spread(name: str, times: Sequence[float], llm_ms: float) -> Figures:
    """Return the percentiles of `times`, and the 95th without the model's own time."""
    p95 = percentile(times, 0.95)
    found = {"ms_p50": percentile(times, 0.5), "ms_p95": p95, "ms_max": max(times), "over_llm_ms_p95": p95 - llm_ms}
    return {f"{name}_{key}": value for key, value in found.items()}


def out_of_order(asked: Sequence[Asked]) -> int:
    """Count the replies that stand right below the reply to a later question of the same channel."""
    begin, wrong = asked[0].number, 0
    for channel in {question.message.channel for question in asked}:
        found = (re.match(r"q(\d+):", message.content) for message in channel.messages.values())
        numbers = [int(opening[1]) for opening in found if opening and int(opening[1]) >= begin]
        wrong += sum(later < earlier for earlier, later in pairwise(numbers))
    return wrong


@asynccontextmanager
async def town_of(users: int, folder: Path, *, hashing: bool) -> AsyncIterator[Town]:
    """Give a Discord with elena online and this many people in her guild."""
    async with (
        LocalDiscord(validate=False) as discord,
        process(serve_model) as (_, llm_url),
    ):
        elena = discord.add_bot("elena")
        square = discord.add_guild("Harbour", bots=[elena]).channel("square")
        people = [discord.add_person(f"User {number}") for number in range(users)]
        options = {
            "llm_model": "openai-compatible:local-model", "llm_base_url": llm_url, "discord_token": elena.token,
            "burst_window_s": 1.0, "hashing": hashing,
        }  # fmt: skip
        async with process(serve_app, folder, discord.port, authority_pem(), options) as (app, _):
            await discord.until_online(elena, timeout=PATIENCE_S)
            yield Town(discord, elena, square, people, app)


async def measure(folder: Path, options: argparse.Namespace) -> Figures:
    """Return every figure."""
    one, each = (3, 1) if options.quick else (20, 4)
    async with town_of(options.users, folder, hashing=options.hashing) as town:
        await alone(town, 1)
        crowd = town.people[:5] if options.quick else town.people
        return {
            **await scene(town, SCENES[0], alone(town, one)),
            **await scene(town, SCENES[1], at_once(town)),
            **await scene(town, SCENES[2], talking(town, each)),
            **one_after_the_other(await scene(town, SCENES[3], in_a_channel(town, crowd))),
        }


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns, for a look")
    parser.add_argument("--users", type=int, default=50, help="how many people there are")
    parser.add_argument("--hashing", action="store_true", help="no embedding model: words hashed into a vector")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), options))
    report(f"Discord: one user, then {options.users}", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
