"""Answers step by step: the model looks things up with tools until it knows enough; what it says last is the answer.

Native function calling, on any provider that has it. What is said streams at once; what turns out to have been said on
the way, or to be wrong, is taken back (`TextReplaced`). Nothing a model says is executed: it names a tool and gives it
arguments.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall

from src_v2.agents.limits import Limits, Spending
from src_v2.agents.models.records import CallRecord, Payer
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.tool_calling import Offer
from src_v2.agents.steps import Called, Step, Wanted, answers, observations, wanted_calls
from src_v2.characters.models import Indicator, ThinkingIndicators
from src_v2.core.errors import ModelError, ModelTimeout, ModelUnavailable
from src_v2.core.events import Status, TextDelta, TextReplaced
from src_v2.core.messages import Turn
from src_v2.core.routes import Route
from src_v2.core.tokens import estimate_tokens
from src_v2.tools.base import ToolContext, ToolResult
from src_v2.tools.results import away, unusable
from src_v2.tools.toolbox import ToolBox

log = structlog.get_logger(__name__)

PURPOSE = "reflect"
MOST_CORRECTIONS = 2
"""How often a draft may be sent back; a third time rarely changes what two did not."""
NO_MORE_CALLS = "No more calls are possible for this answer. Answer with what you know."
OUT_OF_TIME = "That took too long, and may or may not have been done. Answer without it, and claim neither."
NO_ROOM = "What this gave is more than there is room for. Answer with what you know."

Said = TextDelta | TextReplaced | Status


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with a draft: `advice` for the model, and `repaired`, the draft without what is wrong."""

    advice: str
    repaired: str


Check = Callable[[str, Sequence[str]], Awaitable[Objection | None]]
"""Looks at a draft and at what the tools gave; None when there is nothing to object."""


@dataclass(slots=True)
class Thought:
    """One answer in the making: what it is made from, and what came of it so far."""

    messages: list[BaseMessage]
    route: Route
    context: ToolContext
    indicators: ThinkingIndicators
    calls: list[CallRecord]
    payer: Payer | None = None
    check: Check | None = None
    text: str = ""
    steps: list[Step] = field(default_factory=list)
    objections: int = 0
    asked: int = 0
    """Model calls of the loop so far."""
    was_cut_short: bool = False


class Reflection:
    """The loop. One serves all turns."""

    def __init__(self, tools: ToolBox, limits: Limits) -> None:
        self._tools = tools
        self._limits = limits

    def was_allowed(self, turn: Turn) -> bool:
        """Whether a turn is a person's yes to a call that waits for it."""
        return any(self._tools.said_yes(message) for message in turn.messages)

    async def answer(self, models: LanguageModels, thought: Thought) -> AsyncGenerator[Said, None]:
        """Yield what is shown while `thought` is thought, and leave the answer in its `text`; raises ModelError.

        Cancelling ends the model's and the tools' work at once.
        """
        spending = Spending(self._limits, thought.route.max_steps, thought.calls)
        specs = self._tools.specs(thought.context.permissions, thought.context.author.user_id)
        yield _status(thought.indicators.reflective_mode)
        await self._do_what_was_allowed(thought)
        while True:
            closed = spending.must_answer(thought.messages)
            calling: AIMessage | None = None
            async with aclosing(self._ask(models, thought, spending, Offer(specs, closed=closed))) as heard:
                async for one in heard:
                    if isinstance(one, AIMessage):
                        calling = one
                    else:
                        yield one
            if closed or (calling is None and thought.text):
                thought.was_cut_short = closed and spending.steps > 1
                break
            if thought.text:  # said on the way, not the answer
                thought.text = ""
                yield TextReplaced("")
            if calling is not None:
                yield _status(thought.indicators.tool_use)
                await self._look_up(calling, thought, spending)
        if not thought.text.strip():
            raise ModelUnavailable("the model went on calling tools when it had to answer")
        async with aclosing(self._corrected(models, thought, spending, Offer(specs, closed=True))) as heard:
            async for said in heard:
                yield said
        for question in thought.context.notes.questions:
            thought.text += f"\n\n{question}"
            yield TextDelta(f"\n\n{question}")

    async def _do_what_was_allowed(self, thought: Thought) -> None:
        """Carry out the call that the person said yes to, and begin with what came of it."""
        confirmed = await self._tools.confirmed(thought.context)
        if confirmed is None:
            return
        wanted = Wanted("call_allowed", confirmed.name, confirmed.arguments)
        call = ToolCall(name=wanted.name, args=confirmed.arguments, id=wanted.id, type="tool_call")
        called = [Called(wanted, confirmed.result)]
        thought.steps.append(Step("", called))
        thought.messages += [AIMessage("", tool_calls=[call]), *answers(called)]

    async def _ask(
        self, models: LanguageModels, thought: Thought, spending: Spending, offer: Offer
    ) -> AsyncGenerator[Said | AIMessage, None]:
        """Yield what one model call says, then its calls of tools, if any.

        A look around that takes too long ends without either: what is left of the time is for the answer.
        """
        spending.steps += 1
        thought.asked = spending.steps
        within_s = spending.left_s(answering=offer.closed)
        try:
            async with models.stream(
                thought.messages,
                purpose=PURPOSE,
                record=thought.calls.append,
                offer=offer,
                within_s=within_s,
                question=str(thought.messages[-1].text) if not thought.steps else None,
                payer=thought.payer,
            ) as chunks:
                async for chunk in chunks:
                    if chunk.text:
                        thought.text += chunk.text
                        yield TextDelta(chunk.text)
                    if chunk.calling is not None and not offer.closed:
                        yield chunk.calling
        except ModelTimeout:
            if offer.closed or spending.left_s(answering=False) > 0:
                raise
            log.info("reflection_out_of_time", steps=spending.steps)
            thought.text = ""
            yield TextReplaced("")

    async def _look_up(self, calling: AIMessage, thought: Thought, spending: Spending) -> None:
        """Call the tools that were asked for, side by side, and tell the model what came of it."""
        wanted = wanted_calls(calling)
        room = max(0, self._limits.tool_calls - spending.tool_calls)
        spending.tool_calls += min(len(wanted), room)
        results = await self._call(wanted[:room], thought.context, spending.left_s(answering=False))
        results = _that_fit(results, spending.room_for_results([*thought.messages, calling]))
        results += [unusable(NO_MORE_CALLS)] * len(wanted[room:])
        called = [Called(call, result) for call, result in zip(wanted, results, strict=True)]
        thought.steps.append(Step(str(calling.text), called))
        thought.messages += [calling, *answers(called)]

    async def _call(self, wanted: Sequence[Wanted], context: ToolContext, within_s: float) -> list[ToolResult]:
        tasks = [
            asyncio.create_task(self._tools.call(call.name, call.arguments, context), name=f"tool:{call.name}")
            for call in wanted
        ]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=within_s)
            return [task.result() if task.done() else away(OUT_OF_TIME) for task in tasks]
        finally:
            for task in tasks:
                task.cancel()

    async def _corrected(
        self, models: LanguageModels, thought: Thought, spending: Spending, offer: Offer
    ) -> AsyncGenerator[Said, None]:
        """Have the draft checked, and what is wrong put right: by the model while there is room, else without it."""
        for left in range(MOST_CORRECTIONS, -1, -1):
            objection = await _objection(thought, spending)
            if objection is None:
                return
            thought.objections += 1
            asked = [*thought.messages, AIMessage(thought.text), HumanMessage(objection.advice)]
            if not left or not spending.may_answer_again(asked):
                thought.text = objection.repaired
                yield TextReplaced(objection.repaired)
                return
            thought.messages, thought.text = asked, ""
            yield TextReplaced("")
            yield _status(thought.indicators.reflective_mode)
            try:
                async with aclosing(self._ask(models, thought, spending, offer)) as heard:
                    async for said in heard:
                        if not isinstance(said, AIMessage):
                            yield said
            except ModelError as error:
                log.info("correction_failed", error=type(error).__name__)
                thought.text = ""
            if not thought.text.strip():
                thought.text = objection.repaired
                yield TextReplaced(objection.repaired)
                return


async def _objection(thought: Thought, spending: Spending) -> Objection | None:
    """Return what is wrong with the draft, as far as there is time and room to find out."""
    if thought.check is None or spending.tokens >= spending.limits.tokens:
        return None
    try:
        async with asyncio.timeout(spending.left_s(answering=True)):
            return await thought.check(thought.text, observations(thought.steps))
    except TimeoutError:
        log.info("draft_not_checked")
        return None


def _that_fit(results: Sequence[ToolResult], room_tokens: int) -> list[ToolResult]:
    """Return the results, those that do not fit any more by a word about that: fenced text cannot be cut."""
    kept: list[ToolResult] = []
    for result in results:
        size = estimate_tokens(result.text)
        kept.append(result if size <= room_tokens else unusable(NO_ROOM))
        room_tokens -= min(size, room_tokens)
    return kept


def _status(indicator: Indicator) -> Status:
    return Status(indicator.text, indicator.icon)
