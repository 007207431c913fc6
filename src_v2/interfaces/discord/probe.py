"""Asks Discord, for `doctor`, whether a token is accepted and which intents its application has. Opens no session."""

import aiohttp
import discord

from src_v2.interfaces.discord.standing import ENABLE_CONTENT, NEW_TOKEN, WITHOUT_CONTENT
from src_v2.observability.health import Check

APPLICATION_URL = "https://discord.com/api/v10/applications/@me"
TIMEOUT_S = 5.0
REFUSED = 401


async def probe_token(
    character: str, token: str, *, content_wanted: bool, connector: aiohttp.BaseConnector | None = None
) -> Check:
    """Return the finding about one character's token; never raises for what Discord or the network does.

    `content_wanted` is whether the operator insists on the message content intent.
    """
    name = f"discord token of {character}"
    try:
        status, flags = await _application_flags(token, connector)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return Check(name, ok=False, detail=f"Discord cannot be reached ({type(error).__name__})")
    if status == REFUSED:
        return Check(name, ok=False, detail="Discord refuses the token", remedy=NEW_TOKEN)
    if flags is None:
        return Check(name, ok=False, detail=f"Discord answered {status}", remedy="Try again in a while.")
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return Check(name, ok=True, detail="accepted, message content intent is enabled")
    return Check(name, ok=not content_wanted, detail=f"accepted, {WITHOUT_CONTENT}", remedy=ENABLE_CONTENT)


async def _application_flags(
    token: str, connector: aiohttp.BaseConnector | None
) -> tuple[int, discord.ApplicationFlags | None]:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    headers = {"Authorization": f"Bot {token}"}
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=headers, connector=connector) as session,
        session.get(APPLICATION_URL) as answer,
    ):
        if not answer.ok:
            return answer.status, None
        flags = discord.ApplicationFlags()
        flags.value = int((await answer.json())["flags"])
        return answer.status, flags
