"""What a character's file has to say about trust that rises and falls: which lines wait, and which may be said now."""

from collections.abc import Callable, Collection, Mapping, Sequence

import orjson

from src_v2.characters.evolution import Evolution, TrustDropMessage
from src_v2.characters.models import Character
from src_v2.core.errors import CharacterNotFound
from src_v2.evolution.models import WaitingLine
from src_v2.evolution.relationship.models import Applied, Whose


class FileLines:
    """The `Lines` of the characters' files as they are now; none where the file sets the trust."""

    def __init__(self, characters: Callable[[str], Character]) -> None:
        self._characters = characters

    def reached(self, done: Applied) -> Sequence[int]:
        """Return the levels of milestones that were reached."""
        evolution = self._evolution(done.whose)
        return evolution.milestones_reached(done.before, done.after) if evolution else ()

    def falls(self, done: Applied) -> Sequence[TrustDropMessage]:
        """Return the messages whose lower end was passed."""
        evolution = self._evolution(done.whose)
        return evolution.drops_crossed(done.before, done.after) if evolution else ()

    def _evolution(self, whose: Whose) -> Evolution | None:
        try:
            evolution = self._characters(whose.character).evolution
        except CharacterNotFound:
            return None
        return None if evolution.overrides(whose.user_id) else evolution


def waiting_lines(evolution: Evolution, waiting: Sequence[str], trust: int) -> tuple[WaitingLine, ...]:
    """Return what may be said at this trust: a milestone while it still holds, a fall while it was not made good.

    Texts are those of the file now; what it does not have any more is not said.
    """
    lines = ((one, line_of(evolution, one, trust)) for one in waiting)
    return tuple(WaitingLine(one, text) for one, text in lines if text)


def line_of(evolution: Evolution, mention_id: str, trust: int | None = None) -> str:
    """Return the file's words for a mention; with `trust`, only what fits it."""
    match mention_id.split(":"):
        case ["milestone", level]:
            milestone = evolution.milestone(int(level))
            fits = trust is None or trust >= int(level)
            return milestone.message if milestone and fits else ""
        case ["drop", from_min, to_max, _]:
            drop = evolution.drop_message(int(from_min), int(to_max))
            fits = trust is None or trust <= int(to_max)
            return drop.message if drop and fits else ""
        case _:
            return ""


def said_once(name: str, aside: str) -> WaitingLine | None:
    """Return what an aside of the form {"id": ..., "text": ...} has to say, once; None for any other text.

    Its mention is called "<name of the aside>:<id>".
    """
    try:
        found = orjson.loads(aside)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or not found.get("id") or not isinstance(found.get("text"), str):
        return None
    return WaitingLine(f"{name}:{found['id']}", found["text"])


def not_said_yet(asides: Mapping[str, str], said: Collection[str]) -> dict[str, str]:
    """Return the asides without those whose mention is among `said`."""
    once = {name: said_once(name, text) for name, text in asides.items()} if said else {}
    return {name: text for name, text in asides.items() if (line := once.get(name)) is None or line.id not in said}
