"""The command that shows a person how a character stands to them: in the words of its file, never as a bare number."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from src_v2.characters.evolution import Evolution
from src_v2.characters.models import Character
from src_v2.core.commands import Answer, Asked, Command
from src_v2.evolution.models import NEUTRAL_MOOD, ChangeKind, Standing
from src_v2.evolution.relationship.models import Kept, PastChange, Story, Whose
from src_v2.evolution.relationship.service import Standings
from src_v2.evolution.relationship.spans import in_words
from src_v2.evolution.relationship.speaking import line_of
from src_v2.memory.profiles import Profiles

MOST_LINES = 8
"""Of the history: what changed lately, not everything that ever did."""
NOTHING_KEPT = "{name} keeps nothing of you, as you decided, and meets you anew each time."
NEVER_TALKED = "You and {name} have not talked yet."


class RelationshipCommand:
    """Answers `relationship`. `characters` returns one by its name, or raises CharacterNotFound."""

    def __init__(self, standings: Standings, profiles: Profiles, *, characters: Callable[[str], Character]) -> None:
        self._standings = standings
        self._profiles = profiles
        self._characters = characters

    @property
    def command(self) -> Command:
        """Return what doors offer."""
        return Command("relationship", "How I stand to you, and what changed lately", self.run)

    async def run(self, asked: Asked) -> Answer:
        """Return how the character stands to who asks; raises StoreUnavailable, CharacterNotFound."""
        whose = Whose(asked.audience.character, asked.audience.user_id)
        character = self._characters(whose.character)
        if not (await self._profiles.switches(whose.user_id)).keeps(None):
            return Answer(NOTHING_KEPT.format(name=character.display_name))
        kept, standing, story = await self._standings.told(whose)
        if kept.since is None:
            return Answer(NEVER_TALKED.format(name=character.display_name))
        zone = _zone(asked.timezone) or character.core.timezone
        parts = (
            _head(character, standing, whose.user_id),
            _known(kept, asked.at),
            _traits(character.evolution, standing),
            _milestones(character.evolution, story),
            _lately(story.changes, asked.at, zone),
        )
        return Answer("\n\n".join(part for part in parts if part))


def _head(character: Character, standing: Standing, user_id: str) -> str:
    stage = character.evolution.stage_for(standing.trust)
    score = "" if character.evolution.overrides(user_id) else f" ({standing.trust:+d})"
    mood = "even" if standing.mood == NEUTRAL_MOOD else standing.mood
    return f"{character.display_name} and you: {stage.name}{score}\nMood towards you: {mood}"


def _known(kept: Kept, now: datetime) -> str:
    known = f"You have known each other for {in_words(now - kept.since)}" if kept.since else ""
    return f"{known}, and talked {_times(kept.turns)}."


def _traits(evolution: Evolution, standing: Standing) -> str:
    shown = [active.trait.name for active in evolution.active_traits(standing.trust, standing.mood)]
    quiet = [one.name for one in evolution.traits if one.unlock_at <= standing.trust and one.name not in shown]
    coming = evolution.next_trait(standing.trust)
    lines = [f"Shows with you: {', '.join(shown)}"] if shown else []
    lines += [f"Not in this mood: {', '.join(quiet)}"] if quiet else []
    lines += [f"Comes next: {coming.name}"] if coming else []
    return "\n".join(lines)


def _milestones(evolution: Evolution, story: Story) -> str:
    said = (line_of(evolution, one) for one in story.said if one.startswith("milestone:"))
    lines = [f'- "{line}"' for line in said if line]
    return "\n".join(["What you have reached together:", *lines]) if lines else ""


def _lately(changes: Iterable[PastChange], now: datetime, zone: tzinfo) -> str:
    lines: list[str] = []
    for (day, words), same in groupby(changes, key=lambda one: (one.at.astimezone(zone).date(), _words(one))):
        if len(lines) == MOST_LINES:
            break
        ago = (now.astimezone(zone).date() - day).days
        when = {0: "today", 1: "yesterday"}.get(ago, day.isoformat())
        lines.append(f"- {when}: {words} ({sum(one.points for one in same):+d})")
    return "\n".join(["What changed lately:", *lines]) if lines else ""


def _words(change: PastChange) -> str:
    match change.kind:
        case ChangeKind.TURN:
            return "you talked"
        case ChangeKind.REACTION:
            return "you liked an answer" if change.points > 0 else "you did not like an answer"
        case ChangeKind.TRIGGER:
            return change.note or "something you said"


def _times(count: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
