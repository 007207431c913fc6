"""What was going on in a stretch of time: conversations, what was said, what was learned then."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from pydantic import Field

from src_v2.memory.recall import as_memory
from src_v2.tools.arguments import Arguments, MaybeName, Name
from src_v2.tools.base import Tool, ToolContext, ToolResult
from src_v2.tools.composite import Look, composite
from src_v2.tools.display import left_out, listed
from src_v2.tools.lines import fact_line, memory_line, summary_line
from src_v2.tools.ports import FactBook, Heard
from src_v2.tools.results import nothing, ok
from src_v2.tools.times import TIME_WORDS, stretch

LOOKED_AT = 400
"""Latest messages of the time; years of them are told by the summaries."""
MESSAGES = 16
SUMMARIES_LOOKED_AT = 200
FACTS_LOOKED_AT = 200

T = TypeVar("T")


class RecallPeriod(Arguments):
    """From when, and until when."""

    since: Name = Field(description=f"When it begins, or the whole time: last March. {TIME_WORDS}")
    until: MaybeName = Field(None, description="When it ends, that day, month or year included. Left out: as since.")


def recall_period(heard: Heard, facts: FactBook) -> Tool[RecallPeriod]:
    """Return the tool: summaries, messages and facts of a time, side by side."""

    def looks(wanted: RecallPeriod, context: ToolContext) -> Sequence[Look]:
        since, until = stretch(wanted.since, wanted.until or wanted.since, context)
        return [
            Look("Conversations then", partial(_summaries, facts, since, until)),
            Look("Some of what was said then", partial(_messages, heard, since, until)),
            Look("What you were told then", partial(_facts, facts, since, until)),
        ]

    return composite(
        "recall_period",
        "Look up what was going on in a time: last week, in March, between two dates. For a topic use analyze_topic.",
        RecallPeriod,
        looks,
        nothing_found="Nothing is remembered of that time.",
    )


async def _summaries(facts: FactBook, since: datetime, until: datetime, context: ToolContext) -> ToolResult:
    newest = await facts.summaries(context.audience, SUMMARIES_LOOKED_AT)
    then = [one for one in newest if one.started_at < until and one.ended_at >= since]
    if not then:
        return nothing("No conversation of that time has been summarised.")
    best = sorted(then, key=lambda one: (-one.importance, one.ended_at))
    text, shown = listed(
        "summaries", best, lambda one: summary_line(one, context.view, ""), context.shown.summaries,
        context.result_tokens,
    )  # fmt: skip
    return ok(f"The most important first:\n{text}{left_out(shown, len(then))}")


async def _messages(heard: Heard, since: datetime, until: datetime, context: ToolContext) -> ToolResult:
    said = await heard.said(context.audience, LOOKED_AT, here=False, since=since, until=until)
    asked = {message.id for message in context.asked}
    then = [as_memory(one) for one in said if one.id not in asked]
    if not then:
        return nothing("Nothing that was said then is kept.")
    some = _spread(then, MESSAGES)
    text, shown = listed(
        "memories", some, lambda one: memory_line(one, context.view, ""), context.shown.messages, context.result_tokens
    )
    return ok(f"{text}{left_out(shown, len(then))}")


async def _facts(facts: FactBook, since: datetime, until: datetime, context: ToolContext) -> ToolResult:
    known = await facts.lookup(context.audience, None, None, FACTS_LOOKED_AT)
    then = [fact for fact in known if since <= fact.said_at < until]
    if not then:
        return nothing("No fact is known from then.")
    text, shown = listed(
        "facts", then, lambda fact: fact_line(fact, context.view), context.shown.facts, context.result_tokens
    )
    return ok(f"{text}{left_out(shown, len(then))}")


def _spread(items: Sequence[T], count: int) -> list[T]:
    """Return `count` items evenly taken from all, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    return [items[round(n * (len(items) - 1) / (count - 1))] for n in range(count)]
