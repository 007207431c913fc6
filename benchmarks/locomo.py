"""How much is found again: `python -m benchmarks.locomo [--data FILE] [--unit turn|session] [--ablation]`.

LoCoMo: two people talk over months, and each question names the turns that answer it. Every conversation goes through
the product's own write path into a data folder of its own, with the packaged embedding model, and each question
through `Recall.search`. Evidence recall@k is the share of a question's evidence among the first k distinct turns (or
sessions) in the order in which they are given, averaged over questions. Categories 1-4 have answers; 5 has none.
"""

import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bm25 import PlainBM25
from benchmarks.support import arguments, percentile
from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.core.tokens import estimate_tokens
from src_v2.memory.models import Memory
from src_v2.memory.ranking import WEIGHTS
from src_v2.memory.recall import Recall, RecallOptions
from tests.support.clock import VirtualClock
from tests.support.house import make_settings

SHARED = Path(os.environ.get("WE_SHARED", "../shared"))
DEFAULT_DATA = SHARED / "data" / "locomo_dev.json"
AT = (5, 10, 25, 50)
MEMORIES = 50
MEMORIES_FOR_SESSIONS = 100
"""Asked for when sessions are counted: several memories are of one session."""
CATEGORIES = {1: "multi_hop", 2: "temporal", 3: "open_domain", 4: "single_hop", 5: "adversarial"}
ANSWERABLE = {"multi_hop", "temporal", "open_domain", "single_hop"}
BETWEEN_TURNS = timedelta(minutes=1)
NOTHING = replace(WEIGHTS, pieces=0, words=0, window=0, speaker=0, question=0, time=0, recency=0)
ABLATION = {
    "everything": RecallOptions(),
    "without words": RecallOptions(replace(WEIGHTS, words=0)),
    "without windows": RecallOptions(replace(WEIGHTS, window=0)),
    "without sentences": RecallOptions(replace(WEIGHTS, pieces=0)),
    "names left in": RecallOptions(names_left_out=False),
    "without who is meant": RecallOptions(replace(WEIGHTS, speaker=0)),
    "without questions behind answers": RecallOptions(replace(WEIGHTS, question=0)),
    "without times": RecallOptions(times=False),
    "without recency": RecallOptions(replace(WEIGHTS, recency=0)),
    "words alone": RecallOptions(replace(NOTHING, words=1), times=False),
    "windows alone": RecallOptions(replace(NOTHING, window=1), times=False),
    "sentences alone": RecallOptions(replace(NOTHING, pieces=1), times=False),
    "sentences alone, names left in": RecallOptions(replace(NOTHING, pieces=1), names_left_out=False, times=False),
}

_SESSION = re.compile(r"session_(\d+)")
_TURN_ID = re.compile(r"D\d+:\d+")


@dataclass(frozen=True)
class Said:
    """One turn of a conversation."""

    dia_id: str
    session: int
    speaker: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Question:
    """A question and the turns that answer it."""

    text: str
    category: str
    evidence: frozenset[str]


@dataclass(frozen=True)
class Conversation:
    """What was said, in order, and what is asked about it. The first speaker is the user."""

    speakers: tuple[str, str]
    turns: tuple[Said, ...]
    questions: tuple[Question, ...]


@dataclass
class Result:
    """What was measured: recalls by category and k, tokens of ten memories, milliseconds per question."""

    recalls: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    tokens: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def note(self, question: Question, given: Sequence[str]) -> None:
        """Note the units that a question was answered with, best first."""
        for k in AT:
            found = len(question.evidence.intersection(given[:k])) / len(question.evidence)
            self.recalls.setdefault(question.category, {}).setdefault(k, []).append(found)

    def figures(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        groups = {
            **{name: [name] for name in CATEGORIES.values()},
            "categories_1_4": [name for name in CATEGORIES.values() if name in ANSWERABLE],
            "all": list(CATEGORIES.values()),
        }  # fmt: skip
        return {
            "recall": {group: {str(k): self._mean(names, k) for k in AT} for group, names in groups.items()},
            "questions": {name: len(by_k[AT[0]]) for name, by_k in sorted(self.recalls.items())},
            "tokens_at_10": round(mean(self.tokens), 1) if self.tokens else 0.0,
            "latency_ms": {"p50": round(percentile(self.ms, 0.5), 2), "p95": round(percentile(self.ms, 0.95), 2)},
        }

    def _mean(self, names: Sequence[str], k: int) -> float | None:
        found = [one for name in names for one in self.recalls.get(name, {}).get(k, [])]
        return round(mean(found), 4) if found else None


def read(path: Path) -> list[Conversation]:
    """Return the conversations of a LoCoMo file; questions whose evidence names no turn are left out."""
    return [_conversation(sample) for sample in json.loads(path.read_text(encoding="utf-8"))]


def _conversation(sample: Mapping[str, Any]) -> Conversation:
    held = sample["conversation"]
    numbers = sorted(int(match[1]) for key in held if (match := _SESSION.fullmatch(key)))
    turns = [said for number in numbers for said in _session(held, number)]
    known = {said.dia_id for said in turns}
    questions = []
    for asked in sample["qa"]:
        evidence = {one for text in asked.get("evidence") or [] for one in _TURN_ID.findall(text)} & known
        if evidence and asked["category"] in CATEGORIES:
            questions.append(Question(str(asked["question"]), CATEGORIES[asked["category"]], frozenset(evidence)))
    return Conversation((held["speaker_a"], held["speaker_b"]), tuple(turns), tuple(questions))


def _session(held: Mapping[str, Any], number: int) -> list[Said]:
    lines = held[f"session_{number}"] or []
    start = datetime.strptime(held[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
    return [
        Said(line["dia_id"], number, line["speaker"], _text(line), start + place * BETWEEN_TURNS)
        for place, line in enumerate(lines)
    ]


def _text(line: Mapping[str, Any]) -> str:
    shows = line.get("blip_caption")
    return f"{line.get('text', '')}\n[shares {shows}]" if shows else str(line.get("text", ""))


class Listener:
    """Tells an app what was said: the first speaker as a user, the second as the character."""

    def __init__(self, app: App, clock: VirtualClock, conversation: Conversation) -> None:
        self._app = app
        self._clock = clock
        self._conversation = conversation
        name = conversation.speakers[0]
        self.audience = Audience("elena", f"bench:{name}", f"bench:dm-{name}", Visibility.PRIVATE)
        self._author = Author(self.audience.user_id, name)
        self.unit_of: dict[str, Said] = {}
        """Message id -> what it is."""

    async def hear(self) -> None:
        """Store the whole conversation and index it."""
        asked: list[IncomingMessage] = []
        session = 0
        for said in self._conversation.turns:
            self._clock.advance(max((said.at - self._clock.now()).total_seconds(), 0))
            if said.session != session and asked:
                await self._reply(asked, "")
                asked = []
            session = said.session
            if said.speaker == self._author.name:
                asked.append(self._incoming(said.text))
                self.unit_of[asked[-1].id] = said
            else:
                self.unit_of[await self._reply(asked or [self._incoming("")], said.text)] = said
                asked = []
        if asked:
            await self._reply(asked, "")
        await self._app.indexer.sweep()

    async def _reply(self, asked: Sequence[IncomingMessage], reply: str) -> str:
        """Store one exchange; return the reply's id. Who is spoken to without having asked gets an empty question."""
        turn = Turn(new_id(), tuple(asked))
        session_id = await self._app.memory.begin_turn(turn)
        name = self._conversation.speakers[1]
        await self._app.memory.finish_turn(
            turn, session_id, "answered", name=name, reply=reply, error=None, calls=()
        )  # fmt: skip
        return turn.reply_id

    def _incoming(self, text: str) -> IncomingMessage:
        return IncomingMessage(new_id(), self._author, self.audience, text, self._clock.now(), "bench")


@asynccontextmanager
async def listened(conversation: Conversation, folder: Path) -> AsyncIterator[tuple[App, Listener]]:
    """Give an app that has heard a conversation and remembers nothing else."""
    start = min((said.at for said in conversation.turns), default=datetime(2024, 1, 1, tzinfo=UTC))
    clock = VirtualClock(start)
    app = App(make_settings(folder), doors=False, clock=clock)
    await app.start()
    try:
        await app.embedder.ready.wait()
        listener = Listener(app, clock, conversation)
        await listener.hear()
        yield app, listener
    finally:
        await app.stop()


async def ask_all(recall: Recall, listener: Listener, conversation: Conversation, unit: str, result: Result) -> None:
    """Ask every question and note what was given."""
    limit = MEMORIES if unit == "turn" else MEMORIES_FOR_SESSIONS
    for question in conversation.questions:
        started = time.perf_counter()
        memories = await recall.search(listener.audience, question.text, limit, names=conversation.speakers)
        result.ms.append((time.perf_counter() - started) * 1000)
        result.tokens.append(sum(map(_tokens, memories[:10])))
        turns = [listener.unit_of[memory.id] for memory in memories]
        _note(result, question, turns, conversation, unit)


async def measure(
    conversations: Sequence[Conversation], unit: str, variants: Mapping[str, RecallOptions]
) -> dict[str, Result]:
    """Return what every variant finds, over all conversations."""
    results = {name: Result() for name in variants}
    with tempfile.TemporaryDirectory() as base:
        for number, conversation in enumerate(conversations):
            async with listened(conversation, Path(base) / str(number)) as (app, listener):
                for name, options in variants.items():
                    recall = Recall(app.store, app.stores.vectors, app.embedder, app.indexer, options)
                    await ask_all(recall, listener, conversation, unit, results[name])
            print(f"conversation {number + 1} of {len(conversations)}", file=sys.stderr)
    return results


def plain_bm25(conversations: Sequence[Conversation], unit: str) -> Result:
    """Return what BM25 over single turns, speaker and text, finds: no category may fall below it."""
    result = Result()
    for conversation in conversations:
        plain = PlainBM25([f"{said.speaker} {said.text}" for said in conversation.turns])
        for question in conversation.questions:
            started = time.perf_counter()
            found = [conversation.turns[place] for place in plain.ranking(question.text)]
            result.ms.append((time.perf_counter() - started) * 1000)
            _note(result, question, found, conversation, unit)
    return result


def _note(result: Result, question: Question, turns: Sequence[Said], conversation: Conversation, unit: str) -> None:
    """Note the turns that were given for a question, or the sessions they are of."""
    if unit == "turn":
        result.note(question, [said.dia_id for said in turns])
        return
    session_of = {said.dia_id: str(said.session) for said in conversation.turns}
    wanted = frozenset(session_of[one] for one in question.evidence)
    result.note(replace(question, evidence=wanted), list(dict.fromkeys(str(said.session) for said in turns)))


def _tokens(memory: Memory) -> int:
    return estimate_tokens(memory.text) + (estimate_tokens(memory.before.text) if memory.before else 0)


def _show(title: str, rows: Mapping[str, Sequence[float | None]], columns: Sequence[str]) -> None:
    table = Table(title=title)
    for column in ("", *columns):
        table.add_column(column, justify="right" if column else "left")
    for name, values in rows.items():
        table.add_row(name, *("-" if value is None else f"{value:.3f}" for value in values))
    Console(width=150).print(table)


def _show_result(figures: Mapping[str, Any], unit: str) -> None:
    rows = {group: [by_k[str(k)] for k in AT] for group, by_k in figures["recall"].items()}
    _show(f"Evidence recall, unit {unit}", rows, [f"@{k}" for k in AT])
    latency = figures["latency_ms"]
    print(f"tokens at 10: {figures['tokens_at_10']}; p50 {latency['p50']} ms, p95 {latency['p95']} ms per recall")


def _show_ablation(figures: Mapping[str, Any], unit: str) -> None:
    groups = ("multi_hop", "temporal", "open_domain", "single_hop", "adversarial", "categories_1_4")
    rows = {name: [one["recall"][group]["10"] for group in groups] for name, one in figures.items()}
    _show(f"Evidence recall@10, unit {unit}, by what is left out", rows, groups)


def main() -> int:
    """Measure, show, and write the figures when asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="a LoCoMo file (default: %(default)s)")
    parser.add_argument("--unit", choices=("turn", "session"), default="turn")
    parser.add_argument("--ablation", action="store_true", help="also say what each ingredient adds")
    chosen = parser.parse_args()
    if not chosen.data.is_file():
        print(f"there is no file {chosen.data}: give a LoCoMo file with --data, or set WE_SHARED", file=sys.stderr)
        return 2
    variants = ABLATION if chosen.ablation else {"everything": RecallOptions()}
    conversations = read(chosen.data)
    results = asyncio.run(measure(conversations, chosen.unit, variants))
    if chosen.ablation:
        results["plain BM25"] = plain_bm25(conversations, chosen.unit)
    figures = {name: result.figures() for name, result in results.items()}
    report = figures["everything"]
    _show_result(report, chosen.unit)
    if chosen.ablation:
        _show_ablation(figures, chosen.unit)
        report = {**report, "ablation": {name: one["recall"] for name, one in figures.items()}}
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
