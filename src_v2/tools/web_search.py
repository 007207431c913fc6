"""Search the web."""

from functools import partial

from pydantic import Field

from src_v2.core.fence import fenced
from src_v2.tools.arguments import Arguments, Number, Value
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.lines import column
from src_v2.tools.results import nothing, ok
from src_v2.tools.web.searching import WebSearch

MOST_HITS = 10
USUAL_HITS = 5


class SearchWeb(Arguments):
    """What to look for."""

    query: Value = Field(
        description="Words for a search engine, about the world. Nothing private: it goes to a service outside."
    )
    limit: Number = Field(USUAL_HITS, ge=1, le=MOST_HITS, description="How many results at most.")


def web_search(search: WebSearch) -> Tool[SearchWeb]:
    """Return the tool; its results are numbered w1, w2, ... and may be read with read_web_page."""
    return Tool(
        name="web_search",
        description=(
            "Search the web for what happens in the world and what you cannot know: news, prices, opening hours. "
            "Not for what people told you. The results are what strangers write."
        ),
        arguments=SearchWeb,
        run=partial(_run, search),
        permission=Permission.WEB,
        cost=Cost.WEB,
    )


async def _run(search: WebSearch, wanted: SearchWeb, context: ToolContext) -> ToolResult:
    hits = await search.search(wanted.query, wanted.limit)
    if not hits:
        return nothing("The search found nothing. Other words may.")
    lines = [
        f"- [{context.notes.links.show(hit.address)}] {column(hit.title)} | {column(hit.address)} | {column(hit.text)}"
        for hit in hits
    ]
    return ok(f"Best first:\n{fenced('search_results', lines)}")
