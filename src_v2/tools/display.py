"""How results look to a model: one line per thing, numbered, dated, attributed, fenced as data, within a budget."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from src_v2.core.fence import clean_name, fenced, one_line, person_name
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.tokens import estimate_tokens
from src_v2.knowledge.models import CHARACTER, USER, Fact, Preference, Summary
from src_v2.memory.lexical import terms
from src_v2.memory.models import Memory
from src_v2.tools.base import ToolContext
from src_v2.tools.shown import Identified, ShortIds

ABOUT_WORDS = "A name as it stands in your facts; user for the person you speak with; character for yourself."
"""What the description of an argument says that names somebody."""

RESULT_TOKENS = 1200
"""Most tokens of one result: some of them must fit beside a prompt into a small model's context."""
LONGEST_SHOWN_CHARS = 600
"""Of one message or summary: about 150 tokens. The rest of a longer one is cut around what fits the query."""
LEAD_CHARS = 80
"""Shown before the first word that fits, so that it does not stand without its sentence."""
MOST_OCCURRENCES = 12
"""Of one word that are looked at: a message may be very long, and the event loop waits."""

T = TypeVar("T", bound=Identified)
X = TypeVar("X")


def listed(label: str, items: Iterable[T], line: Callable[[T], str], ids: ShortIds[T]) -> tuple[str, int]:
    """Return `items` as fenced, numbered lines, and how many of them the budget had room for."""
    kept = _within_budget((item, line(item)) for item in items)
    return fenced(label, [f"- [{ids.show(item)}] {text}" for item, text in kept]), len(kept)


def paths_listed(paths: Iterable[tuple[Fact, ...]], context: ToolContext) -> tuple[str, int]:
    """Return paths as fenced lines, every fact of them numbered, and how many the budget had room for."""
    kept = _within_budget((path, " -> ".join(fact_line(fact, context) for fact in path)) for path in paths)
    shown = context.shown.facts
    lines = (" -> ".join(f"[{shown.show(fact)}] {fact_line(fact, context)}" for fact in path) for path, _ in kept)
    return fenced("facts", [f"- {line}" for line in lines]), len(kept)


def left_out(shown: int, found: int) -> str:
    """Return what to say about finds that the budget had no room for."""
    return "" if shown == found else f"\n{found - shown} more were found: narrow it down to see them."


def memory_line(memory: Memory, context: ToolContext, query: str) -> str:
    """Return a message: its day, who said it, what was said, and the question that it answers."""
    line = f"{_day(memory.said_at, context)} | {_who(memory, context)} said | {excerpt(one_line(memory.text), query)}"
    if memory.before is None:
        return line
    return f"{line} | when {_who(memory.before, context)} had asked | {excerpt(one_line(memory.before.text), query)}"


def summary_line(summary: Summary, context: ToolContext, query: str) -> str:
    """Return a summary: its day, what it says, its topics."""
    text = f"{_day(summary.ended_at, context)} | {excerpt(one_line(summary.text), query)}"
    return f"{text} | topics: {one_line(', '.join(summary.topics))}" if summary.topics else text


def fact_line(fact: Fact, context: ToolContext) -> str:
    """Return a fact: subject, predicate, object, since and until when, who said so."""
    subject = _thing(fact.subject, context)
    if fact.also:
        subject += f" (also: {', '.join(_column(name) for name in fact.also)})"
    parts = [subject, _column(fact.predicate.replace("_", " ")), _thing(fact.object, context)]
    if fact.valid_from:
        parts.append(f"since {_column(fact.valid_from)}")
    if not fact.is_current:
        parts.append(f"until {_column(fact.valid_until)}" if fact.valid_until else "no longer")
    parts.append(f"said by {person_name(fact.speaker_name, context.character_name)} on {_day(fact.said_at, context)}")
    return " | ".join(parts)


def preferences_listed(preferences: Iterable[Preference]) -> str:
    """Return how a person wants to be spoken with, as fenced lines."""
    return fenced("preferences", [f"- {wish.name}: {_column(wish.value)}" for wish in preferences])


def user_name(context: ToolContext) -> str:
    """Return the name under which the person who asks stands in results."""
    return person_name(context.author.name, context.character_name)


def meant_by(about: str, context: ToolContext) -> str:
    """Return the subject that a model means by a name: USER and CHARACTER for the two who speak."""
    folded = about.casefold()
    if folded == user_name(context).casefold():
        return USER
    if folded == context.character_name.casefold():
        return CHARACTER
    return USER if folded == clean_name(context.author.name).casefold() else about


def excerpt(text: str, query: str) -> str:
    """Return the part of a long text that holds most of the query's words, with "…" where something is left out."""
    if len(text) <= LONGEST_SHOWN_CHARS:
        return text
    start = max(0, _densest(text.casefold(), set(terms(query))) - LEAD_CHARS)
    end = start + LONGEST_SHOWN_CHARS
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _densest(folded: str, stems: Iterable[str]) -> int:
    """Return where the stretch begins that holds most of `stems`; 0 when none occurs."""
    places = sorted((at, stem) for stem in stems for at in islice(_occurrences(folded, stem), MOST_OCCURRENCES))
    reach = LONGEST_SHOWN_CHARS - LEAD_CHARS
    found = {at: len({stem for place, stem in places if at <= place < at + reach}) for at, _ in places}
    return max(found, key=lambda at: (found[at], -at), default=0)


def _occurrences(folded: str, stem: str) -> Iterator[int]:
    at = folded.find(stem)
    while at >= 0:
        yield at
        at = folded.find(stem, at + LONGEST_SHOWN_CHARS // 4)


def _within_budget(lines: Iterable[tuple[X, str]]) -> Sequence[tuple[X, str]]:
    kept: list[tuple[X, str]] = []
    left = RESULT_TOKENS
    for item, text in lines:
        left -= estimate_tokens(text)
        if left < 0 and kept:
            break
        kept.append((item, text))
    return kept


def _who(said: Memory | StoredMessage, context: ToolContext) -> str:
    return "you" if said.role is Role.CHARACTER else person_name(said.speaker_name, context.character_name)


def _day(moment: datetime, context: ToolContext) -> str:
    return moment.astimezone(context.timezone).date().isoformat()


def _thing(name: str, context: ToolContext) -> str:
    return {USER: user_name(context), CHARACTER: "you"}.get(name) or _column(name)


def _column(text: str) -> str:
    """Return text that cannot pose as several columns or lines."""
    return one_line(text.replace("|", "/"))
