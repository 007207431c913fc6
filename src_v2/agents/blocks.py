"""The blocks of the prompt that hold what is remembered and known: fenced, attributed, dated, within their budgets.

Every entry has a short id (`m1`, `f1`), which is how a model that has tools refers to it.
"""

from collections.abc import Iterable, Sequence

from src_v2.characters.models import Character
from src_v2.core.fence import fenced, one_line, person_name
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.tokens import estimate_tokens
from src_v2.knowledge.models import CHARACTER, USER, Fact, Preference, PreferenceName, Summary
from src_v2.memory.models import Memory

_WHAT_IS_ASKED = {
    PreferenceName.LENGTH: "length of answers",
    PreferenceName.TONE: "tone",
    PreferenceName.NICKNAME: "call them",
    PreferenceName.AVOID: "do not bring up",
    PreferenceName.LANGUAGE: "language",
}


def memories_block(character: Character, memories: Sequence[Memory], budget_tokens: int) -> str:
    """Return the memories, best first, as far as the budget goes."""
    lines = (f"- [m{number}] {_memory(character, memory)}" for number, memory in enumerate(memories, start=1))
    return fenced("memories", _within(lines, budget_tokens))


def quoted_block(character: Character, quoted: StoredMessage | None) -> str:
    """Return the message that is being replied to, if there is one."""
    if quoted is None:
        return ""
    said_on = quoted.created_at.astimezone(character.core.timezone).date().isoformat()
    line = f"{said_on} | {speaker(character, quoted)} said | {one_line(quoted.text)}"
    return "## What the message you answer replies to\n" + fenced("quoted", [line])


def preferences_block(preferences: Iterable[Preference], user_name: str) -> str:
    """Return how the person wants to be spoken with; empty when they never said."""
    lines = [f"- {_WHAT_IS_ASKED[wish.name]}: {one_line(wish.value)}" for wish in preferences]
    if not lines:
        return ""
    heading = f"## What {user_name} asked of you\nKeep to it in how you answer, as far as your own limits allow.\n"
    return heading + fenced("preferences", lines)


def facts_block(character: Character, facts: Iterable[Fact], user_name: str, budget_tokens: int) -> str:
    """Return what is known about the person and theirs, most telling first, as far as the budget goes."""
    lines = (f"- [f{number}] {_fact(character, fact, user_name)}" for number, fact in enumerate(facts, start=1))
    block = fenced("facts", _within(lines, budget_tokens))
    return f"## What you know about {user_name} and theirs\n{block}" if block else ""


def summaries_block(character: Character, summaries: Iterable[Summary], budget_tokens: int) -> str:
    """Return what earlier conversations were about, as far as the budget goes, oldest first."""
    kept = _within((_summary(character, summary) for summary in summaries), budget_tokens)
    return fenced("summaries", sorted(kept))


def speaker(character: Character, said: StoredMessage) -> str:
    """Return who said something, as the character sees it."""
    if said.role is Role.CHARACTER:
        return f"{character.display_name} (you)"
    return person_name(said.speaker_name, character.display_name)


def _memory(character: Character, memory: Memory) -> str:
    who = "you" if memory.role is Role.CHARACTER else person_name(memory.speaker_name, character.display_name)
    said_on = memory.said_at.astimezone(character.core.timezone).date().isoformat()
    line = f"{said_on} | {who} said | {one_line(memory.text)}"
    if memory.before is None:
        return line
    return f"{line} | in answer to {speaker(character, memory.before)}: {one_line(memory.before.text)}"


def _fact(character: Character, fact: Fact, user_name: str) -> str:
    subject = _thing(fact.subject, user_name)
    if fact.also:
        subject += f" (also: {', '.join(one_line(name) for name in fact.also)})"
    parts = [subject, fact.predicate.replace("_", " "), _thing(fact.object, user_name)]
    if fact.valid_from:
        parts.append(f"since {fact.valid_from}")
    if not fact.is_current:
        parts.append(f"until {fact.valid_until}" if fact.valid_until else "no longer")
    said_on = fact.said_at.astimezone(character.core.timezone).date().isoformat()
    parts.append(f"said by {person_name(fact.speaker_name, character.display_name)} on {said_on}")
    return " | ".join(parts)


def _thing(name: str, user_name: str) -> str:
    return {USER: user_name, CHARACTER: "you"}.get(name) or one_line(name)


def _summary(character: Character, summary: Summary) -> str:
    day = summary.ended_at.astimezone(character.core.timezone).date().isoformat()
    return f"- {day} | {one_line(summary.text)}"


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
