"""A character as its folder describes it: frozen nouns with a default for everything that a file may leave out.

A `Character` is a snapshot. A turn keeps the one it started with; a reload makes a new one. The nouns of
evolution.yaml are in `evolution`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo

from src_v2.characters.evolution import Evolution, SpecialUser
from src_v2.characters.lorebook.models import EMPTY_BOOK, Lorebook
from src_v2.characters.problems import Problem
from src_v2.core.retention import Retention

PlainData = Mapping[str, object]
UTC_ZONE = ZoneInfo("UTC")


def _nothing() -> PlainData:
    return MappingProxyType({})


DEFAULT_ERROR_MESSAGES = (
    "I can't find my words right now. Give me a moment and ask me again.",
    "Something got in the way of my answer. Could you try me once more?",
)
DEFAULT_COLD_RESPONSES = (
    "I'd rather not talk about that now.",
    "Let's leave it here for today.",
)
DEFAULT_MANIPULATION_RESPONSES = (
    "I'd like to stay myself here. What did you really want to talk about?",
    "That isn't something I'll go along with. Let's talk about something else.",
)


@dataclass(frozen=True, slots=True)
class Core:
    """core.yaml: what moves a character and what it never does. `drives` are weights 0..1."""

    purpose: str = ""
    drives: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    constitution: tuple[str, ...] = ()
    timezone: ZoneInfo = UTC_ZONE
    anchors: tuple[str, ...] = ()
    social_battery_limit: int = 5
    retention: Retention | None = None
    """How long what is said to this character is kept; None: as the settings say."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is shown while a character thinks: an emoji and a few words in its own voice."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class ThinkingIndicators:
    """One indicator for longer thought, one for the use of tools."""

    reflective_mode: Indicator = Indicator("💭", "thinking it over")
    tool_use: Indicator = Indicator("🔎", "looking something up")


@dataclass(frozen=True, slots=True)
class Voice:
    """Which voice speaks in calls; empty means the default of the speech engine."""

    voice_id: str = ""
    model_id: str = ""
    intro_template: str = ""


@dataclass(frozen=True, slots=True)
class Reactions:
    """When and with what a character reacts to messages. Rates are probabilities 0..1, the delay is in seconds."""

    enabled: bool = False
    base_rate: float = 0.1
    topic_boost: float = 0.2
    reaction_delay_seconds: tuple[float, float] = (1.0, 5.0)
    positive_emojis: tuple[str, ...] = ()
    thinking_emojis: tuple[str, ...] = ()
    excitement_emojis: tuple[str, ...] = ()
    supportive_emojis: tuple[str, ...] = ()
    signature_emojis: tuple[str, ...] = ()
    agreement_emojis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ux:
    """ux.yaml: what a character shows and says around the conversation. The three lists of lines are never empty."""

    thinking_indicators: ThinkingIndicators = ThinkingIndicators()
    voice: Voice = Voice()
    cold_responses: tuple[str, ...] = DEFAULT_COLD_RESPONSES
    error_messages: tuple[str, ...] = DEFAULT_ERROR_MESSAGES
    manipulation_responses: tuple[str, ...] = DEFAULT_MANIPULATION_RESPONSES
    emoji_sets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    reactions: Reactions = Reactions()


@dataclass(frozen=True, slots=True)
class Goal:
    """Something a character would like to reach with a person; a higher `priority` goes first."""

    slug: str
    description: str
    success_criteria: str = ""
    priority: int = 0
    category: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BackgroundFact:
    """One fact about the character itself: `<character> <predicate> <object>`; `metadata` is plain data."""

    predicate: str
    object: str
    metadata: PlainData = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Background:
    """background.yaml; `posting` holds the settings for posts of the character's own accord, as plain data."""

    facts: tuple[BackgroundFact, ...] = ()
    posting: PlainData = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class LurkTriggers:
    """lurk_triggers.yaml: what makes a character join a conversation that nobody called it into."""

    high_relevance: tuple[str, ...] = ()
    medium_relevance: tuple[str, ...] = ()
    low_relevance: tuple[str, ...] = ()
    question_patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A key that nobody reads, kept with its value (plain data); `line` counts from 1."""

    file: str
    line: int
    key: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Character:
    """One version of one character. `version` is a hash of the folder's files: equal content, equal version."""

    name: str
    display_name: str
    text: str
    core: Core = Core()
    ux: Ux = Ux()
    evolution: Evolution = field(default_factory=Evolution)
    goals: tuple[Goal, ...] = ()
    background: Background = Background()
    visual: str = ""
    lurk_triggers: LurkTriggers = LurkTriggers()
    lorebook: Lorebook = EMPTY_BOOK
    unknown_keys: tuple[UnknownKey, ...] = ()
    warnings: tuple[Problem, ...] = ()
    version: str = ""

    def special_user(self, user_id: str) -> SpecialUser | None:
        """Return what the author wrote about this person; `user_id` is `<platform>:<id>`."""
        return self.evolution.special_user(user_id)
