"""Chat exports as they are, as broken software makes them and as ill will does, each with what must come of it."""

import zipfile
from collections.abc import Iterator

import orjson

from tests.support import chat_samples_chatgpt as chatgpt
from tests.support.chat_exports import (
    CHAT,
    CHAT_SAID,
    HELLO,
    HELLO_SAID,
    Sample,
    chat,
    encrypted,
    file,
    header,
    line,
    lying_about_size,
    talk,
    user,
    zipped,
)

_LINES = "unreadable lines"
_FILES = "files that are no chats"


def samples() -> list[Sample]:
    """Return all of them; their names are unique."""
    makers = [
        *[chatgpt.plain, chatgpt.more_than_talk, chatgpt.branches, chatgpt.odd_links, chatgpt.repeated],
        *[chatgpt.odd_texts, chatgpt.wrong_types, chatgpt.damaged],
        *[_chats, _groups, _extras, _bad_lines, _wrong_types],
        *[_zips_of_chatgpt, _zips_of_sillytavern, _hostile_zips, _useless_zips, _no_exports],
    ]
    return [sample for maker in makers for sample in maker()]


def _chats() -> Iterator[Sample]:
    yield Sample("st plain", CHAT, [CHAT_SAID])
    windows = b"\xef\xbb\xbf" + CHAT.replace(b"\n", b"\r\n\r\n") + b"\r\n"
    yield Sample("st CRLF, byte order mark, blank lines", windows, [CHAT_SAID])
    swipes = line("Mira", "third", swipes=["first", "second", "third"], swipe_id=2, swipe_info=[{}, {}, {}])
    yield Sample("st swipes", chat(header(), swipes), [[("character", "Mira", "third")]], {"replies not chosen": 2})
    same = chat(header(), line("Ana", "ok"), line("Ana", "ok"))
    yield Sample("st same words twice", same, [[("user", "Ana", "ok")] * 2])
    half = chat(header(), line("Ana", "wave 🌊")).replace(b"wave", b"\\uD83D!")
    yield Sample("st half a surrogate pair", half, [[("user", "Ana", "\ufffd! 🌊")]])
    yield Sample("st header only", chat(header()), [], {"conversations without messages": 1})


def _groups() -> Iterator[Sample]:
    new = {"chat_metadata": {"integrity": "g-1"}, "user_name": "unused", "character_name": "unused"}
    group = chat(new, line("Mira", "Hello"), line("Tomás", "¡Hola!"), line("Ana", "Hi both"))
    said = [("character", "Mira", "Hello"), ("character", "Tomás", "¡Hola!"), ("user", "Ana", "Hi both")]
    yield Sample("st group", group, [said])
    yield Sample("st old group without a header", group.split(b"\n", 1)[1], [said])


def _extras() -> Iterator[Sample]:
    lines = [
        line("Ana", "Look", extra={"image": "/user/images/cat.png", "inline_image": True}),
        line("Mira", "Nice", extra={"reasoning": "hmm", "token_count": 3, "image": ""}),
        line("Mira", "", extra={"file": {"url": "/x"}}),
        line("System", "The rain starts.", extra={"type": "narrator"}),
        line("SillyTavern System", "Help text", is_system=True, extra={"type": "help"}),
        line("Note", "remember this", is_system=True, extra={"type": "comment"}),
        line("Ana", "hidden from her", is_system=True, extra={}),
        line("Mira", "[]", is_system=True, extra={"tool_invocations": [{"name": "Roll"}]}),
    ]
    left_out = {
        **{"pictures": 1, "thoughts of the model": 1, "attachments": 1, "narration": 1, "system messages": 2},
        **{"hidden messages": 1, "tool calls and their results": 1},
    }
    said = [("user", "Ana", "Look"), ("character", "Mira", "Nice")]
    yield Sample("st extras", chat(header(), *lines), [said], left_out)


def _bad_lines() -> Iterator[Sample]:
    bad = [b"\xff\xfe", b'{"name":"Mira","is_user":fal', b"[1,2]", b"null", b'{"a":1}', b'{"name":"x","mes":NaN}']
    _, came, did = CHAT.split(b"\n")
    yield Sample("st bad lines", chat(header(), b"not json", came, *bad, did), [CHAT_SAID], {_LINES: 7})
    yield Sample("st bad first line", chat(b'{"user_name": "Ana', came, did), [CHAT_SAID], {_LINES: 1})
    yield Sample("st something before the header", chat(b"// chat", header(), came, did), [CHAT_SAID], {_LINES: 1})
    yield Sample("st second header", chat(header(), came, header(), did), [CHAT_SAID], {_LINES: 1})
    yield Sample("st broken off", CHAT[:-5], [CHAT_SAID[:1]], {_LINES: 1})


def _wrong_types() -> Iterator[Sample]:
    lines = [
        line("Mira", 5),
        line("Mira", None, swipes=["one", "two"], swipe_id=1),
        line("Mira", None, swipes=["one"], swipe_id=-1),
        {"name": 7, "mes": "no name", "is_user": False, "send_date": [], "extra": "x", "swipes": "y"},
        {"name": "Ana", "mes": "by name", "is_user": "yes", "send_date": {}},
        {"mes": "nobody", "is_user": True, "send_date": -5},
        line("Mira", "\0"),
        line("Mira" * 50, "long name"),
    ]
    said = [
        ("character", "Mira", "two"),
        ("character", "Mira", "no name"),
        ("user", "Ana", "by name"),
        ("user", "Ana", "nobody"),
        ("character", "Mira" * 25, "long name"),
    ]
    left_out = {_LINES: 2, "replies not chosen": 1, "empty messages": 1}
    yield Sample("st wrong types", chat(header(), *lines), [said], left_out)


def _zips_of_chatgpt() -> Iterator[Sample]:
    export = file(HELLO)
    rest = {
        "chat.html": b"<html>",
        "user.json": b'{"id":"u"}',
        "file-1.png": b"\x89PNG",
        "message_feedback.json": b"[]",
    }
    yield Sample("zip gpt", zipped({"conversations.json": export, **rest}), [HELLO_SAID])
    parts = {"x/conversations-000.json": export, "x/conversations-001.json": file(talk("c2", "Second"))}
    yield Sample("zip gpt in parts", zipped(parts), [HELLO_SAID, [user("Second")]])
    broken = {"conversations-000.json": b"oops", "conversations-001.json": export}
    yield Sample("zip gpt, one part broken", zipped(broken), [HELLO_SAID], {_FILES: 1})
    renamed = {"mine.json": orjson.dumps(HELLO), "user.json": b"{}"}
    yield Sample("zip gpt under other names", zipped(renamed), [HELLO_SAID], {_FILES: 1})


def _zips_of_sillytavern() -> Iterator[Sample]:
    other = chat(header(create_date="2024-1-2@3h4m5s"), line("Mira", "Elsewhere"))
    folder = {"chats/Mira/one.jsonl": CHAT, "chats/Mira/two.jsonl": other, "settings.json": b"{}"}
    yield Sample("zip st", zipped(folder), [CHAT_SAID, [("character", "Mira", "Elsewhere")]])
    apple = {"Mira/one.jsonl": CHAT, "__MACOSX/Mira/._one.jsonl": b"\0\5", "Mira/._two.jsonl": b"\0"}
    yield Sample("zip st from macOS", zipped(apple), [CHAT_SAID])
    longer = CHAT + b"\n" + orjson.dumps(line("Ana", "Bye.", "November 12, 2023 2:09pm"))
    backup = zipped({"backups/b.jsonl": CHAT, "chats/Mira/one.jsonl": longer})
    said = [*CHAT_SAID, ("user", "Ana", "Bye.")]
    yield Sample("zip st with a backup", backup, [said], {"messages that the file holds twice": 2})
    yield Sample("zip st odd path", zipped({"./a//b.JSONL": CHAT}), [CHAT_SAID])
    mixed = zipped({"a.jsonl": CHAT, "b.jsonl": orjson.dumps(HELLO)})
    yield Sample("zip st beside gpt", mixed, [CHAT_SAID], {_FILES: 1})


def _hostile_zips() -> Iterator[Sample]:
    bomb = zipped({"conversations.json": b"[" + b" " * (20 * 2**20) + b"]"})
    yield Sample("zip bomb", bomb, refused="unpacks to far more")
    yield Sample("zip that lies about its size", lying_about_size(bomb, 100), refused="in the zip file")
    nameless = zipped({"conversations.json": file(HELLO)}).replace(b"conversations.json", b"\0onversations.json")
    yield Sample("zip with a member without a name", nameless, refused="zip file")
    yield Sample("zip slip", zipped({"../conversations.json": file(HELLO)}), refused="not allowed")
    yield Sample("zip absolute", zipped({"/etc/conversations.json": file(HELLO)}), refused="not allowed")
    link = zipfile.ZipInfo("conversations.json")
    link.external_attr = 0o120777 << 16
    yield Sample("zip with a link", zipped([(link, b"/etc/passwd")]), refused="link")


def _useless_zips() -> Iterator[Sample]:
    good = zipped({"conversations.json": file(HELLO)})
    yield Sample("zip encrypted", encrypted(good), refused="encrypted")
    yield Sample("zip in a zip", zipped({"export.zip": good}), refused="another zip")
    yield Sample("zip of pictures", zipped({"a.png": b"\x89PNG"}), refused="no chats")
    yield Sample("zip empty", zipped({}), refused="no chats")
    yield Sample("zip cut off", good[:-30], refused="no readable zip")
    yield Sample("zip of nonsense", zipped({"conversations.json": b"<html>"}), refused="no ChatGPT export")


def _no_exports() -> Iterator[Sample]:
    claude = orjson.dumps([{"uuid": "1", "chat_messages": [{"text": "secret words"}]}])
    blobs = {
        "empty": b"",
        "white space": b" \r\n\n",
        "html": b"<!DOCTYPE html><html><body>secret</body></html>",
        "text": b"Ana: secret\nMira: you came",
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "UTF-16": file(HELLO).decode().encode("utf-16"),
        "another export": claude,
        "empty list": b"[]",
        "empty object": b"{}",
        "a number": b"17",
        "nothing but brackets": b"[" * 100_000,
    }
    for name, blob in blobs.items():
        yield Sample(name, blob, refused="no ChatGPT export and no SillyTavern chat")
