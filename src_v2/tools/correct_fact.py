"""Put a fact right that somebody says is wrong."""

from functools import partial

from pydantic import Field

from src_v2.core.errors import KnowledgeError
from src_v2.tools.arguments import Arguments, Name, Value
from src_v2.tools.asking import NOT_ASKED, says_instead
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import listed
from src_v2.tools.lines import fact_line
from src_v2.tools.own_facts import FACT_WORDS, GONE, NOT_THEIRS, fact_shown, is_theirs
from src_v2.tools.ports import FactBook
from src_v2.tools.results import ok


class CorrectFact(Arguments):
    """Which fact, and what is true instead."""

    fact: Name = Field(description=FACT_WORDS)
    new_object: Value = Field(description="What is right, in place of the fact's last part: Bergen, in place of Oslo.")


def correct_fact(facts: FactBook) -> Tool[CorrectFact]:
    """Return the tool. A correction is a new claim of the person who asks: nothing is overwritten.

    The new value must stand in what they wrote themselves in this turn (`asking`).
    """
    return Tool(
        name="correct_fact",
        description=(
            "Correct a fact about the person you speak with or theirs, when they tell you that it is wrong. "
            "Only use it for what they said in so many words. What merely changed with time needs no correction."
        ),
        arguments=CorrectFact,
        run=partial(_run, facts),
        permission=Permission.WRITE_OWN,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, wanted: CorrectFact, context: ToolContext) -> ToolResult:
    fact = fact_shown(wanted.fact, context)
    if not is_theirs(fact, context):
        return NOT_THEIRS
    if not says_instead(context, wanted.new_object):
        return NOT_ASKED
    try:
        corrected = await facts.correct(context.message.audience, fact.id, wanted.new_object, context.message)
    except KnowledgeError:
        return GONE
    text, _ = listed("facts", [corrected], lambda fact: fact_line(fact, context.view), context.shown.facts)
    return ok(f"Corrected. It now says:\n{text}")
