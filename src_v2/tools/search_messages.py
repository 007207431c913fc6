"""Search what was said, by content and by time."""

from datetime import datetime
from functools import partial

from pydantic import Field

from src_v2.tools.arguments import Arguments, MaybeName, Number, Query
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import left_out, listed
from src_v2.tools.lines import memory_line
from src_v2.tools.ports import MessageSearch
from src_v2.tools.results import nothing, ok
from src_v2.tools.times import TIME_WORDS, limits

MOST_MESSAGES = 20
USUAL_MESSAGES = 8


class SearchMessages(Arguments):
    """What to look for, and when."""

    query: Query = Field(description="What to look for: names and content words, or the question itself.")
    since: MaybeName = Field(None, description=f"Only what was said then or later. {TIME_WORDS}")
    until: MaybeName = Field(None, description=f"Only what was said then or earlier. {TIME_WORDS}")
    limit: Number = Field(USUAL_MESSAGES, ge=1, le=MOST_MESSAGES, description="How many messages at most.")


def search_messages(search: MessageSearch) -> Tool[SearchMessages]:
    """Return the tool; its results are numbered m1, m2, ..."""
    return Tool(
        name="search_messages",
        description=(
            "Search everything that was said between you and the people here, word for word, also long ago. "
            "Use it when you are asked about something that you do not see in your memories."
        ),
        arguments=SearchMessages,
        run=partial(_run, search),
        permission=Permission.READ,
        cost=Cost.SEARCH,
    )


async def _run(search: MessageSearch, wanted: SearchMessages, context: ToolContext) -> ToolResult:
    since, until = limits(wanted.since, wanted.until, context)
    found = await search.search(
        context.audience, wanted.query, wanted.limit,
        names=context.names, zone=context.timezone, since=since, until=until,
    )  # fmt: skip
    asked = {message.id for message in context.asked}
    others = [memory for memory in found if memory.id not in asked]
    if not others:
        return nothing(f"No message fits{_in_that_time(since, until)}. Other words may find something.")
    text, shown = listed(
        "memories",
        others,
        lambda memory: memory_line(memory, context.view, wanted.query),
        context.shown.messages,
        context.result_tokens,
    )
    return ok(f"Best first:\n{text}{left_out(shown, len(others))}")


def _in_that_time(since: datetime | None, until: datetime | None) -> str:
    return " in that time" if since or until else ""
