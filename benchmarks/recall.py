"""How long one recall takes: `python -m benchmarks.recall [--memories 100000] [--questions 400] [--json PATH]`.

Through the product's own `Recall`, on SQLite and the embedded vector store. One of twenty users holds most of the
memories; questions come from users in proportion to what they hold. The texts are made up and their vectors random
(what a search costs does not depend on what they mean); questions are embedded by the packaged model.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.support import arguments, percentile, report
from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.ids import derived_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.memory.embeddings.base import Embedder, EmbeddingSpec, Readiness, TextKind, Vectors, normalised
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from src_v2.memory.indexer import Indexer
from src_v2.memory.recall import Recall
from src_v2.memory.rows import message_rows
from src_v2.memory.store import MemoryStore
from src_v2.observability.outages import Outages
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.vectors.edge import EdgeVectorStore

USERS = 20
SHARE_OF_THE_LARGEST = 0.6
SESSION_MESSAGES = 20
ROWS_AT_ONCE = 500
INDEXED_AT_ONCE = 500
LIMIT = 10
BUDGETS = {"without_embedding_ms_p95": 10.0, "with_embedding_ms_p95": 60.0}
VOCABULARY = 20_000
WORDS_SAID = 24
WORDS_ASKED = 10
"""Of a message and of a question, as in LoCoMo."""
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu")


class RandomVectors:
    """An embedder of unit vectors that mean nothing: the same one for the same text."""

    def __init__(self, spec: EmbeddingSpec) -> None:
        self.spec = spec
        self.ready = Readiness()
        self.ready.set()
        self._random = np.random.default_rng(7)

    def start(self) -> None:
        """Nothing is to be loaded."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return vectors at once."""
        return normalised(self._random.standard_normal((len(texts), self.spec.size), dtype=np.float32))

    async def close(self) -> None:
        """Nothing is open."""


def audience_of(user: int) -> Audience:
    """Return one user's private talk."""
    return Audience("elena", f"bench:{user}", f"bench:dm-{user}", Visibility.PRIVATE)


def text(choices: random.Random, words: int) -> str:
    """Return made-up words, some of them far more frequent than others, as in any language (Zipf's law)."""
    ranks = (int(VOCABULARY ** choices.random()) - 1 for _ in range(words))
    return f"{' '.join(word(rank) for rank in ranks)}."


def word(rank: int) -> str:
    """Return the word of this rank, always the same."""
    parts: list[str] = []
    while rank or not parts:
        rank, syllable = divmod(rank, len(SYLLABLES))
        parts.append(SYLLABLES[syllable])
    return "".join(parts)


def said(count: int, choices: random.Random) -> list[tuple[IncomingMessage, str]]:
    """Return messages of all users and the session of each."""
    messages = []
    spoken = [0] * USERS
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(count):
        user = 0 if choices.random() < SHARE_OF_THE_LARGEST else choices.randrange(1, USERS)
        session = f"{user}-{spoken[user] // SESSION_MESSAGES}"
        spoken[user] += 1
        audience = audience_of(user)
        at = start + timedelta(minutes=number)
        author = Author(audience.user_id, f"Friend {user}")
        messages.append(
            (
                IncomingMessage(derived_id(at, str(number)), author, audience, text(choices, WORDS_SAID), at, "bench"),
                session,
            )
        )
    return messages


async def fill(store: MemoryStore, indexer: Indexer, count: int, choices: random.Random) -> None:
    """Store and index messages, by the product's own ways."""
    messages = said(count, choices)
    for at in range(0, count, ROWS_AT_ONCE):
        batch = messages[at : at + ROWS_AT_ONCE]
        await store.apply([row for message, session in batch for row in message_rows([message], session, None)])
    indexed = await indexer.index_batch(INDEXED_AT_ONCE)
    while indexed.last:
        indexed = await indexer.index_batch(INDEXED_AT_ONCE, after=indexed.last)


async def times_ms(recall: Recall, questions: Sequence[tuple[int, str]]) -> dict[int, list[float]]:
    """Return how long each question took, by user."""
    times: dict[int, list[float]] = {}
    for user, question in questions:
        started = time.perf_counter()
        found = await recall.search(audience_of(user), question, LIMIT, names=(f"Friend {user}", "Elena"))
        times.setdefault(user, []).append((time.perf_counter() - started) * 1000)
        assert len(found) == LIMIT
    return times


def figures(name: str, times: dict[int, list[float]]) -> dict[str, float]:
    """Return percentiles over all questions, over those of the user who holds most, and over the others'."""
    everyone = [one for of_user in times.values() for one in of_user]
    others = [one for user, of_user in times.items() if user for one in of_user]
    return {
        f"{name}_ms_p50": percentile(everyone, 0.5), f"{name}_ms_p95": percentile(everyone, 0.95),
        f"{name}_largest_user_ms_p95": percentile(times.get(0, [0.0]), 0.95),
        f"{name}_other_users_ms_p95": percentile(others or [0.0], 0.95),
    }  # fmt: skip


async def measure(memories: int, questions: int, folder: Path) -> dict[str, float]:
    """Return all figures."""
    choices = random.Random(11)
    clock = SystemClock()
    database = Database(f"sqlite:///{folder / 'whisperengine.db'}")
    await migrate.upgrade(database)
    vectors = EdgeVectorStore(folder / "vectors")
    embedder = LocalEmbedder(LocalModelConfig(folder, PACKAGED_MODEL, None, offline=True, threads=1))
    embedder.start()
    await embedder.ready.wait()
    store = MemoryStore(database, clock)
    made_up = RandomVectors(embedder.spec)
    indexer = Indexer(store, vectors, made_up, Outages(), clock)
    try:
        started = time.perf_counter()
        await fill(store, indexer, memories, choices)
        result = {"memories": float(memories), "filled_s": time.perf_counter() - started}
        asked = [
            (
                0 if choices.random() < SHARE_OF_THE_LARGEST else choices.randrange(1, USERS),
                text(choices, WORDS_ASKED),
            )
            for _ in range(questions)
        ]
        ways: dict[str, Embedder] = {"without_embedding": made_up, "with_embedding": embedder}
        for name, way in ways.items():
            recall = Recall(store, vectors, way, indexer)
            await times_ms(recall, asked[:20])
            result |= figures(name, await times_ms(recall, asked))
        return result
    finally:
        await embedder.close()
        await vectors.close()
        await database.close()


def main() -> int:
    """Measure and show."""
    parser = arguments(__doc__)
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=400)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(chosen.memories, chosen.questions, Path(folder)))
    report("One recall", result, chosen.json, BUDGETS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
