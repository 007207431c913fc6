"""Look up what is known about somebody or something."""

from functools import partial

from pydantic import Field

from src_v2.tools.arguments import Arguments, MaybeName
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import ABOUT_WORDS, left_out, listed, meant_by
from src_v2.tools.lines import fact_line
from src_v2.tools.ports import FactBook
from src_v2.tools.results import nothing, ok

MOST_FACTS = 30


class LookUpFacts(Arguments):
    """Whom or what to look up."""

    about: MaybeName = Field(None, description=f"{ABOUT_WORDS} Leave it out for everybody and everything.")
    predicate: MaybeName = Field(
        None, description="Only facts of this kind: lives_in, works_as, likes, has_sister, ... Leave it out for all."
    )


def look_up_facts(facts: FactBook) -> Tool[LookUpFacts]:
    """Return the tool; its results are numbered f1, f2, ..."""
    return Tool(
        name="look_up_facts",
        description=(
            "Look up facts that people told you: who somebody is, where they live, what they like, what used to be. "
            "The ids in brackets are those that correct_fact and retract_fact take."
        ),
        arguments=LookUpFacts,
        run=partial(_run, facts),
        permission=Permission.READ,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, wanted: LookUpFacts, context: ToolContext) -> ToolResult:
    about = meant_by(wanted.about, context) if wanted.about else None
    found = await facts.lookup(context.audience, about, wanted.predicate, MOST_FACTS)
    if not found:
        return nothing("Nothing of that is known.")
    text, shown = listed(
        "facts", found, lambda fact: fact_line(fact, context.view), context.shown.facts, context.result_tokens
    )
    return ok(f"What holds now comes first:\n{text}{left_out(shown, len(found))}")
