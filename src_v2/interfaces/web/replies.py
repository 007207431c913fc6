"""Asking and answering as the page, the API and the terminal share it: say, retry, stop, forget, look.

Knows no HTTP and no terminal. A reply goes on when nobody reads it; whoever comes back reads it from the shelf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage, Role, StopReason, StoredMessage
from src_v2.core.outgoing import Button
from src_v2.core.pictures import Picture, with_markers
from src_v2.interfaces.base import Presses, Said
from src_v2.interfaces.feedback import Feedback
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.presses import NoPresses
from src_v2.interfaces.web.arrivals import Arrivals
from src_v2.interfaces.web.people import Person
from src_v2.interfaces.web.ports import WebMemory
from src_v2.interfaces.web.refusals import (
    NotAccepted,
    NothingUnanswered,
    NotMarked,
    StillAnswering,
    TooManyWaiting,
    checked_text,
)
from src_v2.interfaces.web.shelf import Shelf
from src_v2.interfaces.web.surface import ReplySurface
from src_v2.memory.patterns.models import Mark

MAX_WAITING = 20
"""Unfinished replies per conversation; more is a runaway program, not a person."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a conversation view; `at` is ISO 8601 in UTC, `mark` what the person says about a reply.

    `buttons` are what can be pressed below it, each with `action` and `label`.
    """

    id: str
    role: str
    speaker: str
    text: str
    at: str
    mark: str = Mark.NONE
    buttons: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What a client shows when it opens a conversation. `running` is the turn to follow, if any."""

    messages: tuple[Line, ...]
    running: str | None
    unanswered: bool


class Replies:
    """The replies of one door. `platform` names the door in the history; `arrivals` are what comes by itself."""

    def __init__(
        self,
        lanes: Lanes,
        memory: WebMemory,
        feedback: Feedback,
        clock: Clock,
        platform: str,
        presses: Presses | None = None,
    ) -> None:
        self.arrivals: Arrivals[Line] = Arrivals()
        self._presses = presses or NoPresses()
        self._lanes = lanes
        self._memory = memory
        self._feedback = feedback
        self._clock = clock
        self._platform = platform
        self._shelf = Shelf(clock)

    async def say(
        self,
        person: Person,
        character: str,
        text: str,
        message_id: str | None = None,
        pictures: Sequence[Picture] = (),
    ) -> ReplySurface:
        """Hand a message over and return where its reply appears. With `pictures` it needs no text.

        `message_id` is the client's own id: a client that does not know whether its message arrived says it again
        under the same id and gets the same reply. Raises InvalidText, NotAccepted or TooManyWaiting.
        """
        text = checked_text(text) if text.strip() or not pictures else ""
        audience = person.audience(character)
        known = self.asked_as(audience, message_id)
        if known:
            return known
        own_id = new_id()
        message = IncomingMessage(
            own_id, person.author, audience, with_markers(text, pictures), self._clock.now(), self._platform, own_id,
            pictures=tuple(pictures),
        )  # fmt: skip
        return await self._submit([message], message_id)

    def asked_as(self, audience: Audience, message_id: str | None) -> ReplySurface | None:
        """Return the reply to what a client said under this id already."""
        return self._shelf.asked_as(audience, message_id) if message_id else None

    async def retry(self, audience: Audience) -> ReplySurface:
        """Answer what has got no reply; when an answer is under way, return that one.

        Raises NothingUnanswered or NotAccepted.
        """
        messages = await self._memory.unanswered(audience)
        live = self._shelf.live(audience)
        if live:
            return live[0]
        if not messages:
            raise NothingUnanswered("retry without an unanswered message")
        # Asked anew, so that lanes take them as one burst and not as redelivered events.
        now = self._clock.now()
        return await self._submit([replace(m, sent_at=now, platform_message_id=None) for m in messages])

    async def stop(self, reply: ReplySurface) -> bool:
        """Stop a reply that is being given; False when it has ended or has not begun."""
        if reply.final is not None or not reply.begun:
            return False
        return await self._lanes.stop(reply.audience.character, reply.audience.channel_id)

    async def forget_last(self, audience: Audience) -> bool:
        """Forget the last exchange; False when there is none. Raises StillAnswering."""
        if self._shelf.live(audience):
            raise StillAnswering("forget_last during a reply")
        return await self._memory.forget_last(audience) is not None

    async def mark(self, audience: Audience, message_id: str, mark: Mark) -> None:
        """Note what the person thinks of a reply to them. Raises NotMarked when that is not kept."""
        if not await self._feedback.mark(audience, message_id, mark):
            raise NotMarked("a mark on a reply that is not kept")

    async def press(self, audience: Audience, message_id: str, action: str) -> str:
        """Do what a button below a message says; return what came of it. Raises NotThere."""
        return await self._presses.press(message_id, action, audience.user_id)

    def announce(self, said: Said) -> None:
        """Show a message that came by itself to whoever has the conversation open."""
        outgoing = said.outgoing
        buttons = _shown(outgoing.buttons)
        line = Line(
            outgoing.id, Role.CHARACTER.value, said.name, outgoing.text, said.at.isoformat(), buttons=buttons
        )  # fmt: skip
        self.arrivals.tell(outgoing.audience, line)

    async def conversation(self, audience: Audience, limit: int) -> ConversationView:
        """Return the newest `limit` messages, those just said included, and what is going on."""
        stored = await self._memory.conversation(audience, limit)
        live = self._shelf.live(audience)
        unanswered = not live and bool(await self._memory.unanswered(audience))
        replies = [message.id for message in stored if message.role is Role.CHARACTER]
        marks = await self._feedback.marks(audience, replies)
        by_themselves = [one.id for one in stored if one.role is Role.CHARACTER and one.turn_id is None]
        buttons = await self._presses.buttons(by_themselves)
        lines = [_stored_line(one, marks.get(one.id, Mark.NONE), buttons.get(one.id, ())) for one in stored]
        held = {line.id for line in lines}
        lines += [_asked_line(m) for reply in live for m in reply.asked if m.id not in held]
        return ConversationView(tuple(lines), live[0].id if live else None, unanswered)

    def find(self, reply_id: str) -> ReplySurface | None:
        """Return a reply that is under way or ended a short time ago."""
        return self._shelf.find(reply_id)

    def close(self) -> None:
        """End every reply that is still open, so that its readers can go; the process stops."""
        for reply in self._shelf.unclosed():
            reply.close(StopReason.SHUTDOWN)
        self.arrivals.close()

    async def _submit(self, messages: Sequence[IncomingMessage], message_id: str | None = None) -> ReplySurface:
        audience = messages[-1].audience
        earlier = self._shelf.live(audience)
        if len(earlier) >= MAX_WAITING:
            raise TooManyWaiting("too many messages wait in one conversation")
        reply = ReplySurface(new_id(), audience)
        reply.asked += messages
        if message_id:
            reply.message_ids.add(message_id)
        self._shelf.put(reply)
        try:
            for message in messages:
                if not await self._lanes.submit(message, reply):
                    raise NotAccepted("the lanes are closed")
        except BaseException:
            self._shelf.drop(reply)
            raise
        return self._shown_on(messages[-1], reply, earlier)

    def _shown_on(self, message: IncomingMessage, reply: ReplySurface, earlier: Sequence[ReplySurface]) -> ReplySurface:
        """Return where `message` is answered: on `reply`, or on an earlier reply whose burst it joined."""
        audience, platform_id = message.audience, message.platform_message_id
        if platform_id is None or reply.begun or reply.closed:
            return reply
        found = self._lanes.shown_on(audience.character, audience.channel_id, platform_id)
        if found is None and earlier:
            found = earlier[-1]  # it was answered before submit returned
        if found is reply or not isinstance(found, ReplySurface):
            return reply
        self._shelf.drop(reply)
        self._shelf.put(found)  # another door of this process may have opened it
        found.asked += reply.asked
        found.message_ids |= reply.message_ids
        return found


def _stored_line(message: StoredMessage, mark: Mark, buttons: Sequence[Button]) -> Line:
    at = message.created_at.isoformat()
    return Line(
        message.id, message.role.value, message.speaker_name, message.text, at, mark.value, _shown(buttons)
    )  # fmt: skip


def _shown(buttons: Sequence[Button]) -> tuple[Mapping[str, str], ...]:
    return tuple({"action": button.action, "label": button.label} for button in buttons)


def _asked_line(message: IncomingMessage) -> Line:
    return Line(message.id, Role.USER.value, message.author.name, message.text, message.sent_at.isoformat())
