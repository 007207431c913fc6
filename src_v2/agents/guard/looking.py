"""Looks at what somebody wrote, with rules and no model. Takes well under a millisecond for ordinary messages."""

from src_v2.agents.guard import ai_question, crisis, manipulation
from src_v2.agents.guard.readings import folded, hidden, shortened, spaced_once
from src_v2.agents.guard.rules import Rule, first, without_quotations
from src_v2.agents.guard.verdict import NOTHING, Sign, Verdict

SELF = "thischaracter"
"""Stands for the character's name in rules."""
LEAST_CHARS = 3


def look(text: str, character_name: str = "") -> Verdict:
    """Return what is in `text`, which somebody wrote to a character of this name.

    Who is in need is answered with care whatever else they wrote: no attempt at manipulation is seen beside it.
    """
    if len(text) < LEAST_CHARS:
        return NOTHING
    text = shortened(text)
    plain = folded(text)
    unquoted = without_quotations(spaced_once(plain))
    spoken = named(unquoted, character_name)
    asked = ai_question.find(spoken)
    if need := crisis.find(spaced_once(plain), unquoted):
        signs = frozenset({Sign.CRISIS, Sign.AI_QUESTION} if asked else {Sign.CRISIS})
        return Verdict(signs, need.language, _names(need, asked))
    if attempt := _attempt(text, plain, spoken):
        return Verdict(frozenset({Sign.MANIPULATION}), attempt.language, (attempt.name,))
    return Verdict(frozenset({Sign.AI_QUESTION}), asked.language, (asked.name,)) if asked else NOTHING


def _attempt(text: str, plain: str, spoken: str) -> Rule | None:
    """Return the rule that sees an attempt, in plain words or behind an encoding."""
    if found := first(manipulation.RULES, spoken):
        return found
    readings = [" ".join(spoken.split())] if "\n" in spoken else []
    return next(
        (one for reading in [*readings, *hidden(text, plain)] if (one := first(manipulation.RULES, reading))), None
    )


def named(text: str, character_name: str) -> str:
    """Return folded text with what stands for the character's name in rules and cues."""
    name = folded(character_name)
    return text.replace(name, SELF) if len(name) >= LEAST_CHARS else text


def _names(*rules: Rule | None) -> tuple[str, ...]:
    return tuple(one.name for one in rules if one)
