"""Delivers what a character says without being asked: shown once, stored as said, in no running turn's way.

The message is planned in SQL before it is shown. A process that dies after that tries again under the same name; a
`Postman` finds what the attempt before has shown. On the page and in the terminal a message is shown by being stored.
Not for what is said, nor when or why.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import CannotReach, CharacterNotFound, DoorClosed, NotThere
from src_v2.core.outgoing import Button, Outgoing, Pressed, Still
from src_v2.core.switches import Switches
from src_v2.interfaces.base import Postman, Said, Shown
from src_v2.interfaces.lanes import Lanes
from src_v2.memory.outgoing import OutgoingState, OutgoingStore, Underway, moved, said_rows
from src_v2.storage.rows import RowWrite

log = structlog.get_logger(__name__)

READ_FROM_HISTORY = frozenset(("web", "terminal"))
"""Platforms that show what is stored: whoever looks sees it, and whoever has it open is told."""

SessionAt = Callable[[Audience, datetime], Awaitable[tuple[str, list[RowWrite]]]]
Announce = Callable[[Said], None]
WrittenWith = Callable[[Outgoing, datetime], list[RowWrite]]


class Named(Protocol):
    """A character as far as its name goes."""

    @property
    def display_name(self) -> str:
        """The name people read."""
        ...


class Names(Protocol):
    """The characters that are loaded."""

    def get(self, name: str) -> Named:
        """Return one; raises CharacterNotFound."""
        ...


class Deciding(Protocol):
    """What people decided about their data."""

    async def switches(self, user_id: str) -> Switches:
        """Return it; raises StoreUnavailable."""
        ...


class Delivery:
    """The `Send` of the process; `press` and `buttons` are what its doors offer below messages.

    `pressed` says who hears of a button, by the first word of its action (`reminder.done`). `postmen` bring messages to
    their platforms, `listeners` hear of every message that was stored. `written_with` say what is written in the
    transaction that stores one as said.
    """

    def __init__(
        self,
        store: OutgoingStore,
        deciding: Deciding,
        characters: Names,
        clock: Clock,
        *,
        session_at: SessionAt,
        on_requested: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._deciding = deciding
        self._characters = characters
        self._clock = clock
        self._session_at = session_at
        self._on_requested = on_requested
        self._lanes: Lanes | None = None
        self.pressed: dict[str, Pressed] = {}
        self.postmen: dict[str, Postman] = {}
        self.listeners: list[Announce] = []
        self.written_with: list[WrittenWith] = []

    def open(self, lanes: Lanes, postmen: Iterable[Postman] = (), listeners: Iterable[Announce] = ()) -> None:
        """Have somewhere to deliver to: until then everything waits."""
        self._lanes = lanes
        self.postmen |= {postman.platform: postman for postman in postmen}
        self.listeners += listeners

    async def __call__(self, outgoing: Outgoing, *, still: Still | None = None) -> None:
        """Deliver a message and store it as said. Calling it again with the same message is safe.

        `still` is given by whoever has planned the message: it is asked between two turns, right before one that was
        never tried is shown. When it says no the message is dropped, and nothing is raised.
        Raises CannotReach when it is of no use to try again (also for who does not want to be remembered or is gone),
        DoorClosed or StoreUnavailable when it may be of use later.
        """
        if self._lanes is None:
            raise DoorClosed("no door is open in this process")
        try:
            await self._say(outgoing, self._lanes, still)
        except CannotReach:
            await self._store.drop(outgoing.id)
            raise

    async def buttons(self, message_ids: Sequence[str]) -> Mapping[str, Sequence[Button]]:
        """Return message id -> what can be pressed below it, of those that have something."""
        return await self._store.buttons(message_ids) if message_ids else {}

    async def press(self, message_id: str, action: str, user_id: str) -> str:
        """Do what a button says, once; return what to tell the person. Raises NotThere, StoreUnavailable."""
        held = await self._store.find(message_id)
        pressed = self.pressed.get(action.partition(".")[0])
        if held is None or pressed is None or held.outgoing.audience.user_id != user_id:
            raise NotThere("no such button")
        if action not in {button.action for button in held.outgoing.buttons}:
            raise NotThere("it was pressed before")
        taken = await self._store.take_buttons(message_id)
        if not taken:
            raise NotThere("it is being pressed")
        try:
            return await pressed(action, held.outgoing.about, user_id)
        except NotThere:
            raise
        except BaseException:
            await self._store.put_buttons(message_id, taken)
            raise

    async def _say(self, outgoing: Outgoing, lanes: Lanes, still: Still | None) -> None:
        if not (await self._deciding.switches(outgoing.audience.user_id)).keeps(outgoing.audience.guild_id):
            raise CannotReach("they do not want to be remembered")
        if lanes.is_withdrawn(outgoing.audience.user_id):
            raise DoorClosed("they are being erased")
        planned = await self._planned(outgoing, still)
        if planned.state is OutgoingState.STORED:
            return
        postman = self._postman(outgoing.platform)
        audience = await postman.reach(outgoing.audience) if postman else outgoing.audience
        async with lanes.between_turns(audience):
            if still is not None and planned.attempted_at is None and not await still():
                await self._store.drop(outgoing.id)
                return
            await self._in_turn(outgoing.id, audience, postman)

    async def _planned(self, outgoing: Outgoing, still: Still | None) -> Underway:
        """Return the message as it is planned; one that somebody else has planned is not planned anew when gone."""
        if still is None:
            return await self._store.plan(outgoing, self._clock.now())
        planned = await self._store.find(outgoing.id)
        if planned is None:
            raise CannotReach("it was erased")
        return planned

    def _postman(self, platform: str) -> Postman | None:
        if platform in READ_FROM_HISTORY:
            return None
        if platform not in self.postmen:
            raise DoorClosed("the door of that platform is not open")
        return self.postmen[platform]

    async def _in_turn(self, outgoing_id: str, audience: Audience, postman: Postman | None) -> None:
        """Show and store one message while nobody else speaks there."""
        now = self._clock.now()
        begun = await self._store.begin(outgoing_id, now)
        if begun is None:
            raise CannotReach("it was erased")
        if begun.state is OutgoingState.DROPPED:
            raise CannotReach("it was given up before")
        if begun.state is OutgoingState.STORED:
            return
        outgoing = moved(begun.outgoing, audience)
        shown = await postman.deliver(outgoing, begun.attempted_at) if postman else Shown()
        await self._store_said(outgoing, begun, shown, now)

    async def _store_said(self, outgoing: Outgoing, begun: Underway, shown: Shown, now: datetime) -> None:
        """Store a message as said when it was shown, which may have been before the process died."""
        at = begun.attempted_at if shown.before and begun.attempted_at else now
        session_id, rows = await self._session_at(outgoing.audience, at)
        name = self._name(outgoing.audience.character)
        also = [row for written in self.written_with for row in written(outgoing, at)]
        if not await self._store.store(outgoing, [*rows, *said_rows(outgoing, session_id, name, at, shown.ids), *also]):
            raise CannotReach("it was erased while it was said")
        self._on_requested()
        for announce in self.listeners:
            announce(Said(outgoing, name, at))

    def _name(self, character: str) -> str:
        try:
            return self._characters.get(character).display_name
        except CharacterNotFound:
            return character
