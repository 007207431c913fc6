"""Reading the body of a message from a request, with Discord's refusals: too long, empty, bad reference, too large."""

import itertools
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.discord.answers import Refused, invalid
from tests.support.discord.mentions import problem_with
from tests.support.discord.rest import Call, Upload
from tests.support.discord.state import Attachment, Channel, Message

CONTENT_LIMIT = 2000
NONCE_LIMIT = 25
FILES_LIMIT = 10


@dataclass
class MessageBody:
    """What a client wants a message to say. None means: the request does not mention it."""

    content: str | None = None
    embeds: list[dict[str, Any]] | None = None
    components: list[dict[str, Any]] | None = None
    attachments: list[Attachment] | None = None
    allowed_mentions: dict[str, Any] | None = None
    nonce: str | None = None
    enforce_nonce: bool = False
    flags: int = 0
    reply_to: Message | None = field(default=None)

    def require_something(self) -> None:
        """Refuse a message in which there is nothing to see."""
        if not (self.content or self.embeds or self.components or self.attachments):
            raise Refused(400, 50006, "Cannot send an empty message")

    def changes(self) -> dict[str, Any]:
        """Return the fields that an edit changes."""
        named = {
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": self.attachments,
        }
        return {name: value for name, value in named.items() if value is not None}


def read_message(
    fields: dict[str, Any],
    uploads: Sequence[Upload],
    channel: Channel,
    file_limit: int,
    kept: Sequence[Attachment] = (),
) -> MessageBody:
    """Return the body of a message for `channel`; `kept` are attachments it has already. Refused when it is wrong."""
    body = MessageBody(
        content=_content(fields) if "content" in fields else None,
        embeds=_list(fields, "embeds"),
        components=_numbered(_list(fields, "components")),
        attachments=_attachments(fields, uploads, channel, file_limit, kept),
        allowed_mentions=fields.get("allowed_mentions"),
        nonce=_nonce(fields),
        enforce_nonce=bool(fields.get("enforce_nonce")),
        flags=fields.get("flags") or 0,
    )
    kind = problem_with(body.allowed_mentions)
    if kind:
        raise invalid(
            "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f'parse:["{kind}"] and {kind}: [...]'
        )
    body.reply_to = _reference(fields, channel)
    return body


def message_body(call: Call, channel: Channel, file_limit: int, kept: Sequence[Attachment] = ()) -> MessageBody:
    """Return the message that is the request's whole body."""
    return read_message(call.fields, call.uploads, channel, file_limit, kept)


def attach(filename: str, data: bytes, channel: Channel, content_type: str | None = None) -> Attachment:
    """Return an attachment; its type is guessed from its name when not given."""
    guessed = content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return Attachment(filename.replace(" ", "_"), guessed, data, channel.id)


def _content(fields: dict[str, Any]) -> str:
    content = (fields["content"] or "").strip()
    if len(content) > CONTENT_LIMIT:
        raise invalid("content", "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT_LIMIT} or fewer in length.")
    return str(content)


def _list(fields: dict[str, Any], name: str) -> list[dict[str, Any]] | None:
    return list(fields[name] or ()) if name in fields else None


def _numbered(components: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Give every component the number that Discord gives to those without one."""
    numbers = itertools.count(1)

    def numbered(component: dict[str, Any]) -> dict[str, Any]:
        own = {"id": component.get("id") or next(numbers)}
        if "components" in component:
            own["components"] = [numbered(inner) for inner in component["components"]]
        return component | own

    return None if components is None else [numbered(component) for component in components]


def _nonce(fields: dict[str, Any]) -> str | None:
    nonce = fields.get("nonce")
    if nonce is None:
        return None
    if len(str(nonce)) > NONCE_LIMIT:
        raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", f"Must be {NONCE_LIMIT} or fewer in length.")
    return str(nonce)


def _reference(fields: dict[str, Any], channel: Channel) -> Message | None:
    reference = fields.get("message_reference")
    if not reference:
        return None
    found = channel.messages.get(str(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return found


def _attachments(
    fields: dict[str, Any], uploads: Sequence[Upload], channel: Channel, file_limit: int, kept: Sequence[Attachment]
) -> list[Attachment] | None:
    if sum(len(upload.data) for upload in uploads) > file_limit:
        raise Refused(413, 40005, "Request entity too large")
    if len(uploads) > FILES_LIMIT:
        raise Refused(400, 30015, f"Maximum number of attachments in a message reached ({FILES_LIMIT})")
    named = fields.get("attachments")
    if named is None and not uploads:
        return None
    listed = {str(item["id"]): item for item in named or ()}
    staying = [item for item in kept if named is None or item.id in listed]
    return staying + [_uploaded(upload, listed.get(upload.key, {}), channel) for upload in uploads]


def _uploaded(upload: Upload, described: dict[str, Any], channel: Channel) -> Attachment:
    made = attach(described.get("filename") or upload.filename, upload.data, channel, upload.content_type)
    made.description = described.get("description")
    return made
