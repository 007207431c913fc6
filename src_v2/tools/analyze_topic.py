"""Everything that is remembered and known about a topic, in one look."""

import asyncio
from collections.abc import Sequence
from functools import partial

from pydantic import Field

from src_v2.knowledge.models import Fact
from src_v2.memory.lexical import terms
from src_v2.tools.arguments import LONGEST_NAME_CHARS, Arguments, MaybeName, Value
from src_v2.tools.base import Tool, ToolContext, ToolResult
from src_v2.tools.composite import Look, composite, look
from src_v2.tools.display import ABOUT_WORDS, left_out, listed, meant_by
from src_v2.tools.lines import fact_line
from src_v2.tools.ports import FactBook, MessageSearch
from src_v2.tools.results import nothing, ok
from src_v2.tools.search_messages import search_messages
from src_v2.tools.search_summaries import search_summaries
from src_v2.tools.walk_relationships import walk_relationships

MESSAGES = 8
SUMMARIES = 3
FACTS_LOOKED_AT = 200


class AnalyzeTopic(Arguments):
    """What it is about, and whom."""

    topic: Value = Field(description="The topic in a few words: the trip to Lisbon, work, Ana's health.")
    about: MaybeName = Field(None, description=f"Whom or what it is about, when it is one. {ABOUT_WORDS}")


def analyze_topic(search: MessageSearch, facts: FactBook) -> Tool[AnalyzeTopic]:
    """Return the tool: messages, summaries, facts and relationships on a topic, side by side."""
    messages, summaries, walk = search_messages(search), search_summaries(search, facts), walk_relationships(facts)

    def looks(wanted: AnalyzeTopic, _context: ToolContext) -> Sequence[Look]:
        query = f"{wanted.about}: {wanted.topic}" if wanted.about else wanted.topic
        begin = (wanted.about or wanted.topic)[:LONGEST_NAME_CHARS]
        return [
            look("What was said", messages, {"query": query, "limit": MESSAGES}),
            look("Earlier conversations", summaries, {"query": query, "limit": SUMMARIES}),
            Look("Facts", partial(_facts, facts, wanted)),
            look("Connections", walk, {"about": begin, "depth": 2}),
        ]

    return composite(
        "analyze_topic",
        "Look up everything on a topic at once: what was said, earlier conversations, facts and connections. Use it "
        "first when a question takes more than one look.",
        AnalyzeTopic,
        looks,
        nothing_found="Nothing is remembered or known of that. Other words may find something.",
    )


async def _facts(facts: FactBook, wanted: AnalyzeTopic, context: ToolContext) -> ToolResult:
    """Return what is known about whom it is about, else what holds words of the topic."""
    about = meant_by(wanted.about, context) if wanted.about else None
    found = await facts.lookup(context.audience, about, None, FACTS_LOOKED_AT)
    fitting = await asyncio.to_thread(_by_topic, found, wanted.topic, context)
    if about is not None:  # the topic only says what comes first
        fitting += [fact for fact in found if fact not in fitting]
    if not fitting:
        return nothing("Nothing of that is known.")
    text, shown = listed(
        "facts", fitting, lambda fact: fact_line(fact, context.view), context.shown.facts, context.result_tokens
    )
    return ok(f"{text}{left_out(shown, len(fitting))}")


def _by_topic(found: Sequence[Fact], topic: str, context: ToolContext) -> list[Fact]:
    wanted = set(terms(topic))
    counted = [(len(wanted.intersection(terms(_words(fact, context)))), fact) for fact in found]
    return [fact for count, fact in sorted(counted, key=lambda one: -one[0]) if count]


def _words(fact: Fact, context: ToolContext) -> str:
    names = {context.view.user_name, "you"}
    return " ".join(part for part in (fact.subject, *fact.also, fact.predicate.replace("_", " "), fact.object)
                    if part not in names)  # fmt: skip
