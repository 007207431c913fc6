"""Reads the conversations of a ChatGPT data export.

A conversation is a tree: `mapping` holds nodes by id, each with its parent, its children and perhaps a message;
`current_node` is where the branch that the person last saw ends. Nothing in it is believed: links may be missing,
run in circles or disagree.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from src_v2.core.messages import Role
from src_v2.memory.imports.documents import Unreadable, elements, parse
from src_v2.memory.imports.gathering import Gathering
from src_v2.memory.imports.models import Draft, Reason, digest, id_or_digest
from src_v2.memory.imports.times import moment

_Object = dict[str, Any]
_Nodes = Mapping[str, _Object]

_ROLES = {"user": Role.USER, "assistant": Role.CHARACTER}
_NAMES = {Role.USER: "", Role.CHARACTER: "ChatGPT"}
_TEXTS = frozenset({"text", "multimodal_text"})
_CONTENT = {
    "code": Reason.TOOL,
    "execution_output": Reason.TOOL,
    "tether_browsing_display": Reason.TOOL,
    "tether_quote": Reason.TOOL,
    "thoughts": Reason.THOUGHTS,
    "reasoning_recap": Reason.THOUGHTS,
    "user_editable_context": Reason.INSTRUCTIONS,
    "model_editable_context": Reason.INSTRUCTIONS,
    "system_error": Reason.SYSTEM,
}
_PARTS = {
    "image_asset_pointer": Reason.PICTURES,
    "audio_asset_pointer": Reason.RECORDINGS,
    "video_container_asset_pointer": Reason.RECORDINGS,
    "real_time_user_audio_video_asset_pointer": Reason.RECORDINGS,
}


def is_conversation(value: object) -> bool:
    """Whether a JSON value has the shape of a ChatGPT conversation."""
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


def read(document: bytes, zone: ZoneInfo, gathering: Gathering) -> None:
    """Add the conversations of one file: a list of them, or a single one. `document` starts with its first bracket."""
    for part in elements(document) if document.startswith(b"[") else (document,):
        try:
            value = parse(part)
        except Unreadable:
            value = None
        if isinstance(value, dict) and isinstance(value.get("mapping"), dict):
            _read_conversation(value, zone, gathering)
        else:
            gathering.leave_out(Reason.UNREADABLE_CONVERSATIONS)


def _read_conversation(conversation: _Object, zone: ZoneInfo, gathering: Gathering) -> None:
    nodes = {key: node for key, node in conversation["mapping"].items() if isinstance(node, dict)}
    gathering.leave_out(Reason.UNREADABLE_MESSAGES, len(conversation["mapping"]) - len(nodes))
    branch = _branch(nodes, conversation.get("current_node"))
    taken = dict.fromkeys(branch)
    drafts: dict[str, Draft] = {}
    for key in branch:
        draft = _draft(key, nodes[key].get("message"), zone, gathering)
        if draft is not None and draft.key in drafts:
            gathering.leave_out(Reason.REPEATED)
        elif draft is not None:
            drafts[draft.key] = gathering.take(draft)
    others = (node.get("message") for key, node in nodes.items() if key not in taken)
    gathering.leave_out(Reason.BRANCHES, sum(_would_be_taken(message) for message in others))
    key = id_or_digest(conversation.get("conversation_id")) or id_or_digest(conversation.get("id"))
    title = conversation.get("title")
    gathering.add(
        key or digest(next(iter(drafts), "")),
        title if isinstance(title, str) else "",
        list(drafts.values()),
        moment(conversation.get("create_time"), zone, gathering.now),
    )


def _branch(nodes: _Nodes, current: object) -> list[str]:
    """Return the ids of the nodes from the root to `current`, or to the newest end when that is no node."""
    parents = _parents(nodes)
    step = current if isinstance(current, str) and current in nodes else _newest_end(nodes, parents)
    branch: dict[str, None] = {}
    while step is not None and step not in branch:
        branch[step] = None
        step = parents.get(step)
    return list(reversed(branch))


def _parents(nodes: _Nodes) -> dict[str, str]:
    """Return each node's parent: the one it names, otherwise the first one that names it as a child."""
    parents: dict[str, str] = {}
    for key, node in nodes.items():
        named = node.get("parent")
        if isinstance(named, str) and named in nodes:
            parents[key] = named
    for key, node in nodes.items():
        children = node.get("children")
        for child in children if isinstance(children, list) else ():
            if isinstance(child, str) and child in nodes:
                parents.setdefault(child, key)
    return parents


def _newest_end(nodes: _Nodes, parents: Mapping[str, str]) -> str | None:
    """Return the newest node that is nobody's parent, of all nodes when links run in circles only."""
    inner = set(parents.values())
    ends = [key for key in nodes if key not in inner] or list(nodes)
    return max(reversed(ends), key=lambda key: _age(nodes[key]), default=None)


def _age(node: _Object) -> float:
    message = node.get("message")
    at = message.get("create_time") if isinstance(message, dict) else None
    return float(at) if isinstance(at, int | float) else 0.0


def _draft(node_key: str, message: object, zone: ZoneInfo, gathering: Gathering) -> Draft | None:
    if message is None:
        return None
    reason = _reason(message)
    if reason is not None or not isinstance(message, dict):
        gathering.leave_out(reason or Reason.UNREADABLE_MESSAGES)
        return None
    extras = list(_extras(message))
    for extra in extras:
        gathering.leave_out(extra)
    text = _text(message)
    if not text.strip("\0 \t\r\n"):
        gathering.leave_out(Reason.EMPTY, int(not extras))
        return None
    role = _ROLES[message["author"]["role"]]
    key = id_or_digest(message.get("id")) or id_or_digest(node_key) or digest(node_key)
    return Draft(key, role, _NAMES[role], text, moment(message.get("create_time"), zone, gathering.now))


def _would_be_taken(message: object) -> bool:
    return isinstance(message, dict) and _reason(message) is None and bool(_text(message).strip("\0 \t\r\n"))


def _reason(message: object) -> Reason | None:
    """Return why a message as a whole is no part of the talk, None when it is one."""
    if not isinstance(message, dict):
        return Reason.UNREADABLE_MESSAGES
    author, content, metadata = (message.get(name) for name in ("author", "content", "metadata"))
    role = author.get("role") if isinstance(author, dict) else None
    kind = content.get("content_type") if isinstance(content, dict) else None
    if role == "system":
        return Reason.SYSTEM
    if role == "tool":
        return Reason.TOOL
    if not isinstance(role, str) or role not in _ROLES or not isinstance(kind, str):
        return Reason.UNREADABLE_MESSAGES
    if kind not in _TEXTS:
        return _CONTENT.get(kind, Reason.OTHER)
    if isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation") is True:
        return Reason.HIDDEN
    # What the assistant writes to a tool is addressed to that tool.
    if role == "assistant" and message.get("recipient") not in (None, "", "all"):
        return Reason.TOOL
    return None


def _parts(message: _Object) -> list[Any]:
    parts = message["content"].get("parts")
    return parts if isinstance(parts, list) else []


def _text(message: _Object) -> str:
    """Return what was written, and what was spoken as far as the export wrote it down."""
    texts = []
    for part in _parts(message):
        spoken = isinstance(part, dict) and part.get("content_type") == "audio_transcription"
        text = part.get("text") if spoken else part
        if isinstance(text, str) and text:
            texts.append(text)
    return "\n".join(texts)


def _extras(message: _Object) -> Iterator[Reason]:
    """Yield a reason for each thing in a message that is not its text."""
    for part in _parts(message):
        kind = part.get("content_type") if isinstance(part, dict) else None
        if not isinstance(part, str) and kind != "audio_transcription":
            yield _PARTS.get(kind, Reason.OTHER) if isinstance(kind, str) else Reason.OTHER
    metadata = message.get("metadata")
    attachments = metadata.get("attachments") if isinstance(metadata, dict) else None
    for attachment in attachments if isinstance(attachments, list) else ():
        # Pictures are parts of the message as well.
        kind = attachment.get("mime_type") if isinstance(attachment, dict) else None
        if not (isinstance(kind, str) and kind.startswith("image/")):
            yield Reason.ATTACHMENTS
