"""Walk from one name to others that it is connected with."""

from functools import partial

from pydantic import Field

from src_v2.tools.arguments import Arguments, Name, Number
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import ABOUT_WORDS, left_out, meant_by, paths_listed
from src_v2.tools.ports import FactBook
from src_v2.tools.results import nothing, ok

LONGEST_WALK = 3
"""Facts in a row: beyond that nearly everything is connected with everything."""
USUAL_WALK = 2


class WalkRelationships(Arguments):
    """Where to begin, and how far to go."""

    about: Name = Field(description=ABOUT_WORDS)
    depth: Number = Field(USUAL_WALK, ge=1, le=LONGEST_WALK, description="How many facts in a row at most.")


def walk_relationships(facts: FactBook) -> Tool[WalkRelationships]:
    """Return the tool; the facts on its paths are numbered f1, f2, ..."""
    return Tool(
        name="walk_relationships",
        description=(
            "Follow facts from one name to the next, to see how people, places and things are connected: "
            "somebody's sister, where she lives, who else lives there."
        ),
        arguments=WalkRelationships,
        run=partial(_run, facts),
        permission=Permission.READ,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, wanted: WalkRelationships, context: ToolContext) -> ToolResult:
    paths = await facts.walk(context.audience, meant_by(wanted.about, context), wanted.depth)
    if not paths:
        return nothing("Nothing is known to be connected with that.")
    text, shown = paths_listed(paths, context)
    return ok(f"Shortest first:\n{text}{left_out(shown, len(paths))}")
