"""One turn, from what was asked to the stored reply. Every door shows the events that this yields.

The sources are asked in parallel while the turn is routed; then `answering` makes the reply, at once or step by step.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing

import structlog

from src_v2.agents.answering import Answering, Prepared
from src_v2.agents.calls import call_row
from src_v2.agents.context import ContextSources
from src_v2.agents.guard.guard import Guard
from src_v2.agents.guard.verdict import Sign
from src_v2.agents.models.records import CallRecord
from src_v2.agents.notice import notice
from src_v2.agents.reflective import Said
from src_v2.agents.runs import Run
from src_v2.characters.service import Characters
from src_v2.core.clock import Clock
from src_v2.core.errors import CapReached, ModelError
from src_v2.core.events import Done, Failed, Notice, ReplyEvent, TextDelta, TurnStarted, Usage
from src_v2.core.messages import StopReason, Turn
from src_v2.evolution.relationship.rows import mention_row, turn_rows
from src_v2.evolution.relationship.service import Standings
from src_v2.memory.profiles import Profile
from src_v2.memory.service import MemoryService
from src_v2.storage.metrics import MetricsSink
from src_v2.storage.rows import RowWrite

log = structlog.get_logger(__name__)

PREPARED_AT_ONCE = 16
"""Turns whose context is gathered at the same time. When hundreds come at once, more would only hold up the event loop,
and with it the replies that stream already."""


class AgentEngine:
    """Answers turns. One engine serves all characters and doors."""

    def __init__(
        self,
        characters: Characters,
        memory: MemoryService,
        sources: ContextSources,
        answering: Answering,
        relations: Standings,
        guard: Guard,
        metrics: MetricsSink,
        *,
        clock: Clock,
        choices: random.Random,
        store_timeout_s: float,
        privacy_notice: str = "",
    ) -> None:
        self._characters = characters
        self._memory = memory
        self._sources = sources
        self._answering = answering
        self._relations = relations
        self._guard = guard
        self._metrics = metrics
        self._clock = clock
        self._choices = choices
        self._store_timeout_s = store_timeout_s
        self._privacy_notice = privacy_notice
        self._preparing = asyncio.Semaphore(PREPARED_AT_ONCE)
        self._writes: set[asyncio.Task[str]] = set()

    async def respond(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """Answer `turn`; ends with Done or Failed.

        Cancelling the consuming task stops the model call; `turn.stop_reason` decides what is kept of the reply.
        Raises CharacterNotFound.
        """
        character = self._characters.get(turn.audience.character)
        run = Run(turn, character, self._clock.monotonic())
        yield TurnStarted(turn.id)
        try:
            async with aclosing(self._stream(run)) as said:
                async for one in said:
                    run.saw(one)
                    yield one
            await self._settled(self._finish(run, "answered", reply=run.text))
            for usage in _usage(run.calls):
                yield usage
            yield Done(turn.id, turn.reply_id, run.text)
        except CapReached as error:
            await self._settled(self._finish(run, "failed", error=type(error).__name__))
            yield Failed(turn.id, error.user_message, retryable=False)
        except ModelError as error:
            log.warning("turn_failed", character=character.name, error=type(error).__name__, reason=str(error))
            await self._settled(self._finish(run, "failed", error=type(error).__name__))
            line = self._choices.choice(character.ux.error_messages)
            yield Failed(turn.id, line, retryable=error.retryable)
        except asyncio.CancelledError:
            await self._closed(run)
            raise
        except Exception as error:  # whoever shows the turn answers kindly; what it took is written down
            await self._settled(self._finish(run, "failed", error=type(error).__name__))
            raise
        finally:
            if not run.turn.settled:  # else whoever writes how it ended does it
                self._relations.release(turn)

    async def drain(self) -> None:
        """Wait until everything that was said is written."""
        while self._writes:
            await asyncio.gather(*self._writes, return_exceptions=True)

    async def _stream(self, run: Run) -> AsyncGenerator[Notice | Said, None]:
        begun = self._begin(run)
        async with self._preparing:
            profile = await self._first_look(run)
            own_answer = self._guard.own_answer(run.verdict, run.turn, run.character)
            prepared = None if own_answer else await self._prepared(run, profile, begun)
        if told := self._told(run, profile):
            yield Notice(told)
        if prepared is None:
            yield TextDelta(own_answer)
            return
        run.asked_model_s = self._clock.monotonic()
        answer = self._answering.answer(run, prepared)
        async with aclosing(self._watched(run, answer)) as said:
            async for one in said:
                yield one

    def _watched(self, run: Run, answer: AsyncGenerator[Said, None]) -> AsyncGenerator[Said, None]:
        return self._guard.watched(run.verdict, run.character, answer, replaced=run.was_replaced)

    async def _first_look(self, run: Run) -> Profile | None:
        """Let the guard look while what is known of the person is read."""
        async with asyncio.TaskGroup() as group:
            profile = group.create_task(self._sources.profile(run.turn.author))
            looking = group.create_task(self._guard.look(run.turn, run.character))
        run.verdict = looking.result()
        return profile.result()

    async def _prepared(self, run: Run, profile: Profile | None, begun: "asyncio.Task[str]") -> Prepared:
        """Return what the first model is asked with."""
        async with asyncio.TaskGroup() as group:
            routing = group.create_task(self._answering.route(run))
            gathering = group.create_task(self._sources.gather(run.turn, run.character, profile))
        run.route = routing.result()
        await self._settled(begun)
        return await self._answering.prepare(run, gathering.result(), profile)

    def _told(self, run: Run, profile: Profile | None) -> str:
        """Return what the person is told beside the reply: where to find help, and at first contact what this is."""
        notes = (self._first_contact(run, profile), self._guard.note(run.verdict, run.turn, run.character))
        return "\n\n".join(note for note in notes if note)

    def _first_contact(self, run: Run, profile: Profile | None) -> str:
        """Return what people are told the first time; empty for those who know, who are nearly everybody."""
        if profile is not None and profile.noticed:
            return ""
        kept = profile is None or profile.remembers(run.turn.audience)
        text = notice(self._privacy_notice, run.turn, run.character.display_name, kept=kept)
        return text if text and self._memory.tell(run.turn.author) else ""

    async def _closed(self, run: Run) -> None:
        """Close a turn that was cancelled, also when it is cancelled once more for another reason meanwhile."""
        reason = run.turn.stop_reason
        closing = asyncio.create_task(self._stopped(run))
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await asyncio.wait({closing})
            if run.turn.stop_reason is not reason:
                await self._stopped(run)

    async def _stopped(self, run: Run) -> None:
        """Close a turn that was cancelled. A revised turn goes on, an interrupted one is answered later."""
        match run.turn.stop_reason:
            case StopReason.USER:
                await self._settled(self._finish(run, "stopped", reply=run.text))
            case StopReason.WITHDRAWN:
                await self._finish(run, "stopped")  # whoever deletes the question next must find it written
            case StopReason.SUPERSEDED if run.begun is None:
                pass  # the new version stores what is still to be answered
            case StopReason.SUPERSEDED | StopReason.SHUTDOWN:
                await self._settled(self._write(self._store_calls(run)))

    def _begin(self, run: Run) -> "asyncio.Task[str]":
        """Store the question, once."""
        if run.begun is None:
            run.begun = self._write(self._memory.begin_turn(run.turn))
        return run.begun

    def _finish(self, run: Run, status: str, *, reply: str = "", error: str | None = None) -> "asyncio.Task[str]":
        """Begin to store how the turn ended."""
        run.turn.settled = True
        self._measure(run, status)
        return self._write(self._store_outcome(run, status, reply, error))

    async def _store_outcome(self, run: Run, status: str, reply: str, error: str | None) -> str:
        try:
            session_id = await self._begin(run)
            await self._memory.finish_turn(
                run.turn, session_id, status, name=run.character.display_name, reply=reply, error=error,
                calls=[*self._call_rows(run), *(self._answering.kept(run) if status == "answered" else ())],
                route=run.route, grown=self._grown(run, status) if reply else (),
            )  # fmt: skip
            if reply:
                self._relations.talked(run.turn, run.mention.id if run.mention and status == "answered" else "")
        finally:
            self._relations.release(run.turn)
        return session_id

    def _grown(self, run: Run, status: str) -> list[RowWrite]:
        """Return what a turn leaves behind of how they stand; one that the guard answered itself is no talk."""
        now = self._clock.now()
        said = [mention_row(run.mention.id, run.turn, now)] if run.mention and status == "answered" else []
        is_talk = status == "answered" and Sign.MANIPULATION not in run.verdict
        return [*said, *(turn_rows(run.turn, run.character.core.timezone, now) if is_talk else ())]

    async def _store_calls(self, run: Run) -> str:
        session_id = await self._begin(run)
        await self._memory.record(run.turn, self._call_rows(run))
        return session_id

    def _call_rows(self, run: Run) -> list[RowWrite]:
        return [call_row(call, run.turn, run.mode, self._clock.now()) for call in run.calls]

    def _write(self, work: Coroutine[None, None, str]) -> "asyncio.Task[str]":
        """Start a write that outlives its turn if it must; `drain` waits for it."""
        task = asyncio.create_task(work)
        self._writes.add(task)
        task.add_done_callback(self._written)
        return task

    def _written(self, task: "asyncio.Task[str]") -> None:
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn_not_stored", error=type(error).__name__, exc_info=error)

    async def _settled(self, write: "asyncio.Task[str]") -> None:
        """Wait for a write, but not so long that a user would notice a slow store."""
        await asyncio.wait({write}, timeout=self._store_timeout_s)

    def _measure(self, run: Run, status: str) -> None:
        now_s = self._clock.monotonic()
        tags = {
            "character": run.character.name, "mode": run.mode, "status": status,
            "platform": run.turn.messages[-1].platform,
        }  # fmt: skip
        fields: dict[str, float] = {
            "total_ms": (now_s - run.started_s) * 1000,
            "added_ms": max(0.0, run.asked_model_s - run.started_s) * 1000,
            "model_calls": len(run.calls),
            "completion_tokens": sum(call.completion_tokens for call in run.calls),
        }
        self._metrics.emit("turn", tags, fields)


def _usage(calls: Sequence[CallRecord]) -> list[Usage]:
    """Return what an answer took, all of its model calls together."""
    if not calls:
        return []
    prompt, completion = (sum(getattr(call, name) for call in calls) for name in ("prompt_tokens", "completion_tokens"))
    return [Usage(calls[-1].model, prompt, completion, any(call.estimated for call in calls))]
