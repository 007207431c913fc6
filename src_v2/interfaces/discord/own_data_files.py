"""Files of people's own data on Discord: exports that go out, and chats that come in, both within limits of size."""

import io
from collections.abc import AsyncIterable
from zoneinfo import ZoneInfo

import aiohttp
import discord

from src_v2.core.errors import RefusedInput
from src_v2.interfaces.discord.own_data_parts import Panel
from src_v2.interfaces.discord.own_data_words import megabytes
from src_v2.privacy.models import ExportFile

LARGEST_IMPORT = 25 * 2**20
SENT_AT_MOST = 10 * 2**20
"""What Discord takes where it does not say how much."""
READ_TIMEOUT_S = 120.0
CHUNK = 65_536


def export_panel(export: ExportFile, taken_here: int, user_id: str) -> Panel:
    """Return the export as a file; where it is larger than `taken_here` bytes, say how to get it."""
    limit = taken_here or SENT_AT_MOST
    if len(export.content) > limit:
        return Panel(
            f"Your export has {megabytes(len(export.content))}; Discord takes no more than {megabytes(limit)} here. "
            f"Ask the people who run me: `whisperengine data export {user_id}` writes it to a file, and the web page "
            "offers it to those who use it."
        )
    text = "Everything that is held about you, of all characters here: as JSON and to read. Keep it private."
    return Panel(text, file=discord.File(io.BytesIO(export.content), filename=export.name))


async def read_attachment(attachment: discord.Attachment, connector: aiohttp.BaseConnector) -> bytes:
    """Return what a file holds. Raises RefusedInput when it is too large, whatever it claims, or cannot be had."""
    if attachment.size > LARGEST_IMPORT:
        raise _too_large()
    timeout = aiohttp.ClientTimeout(total=READ_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, connector_owner=False, timeout=timeout) as session,
            session.get(attachment.url, allow_redirects=False, raise_for_status=True) as response,
        ):
            return await _within_limit(response.content.iter_chunked(CHUNK))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise RefusedInput("Discord does not give it to me; please attach it again") from error


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone, UTC without a name. Raises RefusedInput for one that does not exist."""
    try:
        return ZoneInfo(name.strip() or "UTC")
    except (ValueError, OSError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise RefusedInput("there is no such time zone; name one like Europe/Berlin") from error


async def _within_limit(chunks: AsyncIterable[bytes]) -> bytes:
    read = bytearray()
    async for chunk in chunks:
        read += chunk
        if len(read) > LARGEST_IMPORT:
            raise _too_large()
    return bytes(read)


def _too_large() -> RefusedInput:
    return RefusedInput(f"it is larger than {megabytes(LARGEST_IMPORT)}")
