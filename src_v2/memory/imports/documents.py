"""Takes files apart into small JSON documents, so that a large export never lies in memory as objects at once.

Also bounds what a document may cost: 64 MiB of `[],[],[]` would be gigabytes of objects.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import orjson

from src_v2.core.errors import RefusedInput

DOCUMENT_BYTES = 64 * 2**20
"""Of one conversation or one line."""
DOCUMENT_VALUES = 4_000_000
"""JSON values in one document: a conversation of 60,000 messages has them; as objects they take up to 500 MB."""

_MENDED_BYTES = 16 * 2**20
"""Larger documents with half surrogate pairs stay unreadable: mending them takes 20 times their size."""
PARTS = 1_000_000
"""Lines, or elements of the top-level list."""
TOKENS = 40_000_000
"""Brackets and strings of a top-level list: seconds of work; an export of 256 MiB has half as many."""

_BOM = b"\xef\xbb\xbf"
_OPENING = frozenset(b"[{")
_CLOSING = frozenset(b"]}")
# Possessive, and the closing quote is optional: no input makes this look at a byte more than twice.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


class Unreadable(ValueError):
    """A document that is no JSON."""


def parse(document: bytes) -> object:
    """Return the JSON value of `document`, half surrogate pairs replaced by U+FFFD up to 16 MiB.

    Raises `Unreadable` when it is no JSON (NaN, numbers beyond a double and over 1,024 levels included) and
    `RefusedInput` when reading it would cost too much.
    """
    if len(document) > DOCUMENT_BYTES:
        raise RefusedInput(f"one part of it has more than {DOCUMENT_BYTES // 2**20} MiB")
    if sum(document.count(mark) for mark in (b",", b"[", b"{")) > DOCUMENT_VALUES:
        raise RefusedInput(f"one part of it holds more than {DOCUMENT_VALUES:,} values")
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError as error:
        if len(document) > _MENDED_BYTES or (b"\\ud" not in document and b"\\uD" not in document):
            raise Unreadable("no JSON") from error
    try:
        # JavaScript writes broken pairs as escapes; nothing that is not one is changed.
        return orjson.loads(_ESCAPE.sub(_whole, document))
    except orjson.JSONDecodeError as error:
        raise Unreadable("no JSON") from error


def without_mark(blob: bytes) -> bytes:
    """Return `blob` without a byte order mark and without white space before its first character."""
    return blob.removeprefix(_BOM).lstrip(b" \t\r\n")


def lines(blob: bytes) -> Iterator[bytes]:
    """Yield the lines that are not blank, stripped. Raises `RefusedInput` when there are too many."""
    for count, line in enumerate(BytesIO(blob)):
        if count == PARTS:
            raise RefusedInput(f"it holds more than {PARTS:,} lines")
        if stripped := line.strip():
            yield stripped


def elements(blob: bytes) -> Iterator[bytes]:
    """Yield the objects and lists of a top-level JSON list, unparsed; of a list that breaks off, its broken end too.

    Only brackets and quotes are looked at: what is yielded need not be JSON. Other elements are passed over.
    Raises `RefusedInput` when there is too much of it.
    """
    depth = begin = parts = 0
    for count, token in enumerate(_TOKEN.finditer(blob)):
        if count == TOKENS or parts == PARTS:
            raise RefusedInput("it is a list of too many parts")
        mark = blob[token.start()]
        if mark in _OPENING:
            if depth == 1:
                begin = token.start()
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
            if depth == 1:
                parts += 1
                yield blob[begin : token.end()]
            if depth <= 0:
                return
    if depth > 1:
        yield blob[begin:]


def _whole(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape[1] else escape[0]
