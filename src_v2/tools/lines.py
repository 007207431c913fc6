"""How one memory, fact or summary reads to a model: one line, dated and attributed. Prompts and tools show the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice

from src_v2.core.fence import one_line, person_name
from src_v2.core.messages import Role, StoredMessage
from src_v2.knowledge.models import CHARACTER, USER, Fact, Summary
from src_v2.memory.lexical import terms
from src_v2.memory.models import Memory

LONGEST_SHOWN_CHARS = 600
"""Of one message or summary: about 150 tokens. The rest of a longer one is cut around what fits the query."""
LEAD_CHARS = 80
"""Shown before the first word that fits, so that it does not stand without its sentence."""
MOST_OCCURRENCES = 12
"""Of one word that are looked at: a message may be very long, and the event loop waits."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Who reads: the character, who speaks with a person; days are those of `timezone`. Names are clean."""

    character_name: str
    user_name: str
    timezone: tzinfo

    def day(self, moment: datetime) -> str:
        """Return the ISO date of a moment."""
        return moment.astimezone(self.timezone).date().isoformat()

    def speaker(self, said: Memory | StoredMessage) -> str:
        """Return who said something."""
        return "you" if said.role is Role.CHARACTER else person_name(said.speaker_name, self.character_name)


def memory_line(memory: Memory, view: Viewpoint, query: str) -> str:
    """Return a message: its day, who said it, what was said, and the question that it answers."""
    line = f"{view.day(memory.said_at)} | {view.speaker(memory)} said | {excerpt(one_line(memory.text), query)}"
    if memory.before is None:
        return line
    return f"{line} | when {view.speaker(memory.before)} had asked | {excerpt(one_line(memory.before.text), query)}"


def summary_line(summary: Summary, view: Viewpoint, query: str) -> str:
    """Return a summary: its day, what it says, its topics."""
    text = f"{view.day(summary.ended_at)} | {excerpt(one_line(summary.text), query)}"
    return f"{text} | topics: {one_line(', '.join(summary.topics))}" if summary.topics else text


def fact_line(fact: Fact, view: Viewpoint) -> str:
    """Return a fact: subject, predicate, object, since and until when, who said so."""
    subject = _thing(fact.subject, view)
    if fact.also:
        subject += f" (also: {', '.join(column(name) for name in fact.also)})"
    parts = [subject, column(fact.predicate.replace("_", " ")), _thing(fact.object, view)]
    if fact.valid_from:
        parts.append(f"since {column(fact.valid_from)}")
    if not fact.is_current:
        parts.append(f"until {column(fact.valid_until)}" if fact.valid_until else "no longer")
    parts.append(f"said by {person_name(fact.speaker_name, view.character_name)} on {view.day(fact.said_at)}")
    return " | ".join(parts)


def column(text: str) -> str:
    """Return text that cannot pose as several columns or lines."""
    return one_line(text.replace("|", "/"))


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


def _thing(name: str, view: Viewpoint) -> str:
    return {USER: view.user_name, CHARACTER: "you"}.get(name) or column(name)
