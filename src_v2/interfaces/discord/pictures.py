"""Fetches the pictures that hang on a Discord message. What cannot be had is told in the message's own text."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import aiohttp
import discord

from src_v2.core.errors import RefusedInput
from src_v2.core.messages import IncomingMessage
from src_v2.core.pictures import MOST_PICTURES, Picture, marker, unopened
from src_v2.media.pictures import MOST_BYTES_IN, TOO_LARGE, Pictures

FETCH_S = 10.0
"""How long Discord's servers may take to hand a picture over; what comes behind it in the channel waits meanwhile."""
NOT_FETCHED = "Discord did not hand it over"
TOO_MANY = f"only {MOST_PICTURES} are looked at"


def is_picture(attachment: discord.Attachment) -> bool:
    """Whether an attachment says that it is a picture; what it really is shows when it is opened."""
    return (attachment.content_type or "").startswith("image/")


async def with_pictures(asked: IncomingMessage, message: discord.Message, pictures: Pictures) -> IncomingMessage:
    """Return `asked` with the pictures of `message`; never raises for one that cannot be had."""
    sent = [item for item in message.attachments if is_picture(item)]
    if not sent:
        return asked
    opened = await asyncio.gather(*(_opened(item, pictures) for item in sent[:MOST_PICTURES]))
    outcomes: Sequence[Picture | str] = [*opened, *([TOO_MANY] * len(sent[MOST_PICTURES:]))]
    text = asked.text
    for item, outcome in zip(sent, outcomes, strict=True):
        if isinstance(outcome, str):
            text = text.replace(marker(item.filename), unopened(item.filename, outcome), 1)
    found = tuple(outcome for outcome in outcomes if isinstance(outcome, Picture))
    return replace(asked, text=text, pictures=found)


async def _opened(item: discord.Attachment, pictures: Pictures) -> Picture | str:
    """Return a picture, or why there is none."""
    if item.size > MOST_BYTES_IN:
        return TOO_LARGE
    try:
        async with asyncio.timeout(FETCH_S):
            data = await item.read()
        return await pictures.open(data, item.filename)
    except RefusedInput as error:
        return str(error)
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError):
        return NOT_FETCHED
