"""Look back in this very channel: by words, by speaker, by time, or simply what was said last."""

import asyncio
from collections.abc import Sequence
from functools import partial

from pydantic import Field

from src_v2.core.fence import clean_name, one_line
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.tokens import estimate_tokens
from src_v2.memory.lexical import terms
from src_v2.memory.models import Memory
from src_v2.memory.recall import as_memory
from src_v2.tools.arguments import Arguments, MaybeName, MaybeQuery, Number
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.display import left_out, listed
from src_v2.tools.lines import excerpt
from src_v2.tools.ports import Heard
from src_v2.tools.results import nothing, ok
from src_v2.tools.times import TIME_WORDS, limits

LOOKED_AT = 400
"""Latest messages of the channel, within the time that is asked for."""
MOST_MESSAGES = 30
USUAL_MESSAGES = 12


class SearchChannel(Arguments):
    """What, of whom, when."""

    query: MaybeQuery = Field(None, description="Words to look for. Leave it out for the latest messages.")
    speaker: MaybeName = Field(
        None, description="Only what this person said: a name; user for the person you speak with; character for you."
    )
    since: MaybeName = Field(None, description=f"Only what was said then or later. {TIME_WORDS}")
    until: MaybeName = Field(None, description=f"Only what was said then or earlier. {TIME_WORDS}")
    limit: Number = Field(USUAL_MESSAGES, ge=1, le=MOST_MESSAGES, description="How many messages at most.")


def search_channel(heard: Heard) -> Tool[SearchChannel]:
    """Return the tool; its results are numbered m1, m2, ... In private it looks back in that conversation."""
    return Tool(
        name="search_channel",
        description=(
            "Look back at what was lately said in the channel or conversation you are in now, in its order and with "
            "times: who said what, what was decided. For other places and long ago, search the messages."
        ),
        arguments=SearchChannel,
        run=partial(_run, heard),
        permission=Permission.LISTEN,
        cost=Cost.CHEAP,
    )


async def _run(heard: Heard, wanted: SearchChannel, context: ToolContext) -> ToolResult:
    since, until = limits(wanted.since, wanted.until, context)
    said = await heard.said(context.audience, LOOKED_AT, here=True, since=since, until=until)
    asked = {message.id for message in context.asked}
    said = [one for one in said if one.id not in asked and _is_by(one, wanted.speaker, context)]
    if wanted.query is not None:
        said = await asyncio.to_thread(_fitting, said, wanted.query)
    if not said:
        return nothing("Nothing that was said here lately fits. Other words, or search_messages, may find something.")
    best_first = said[::-1] if wanted.query is None else said
    kept = _affordable(best_first[: wanted.limit], wanted.query or "", context)
    memories = [as_memory(one) for one in _in_order(kept)]
    text, _ = listed(
        "memories", memories, lambda one: _line(one, context, wanted.query or ""), context.shown.messages,
        context.result_tokens,
    )  # fmt: skip
    return ok(f"In the order it was said:\n{text}{left_out(len(kept), len(said))}")


def _is_by(said: StoredMessage, speaker: str | None, context: ToolContext) -> bool:
    if speaker is None:
        return True
    name = clean_name(speaker).casefold()
    if name in {"character", "you", context.character_name.casefold()}:
        return said.role is Role.CHARACTER
    if said.role is Role.CHARACTER:
        return False
    if name in {"user", "me"}:
        return said.speaker_id == context.author.user_id
    own = clean_name(said.speaker_name).casefold()
    return name == own or name in own.split()


def _fitting(said: Sequence[StoredMessage], query: str) -> list[StoredMessage]:
    """Return the messages that hold words of `query`: those with most of them first, of these the latest."""
    wanted = set(terms(query))
    hits = [(len(wanted.intersection(terms(one.text))), at, one) for at, one in enumerate(said)]
    return [one for count, _, one in sorted(hits, key=lambda hit: hit[:2], reverse=True) if count]


def _affordable(said: Sequence[StoredMessage], query: str, context: ToolContext) -> list[StoredMessage]:
    """Return the best of what was said that there is room for, at least one."""
    left, kept = context.result_tokens, list[StoredMessage]()
    for one in said:
        left -= estimate_tokens(_line(as_memory(one), context, query))
        if left < 0 and kept:
            break
        kept.append(one)
    return kept


def _in_order(said: Sequence[StoredMessage]) -> list[StoredMessage]:
    return sorted(said, key=lambda one: (one.created_at, one.id))


def _line(said: Memory, context: ToolContext, query: str) -> str:
    at = said.said_at.astimezone(context.timezone)
    who = context.view.speaker(said)
    return f"{at:%Y-%m-%d %H:%M} | {who} said | {excerpt(one_line(said.text), query)}"
