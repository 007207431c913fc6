"""Take a fact back that somebody says was never true."""

from functools import partial

from pydantic import Field

from src_v2.core.errors import KnowledgeError
from src_v2.tools.arguments import Arguments, Name
from src_v2.tools.asking import NOT_ASKED, takes_back
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.own_facts import FACT_WORDS, GONE, NOT_THEIRS, fact_shown, is_theirs
from src_v2.tools.ports import FactBook
from src_v2.tools.results import ok


class RetractFact(Arguments):
    """Which fact."""

    fact: Name = Field(description=FACT_WORDS)


def retract_fact(facts: FactBook) -> Tool[RetractFact]:
    """Return the tool. A retraction is a claim of the person who asks: nothing is deleted.

    What they wrote themselves in this turn must say that it is not so (`asking`).
    """
    return Tool(
        name="retract_fact",
        description=(
            "Take back a fact about the person you speak with or theirs, when they tell you that it is not true, "
            "was a joke, or should be forgotten. When they tell you what is true instead, correct it."
        ),
        arguments=RetractFact,
        run=partial(_run, facts),
        permission=Permission.WRITE_OWN,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, wanted: RetractFact, context: ToolContext) -> ToolResult:
    fact = fact_shown(wanted.fact, context)
    if not is_theirs(fact, context):
        return NOT_THEIRS
    if not takes_back(context, fact):
        return NOT_ASKED
    try:
        await facts.retract(context.message.audience, fact.id, context.message)
    except KnowledgeError:
        return GONE
    return ok("Taken back. Do not state it again.")
