"""The language models that answer: a chain of them, asked in order until one speaks.

Before the first word a failure is retried and then handed to the next model; after it, it is the caller's, because text
that was shown cannot be taken back. Not for prompts and not for storing what was used: a recorder is called for that.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast

import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from src_v2.agents.models.admission import Admission
from src_v2.agents.models.attempt import Attempt, Call, Timeouts
from src_v2.agents.models.records import ModelChunk, Recorder
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.models.tool_calling import Offer, arguments_for
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelError, SettingsError

log = structlog.get_logger(__name__)

BuildModel = Callable[[ModelSpec], BaseChatModel]


class LanguageModels:
    """Asks the models of `chain` in order. `build` makes the model object of a spec; it may be slow, it runs aside."""

    def __init__(
        self,
        chain: Sequence[ModelSpec],
        *,
        build: BuildModel,
        clock: Clock,
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
        chance: random.Random | None = None,
        at_once: int = 48,
    ) -> None:
        if not chain:
            raise SettingsError("No language model is named: set LLM_MODEL")
        self.chain = tuple(chain)
        self._build = build
        self._clock = clock
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or RetryPolicy()
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._admission = Admission(at_once)
        self._models: dict[ModelSpec, BaseChatModel] = {}
        self._building = asyncio.Lock()

    async def prepare(self) -> None:
        """Load the libraries and build every model of the chain, so that the first turn need not wait for it."""
        for spec in self.chain:
            await self._model(spec)

    @asynccontextmanager
    async def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        purpose: str,
        record: Recorder,
        offer: Offer | None = None,
        within_s: float | None = None,
    ) -> AsyncIterator[AsyncIterator[ModelChunk]]:
        """Ask for an answer: `async with models.stream(...) as chunks: async for chunk in chunks: ...`.

        Entering waits for the first words and raises the last ModelError when no model has any. Leaving, in whatever
        way, ends the request at once. `record` is called once for every attempt that was made. With an `offer` the
        model may want tools called instead of, or after, saying something. `within_s` may shorten the time that a whole
        answer has.
        """
        total_s = self._timeouts.total_s if within_s is None else min(within_s, self._timeouts.total_s)
        deadline = asyncio.get_running_loop().time() + total_s
        async with await self._first_to_speak(Call(messages, purpose, record, deadline, offer)) as attempt:
            yield attempt.chunks()

    async def close(self) -> None:
        """Close every connection to the models."""
        models, self._models = self._models, {}
        for model in models.values():
            aclose = getattr(model, "aclose", None)
            if aclose is not None:
                await aclose()

    async def _first_to_speak(self, call: Call) -> Attempt:
        """Return the attempt of the first model that has said something; raises the last model's error."""
        for spec in self.chain[:-1]:
            try:
                return await self._ask_repeatedly(spec, call)
            except ModelError as error:
                log.warning("model_gave_up", model=str(spec), error=type(error).__name__)
        return await self._ask_repeatedly(self.chain[-1], call)

    async def _ask_repeatedly(self, spec: ModelSpec, call: Call) -> Attempt:
        """Ask one model until it speaks or the retry policy or the time is exhausted."""
        tried = 0
        while True:
            try:
                return await self._ask(spec, call)
            except ModelError as error:
                tried += 1
                wait_s = self._retries.wait_s(tried, error, self._chance)
                if wait_s is None or asyncio.get_running_loop().time() + wait_s >= call.deadline:
                    raise
                log.info("model_retry", model=str(spec), error=type(error).__name__, wait_ms=round(wait_s * 1000))
            await self._clock.sleep(wait_s)

    async def _ask(self, spec: ModelSpec, call: Call) -> Attempt:
        """Make one attempt and return it once the model has said something."""
        model = await self._model(spec)
        await self._admission.enter()
        call.attempts += 1
        offered = arguments_for(call.offer, model, spec) if call.offer else {}
        answer = cast(AsyncGenerator[AIMessageChunk, None], model.astream(list(call.messages), **offered))
        attempt = Attempt(spec, answer, call, self._timeouts, self._clock)
        try:
            await attempt.listen()
        except BaseException as problem:
            await attempt.__aexit__(type(problem), problem, problem.__traceback__)
            raise
        return attempt

    async def _model(self, spec: ModelSpec) -> BaseChatModel:
        """Return the model object of `spec`, built at its first use."""
        async with self._building:
            if spec not in self._models:
                self._models[spec] = await asyncio.to_thread(self._build, spec)
            return self._models[spec]
