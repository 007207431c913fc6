"""Makes chat exports as ChatGPT and SillyTavern write them, and zip files of them; `chat_samples` is made of these."""

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import orjson

Json = dict[str, Any]
Said = tuple[str, str, str]
"""Role, speaker, text."""

T0 = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""


@dataclass(frozen=True)
class Sample:
    """A file, and either what it gives (one list per conversation, and what is left out) or why it is refused."""

    name: str
    blob: bytes
    said: Sequence[Sequence[Said]] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""


def user(text: str) -> Said:
    return ("user", "", text)


def gpt(text: str) -> Said:
    return ("character", "ChatGPT", text)


def message(role: Any, *parts: Any, at: Any = T0, key: str | None = None, kind: Any = "text", **more: Any) -> Json:
    """Return one message of a ChatGPT export, with the fields that real ones have."""
    return {
        "id": key,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "update_time": None,
        "content": {"content_type": kind, "parts": list(parts)},
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": {},
        "recipient": "all",
        "channel": None,
        **more,
    }


def node(key: str, parent: str | None, said: Any, children: Sequence[str] = ()) -> Json:
    if isinstance(said, dict) and said.get("id") is None:
        said = {**said, "id": key}
    return {"id": key, "message": said, "parent": parent, "children": list(children)}


def conversation(nodes: Mapping[str, Any], current: Any, key: str = "c1", **more: Any) -> Json:
    return {
        "title": "A title",
        "create_time": T0,
        "update_time": T0 + 60,
        "mapping": dict(nodes),
        "moderation_results": [],
        "current_node": current,
        "plugin_ids": None,
        "conversation_id": key,
        "id": key,
        **more,
    }


def chain(messages: Sequence[Json], key: str = "c1", **more: Any) -> Json:
    """Return a conversation without branches, under a root without a message, as exports have it."""
    keys = ["root", *(f"{key}-{index}" for index in range(len(messages)))]
    nodes = {"root": node("root", None, None, keys[1:2])}
    for index, said in enumerate(messages):
        nodes[keys[index + 1]] = node(keys[index + 1], keys[index], said, keys[index + 2 : index + 3])
    return conversation(nodes, keys[-1], key, **more)


def talk(key: str = "c1", *texts: str) -> Json:
    """Return a conversation in which both speak in turn, a minute apart."""
    roles = ("user", "assistant")
    said = [message(roles[index % 2], text, at=T0 + 60 * index) for index, text in enumerate(texts)]
    return chain(said, key)


def file(*conversations: Any) -> bytes:
    return orjson.dumps(list(conversations))


def header(**more: Any) -> Json:
    return {
        "user_name": "Ana",
        "character_name": "Mira",
        "create_date": "2023-11-12 @14h 03m 22s 123ms",
        "chat_metadata": {"note_prompt": ""},
        **more,
    }


def line(name: str, text: Any, sent: Any = "November 12, 2023 2:03pm", **more: Any) -> Json:
    """Return one message of a SillyTavern chat; `Ana` is the person."""
    return {"name": name, "is_user": name == "Ana", "is_system": False, "send_date": sent, "mes": text, **more}


def chat(*lines: Json | bytes, end: bytes = b"\n") -> bytes:
    return end.join(part if isinstance(part, bytes) else orjson.dumps(part) for part in lines)


def zipped(members: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def encrypted(blob: bytes) -> bytes:
    """Return the zip file with its members marked as encrypted."""
    marked = bytearray(blob)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


def lying_about_size(blob: bytes, size: int) -> bytes:
    """Return the zip file whose list of members says that they are `size` bytes long."""
    changed = bytearray(blob)
    at = changed.find(b"PK\x01\x02")
    struct.pack_into("<I", changed, at + 24, size)
    return bytes(changed)


HELLO = talk("c1", "Hello", "Hi there")
HELLO_SAID = [user("Hello"), gpt("Hi there")]
CHAT = chat(header(), line("Mira", "You came."), line("Ana", "I did."))
CHAT_SAID = [("character", "Mira", "You came."), ("user", "Ana", "I did.")]
