"""Sees in a message's meaning what no rule foresaw.

What an earlier start learned is loaded as soon as the embedding model is there; else it is learned in the background
and kept. Until then rules look alone.

The vector is the one that routing and recall ask for, too: the embedder makes it once. Nothing of it is kept.
"""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog

from src_v2.agents.guard import kept
from src_v2.agents.guard.cues import cues
from src_v2.agents.guard.examples import LESSONS, Example, Label, Lessons
from src_v2.agents.guard.likelihood import Likelihood
from src_v2.agents.guard.looking import named
from src_v2.agents.guard.readings import LONGEST_CHARS, folded
from src_v2.agents.routing.examples import SAME_MODEL, vectors_of
from src_v2.core.clock import Clock
from src_v2.core.errors import WhisperEngineError
from src_v2.core.markers import own_words
from src_v2.memory.asking import without_names
from src_v2.memory.embeddings.base import Embedder, Vectors

log = structlog.get_logger(__name__)

LEARN_AFTER_S = 15.0
"""Who speaks to a process that has just started, and routing's fewer examples, come first."""
EMBEDDING_BUDGET_S = 0.1
"""A short text takes 2 to 5 ms; behind a batch of documents that is being encoded, up to 40."""
LEAST_WORDS = 3
PROBE = "when the evening comes the boats return to the harbour"
"""Its vector, kept beside what was learned, tells one embedding model from another of the same name."""
_FIRST_RETRY_S, _LAST_RETRY_S = 30.0, 600.0
_EXAMPLES_NAME = "Elena"
"""The character that the examples speak to."""
_WORD = re.compile(r"\w+")
_NOTHING: frozenset[Label] = frozenset()


class Meaning:
    """Looks at meanings, as `lessons` teach it.

    `keep_in` is a folder for the examples' vectors and what was learned from them, alone; times are in seconds.
    """

    def __init__(
        self,
        embedder: Embedder,
        clock: Clock,
        keep_in: Path | None,
        *,
        embedding_budget_s: float = EMBEDDING_BUDGET_S,
        learn_after_s: float = LEARN_AFTER_S,
        lessons: Lessons = LESSONS,
    ) -> None:
        self._embedder = embedder
        self._clock = clock
        self._keep_in = keep_in
        self._embedding_budget_s = embedding_budget_s
        self._learn_after_s = learn_after_s
        self._lessons = lessons
        self._learned: Likelihood | None = None
        self._learning: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to load or learn in the background and return."""
        if self._learning is None:
            self._learning = asyncio.create_task(self._learn(), name="guard-examples")
            self._learning.add_done_callback(_noted)

    async def learned(self) -> None:
        """Wait until everything is learned, or until it is known that it cannot be."""
        if self._learning is not None:
            await asyncio.wait({self._learning})

    async def close(self) -> None:
        """Stop learning."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)

    async def seen(self, text: str, character_name: str, names: Sequence[str]) -> frozenset[Label]:
        """Return what somebody's text seems to mean, of crisis and manipulation; never raises.

        `names` are those that recall is given: then both look for the same text and it is embedded once.
        """
        said = own_words(text)
        learned = self._learned
        if (
            learned is None
            or not self._embedder.ready.is_set()
            or len(_WORD.findall(said[:LONGEST_CHARS])) < LEAST_WORDS
        ):
            return _NOTHING
        try:
            async with asyncio.timeout(self._embedding_budget_s):
                meaning = (await self._embedder.encode([without_names(said, names)], kind="query"))[0]
            return learned.seen(cues(_read(said, character_name)), meaning)
        except (WhisperEngineError, TimeoutError) as error:
            log.debug("looked_without_meaning", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the edge of looking: whatever a message holds, it is answered
            log.warning("looking_failed", error=type(error).__name__)
        return _NOTHING

    async def _learn(self) -> None:
        wait_s = _FIRST_RETRY_S
        while self._learned is None:
            try:
                await self._embedder.ready.wait()
                path = await self._path()
                self._learned = await self._kept(path) or await self._anew(path)
            except (WhisperEngineError, OSError) as error:
                log.warning("guard_examples_not_embedded", error=type(error).__name__)
                await self._clock.sleep(wait_s)
                wait_s = min(_LAST_RETRY_S, wait_s * 2)

    async def _path(self) -> Path | None:
        if self._keep_in is None:
            return None
        digest = await asyncio.to_thread(self._lessons.digest)
        return await asyncio.to_thread(kept.path_in, self._keep_in, self._embedder.spec.slug, digest)

    async def _kept(self, path: Path | None) -> Likelihood | None:
        """Return what an earlier start learned, when it was with this model and not with another of the same name."""
        found = await asyncio.to_thread(kept.load, path, self._embedder.spec.size) if path else None
        if found is None:
            return None
        learned, probe = found
        return learned if float(await self._probe() @ probe) >= SAME_MODEL else None

    async def _anew(self, path: Path | None) -> Likelihood:
        """Learn, after a while, and keep it."""
        await self._clock.sleep(self._learn_after_s)
        examples = await asyncio.to_thread(self._lessons.examples)
        said = await asyncio.to_thread(_said_in, examples)
        meanings = await vectors_of(said, self._embedder, self._keep_in)
        learned = await asyncio.to_thread(_learned_from, examples, meanings)
        log.info("guard_examples_learned", examples=len(examples))
        if path:
            try:
                await asyncio.to_thread(kept.keep, path, learned, await self._probe())
            except (WhisperEngineError, OSError) as error:  # the next start learns again
                log.warning("guard_solution_not_kept", error=type(error).__name__)
        return learned

    async def _probe(self) -> Vectors:
        return np.asarray((await self._embedder.encode([PROBE], kind="query"))[0], dtype=np.float32)


def _said_in(examples: Sequence[Example]) -> list[str]:
    """Return the texts as recall would look for them: together some tens of milliseconds."""
    return [without_names(one.text, (_EXAMPLES_NAME,)) for one in examples]


def _learned_from(examples: Sequence[Example], meanings: Vectors) -> Likelihood:
    found = np.array([cues(_read(one.text, _EXAMPLES_NAME)) for one in examples])
    return Likelihood.learn(found, meanings, [one.label for one in examples])


def _read(text: str, character_name: str) -> str:
    return named(folded(text[:LONGEST_CHARS]), character_name)


def _noted(learning: "asyncio.Task[None]") -> None:
    """Say so when the examples could not be learned: rules alone go on looking."""
    if not learning.cancelled() and (error := learning.exception()) is not None:
        log.error("guard_examples_not_learned", error=type(error).__name__, exc_info=error)
