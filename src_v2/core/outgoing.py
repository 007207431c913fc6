"""What a character says without being asked: a reminder, a thought of somebody. Delivered once, remembered as said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from src_v2.core.audience import Audience


@dataclass(frozen=True, slots=True)
class Button:
    """Something a person can press below a message. `action` says what happens: `reminder.done`, `reminder.snooze`."""

    action: str
    label: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. `id` is what it is called in the history: the same one is never seen twice.

    `purpose` is for the records ("reminder", "goal"); `about` is the id of what the buttons act on.
    """

    id: str
    audience: Audience
    platform: str
    text: str
    purpose: str
    buttons: tuple[Button, ...] = ()
    about: str = ""


Still = Callable[[], Awaitable[bool]]
"""Whether a message is still to be said; it may raise StoreUnavailable."""


class Send(Protocol):
    """Delivers a message and stores it as said. Calling it again with the same message is safe."""

    async def __call__(self, outgoing: Outgoing, *, still: Still | None = None) -> None:
        """Deliver it.

        `still` is given by whoever has planned the message: it is asked last, between two turns, right before a message
        that was never tried is shown. When it says no, the message is dropped and nothing is raised; when what was
        planned is gone, nothing is planned anew.
        Raises CannotReach when it is of no use to try again, DoorClosed or StoreUnavailable when it may be later.
        """
        ...


Pressed = Callable[[str, str, str], Awaitable[str]]
"""What happens when a button is pressed: (action, about, user id) -> what the person is told in passing."""
