"""How a person wants to be spoken with, from all the times they said so. Pure."""

from collections.abc import Iterable

from src_v2.knowledge.models import Preference, PreferenceName, Stance, Wish
from src_v2.knowledge.names import fold

_SEVERAL = frozenset((PreferenceName.AVOID,))
"""What can be asked several times over; of the rest the latest wish counts."""
_NAMED = _SEVERAL | {PreferenceName.NICKNAME}
"""Of these a retraction takes back the value that it names, of the rest whatever there is."""


def resolve_preferences(wishes: Iterable[Wish]) -> list[Preference]:
    """Return what a person asks for now, by name and then by when it was said; the order of wishes is no matter."""
    standing: dict[tuple[PreferenceName, str], Wish] = {}
    for wish in sorted({wish.id: wish for wish in wishes}.values(), key=_order):
        if wish.stance is Stance.RETRACTED:
            standing = {key: held for key, held in standing.items() if not _takes_back(wish, held)}
        else:
            standing[wish.name, fold(wish.value) if wish.name in _SEVERAL else ""] = wish
    held = sorted(standing.values(), key=lambda wish: (list(PreferenceName).index(wish.name), wish.said_at, wish.id))
    return [Preference(wish.id, wish.name, wish.value, wish.said_at, wish.source_message_id) for wish in held]


def _takes_back(wish: Wish, held: Wish) -> bool:
    if wish.name is not held.name:
        return False
    return not wish.value or wish.name not in _NAMED or fold(wish.value) == fold(held.value)


def _order(wish: Wish) -> tuple[object, ...]:
    """Order as said; within one message what is taken back comes before what replaces it."""
    return (wish.said_at, wish.stance is Stance.STATED, wish.id)
