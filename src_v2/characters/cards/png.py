"""PNG files as sequences of chunks: read, checked and written without ever decoding a pixel.

What the text in them means is not known here.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from src_v2.core.errors import RefusedInput

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PNG_BYTES = 20 * 2**20
MAX_SIDE_PIXELS = 4096
MAX_CHUNKS = 20_000
TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")

_IHDR_BYTES = 13
_COLOUR_TYPES = frozenset({0, 2, 3, 4, 6})
_RGB, _RGB_DEPTH = 2, 8
_PLAIN_WIDTH, _PLAIN_HEIGHT, _PLAIN_COLOUR = 256, 384, b"\x5b\x6b\x7d"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four letters and its data."""

    kind: bytes
    data: bytes


def is_png(blob: bytes) -> bool:
    """Say whether `blob` begins like a PNG file."""
    return blob.startswith(SIGNATURE)


def read_chunks(blob: bytes) -> list[Chunk]:
    """Return the chunks from IHDR to IEND; what follows IEND is left out.

    Raises RefusedInput when the file is damaged (every CRC is checked), too large, or larger than 4096x4096 pixels.
    """
    if len(blob) > MAX_PNG_BYTES:
        raise RefusedInput(f"the picture is larger than {MAX_PNG_BYTES // 2**20} MiB")
    chunks = list(_walk(blob))
    if not chunks or chunks[0].kind != b"IHDR":
        raise RefusedInput("the picture has no header")
    _check_header(chunks[0].data)
    if not any(chunk.kind == b"IDAT" for chunk in chunks):
        raise RefusedInput("the picture holds no pixels")
    return chunks


def write_chunks(chunks: Sequence[Chunk]) -> bytes:
    """Return the chunks as a PNG file."""
    return SIGNATURE + b"".join(_encoded(chunk) for chunk in chunks)


def size(blob: bytes) -> tuple[int, int]:
    """Return width and height in pixels. Raises RefusedInput."""
    width, height = struct.unpack(">II", read_chunks(blob)[0].data[:8])
    return width, height


def text_of(chunk: Chunk, limit: int) -> tuple[str, bytes] | None:
    """Return keyword and text of a tEXt, zTXt or iTXt chunk, None for others.

    Raises RefusedInput when it is not made as it should be or unpacks to more than `limit` bytes.
    """
    if chunk.kind not in TEXT_KINDS:
        return None
    keyword, found, rest = chunk.data.partition(b"\0")
    if not found:
        raise RefusedInput("a text in the picture is damaged")
    if chunk.kind == b"zTXt":
        rest = _unpacked(rest[1:], limit)
    elif chunk.kind == b"iTXt":
        rest = _international(rest, limit)
    if len(rest) > limit:
        raise RefusedInput("a text in the picture is too large")
    return keyword.decode("latin-1"), rest


def keyword_of(chunk: Chunk) -> str:
    """Return the keyword of a text chunk in lower case, empty for others."""
    return chunk.data.partition(b"\0")[0].decode("latin-1").lower() if chunk.kind in TEXT_KINDS else ""


def text_chunk(keyword: str, text: bytes) -> Chunk:
    """Return a tEXt chunk."""
    return Chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text)


def plain_picture() -> bytes:
    """Return a small picture of one colour, for cards that come without any."""
    header = struct.pack(">IIBBBBB", _PLAIN_WIDTH, _PLAIN_HEIGHT, _RGB_DEPTH, _RGB, 0, 0, 0)
    rows = (b"\0" + _PLAIN_COLOUR * _PLAIN_WIDTH) * _PLAIN_HEIGHT
    return write_chunks([Chunk(b"IHDR", header), Chunk(b"IDAT", zlib.compress(rows, 9)), Chunk(b"IEND", b"")])


def _walk(blob: bytes) -> Iterator[Chunk]:
    """Yield the chunks one by one; IEND is the last."""
    if not is_png(blob):
        raise RefusedInput("this is no PNG file")
    at = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(blob):
            raise RefusedInput("the picture is cut off")
        (length,) = struct.unpack_from(">I", blob, at)
        kind, end = blob[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(blob):
            raise RefusedInput("the picture is cut off")
        if zlib.crc32(blob[at + 4 : end]) != struct.unpack_from(">I", blob, end)[0]:
            raise RefusedInput("the picture is damaged: a checksum is wrong")
        yield Chunk(kind, blob[at + 8 : end])
        if kind == b"IEND":
            return
        at = end + 4
    raise RefusedInput(f"the picture has more than {MAX_CHUNKS} parts")


def _check_header(data: bytes) -> None:
    if len(data) != _IHDR_BYTES:
        raise RefusedInput("the picture's header is damaged")
    width, height, _, colour = struct.unpack(">IIBB", data[:10])
    if not width or not height or colour not in _COLOUR_TYPES:
        raise RefusedInput("the picture's header is damaged")
    if width > MAX_SIDE_PIXELS or height > MAX_SIDE_PIXELS:
        raise RefusedInput(f"the picture has more than {MAX_SIDE_PIXELS}x{MAX_SIDE_PIXELS} pixels")


def _international(rest: bytes, limit: int) -> bytes:
    """Return the text of an iTXt chunk, from what follows its keyword."""
    if len(rest) < 2:  # noqa: PLR2004 - a flag and a method
        raise RefusedInput("a text in the picture is damaged")
    parts = rest[2:].split(b"\0", 2)  # language, translated keyword, text
    if len(parts) != 3:  # noqa: PLR2004
        raise RefusedInput("a text in the picture is damaged")
    return _unpacked(parts[2], limit) if rest[0] else parts[2]


def _unpacked(data: bytes, limit: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, limit + 1)
    except zlib.error as error:
        raise RefusedInput("a text in the picture is damaged") from error
    if not unpacking.eof and len(text) <= limit:
        raise RefusedInput("a text in the picture is cut off")
    return text


def _encoded(chunk: Chunk) -> bytes:
    body = chunk.kind + chunk.data
    return struct.pack(">I", len(chunk.data)) + body + struct.pack(">I", zlib.crc32(body))
