"""Reads a SillyTavern chat: a line of JSON about the chat, then a line for each message.

The first line is missing in old group chats. `mes` is the reply that was chosen; `swipes` holds all of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from src_v2.core.messages import Role
from src_v2.memory.imports.documents import Unreadable, lines, parse
from src_v2.memory.imports.gathering import Gathering
from src_v2.memory.imports.models import Draft, Reason, digest, id_or_digest
from src_v2.memory.imports.times import moment

_Object = dict[str, Any]

_HEADER = ("user_name", "character_name", "chat_metadata")
_NO_NAME = "unused"
"""What newer versions write for both names of the header."""
_EXTRAS = {
    "image": Reason.PICTURES,
    "image_swipes": Reason.PICTURES,
    "media": Reason.PICTURES,
    "file": Reason.ATTACHMENTS,
    "files": Reason.ATTACHMENTS,
    "video": Reason.RECORDINGS,
    "reasoning": Reason.THOUGHTS,
}
_NARRATOR = "narrator"
_SYSTEM_SPEAKER = "SillyTavern System"
_TITLE_NAMES = 3


def is_chat_line(value: object) -> bool:
    """Whether a JSON value has the shape of a line of a SillyTavern chat."""
    return isinstance(value, dict) and (_is_header(value) or _is_message(value))


def read(document: bytes, zone: ZoneInfo, gathering: Gathering) -> None:
    """Add the conversation of one file."""
    header: _Object = {}
    drafts: list[Draft] = []
    seen: Counter[str] = Counter()
    for value in _values(document):
        if isinstance(value, dict) and not header and not drafts and _is_header(value):
            header = value
        elif isinstance(value, dict) and _is_message(value):
            draft = _draft(value, header, zone, gathering)
            if draft is not None:
                seen[draft.key] += 1
                drafts.append(gathering.take(_numbered(draft, seen[draft.key])))
        else:
            gathering.leave_out(Reason.UNREADABLE_LINES)
    start = moment(header.get("create_date"), zone, gathering.now)
    gathering.add(_key(header, drafts), _title(header, drafts), drafts, start)


def _values(document: bytes) -> Iterator[object]:
    for line in lines(document):
        try:
            yield parse(line)
        except Unreadable:
            yield None


def _is_header(value: _Object) -> bool:
    return "mes" not in value and any(name in value for name in _HEADER)


def _is_message(value: _Object) -> bool:
    return _text(value) is not None and ("is_user" in value or "name" in value)


def _text(message: _Object) -> str | None:
    """Return the reply that was chosen, None when the line holds none."""
    text, swipes, chosen = (message.get(name) for name in ("mes", "swipes", "swipe_id"))
    if isinstance(text, str) and text:
        return text
    if isinstance(swipes, list) and isinstance(chosen, int) and 0 <= chosen < len(swipes):
        swipe = swipes[chosen]
        return swipe if isinstance(swipe, str) else None
    return text if isinstance(text, str) else None


def _draft(message: _Object, header: _Object, zone: ZoneInfo, gathering: Gathering) -> Draft | None:
    extra = message.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    reason = _reason(message, extra)
    if reason is not None:
        gathering.leave_out(reason)
        return None
    extras = [reason for name, reason in _EXTRAS.items() if extra.get(name)]
    for reason in extras:
        gathering.leave_out(reason)
    swipes = message.get("swipes")
    gathering.leave_out(Reason.SWIPES, len(swipes) - 1 if isinstance(swipes, list) else 0)
    text = _text(message) or ""
    if not text.strip("\0 \t\r\n"):
        gathering.leave_out(Reason.EMPTY, int(not extras))
        return None
    role = _role(message, header)
    name = _name(message, "name") or _name(header, "user_name" if role is Role.USER else "character_name")
    written, sent = _written(message, "send_date"), moment(message.get("send_date"), zone, gathering.now)
    return Draft(digest(role.value, name, written, text), role, name, text, sent)


def _reason(message: _Object, extra: _Object) -> Reason | None:
    """Return why a message as a whole is no part of the talk, None when it is one."""
    if extra.get("tool_invocations"):
        return Reason.TOOL
    if extra.get("type") == _NARRATOR:
        return Reason.NARRATION
    if message.get("is_system") is not True:
        return None
    # People hide messages from the character; SillyTavern marks those as its own, but gives them no type.
    return Reason.SYSTEM if extra.get("type") or message.get("name") == _SYSTEM_SPEAKER else Reason.HIDDEN


def _role(message: _Object, header: _Object) -> Role:
    spoke = message.get("is_user")
    if not isinstance(spoke, bool):
        spoke = bool(_name(header, "user_name")) and _name(message, "name") == _name(header, "user_name")
    return Role.USER if spoke else Role.CHARACTER


def _name(line: _Object, field: str) -> str:
    name = line.get(field)
    return name if isinstance(name, str) and name != _NO_NAME else ""


def _written(line: _Object, field: str) -> str:
    """Return a time as the file writes it, for keys: it does not depend on a zone."""
    value = line.get(field)
    return str(value) if isinstance(value, str | int | float) else ""


def _numbered(draft: Draft, count: int) -> Draft:
    """Return `draft` with a key of its own when the same words were said before at the same time."""
    return draft if count == 1 else replace(draft, key=digest(draft.key, str(count)))


def _key(header: _Object, drafts: list[Draft]) -> str:
    metadata = header.get("chat_metadata")
    if isinstance(metadata, dict) and (integrity := id_or_digest(metadata.get("integrity"))):
        return integrity
    if created := _written(header, "create_date"):
        return digest(created, _name(header, "user_name"), _name(header, "character_name"))
    return digest(drafts[0].key if drafts else "")


def _title(header: _Object, drafts: list[Draft]) -> str:
    if name := _name(header, "character_name"):
        return name
    names = dict.fromkeys(draft.speaker_name for draft in drafts if draft.role is Role.CHARACTER and draft.speaker_name)
    return ", ".join(islice(names, _TITLE_NAMES))
