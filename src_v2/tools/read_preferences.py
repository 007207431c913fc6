"""Read how the person wants to be spoken with."""

from functools import partial

from src_v2.tools.arguments import Arguments
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import preferences_listed
from src_v2.tools.ports import FactBook
from src_v2.tools.results import nothing, ok


class ReadPreferences(Arguments):
    """Nothing."""


def read_preferences(facts: FactBook) -> Tool[ReadPreferences]:
    """Return the tool."""
    return Tool(
        name="read_preferences",
        description=(
            "Read how the person you speak with asked you to speak with them: length of answers, tone, nickname, "
            "language, what not to bring up."
        ),
        arguments=ReadPreferences,
        run=partial(_run, facts),
        permission=Permission.READ,
        cost=Cost.CHEAP,
    )


async def _run(facts: FactBook, _nothing: ReadPreferences, context: ToolContext) -> ToolResult:
    wishes = await facts.preferences(context.audience)
    if not wishes:
        return nothing("They have asked for nothing in particular.")
    return ok(f"What they asked for:\n{preferences_listed(wishes)}")
