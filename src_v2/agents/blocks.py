"""The blocks of the prompt that hold what is remembered and known: fenced, attributed, dated, within their budgets.

Every entry has a short id (`m1`, `f1`), which is how a model that has tools refers to it.
"""

from collections.abc import Iterable, Sequence

from src_v2.characters.cards.macros import to_names
from src_v2.characters.lorebook.models import Entry
from src_v2.characters.models import Character
from src_v2.core.fence import fenced, one_line, person_name
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.tokens import estimate_tokens
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.memory.models import Memory
from src_v2.memory.patterns.models import Pattern
from src_v2.memory.patterns.style import Taste
from src_v2.tools.lines import Viewpoint, column, fact_line, memory_line, summary_line

_WHAT_IS_ASKED = {
    PreferenceName.LENGTH: "length of answers",
    PreferenceName.TONE: "tone",
    PreferenceName.NICKNAME: "call them",
    PreferenceName.AVOID: "do not bring up",
    PreferenceName.LANGUAGE: "language",
}
LIKED_QUESTION_CHARS = 200
LIKED_REPLY_CHARS = 500
"""Of a reply that serves as an example: its manner shows in its beginning."""


def memories_block(view: Viewpoint, memories: Sequence[Memory], query: str, budget_tokens: int) -> str:
    """Return the memories, best first, as far as the budget goes."""
    lines = (f"- [m{number}] {memory_line(memory, view, query)}" for number, memory in enumerate(memories, start=1))
    return fenced("memories", _within(lines, budget_tokens))


def quoted_block(character: Character, quoted: StoredMessage | None) -> str:
    """Return the message that is being replied to, if there is one."""
    if quoted is None:
        return ""
    said_on = quoted.created_at.astimezone(character.core.timezone).date().isoformat()
    line = f"{said_on} | {speaker(character, quoted)} said | {one_line(quoted.text)}"
    return "## What the message you answer replies to\n" + fenced("quoted", [line])


_OVERRULED = ((PreferenceName.LENGTH, "length"), (PreferenceName.TONE, "emojis"))


def preferences_block(preferences: Iterable[Preference], user_name: str) -> str:
    """Return how the person wants to be spoken with; empty when they never said."""
    lines = [f"- {_WHAT_IS_ASKED[wish.name]}: {column(wish.value)}" for wish in preferences]
    if not lines:
        return ""
    heading = f"## What {user_name} asked of you\nKeep to it in how you answer, as far as your own limits allow.\n"
    return heading + fenced("preferences", lines)


def style_block(style: Iterable[Taste], preferences: Iterable[Preference]) -> str:
    """Return how the person likes replies, as their reactions tell; what they asked for outright goes before it."""
    asked = {wish.name for wish in preferences}
    overruled = {about for name, about in _OVERRULED if name in asked}
    lines = [f"- {taste}" for taste in style if taste.about not in overruled]
    return "\n".join(["## How they like your replies", *lines]) if lines else ""


def facts_block(view: Viewpoint, facts: Iterable[Fact], budget_tokens: int) -> str:
    """Return what is known about the person and theirs, most telling first, as far as the budget goes."""
    lines = (f"- [f{number}] {fact_line(fact, view)}" for number, fact in enumerate(facts, start=1))
    block = fenced("facts", _within(lines, budget_tokens))
    return f"## What you know about {view.user_name} and theirs\n{block}" if block else ""


def summaries_block(view: Viewpoint, summaries: Iterable[Summary], query: str, budget_tokens: int) -> str:
    """Return what earlier conversations were about, as far as the budget goes, oldest first."""
    kept = _within((f"- {summary_line(summary, view, query)}" for summary in summaries), budget_tokens)
    return fenced("summaries", sorted(kept))


def patterns_block(view: Viewpoint, patterns: Iterable[Pattern], budget_tokens: int) -> str:
    """Return replies that the person liked, best first, as far as the budget goes: how they like to be answered."""
    lines = (
        f"- {view.day(one.replied_at)} | {view.user_name} asked | {_beginning(one.question, LIKED_QUESTION_CHARS)}"
        f" | you answered | {_beginning(one.reply, LIKED_REPLY_CHARS)}"
        for one in patterns
    )
    block = fenced("patterns", _within(lines, budget_tokens))
    if not block:
        return ""
    heading = f"## Answers of yours that {view.user_name} liked\n"
    return heading + f"Answer in their manner (length, tone, form) when it fits; never repeat them.\n{block}"


def lore_block(character: Character, entries: Iterable[Entry], user_name: str) -> str:
    """Return what came to the character's mind about its world, in the order given."""
    texts = (to_names(entry.content, character.display_name, user_name) for entry in entries)
    return fenced("lore", (line for text in texts for line in text.splitlines()))


def speaker(character: Character, said: StoredMessage) -> str:
    """Return who said something, as the character sees it."""
    if said.role is Role.CHARACTER:
        return f"{character.display_name} (you)"
    return person_name(said.speaker_name, character.display_name)


def _beginning(text: str, most_chars: int) -> str:
    plain = column(text)
    return plain if len(plain) <= most_chars else f"{plain[:most_chars].rstrip()}…"


def _within(lines: Iterable[str], budget_tokens: int) -> list[str]:
    """Return the first lines that fit."""
    kept: list[str] = []
    left = budget_tokens
    for line in lines:
        left -= estimate_tokens(line)
        if left < 0:
            break
        kept.append(line)
    return kept
