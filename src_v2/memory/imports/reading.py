"""Tells what kind of chat export a file is, by its content, and reads it."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from src_v2.core.archives import Archive, ArchiveLimits
from src_v2.core.errors import RefusedInput
from src_v2.memory.imports import chatgpt, sillytavern
from src_v2.memory.imports.documents import Unreadable, elements, lines, parse, without_mark
from src_v2.memory.imports.gathering import Gathering
from src_v2.memory.imports.models import CHATGPT, SILLYTAVERN, ImportedHistory, Reason

FILE_BYTES = 256 * 2**20
"""Unpacked; of a zip file, all that is read of it together."""
# An export holds every picture of its chats beside them; they are not unpacked.
_LIMITS = ArchiveLimits(members=20_000, member_bytes=FILE_BYTES, total_bytes=FILE_BYTES)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CONVERSATIONS = re.compile(r"conversations(-\d+)?\.json", re.ASCII)
_LOOKED_AT = 50
"""Lines or elements that decide which kind of export a file is."""


def read_history(blob: bytes, *, zone: ZoneInfo, now: datetime) -> ImportedHistory:
    """Return the chats that a ChatGPT export or SillyTavern chats hold.

    `blob` is a file as it was handed in: a `conversations.json` or the zip file around it, a `.jsonl` chat or a zip
    file of them. `zone` is where the person was: times without an offset are local there. `now` is aware; times later
    than a day after it count as missing. Takes seconds for large files: not for the event loop.

    Messages without a usable time get one between their neighbours' (see `times.spread`), so that the order holds.

    Raises `RefusedInput`, with a reason that quotes nothing of the content, when it is neither or passes a limit.
    """
    gathering = Gathering(now)
    kind = ""
    for document in _documents(blob):
        found = _kind(document)
        if not found or (kind and found != kind):
            gathering.leave_out(Reason.FILES)
            continue
        kind = found
        reader = chatgpt if kind == CHATGPT else sillytavern
        reader.read(document, zone, gathering)
    if not kind:
        raise RefusedInput("it is no ChatGPT export and no SillyTavern chat")
    return gathering.history(kind)


def _documents(blob: bytes) -> Iterator[bytes]:
    """Yield the files that may hold chats, one at a time, each from its first character on."""
    if not blob.startswith(_ZIP):
        if len(blob) > FILE_BYTES:
            raise RefusedInput(f"it has more than {FILE_BYTES // 2**20} MiB")
        yield without_mark(blob)
        return
    archive = Archive(blob, _LIMITS)
    for name in _chosen(archive.names):
        yield without_mark(archive.read(name))


def _chosen(names: tuple[str, ...]) -> list[str]:
    """Return the members to read: a ChatGPT export's conversations, else chats by line, else whatever is JSON."""
    # `__MACOSX` and `._` are what macOS adds to the zip files that it makes.
    paths = {name: PurePosixPath(name) for name in names}
    paths = {name: path for name, path in paths.items() if path.parts[0] != "__MACOSX" and path.name[:2] != "._"}
    for chosen in (
        [name for name, path in paths.items() if _CONVERSATIONS.fullmatch(path.name)],
        [name for name, path in paths.items() if path.suffix.lower() == ".jsonl"],
        [name for name, path in paths.items() if path.suffix.lower() == ".json"],
    ):
        if chosen:
            return chosen
    if any(path.suffix.lower() == ".zip" for path in paths.values()):
        raise RefusedInput("it holds another zip file: hand in that one")
    raise RefusedInput("the zip file holds no chats of ChatGPT or SillyTavern")


def _kind(document: bytes) -> str:
    """Return the kind of one file, or nothing; a few damaged lines or conversations do not hide it."""
    if document.startswith(b"[") and any(map(chatgpt.is_conversation, _values(elements(document)))):
        return CHATGPT
    if any(map(sillytavern.is_chat_line, _values(line for line in lines(document) if line.startswith(b"{")))):
        return SILLYTAVERN
    if document.startswith(b"{") and any(map(chatgpt.is_conversation, _values(iter((document,))))):
        return CHATGPT
    return ""


def _values(parts: Iterator[bytes]) -> Iterator[object]:
    for part in islice(parts, _LOOKED_AT):
        try:
            yield parse(part)
        except Unreadable:
            yield None
