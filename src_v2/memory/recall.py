"""Finds what was said earlier and may matter now: by its words and by its meaning, in one search and one read.

Every search goes through the audience's filter, and so does the reading of the messages that it found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience, visible_to
from src_v2.core.filters import And, AnyOf, Eq, Filter, Or, Range
from src_v2.core.keys import SUMMARY_KEY
from src_v2.core.messages import StoredMessage
from src_v2.core.tokens import estimate_tokens
from src_v2.memory.asking import TOLD_WITHIN, Asked, asked
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.indexer import Indexer
from src_v2.memory.lexical import plain_words
from src_v2.memory.models import Memory, seen_by
from src_v2.memory.points import SAID, asks
from src_v2.memory.ranking import WEIGHTS, Found, Ranked, Weights, rank, rank_keys
from src_v2.memory.store import MemoryStore
from src_v2.storage.vectors.base import DENSE, PARTS, SPARSE, Hit, Leg, VectorStore

CANDIDATES = 100
"""Points per leg: time against recall. In LoCoMo's small conversations more of them find hardly anything more."""
SPARE = 5
"""Messages read beyond those asked for: some say the same, or are gone since they were indexed."""
SAME_WORDS = 0.9
"""Share of common words (Jaccard) from which two memories say the same."""
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class RecallOptions:
    """What a search is made of. The defaults are what was measured to be best; a benchmark leaves parts out."""

    weights: Weights = WEIGHTS
    names_left_out: bool = True
    times: bool = True


class Recall:
    """Hybrid search over the messages of one vector collection."""

    def __init__(
        self,
        store: MemoryStore,
        vectors: VectorStore,
        embedder: Embedder,
        indexer: Indexer,
        options: RecallOptions | None = None,
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._indexer = indexer
        self._options = options or RecallOptions()

    async def search(
        self,
        audience: Audience,
        query: str,
        limit: int,
        *,
        names: Sequence[str] = (),
        zone: ZoneInfo = UTC,
        since: datetime | None = None,
        until: datetime | None = None,
        tokens: int | None = None,
        keys: bool = True,
    ) -> list[Memory]:
        """Return up to `limit` memories that fit `query`, best first; none before the index has come up.

        `names` are those of the people and the character who speak here: recall is markedly better with them. Times in
        the query ("last March") are those of `zone`; `since` and `until` are hard limits (until is not included).
        `tokens` bounds the texts together. Without `keys`, facts and summaries lead nowhere.

        Raises StoreUnavailable or EmbeddingError when a part of the search is away.
        """
        condition = _within(visible_to(audience), since, until)
        if not keys:
            condition = And((condition, AnyOf("kind", SAID)))
        wanted = self._asked(audience, query, names, zone)
        found = await self._found(condition, wanted)
        ranked = rank(found, wanted, self._now_ms(), self._options.weights)[: limit + SPARE]
        if not ranked:
            return []
        memories = _distinct(await self._read(audience, ranked, since, until))[:limit]
        return memories if tokens is None else _affordable(memories, tokens)

    async def search_summaries(
        self, audience: Audience, query: str, limit: int, *, names: Sequence[str] = (), zone: ZoneInfo = UTC
    ) -> list[str]:
        """Return the ids of up to `limit` summaries that fit, best first; raises as `search` does."""
        condition = And((visible_to(audience), Eq("kind", SUMMARY_KEY)))
        return rank_keys(await self._found(condition, self._asked(audience, query, names, zone)))[:limit]

    def _asked(self, audience: Audience, query: str, names: Sequence[str], zone: ZoneInfo) -> Asked:
        wanted = asked(audience, query, names, now=self._indexer.clock.now(), zone=zone, told_within=TOLD_WITHIN)
        if not self._options.names_left_out:
            wanted = replace(wanted, meaning=query)
        return wanted if self._options.times else replace(wanted, times=())

    def _now_ms(self) -> float:
        return self._indexer.clock.now().timestamp() * 1000

    async def _found(self, condition: Filter, wanted: Asked) -> Found:
        collection = await self._indexer.searchable()
        if not collection:
            return Found((), (), (), CANDIDATES)
        dense = (await self._embedder.encode([wanted.meaning], kind="query"))[0]
        legs = [Leg(SPARSE, wanted.words), Leg(DENSE, dense)]
        if wanted.times:
            then = Or(tuple(Range("created_at", start, end) for start, end in wanted.times))
            legs += [Leg(leg.using, leg.query, condition=then) for leg in legs]
        legs.append(Leg(PARTS, dense, rescores=True))
        *found, pieces = await self._vectors.search(collection, legs, condition, CANDIDATES)
        return Found(_merged(found[::2]), _merged(found[1::2]), pieces, CANDIDATES)

    async def _read(
        self, audience: Audience, ranked: Sequence[Ranked], since: datetime | None, until: datetime | None
    ) -> list[Memory]:
        """Read messages and what came right before them. A key's time is not its message's: the limits hold again."""
        ids = {one.id for one in ranked} | {one.before for one in ranked if one.before}
        found = await self._store.by_ids(audience, sorted(ids))
        said = {key: seen_by(audience.character, message) for key, message in found.items()}
        return [
            as_memory(message, one.score, _question(said.get(one.before or "")))
            for one in ranked
            if (message := said.get(one.id)) is not None and _lies_within(message.created_at, since, until)
        ]


def as_memory(said: StoredMessage, score: float = 0.0, before: StoredMessage | None = None) -> Memory:
    """Return a stored message as a memory."""
    return Memory(said.id, said.speaker_name, said.role, said.text, said.created_at, score, before)


def _within(condition: Filter, since: datetime | None, until: datetime | None) -> Filter:
    if since is None and until is None:
        return condition
    start, end = (None if at is None else at.timestamp() * 1000 for at in (since, until))
    return And((condition, Range("created_at", start, end)))


def _lies_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _merged(found: Iterable[Sequence[Hit]]) -> list[Hit]:
    return list({hit.id: hit for hits in found for hit in hits}.values())


def _question(before: StoredMessage | None) -> StoredMessage | None:
    return before if before is not None and asks(before.text) else None


def _distinct(memories: Iterable[Memory]) -> list[Memory]:
    """Keep the best of those that say nearly the same words."""
    kept: list[tuple[frozenset[str], Memory]] = []
    for memory in memories:
        words = plain_words(memory.text) or frozenset([memory.text.strip()])
        if not any(len(words & other) >= SAME_WORDS * len(words | other) for other, _ in kept):
            kept.append((words, memory))
    return [memory for _, memory in kept]


def _affordable(memories: Sequence[Memory], tokens: int) -> list[Memory]:
    """Return the best memories that fit into `tokens`; one that is too long does not keep out those after it."""
    kept: list[Memory] = []
    for memory in memories:
        cost = estimate_tokens(memory.text) + estimate_tokens(memory.before.text if memory.before else "")
        if cost <= tokens:
            kept.append(memory)
            tokens -= cost
    return kept
