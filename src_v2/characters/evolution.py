"""How a character changes with trust: the nouns of evolution.yaml and the questions asked of them.

Only what the file says. A user's own score, mood and milestones are not kept here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TRUST_MIN = -100
TRUST_MAX = 100
NEUTRAL_MOOD = "neutral"
ANNOYED_MOOD = "annoyed"
MOODS = (ANNOYED_MOOD, NEUTRAL_MOOD, "happy", "excited")
"""All that there are."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How a character behaves while trust lies in `trust_min..trust_max`, both ends included."""

    name: str
    trust_min: int
    trust_max: int
    behavior: str = ""


@dataclass(frozen=True, slots=True)
class Trait:
    """A side of the character that shows from `unlock_at` trust on, except in the moods that suppress it."""

    name: str
    unlock_at: int = 0
    description: str = ""
    example: str = ""
    suppress_on_mood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveTrait:
    """A trait that shows now; `strength` is 1.0 unless the mood changes it ("+30%" makes 1.3)."""

    trait: Trait
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Milestone:
    """A line said once, when trust first rises to `trust_level`."""

    trust_level: int
    message: str


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood and what it does to traits: trait name -> change of strength (0.3 for "+30%")."""

    name: str
    modifiers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class TrustDropMessage:
    """What is said when trust falls from `from_min` or more to `to_max` or less."""

    from_min: int
    to_max: int
    message: str


@dataclass(frozen=True, slots=True)
class SpecialUser:
    """A person the author of the character treats differently, by Discord id."""

    discord_id: str
    display_name: str = ""
    trust_override: int | None = None
    tier: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrustTrigger:
    """Something a person does that changes trust; `change` is positive for a boost, negative for a penalty."""

    trigger: str
    change: int
    note: str = ""


DEFAULT_STAGES = (
    Stage(
        "Hostile", -100, -51, "You have been hurt by this person. Keep answers short and guarded, and do not insult."
    ),
    Stage("Cold", -50, -21, "You are distant and formal with this person. Answer what is asked and offer no more."),
    Stage("Wary", -20, -1, "You are careful with this person. Stay polite and keep private things to yourself."),
    Stage("Stranger", 0, 20, "You have just met. Be friendly and curious, and share nothing very personal yet."),
    Stage("Acquaintance", 21, 40, "You know each other a little. Be at ease, and pick up what was said before."),
    Stage("Friend", 41, 60, "You are friends. Be open, joke, and ask about what matters to this person."),
    Stage("Close Friend", 61, 80, "You are close. Speak frankly and warmly, and show your own doubts."),
    Stage("Intimate", 81, 100, "You trust this person deeply. Speak as with one who has known you for years."),
)


@dataclass(frozen=True, slots=True)
class Evolution:
    """Everything of evolution.yaml; without stages of its own a character has the eight default ones."""

    stages: tuple[Stage, ...] = DEFAULT_STAGES
    traits: tuple[Trait, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    moods: tuple[Mood, ...] = ()
    trust_drop_messages: tuple[TrustDropMessage, ...] = ()
    special_users: tuple[SpecialUser, ...] = ()
    positive_triggers: tuple[TrustTrigger, ...] = ()
    negative_triggers: tuple[TrustTrigger, ...] = ()

    def stage_for(self, trust: int) -> Stage:
        """Return the stage whose range holds `trust` (clamped to -100..100); the first in the file wins an overlap.

        In a gap between ranges the nearest stage below holds on, and below them all the lowest one.
        """
        score = max(TRUST_MIN, min(TRUST_MAX, trust))
        for stage in self.stages:
            if stage.trust_min <= score <= stage.trust_max:
                return stage
        below = [stage for stage in self.stages if stage.trust_max < score]
        if below:
            return max(below, key=lambda stage: stage.trust_max)
        return min(self.stages, key=lambda stage: stage.trust_min)

    def active_traits(self, trust: int, mood: str = NEUTRAL_MOOD) -> tuple[ActiveTrait, ...]:
        """Return the traits that show at this trust and mood, in the file's order; mood names ignore case."""
        modifiers = self._modifiers(mood)
        shown = []
        for trait in self.traits:
            suppressed = mood.casefold() in {name.casefold() for name in trait.suppress_on_mood}
            strength = 1.0 + modifiers.get(trait.name, 0.0)
            if trust >= trait.unlock_at and not suppressed and strength > 0:
                shown.append(ActiveTrait(trait, strength))
        return tuple(shown)

    def next_trait(self, trust: int) -> Trait | None:
        """Return the trait that unlocks next, the first in the file of several; None when all have."""
        locked = [trait for trait in self.traits if trait.unlock_at > trust]
        return min(locked, key=lambda trait: trait.unlock_at, default=None)

    def milestone(self, trust_level: int) -> Milestone | None:
        """Return the milestone at a level, the first in the file of several."""
        return next((one for one in self.milestones if one.trust_level == trust_level), None)

    def milestones_reached(self, before: int, after: int) -> tuple[int, ...]:
        """Return the levels that a rise from `before` to `after` reaches, the lowest first."""
        return tuple(sorted({one.trust_level for one in self.milestones if before < one.trust_level <= after}))

    def drop_message(self, from_min: int, to_max: int) -> TrustDropMessage | None:
        """Return what is said of a fall from `from_min` to `to_max`, the first in the file of several."""
        fall = (from_min, to_max)
        return next((one for one in self.trust_drop_messages if (one.from_min, one.to_max) == fall), None)

    def drops_crossed(self, before: int, after: int) -> tuple[TrustDropMessage, ...]:
        """Return those whose `to_max` is passed on the way down; how high trust was before is for the caller to see."""
        return tuple(one for one in self.trust_drop_messages if after <= one.to_max < before)

    def special_user(self, user_id: str) -> SpecialUser | None:
        """Return what the file says about `user_id` (`discord:<id>`); ids of other platforms never match."""
        for special in self.special_users:
            if user_id == f"discord:{special.discord_id}":
                return special
        return None

    def trust_in(self, user_id: str, trust: int) -> int:
        """Return the trust that holds for this person: the file's `trust_override` (-100..100), or else `trust`."""
        special = self.special_user(user_id)
        if special is None or special.trust_override is None:
            return trust
        return max(TRUST_MIN, min(TRUST_MAX, special.trust_override))

    def overrides(self, user_id: str) -> bool:
        """Whether the file sets the trust in this person, so that it neither rises nor falls."""
        special = self.special_user(user_id)
        return special is not None and special.trust_override is not None

    def _modifiers(self, mood: str) -> Mapping[str, float]:
        for candidate in self.moods:
            if candidate.name.casefold() == mood.casefold():
                return candidate.modifiers
        return {}
