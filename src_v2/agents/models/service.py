"""The language models that answer: a chain of them, asked in order until one speaks.

Before the first word a failure is retried and then handed to the next model, and an answer of no use goes to a stronger
chain, once; after it, it is the caller's, because text that was shown cannot be taken back. Not for prompts and not for
storing what was used: a recorder is called for that.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

import structlog
from langchain_core.messages import AIMessageChunk, BaseMessage

from src_v2.agents.models.attempt import Attempt, Call, Timeouts
from src_v2.agents.models.pool import BuildModel, ModelPool
from src_v2.agents.models.records import CallRecord, Meter, ModelChunk, Payer, Pricing, Recorder
from src_v2.agents.models.refusals import may_be_refused
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.spec import Chain, ModelSpec
from src_v2.agents.models.tool_calling import Offer, arguments_for
from src_v2.core.clock import Clock
from src_v2.core.errors import CapReached, ModelError, ModelSilent, ModelTimeout, SettingsError

log = structlog.get_logger(__name__)


class LanguageModels:
    """Asks the models of `chain` in order.

    `build` makes the model object of a spec; it may be slow, it runs aside. Instead of it a `pool` may be shared with
    other chains. `stronger` is asked when an answer of this chain is of no use. `pricing` and `meter` see every call.
    """

    def __init__(
        self,
        chain: Sequence[ModelSpec],
        *,
        clock: Clock,
        build: BuildModel | None = None,
        pool: ModelPool | None = None,
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
        chance: random.Random | None = None,
        at_once: int = 48,
        stronger: "LanguageModels | None" = None,
        pricing: Pricing | None = None,
        meter: Meter | None = None,
    ) -> None:
        if not chain:
            raise SettingsError("No language model is named: set LLM_MODEL")
        self.chain = tuple(chain)
        self._pool = pool or ModelPool(_required(build), at_once=at_once, pricing=pricing)
        self._clock = clock
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or RetryPolicy()
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._stronger = stronger if stronger is not None and stronger.chain != self.chain else None
        self._pricing = pricing
        self._meter = meter

    async def prepare(self) -> None:
        """Load the libraries and build every model of the chain, so that the first turn need not wait for it."""
        for spec in self.chain:
            await self._pool.get(spec)

    @asynccontextmanager
    async def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        purpose: str,
        record: Recorder,
        offer: Offer | None = None,
        within_s: float | None = None,
        question: str | None = None,
        payer: Payer | None = None,
    ) -> AsyncIterator[AsyncIterator[ModelChunk]]:
        """Ask for an answer: `async with models.stream(...) as chunks: async for chunk in chunks: ...`.

        Entering waits for the first words and raises the last ModelError when no model has any. Leaving, in whatever
        way, ends the request at once. `record` is called once for every attempt that was made. With an `offer` the
        model may want tools called instead of, or after, saying something. A refusal is only judged with the
        `question`: what the person asked. With a `payer` every attempt is metered, and CapReached is raised before
        anybody is asked when no more may be spent. `within_s` may shorten the time that a whole answer has.
        """
        total_s = self._timeouts.total_s if within_s is None else min(within_s, self._timeouts.total_s)
        deadline = asyncio.get_running_loop().time() + total_s
        refusable = question is None or may_be_refused(question)
        settle = self._settling(record, payer)
        call = Call(messages, purpose, settle, deadline, offer, payer, self._stronger is not None, refusable)
        async with await self._of_use(call) as attempt:
            yield attempt.chunks()

    async def close(self) -> None:
        """Close every connection to the models."""
        await self._pool.close()

    async def _of_use(self, call: Call) -> Attempt:
        """Return the attempt that is answered with: when this chain's is of no use, that of a stronger one."""
        stronger = self._stronger
        if stronger is None:
            return await self._first_to_speak(call, self.chain)
        try:
            attempt = await self._first_to_speak(call, self.chain)
        except (ModelSilent, ModelTimeout) as error:
            if asyncio.get_running_loop().time() >= call.deadline:
                raise
            log.info("model_escalated", model=call.asked, reason=type(error).__name__)
            return await self._instead(call, stronger)
        return await self._better(attempt, call, stronger) if attempt.fault else attempt

    async def _instead(self, call: Call, stronger: "LanguageModels") -> Attempt:
        """Return a stronger model's attempt where this chain's model said nothing, or that of a fallback of it."""
        silent = next(place for place, spec in enumerate(self.chain) if str(spec) == call.asked)
        others = self.chain[silent + 1 :]
        above = call.to_stronger()
        try:
            return await stronger._first_to_speak(above, stronger.chain)
        except CapReached:
            raise
        except ModelError:
            if not others:
                raise
            return await self._first_to_speak(replace(call, judged=False, attempts=above.attempts), others)

    async def _better(self, attempt: Attempt, call: Call, stronger: "LanguageModels") -> Attempt:
        """Return a stronger model's attempt in place of one that is of no use, which stays if nobody else answers."""
        log.info("model_escalated", model=call.asked, reason=attempt.fault)
        try:
            better = await stronger._first_to_speak(call.to_stronger(), stronger.chain)
        except ModelError:
            return attempt
        except BaseException as problem:
            await attempt.__aexit__(type(problem), problem, problem.__traceback__)
            raise
        try:
            await attempt.reject()
        except BaseException as problem:
            await better.__aexit__(type(problem), problem, problem.__traceback__)
            raise
        return better

    async def _first_to_speak(self, call: Call, chain: Chain) -> Attempt:
        """Return the attempt of the first model that has said something; raises the last model's error."""
        for spec in chain[:-1]:
            try:
                return await self._ask_repeatedly(spec, call)
            except ModelError as error:
                if _is_final(error, call):
                    raise
                log.warning("model_gave_up", model=str(spec), error=type(error).__name__)
        return await self._ask_repeatedly(chain[-1], call)

    async def _ask_repeatedly(self, spec: ModelSpec, call: Call) -> Attempt:
        """Ask one model until it speaks or the retry policy or the time is exhausted."""
        tried = 0
        while True:
            try:
                return await self._ask(spec, call)
            except ModelError as error:
                tried += 1
                wait_s = None if _is_final(error, call) else self._retries.wait_s(tried, error, self._chance)
                if wait_s is None or asyncio.get_running_loop().time() + wait_s >= call.deadline:
                    raise
                log.info("model_retry", model=str(spec), error=type(error).__name__, wait_ms=round(wait_s * 1000))
            await self._clock.sleep(wait_s)

    async def _ask(self, spec: ModelSpec, call: Call) -> Attempt:
        """Make one attempt and return it once the model has said something."""
        if self._meter is not None and call.payer is not None:
            await self._meter.require(call.payer)
        model = await self._pool.get(spec)
        await self._pool.admission.enter()
        call.attempts += 1
        call.asked = str(spec)
        offered = arguments_for(call.offer, model, spec) if call.offer else {}
        answer = cast(AsyncGenerator[AIMessageChunk, None], model.astream(list(call.messages), **offered))
        attempt = Attempt(spec, answer, call, self._timeouts, self._clock)
        try:
            await attempt.listen()
        except BaseException as problem:
            await attempt.__aexit__(type(problem), problem, problem.__traceback__)
            raise
        return attempt

    def _settling(self, record: Recorder, payer: Payer | None) -> Recorder:
        """Return what takes the record of an attempt: it is priced, metered and handed on."""

        def settle(call: CallRecord) -> None:
            priced = self._pricing.priced(call, self._clock.now()) if self._pricing else call
            if self._meter is not None and payer is not None:
                self._meter.note(payer, priced)
            record(priced)

        return settle


def _is_final(error: ModelError, call: Call) -> bool:
    """Whether asking this chain again is no help: nothing may be spent, or a stronger one shall be asked."""
    return isinstance(error, CapReached) or (call.judged and isinstance(error, ModelSilent | ModelTimeout))


def _required(build: BuildModel | None) -> BuildModel:
    if build is None:
        raise TypeError("either `build` or `pool` is needed")
    return build
