"""From the bytes of a file that somebody sent to a picture that may be shown to a model.

The work is done by a process of its own for each picture (`decoder`): about 0.2 s to start, paid only by turns that
have one, and nothing of it outlives the picture. A decoder that is fed something hostile may crash, fill its memory or
never end; it takes nothing else with it.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import structlog

from src_v2.core.errors import RefusedInput
from src_v2.core.pictures import Picture, picture_name
from src_v2.media import decoder

log = structlog.get_logger(__name__)

MOST_BYTES_IN = 8 * 2**20
DECODE_S = 15.0
AT_ONCE = 2
"""Decoders side by side: each may want a core and a good deal of memory."""
NOT_SENT_ON = "it could not be read in time"
EMPTY = "it is empty"
TOO_LARGE = f"it is larger than {MOST_BYTES_IN // 2**20} MB"
REASONS = {
    "kind": "it is none of JPEG, PNG, WebP and GIF",
    "pixels": f"it has more than {decoder.MOST_PIXELS // 1_000_000} million pixels",
    "broken": "it is damaged",
}
_PROGRAM = Path(decoder.__file__)


class Pictures:
    """Opens pictures. `decode_s` is how long one may take."""

    def __init__(self, *, decode_s: float = DECODE_S) -> None:
        self._decode_s = decode_s
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def open(self, data: bytes, name: str) -> Picture:
        """Return a safe picture; raises RefusedInput, which says why, for whatever is none or too much."""
        if not data:
            raise RefusedInput(EMPTY)
        if len(data) > MOST_BYTES_IN:
            raise RefusedInput(TOO_LARGE)
        if not decoder.kind_of(data):
            raise RefusedInput(REASONS["kind"])
        async with self._at_once:
            answer = await self._decoded(data)
        head, _, body = answer.partition(b"\n")
        match head.decode("ascii", "replace").split():
            case ["ok", media_type, width, height] if body:
                return Picture(media_type, body, int(width), int(height), picture_name(name))
            case ["no", reason] if reason in REASONS:
                raise RefusedInput(REASONS[reason])
            case _:
                log.warning("picture_decoder_died")
                raise RefusedInput(REASONS["broken"])

    async def _decoded(self, data: bytes) -> bytes:
        """Return what a fresh decoder says; one that takes too long is killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(_PROGRAM), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._decode_s):
                answer, _ = await process.communicate(data)
        except TimeoutError as error:
            raise RefusedInput(NOT_SENT_ON) from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return answer


def _environment() -> dict[str, str]:
    """Return what the decoder may know of ours: nothing, but what Windows cannot start a program without."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
