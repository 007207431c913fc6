"""Takes a large body in: counted while it comes, whatever its header says. For files that people bring in."""

import asyncio
from io import BytesIO

from starlette.requests import ClientDisconnect, Request

from src_v2.interfaces.web.failures import ApiError, size

SILENCE_S = 60.0
"""An upload that brings nothing for so long has died."""


async def whole_body(request: Request, limit_bytes: int) -> bytes:
    """Return the body. Raises ApiError when it is larger than `limit_bytes`, empty, or broken off."""
    held = BytesIO()  # its value is handed over without a copy
    chunks = request.stream()
    try:
        while True:
            async with asyncio.timeout(SILENCE_S):
                chunk = await anext(chunks, b"")
            if not chunk:
                break
            if held.tell() + len(chunk) > limit_bytes:
                raise ApiError(413, "too_large", f"The file is larger than {size(limit_bytes)}.")
            held.write(chunk)
    except (ClientDisconnect, TimeoutError) as error:
        raise ApiError(408, "broken_off", "The file did not arrive whole. Please try again.") from error
    if not held.tell():
        raise ApiError(422, "empty_file", "The file is empty.")
    return held.getvalue()
