"""How often somebody tried to manipulate a character lately. Kept in this process only, and only for minutes."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from src_v2.core.clock import Clock

ATTEMPTS = 3
WITHIN_S = 30 * 60.0
COOL_S = 10 * 60.0
MOST_PEOPLE = 5000
"""People whose attempts are counted; those who tried least lately go first."""

_Who = tuple[str, str]


@dataclass(slots=True)
class _Lately:
    attempts: deque[float] = field(default_factory=lambda: deque(maxlen=ATTEMPTS))
    cool_until_s: float = 0.0


class Patience:
    """Counts attempts by person and character.

    The first three within half an hour are met with a smile. For ten minutes after them a further attempt is answered
    coolly, and that is all: whatever else the person says is answered as warmly as ever. To answer ordinary messages
    coldly, however rarely, would punish people for a joke, or for a rule that was wrong. Nothing prolongs the ten
    minutes, after them everything is forgotten, and none of it is stored.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._people: OrderedDict[_Who, _Lately] = OrderedDict()

    def wears_thin(self, character: str, user_id: str) -> bool:
        """Count one more attempt, and return whether it is answered coolly."""
        now_s = self._clock.monotonic()
        lately = self._people.setdefault((character, user_id), _Lately())
        self._people.move_to_end((character, user_id))
        while len(self._people) > MOST_PEOPLE:
            self._people.popitem(last=False)
        if now_s < lately.cool_until_s:
            return True
        lately.attempts.append(now_s)
        if len(lately.attempts) == ATTEMPTS and now_s - lately.attempts[0] <= WITHIN_S:
            lately.cool_until_s = now_s + COOL_S
            lately.attempts.clear()
        return False

    def forget(self, user_id: str) -> None:
        """Drop what was counted of a person."""
        for key in [key for key in self._people if key[1] == user_id]:
            del self._people[key]
