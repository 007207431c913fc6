"""From what was gathered to the words of a reply: at once, or step by step. Not for what is stored (engine)."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import structlog
from langchain_core.messages import BaseMessage

from src_v2.agents.checking import check_of
from src_v2.agents.context import names_in
from src_v2.agents.critic import Critic
from src_v2.agents.experience import EXAMPLES_TOKENS, informed, is_worth_asking, trace_of
from src_v2.agents.guidance import REFLECTION
from src_v2.agents.models.records import Payer, Recorder
from src_v2.agents.models.roles import ModelRole, ModelRoles
from src_v2.agents.models.tool_calling import can_call_tools
from src_v2.agents.prompt import Budgets, Gathered, build_messages, selected
from src_v2.agents.reflective import Reflection, Said, Thought
from src_v2.agents.runs import Run
from src_v2.agents.sight import CANNOT_SEE, LOOK, may_be_blind, with_pictures
from src_v2.agents.standing_blocks import mention_of
from src_v2.agents.trace_lines import examples_block
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelError
from src_v2.core.events import TextDelta
from src_v2.core.fence import person_name
from src_v2.core.markers import own_words
from src_v2.core.messages import Turn
from src_v2.core.routes import Complexity, Mode, Route, route
from src_v2.evolution.reminders.service import MISSED, Reminders
from src_v2.memory.profiles import Profile
from src_v2.memory.traces.models import SimilarTrace
from src_v2.memory.traces.rows import trace_rows
from src_v2.memory.traces.service import Traces
from src_v2.storage.rows import RowWrite
from src_v2.tools.base import EVERYONE, UNREMEMBERED, ToolContext
from src_v2.tools.lines import Viewpoint
from src_v2.tools.shown import Shown

log = structlog.get_logger(__name__)

REPLY = "reply"

When = Literal["auto", "asked", "off"]
"""When answers are thought about: when a question deserves it, when somebody asks for that, never."""


class Routing(Protocol):
    """Decides how hard to think; never raises."""

    def start(self) -> None:
        """Begin to learn, when that was not begun; returns at once."""
        ...

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
        """Return the way that a question takes; `names` are those who speak, `record` hears of model calls.

        Those are on the account of `payer`, of the models of `character`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is needed to ask the first model."""

    messages: list[BaseMessage]
    thought: Thought | None = None
    """There when the answer is thought about."""
    unseen: "Prepared | None" = None
    """The same without the pictures, when there are some: for models that cannot see."""


class Answering:
    """Makes answers. `chance` gives numbers 0..1; `reserve` says whether a turn may say something that is said once."""

    def __init__(
        self,
        models: ModelRoles,
        router: Routing,
        reflection: Reflection,
        traces: Traces,
        critic: Critic,
        reminders: Reminders,
        clock: Clock,
        *,
        when: When,
        budgets: Budgets,
        chance: Callable[[], float],
        reserve: Callable[[Turn, str], bool],
    ) -> None:
        self._models = models
        self._router = router
        self._reflection = reflection
        self._traces = traces
        self._critic = critic
        self._reminders = reminders
        self._clock = clock
        self._when = when
        self._budgets = budgets
        self._chance = chance
        self._reserve = reserve

    @property
    def may_reflect(self) -> bool:
        """Whether there can be anything to route, with the models of the settings."""
        return self._when != "off" and self._can_reflect("")

    async def route(self, run: Run) -> Route:
        """Decide which way a turn takes; never raises."""
        turn, character = run.turn, run.character
        if self._reflection.was_allowed(turn):
            return route(Complexity.LOW, 1.0, "allowed")
        if self._when == "off" or not self._can_reflect(turn.audience.character):
            return route(Complexity.SIMPLE, 1.0, "no_reflection")
        if self._when == "asked" and not turn.reflect:
            return route(Complexity.SIMPLE, 1.0, "not_asked")
        self._router.start()
        names = (*names_in(turn, character), character.name)
        return await self._router.route(
            own_words(turn.text), pictures=len(turn.pictures), forced=turn.reflect, names=names,
            record=run.calls.append, payer=_payer(turn), character=character.name,
        )  # fmt: skip

    async def prepare(self, run: Run, gathered: Gathered, profile: Profile | None) -> Prepared:
        """Put together what the first model call needs; earlier runs may change the route."""
        similar = await self._experience(run, profile)
        mention = mention_of(gathered.standing, run.turn, run.verdict, run.route)
        run.mention = mention if mention and self._reserve(run.turn, mention.id) else None
        guidance = [*(self._guidance(run, similar) if run.mode is Mode.REFLECTIVE else []), *run.verdict.guidance]
        guidance += [run.mention.guidance] if run.mention else []
        guidance += await self._reminded(run, gathered, profile)
        pictures = run.turn.pictures
        if not pictures:
            return self._prepared(run, gathered, profile, guidance)
        unseen = self._prepared(run, gathered, profile, [*guidance, CANNOT_SEE])
        seen = self._prepared(run, gathered, profile, [*guidance, LOOK])
        seen.messages[:] = with_pictures(seen.messages, pictures)  # a thought goes on from the same list
        return replace(seen, unseen=unseen)

    async def _reminded(self, run: Run, gathered: Gathered, profile: Profile | None) -> list[str]:
        """Return what the answer must say about reminders; nothing for nearly every turn."""
        remembered = profile is not None and profile.remembers(run.turn.audience)
        missed = int(gathered.standing.asides.get(MISSED) or 0)
        return await self._reminders.guidance(
            run.turn, remembered=remembered, missed=missed, with_tools=run.mode is Mode.REFLECTIVE
        )

    def _prepared(self, run: Run, gathered: Gathered, profile: Profile | None, guidance: Sequence[str]) -> Prepared:
        messages = build_messages(
            run.character, run.turn, gathered, self._clock.now(), self._budgets, chance=self._chance, guidance=guidance
        )
        if run.route is None or run.mode is not Mode.REFLECTIVE:
            return Prepared(messages)
        context = self._context(run, gathered, profile)
        thought = Thought(
            messages, run.route, context, run.character.ux.thinking_indicators, run.calls, _payer(run.turn)
        )
        if run.route.complexity is Complexity.HIGH:
            thought.check = check_of(self._critic, run, gathered, self._budgets, self._clock.now())
        return Prepared(messages, thought)

    async def answer(self, run: Run, prepared: Prepared) -> AsyncGenerator[Said, None]:
        """Yield the words of the reply, and what is shown while they are looked for; raises ModelError.

        Models that refuse pictures are asked once more without them.
        """
        try:
            async with aclosing(self._said(run, prepared)) as said:
                async for one in said:
                    yield one
        except ModelError as error:
            if prepared.unseen is None or run.text or _has_done_something(prepared) or not may_be_blind(error):
                raise
            log.info("pictures_not_seen", error=type(error).__name__)
        else:
            return
        async with aclosing(self._said(run, prepared.unseen)) as said:
            async for one in said:
                yield one

    async def _said(self, run: Run, prepared: Prepared) -> AsyncGenerator[Said, None]:
        run.thought = prepared.thought
        models = self._models.of(self._role(run, prepared), run.character.name)
        if prepared.thought is not None:
            async with aclosing(self._reflection.answer(models, prepared.thought)) as said:
                async for one in said:
                    yield one
            return
        async with models.stream(
            prepared.messages, purpose=REPLY, record=run.calls.append, question=run.turn.text, payer=_payer(run.turn)
        ) as chunks:
            async for chunk in chunks:
                yield TextDelta(chunk.text)

    def kept(self, run: Run) -> list[RowWrite]:
        """Return what is written down of how an answer was found."""
        trace = (
            trace_of(run, run.thought, now=self._clock.now(), now_s=self._clock.monotonic()) if run.thought else None
        )
        return trace_rows(trace) if trace else []

    async def _experience(self, run: Run, profile: Profile | None) -> list[SimilarTrace]:
        """Return how similar questions were answered, and let them change the route."""
        may_use = profile is not None and profile.remembers(run.turn.audience)
        if profile is None or not may_use or run.route is None or not is_worth_asking(run.route, profile):
            return []
        similar = await self._traces.similar(profile.reading(run.turn.audience), run.turn.text)
        run.route = informed(run.route, similar)
        return similar

    def _guidance(self, run: Run, similar: Sequence[SimilarTrace]) -> list[str]:
        name = person_name(run.turn.author.name, run.character.display_name)
        view = Viewpoint(run.character.display_name, name, run.character.core.timezone)
        examples = examples_block(similar, view, EXAMPLES_TOKENS)
        return [REFLECTION, examples] if examples else [REFLECTION]

    def _role(self, run: Run, prepared: Prepared) -> ModelRole:
        """Return who answers: whoever is there for pictures when some are shown, the main ones what takes few steps."""
        if prepared.unseen is not None:
            return ModelRole.VISION
        if prepared.thought is None or prepared.thought.route.complexity is Complexity.LOW:
            return ModelRole.MAIN
        return ModelRole.REFLECTIVE

    def _can_reflect(self, character: str) -> bool:
        roles = (ModelRole.MAIN, ModelRole.REFLECTIVE)
        return all(any(map(can_call_tools, self._models.chain(role, character))) for role in roles)

    def _context(self, run: Run, gathered: Gathered, profile: Profile | None) -> ToolContext:
        """Return on whose behalf tools are called, and what the prompt shows already."""
        turn, character = run.turn, run.character
        _, _, memories = selected(turn, gathered, self._budgets)
        shown = Shown()
        shown.messages.show_all(memories)
        shown.facts.show_all(gathered.known.facts)
        remembered = profile is not None and profile.remembers(turn.audience)
        return ToolContext(
            turn.messages[-1], self._clock.now(), character.display_name, character.core.timezone,
            EVERYONE if remembered else UNREMEMBERED, shown,
            turn=turn.messages, reads=profile.reading(turn.audience) if profile else None,
        )  # fmt: skip


def _has_done_something(prepared: Prepared) -> bool:
    """Whether tools were called or a draft was made: that is not done twice."""
    thought = prepared.thought
    return thought is not None and bool(thought.steps or thought.objections)


def _payer(turn: Turn) -> Payer:
    return Payer(turn.audience.user_id, turn.audience.guild_id)
