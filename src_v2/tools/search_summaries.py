"""Search what earlier conversations were about, or list the newest."""

from collections.abc import Sequence
from functools import partial

from pydantic import Field

from src_v2.knowledge.models import Summary
from src_v2.tools.arguments import Arguments, MaybeQuery, Number
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import left_out, listed
from src_v2.tools.lines import summary_line
from src_v2.tools.ports import FactBook, MessageSearch
from src_v2.tools.results import nothing, ok

MOST_SUMMARIES = 10
USUAL_SUMMARIES = 5
SPARE_IDS = 5
"""Ids asked for per summary: in a server those of others are found too, and only the person's own are read."""


class SearchSummaries(Arguments):
    """What to look for."""

    query: MaybeQuery = Field(None, description="What the conversation was about. Leave it out for the newest ones.")
    limit: Number = Field(USUAL_SUMMARIES, ge=1, le=MOST_SUMMARIES, description="How many summaries at most.")


def search_summaries(search: MessageSearch, facts: FactBook) -> Tool[SearchSummaries]:
    """Return the tool; its results are numbered s1, s2, ..."""
    return Tool(
        name="search_summaries",
        description=(
            "Find summaries of earlier conversations: what they were about, when they were. "
            "Use it for the large picture; for exact words search the messages."
        ),
        arguments=SearchSummaries,
        run=partial(_run, search, facts),
        permission=Permission.READ,
        cost=Cost.SEARCH,
    )


async def _run(search: MessageSearch, facts: FactBook, wanted: SearchSummaries, context: ToolContext) -> ToolResult:
    if wanted.query is None:
        found: Sequence[Summary] = await facts.summaries(context.audience, wanted.limit)
    else:
        found = await _fitting(search, facts, wanted.query, wanted.limit, context)
    if not found:
        return nothing("No summary fits." if wanted.query else "No conversation has been summarised yet.")
    text, shown = listed(
        "summaries",
        found,
        lambda summary: summary_line(summary, context.view, wanted.query or ""),
        context.shown.summaries,
        context.result_tokens,
    )
    return ok(f"{'Best' if wanted.query else 'Newest'} first:\n{text}{left_out(shown, len(found))}")


async def _fitting(
    search: MessageSearch, facts: FactBook, query: str, limit: int, context: ToolContext
) -> list[Summary]:
    ids = await search.search_summaries(
        context.audience, query, limit * SPARE_IDS, names=context.names, zone=context.timezone
    )
    there = await facts.summaries_by_id(context.audience, ids)
    return [there[wanted] for wanted in ids if wanted in there][:limit]
