"""Finds replies that a person liked, to questions like the one they ask now, and what they like about replies at all.

Who never reacted costs nothing. Of who did, this process keeps vectors and scores of a few questions for some minutes,
never words: those are read when they are wanted, so that what was deleted or edited a moment ago is no example.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from src_v2.core.audience import Audience, Visibility, visible_to
from src_v2.core.clock import Clock
from src_v2.core.errors import StoreError
from src_v2.core.filters import matches
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.patterns.models import Candidate, Exchange, Other, Pattern, Vector
from src_v2.memory.patterns.ranking import best, candidates, enough
from src_v2.memory.patterns.store import ReactionStore
from src_v2.memory.patterns.style import LEAST_LIKED, Sample, Taste, shape_of, tastes
from src_v2.memory.patterns.yardstick import Yardstick

log = structlog.get_logger(__name__)

SHELF_TTL_S = 300.0
"""As long as a value lives in the cache: another process may have noted a reaction meanwhile."""
MOST_SHELVES = 1_000
"""Some 1.5 kB per exchange and mostly a few of them; the longest unasked go first."""
ENCODED_AT_ONCE = 8
USED_AGAIN_AFTER = timedelta(hours=1)
"""How finely it is noted when an example was shown: what fades within months needs no write per turn."""

Whose = tuple[str, str]
"""A character and a person."""


@dataclass(slots=True)
class Shelf:
    """What is known of one person's reactions to one character. `vectors` are those of questions, by their digest.

    `samples` are shapes of replies, those that they said nothing about among them.
    """

    until_s: float = 0.0
    candidates: Sequence[Candidate] = ()
    samples: Sequence[Sample] = ()
    vectors: dict[str, Vector] = field(default_factory=dict)


class Patterns:
    """The examples for everybody's questions."""

    def __init__(self, store: ReactionStore, embedder: Embedder, clock: Clock) -> None:
        self._store = store
        self._embedder = embedder
        self._yardstick = Yardstick(embedder)
        self._clock = clock
        self._shelves: OrderedDict[Whose, Shelf] = OrderedDict()
        self._notes: set[asyncio.Task[None]] = set()

    async def best(self, audience: Audience, question: str, limit: int = 2) -> list[Pattern]:
        """Return up to `limit` replies that this person liked and that may be shown in front of `audience`, best first.

        At most one read, and one embedding when there is anything to compare with. None while the model loads. Raises
        StoreUnavailable or EmbeddingError when a part of it is away.
        """
        if not question.strip() or not self._embedder.ready.is_set():
            return []
        shelf, just_read = await self._shelf(audience)
        condition = visible_to(audience)
        visible = [one for one in shelf.candidates if matches(condition, one.place)]
        if not visible:
            return []
        vector = (await self._embedder.encode([question], kind="query"))[0]
        found = best(visible, vector, self._clock.now(), limit, await self._yardstick.base())
        if not found:
            return []
        ids = [one.reply_id for _, one in found]
        read = just_read if just_read is not None else await self._store.exchanges(audience, ids)
        words = {exchange.reply_id: exchange for exchange in read if exchange.value > 0}
        shown = [(score, one) for score, one in found if one.reply_id in words]
        self._note_used(audience.user_id, [one for _, one in shown])
        return [_pattern(words[one.reply_id], score) for score, one in shown]

    async def style(self, audience: Audience) -> Sequence[Taste]:
        """Return what this person likes about answers, in sentences for the prompt; mostly nothing.

        Only from replies that may surface in front of `audience`. Costs nothing after `best`, and otherwise at most the
        one read that is left out then. None while the model loads. Raises what `best` raises.
        """
        if not self._embedder.ready.is_set():
            return ()
        shelf, _ = await self._shelf(audience)
        condition = visible_to(audience)
        return tastes([one for one in shelf.samples if matches(condition, one.place)], self._clock.now())

    def outdate(self, character: str, user_id: str) -> None:
        """Look again before the next reply: this person reacted, or took a reaction back."""
        shelf = self._shelves.get((character, user_id))
        if shelf is not None:
            self._shelves[character, user_id] = Shelf(vectors=shelf.vectors)

    def forget(self, user_id: str) -> None:
        """Know nothing of a person any more."""
        for whose in [whose for whose in self._shelves if whose[1] == user_id]:
            del self._shelves[whose]

    async def drain(self) -> None:
        """Wait until it is noted which examples were shown."""
        while self._notes:
            await asyncio.gather(*self._notes)

    async def _shelf(self, audience: Audience) -> tuple[Shelf, Sequence[Exchange] | None]:
        """Return what is known of this person, and the exchanges if they had to be read for it just now."""
        whose = (audience.character, audience.user_id)
        held = self._shelves.get(whose)
        if held is not None and self._clock.monotonic() < held.until_s:
            self._shelves.move_to_end(whose)
            return held, None
        self._shelves[whose] = asked = Shelf(vectors=held.vectors if held else {})  # what it learns stays, if cut off
        if len(self._shelves) > MOST_SHELVES:
            self._shelves.popitem(last=False)
        exchanges, others = await self._store.shelf(_everywhere(audience))
        made = Shelf(self._clock.monotonic() + SHELF_TTL_S, samples=_samples(exchanges, others))
        if enough(exchanges):
            digests = [_digest(one.question) for one in exchanges]
            await self._encode(asked.vectors, dict(zip(digests, (one.question for one in exchanges), strict=True)))
            made.vectors = {digest: asked.vectors[digest] for digest in digests}
            made.candidates = candidates(
                exchanges, [made.vectors[one] for one in digests], await self._yardstick.base()
            )
        if self._shelves.get(whose) is asked:  # nobody reacted, or was erased, meanwhile
            self._shelves[whose] = made
        return made, exchanges

    async def _encode(self, vectors: dict[str, Vector], questions: Mapping[str, str]) -> None:
        """Add the vectors that are missing, some at a time: what is asked now is to be encoded in between."""
        new = [digest for digest in questions if digest not in vectors]
        for start in range(0, len(new), ENCODED_AT_ONCE):
            batch = new[start : start + ENCODED_AT_ONCE]
            made = await self._embedder.encode([questions[one] for one in batch], kind="query")
            vectors.update(zip(batch, made, strict=True))

    def _note_used(self, user_id: str, shown: Sequence[Candidate]) -> None:
        """Note on the side that these served as examples."""
        now = self._clock.now()
        due = [one for one in shown if now - one.alive_at >= USED_AGAIN_AFTER]
        if due:
            for one in due:
                one.alive_at = now
            task = asyncio.create_task(self._write_used(user_id, [one.reply_id for one in due], now))
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _write_used(self, user_id: str, reply_ids: Sequence[str], at: datetime) -> None:
        try:
            await self._store.note_used(user_id, reply_ids, at)
        except StoreError as error:  # an example that fades a little early
            log.warning("pattern_use_not_noted", error=type(error).__name__)


def _everywhere(audience: Audience) -> Audience:
    """Return the audience in front of which everything between this person and this character may surface."""
    return Audience(audience.character, audience.user_id, audience.channel_id, Visibility.PRIVATE)


def _samples(exchanges: Sequence[Exchange], others: Sequence[Other]) -> list[Sample]:
    """Return the shapes of replies; none when so few were liked that they say nothing."""
    if sum(one.value > 0 for one in exchanges) < LEAST_LIKED:
        return []
    rated = [Sample(shape_of(one.reply), one.value, one.replied_at, one.place) for one in exchanges]
    return rated + [Sample(shape_of(one.reply), 0.0, one.replied_at, one.place) for one in others]


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode(errors="replace")).hexdigest()


def _pattern(exchange: Exchange, score: float) -> Pattern:
    return Pattern(exchange.reply_id, exchange.question, exchange.reply, exchange.replied_at, score)
