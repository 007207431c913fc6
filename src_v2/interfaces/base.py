"""The contract between doors and the rest: what a door needs to answer, and what it must be able to show."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from src_v2.core.audience import Audience
from src_v2.core.events import ReplyEvent
from src_v2.core.messages import IncomingMessage, Turn
from src_v2.core.outgoing import Button, Outgoing


class Engine(Protocol):
    """What answers a turn."""

    def respond(self, turn: Turn) -> AsyncGenerator[ReplyEvent, None]:
        """Answer `turn`; the iterator ends after Done or Failed. Cancelling the consuming task stops the turn."""
        ...


class History(Protocol):
    """What a door tells the memory about messages outside of a turn of their own."""

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        """Store a message that waits to be answered in turn `turn_id`, or that was only overheard (None)."""
        ...

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        """Replace the text of a stored message; say whether there was one."""
        ...

    async def delete(self, character: str, platform_message_id: str) -> bool:
        """Remove a stored message everywhere; say whether there was one."""
        ...


class Surface(Protocol):
    """The place where one reply becomes visible: a Discord message that grows, an event stream, a terminal."""

    async def show(self, event: ReplyEvent) -> None:
        """Take the next event. Called in order; must return at once: slow rendering happens on the side."""
        ...

    async def finish(self) -> None:
        """Return when everything shown is really visible (the final edit is done). Called once, last."""
        ...

    async def restart(self) -> None:
        """Prepare for a new version of the reply, which takes the place of what is visible so far."""
        ...

    async def retract(self) -> None:
        """Take back everything visible: the message it answers was deleted."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a character said without being asked, as it was stored. `name` is the character's, `at` UTC."""

    outgoing: Outgoing
    name: str
    at: datetime


class Presses(Protocol):
    """What can be pressed below messages that came by themselves."""

    async def buttons(self, message_ids: Sequence[str]) -> Mapping[str, Sequence[Button]]:
        """Return message id -> what can be pressed below it, of those that have something."""
        ...

    async def press(self, message_id: str, action: str, user_id: str) -> str:
        """Do what a button says and return what to tell the person in passing.

        Raises NotThere when there is no such button for them any more, StoreUnavailable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its platform shows it: the ids of what shows it, and whether an attempt before had shown it."""

    ids: Sequence[str] = ()
    before: bool = False


class Postman(Protocol):
    """What brings messages to a platform on which they are not simply read from the history."""

    platform: str

    async def reach(self, audience: Audience) -> Audience:
        """Return the audience of the place where somebody is to be written to; `channel_id` is the real one then.

        Raises CannotReach when there is no use in trying again, DoorClosed when there may be.
        """
        ...

    async def deliver(self, outgoing: Outgoing, since: datetime | None) -> Shown:
        """Show a message at a place that `reach` gave, and return what shows it.

        `since` is when it was tried before: what is there from then on is not sent again. Raises as `reach`.
        """
        ...


class Door(Protocol):
    """One way in. `app` starts doors last and stops them first."""

    name: str

    async def start(self) -> None:
        """Open the door; returns when it is open or keeps trying on the side."""
        ...

    async def stop(self) -> None:
        """Accept nothing new and release what the door holds; running replies were drained before."""
        ...
