"""Pictures on their way into a message: handed in one by one, then named by the message that they belong to.

Held in memory only, for some minutes, and only as many as a conversation can use.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from src_v2.core.clock import Clock
from src_v2.core.errors import RefusedInput
from src_v2.core.ids import new_id
from src_v2.core.pictures import MOST_PICTURES, Picture
from src_v2.media.pictures import Pictures

HELD_S = 900.0
MOST_OF_ONE = 2 * MOST_PICTURES
"""Of one person: those of the message being written, and as many that were thought better of."""
MOST_HELD = 64
"""Of everybody: under 100 MB."""
GONE = "it was handed in too long ago; attach it again"
TOO_MANY = f"a message has at most {MOST_PICTURES} pictures"


@dataclass(frozen=True, slots=True)
class Held:
    """A picture that waits for its message."""

    user_id: str
    picture: Picture
    until_s: float


class HeldPictures:
    """What people handed in and did not send yet."""

    def __init__(self, pictures: Pictures, clock: Clock) -> None:
        self._pictures = pictures
        self._clock = clock
        self._held: OrderedDict[str, Held] = OrderedDict()

    async def put(self, user_id: str, data: bytes, name: str) -> tuple[str, Picture]:
        """Open a picture and hold it; return its id and what it became. Raises RefusedInput."""
        picture = await self._pictures.open(data, name)
        self._drop_old()
        mine = [key for key, held in self._held.items() if held.user_id == user_id]
        for key in mine[: max(0, len(mine) + 1 - MOST_OF_ONE)]:
            del self._held[key]
        while len(self._held) >= MOST_HELD:
            self._held.popitem(last=False)
        key = new_id()
        self._held[key] = Held(user_id, picture, self._clock.monotonic() + HELD_S)
        return key, picture

    def of(self, user_id: str, keys: Sequence[str]) -> tuple[Picture, ...]:
        """Return a person's own pictures; raises RefusedInput when one is not there (any more), or when too many."""
        self._drop_old()
        if len(keys) > MOST_PICTURES:
            raise RefusedInput(TOO_MANY)
        found = [self._held.get(key) for key in keys]
        if any(held is None or held.user_id != user_id for held in found):
            raise RefusedInput(GONE)
        return tuple(held.picture for held in found if held is not None)

    def sent(self, keys: Iterable[str]) -> None:
        """Let go of pictures whose message was taken."""
        for key in keys:
            self._held.pop(key, None)

    def forget(self, user_id: str) -> None:
        """Let go of everything of a person."""
        self.sent([key for key, held in self._held.items() if held.user_id == user_id])

    def _drop_old(self) -> None:
        now_s = self._clock.monotonic()
        self.sent([key for key, held in self._held.items() if held.until_s <= now_s])
