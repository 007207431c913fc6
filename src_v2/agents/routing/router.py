"""Decides how much a message is thought about before any model is asked: mode, steps, and how sure that is.

Rules first, which settle what is plain talk; then what the message has in common with labelled examples, by its
signals and, once the embedding model and the examples' vectors are there, by its meaning. Not for choosing tools.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import structlog

from src_v2.agents.models.records import Payer, Recorder
from src_v2.agents.routing.examples import Examples, load_examples, meanings_of
from src_v2.agents.routing.likeness import Likeness, Numbers
from src_v2.agents.routing.opinion import Opinion
from src_v2.agents.routing.rules import at_a_glance, certainly_simple, notable, simple_from
from src_v2.agents.routing.signals import Signals, as_vector, read
from src_v2.core.clock import Clock
from src_v2.core.errors import WhisperEngineError
from src_v2.core.routes import Complexity, Route, route
from src_v2.memory.asking import without_names
from src_v2.memory.embeddings.base import Embedder, Vectors

log = structlog.get_logger(__name__)

EMBEDDING_BUDGET_S = 0.04
"""A short text takes 2 to 5 ms; behind a batch of documents that is being encoded, up to 40."""
OPINION_BUDGET_S = 1.0
PLAINLY_SIMPLE = 0.97
"""From this likelihood by signals alone no embedding is asked for. Of the examples, each left out in turn, one in 250
is then wrong."""
PLAINLY_TALK = 0.8
"""From this likelihood by meaning alone a message is simple, whatever its words: a way of speaking."""
UNSURE = 0.6
"""Below this confidence a small model may be asked."""
_GLANCE_CONFIDENCE = 0.6
_FIRST_RETRY_S, _LAST_RETRY_S = 30.0, 600.0

_FORCED = re.compile(r"\s*!reflect\s+(?=\S)", re.IGNORECASE)


def forced_text(text: str) -> str | None:
    """Return what stands behind `!reflect` at the beginning; None when it is not there or nothing follows."""
    found = _FORCED.match(text)
    return text[found.end() :] if found else None


@dataclass(frozen=True, slots=True)
class _Learned:
    """What the examples teach; what has to do with meaning comes later than `by_signals`, or never."""

    examples: Examples
    by_signals: Likeness
    by_both: Likeness | None = None
    by_meaning: Likeness | None = None


class Router:
    """Routes messages. `embedder` None goes by words alone; `keep_in` is a folder for the examples' vectors.

    `opinion` asks a small model when in doubt, within `opinion_budget_s`. Budgets are in seconds.
    """

    def __init__(
        self,
        embedder: Embedder | None,
        *,
        clock: Clock,
        keep_in: Path | None = None,
        embedding_budget_s: float = EMBEDDING_BUDGET_S,
        opinion: Opinion | None = None,
        opinion_budget_s: float = OPINION_BUDGET_S,
    ) -> None:
        self._embedder = embedder
        self._clock = clock
        self._keep_in = keep_in
        self._embedding_budget_s = embedding_budget_s
        self._opinion = opinion
        self._opinion_budget_s = opinion_budget_s
        self._learned: _Learned | None = None
        self._learning: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to learn the examples in the background and return; until then rules alone decide."""
        if self._learning is None:
            self._learning = asyncio.create_task(self._learn(), name="router-examples")
            self._learning.add_done_callback(_noted)

    async def learned(self) -> None:
        """Wait until everything that can be learned is, the examples' meanings included."""
        if self._learning is not None:
            await asyncio.wait({self._learning})

    async def close(self) -> None:
        """Stop learning."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)

    async def route(
        self,
        text: str,
        *,
        pictures: int = 0,
        forced: bool = False,
        names: Sequence[str] = (),
        record: Recorder | None = None,
        payer: Payer | None = None,
        character: str = "",
    ) -> Route:
        """Return the way that a message takes; never raises.

        `forced` when the person asked to think it through. `names` are those that recall is given, the character's id
        included: then both look for the same text and it is embedded once. `record` notes the call of the small
        model of `character`, on the account of `payer`; without it none is asked.
        """
        if forced:
            return route(Complexity.HIGH, 1.0, "forced")
        try:
            decided = await self._route(text, pictures, names)
            if decided.confidence >= UNSURE or self._opinion is None or record is None:
                return decided
            asking = partial(self._opinion, text, record, payer=payer, character=character)
            return await self._second_opinion(decided, asking)
        except Exception as error:  # noqa: BLE001 - the edge of routing: whatever a message holds, it is answered
            log.warning("routing_failed", error=type(error).__name__)
            return route(Complexity.SIMPLE, 0.0, "failed")

    async def _route(self, text: str, pictures: int, names: Sequence[str]) -> Route:
        found = read(text)
        if rule := certainly_simple(found, pictures):
            return route(Complexity.SIMPLE, 1.0, rule)
        learned = self._learned
        if learned is None:
            return route(at_a_glance(found), _GLANCE_CONFIDENCE, "at_a_glance", *notable(found))
        weights, reasons = await self._weighed(learned, found, text, names)
        return _decided(found, weights, reasons)

    async def _weighed(
        self, learned: _Learned, found: Signals, text: str, names: Sequence[str]
    ) -> tuple[Numbers, tuple[str, ...]]:
        """Return how likely each complexity is, and by what."""
        signals = as_vector(found)
        weights, nearest = learned.by_signals.weigh(signals, None)
        source = "signals"
        if weights[0] < PLAINLY_SIMPLE and learned.by_meaning is not None:
            meaning = await self._meaning(without_names(text, names))
            if meaning is not None:
                weights, nearest, source = _by_meaning(learned, signals, meaning) or (weights, nearest, source)
        return weights, (source, f"like_{learned.examples.all[nearest].kind}", *notable(found))

    async def _meaning(self, text: str) -> Vectors | None:
        """Return the text's vector; None when the embedder is not ready, down or late."""
        if self._embedder is None or not self._embedder.ready.is_set():
            return None
        try:
            async with asyncio.timeout(self._embedding_budget_s):
                vectors = await self._embedder.encode([text], kind="query")
            return np.asarray(vectors[0])
        except (WhisperEngineError, TimeoutError) as error:
            log.debug("routed_without_meaning", error=type(error).__name__)
            return None

    async def _second_opinion(self, decided: Route, ask: Callable[[], Awaitable[Complexity | None]]) -> Route:
        try:
            async with asyncio.timeout(self._opinion_budget_s):
                said = await ask()
        except TimeoutError:
            said = None
        return decided if said is None else route(said, UNSURE, *decided.reasons, "small_model")

    async def _learn(self) -> None:
        examples = await asyncio.to_thread(lambda: Examples(load_examples()))
        self._learned = _Learned(examples, await asyncio.to_thread(examples.fitted, None))
        wait_s = _FIRST_RETRY_S
        while self._embedder is not None:
            try:
                meanings = await meanings_of(examples.all, self._embedder, self._keep_in)
            except (WhisperEngineError, OSError) as error:
                log.warning("routing_examples_not_embedded", error=type(error).__name__)
                await self._clock.sleep(wait_s)
                wait_s = min(_LAST_RETRY_S, wait_s * 2)
                continue
            both = await asyncio.to_thread(examples.fitted, meanings)
            alone = await asyncio.to_thread(partial(examples.fitted, meanings, by_signals=False))
            self._learned = _Learned(examples, self._learned.by_signals, both, alone)
            return


def _noted(learning: "asyncio.Task[None]") -> None:
    """Say so when the examples could not be learned: rules alone go on deciding."""
    if not learning.cancelled() and (error := learning.exception()) is not None:
        log.error("routing_examples_not_learned", error=type(error).__name__, exc_info=error)


def _by_meaning(learned: _Learned, signals: Numbers, meaning: Vectors) -> tuple[Numbers, int, str] | None:
    """Return how likely each complexity is, the nearest example, and by what; None while no meanings are learned."""
    if learned.by_both is None or learned.by_meaning is None:
        return None
    alone, nearest = learned.by_meaning.weigh(None, meaning)
    if alone[0] >= PLAINLY_TALK:
        return alone, nearest, "plain_meaning"
    return *learned.by_both.weigh(signals, meaning), "meaning"


def _chosen(found: Signals, weights: Numbers) -> Complexity:
    """Return the likeliest complexity of the mode that it takes."""
    if weights[0] >= simple_from(found):
        return Complexity.SIMPLE
    return tuple(Complexity)[1 + int(weights[1:].argmax())]


def _decided(found: Signals, weights: Numbers, reasons: tuple[str, ...]) -> Route:
    complexity = _chosen(found, weights)
    fast = float(min(1.0, max(0.0, weights[0])))
    if complexity is Complexity.SIMPLE and found.odd_sum:
        return route(Complexity.LOW, UNSURE, *reasons, "sum")
    return route(complexity, fast if complexity is Complexity.SIMPLE else 1.0 - fast, *reasons)
