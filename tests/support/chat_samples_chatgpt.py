"""Files of ChatGPT: valid, odd and hostile ones, each with what reading it must give."""

from collections.abc import Iterator
from typing import Any

import orjson

from tests.support.chat_exports import (
    HELLO,
    HELLO_SAID,
    T0,
    Json,
    Sample,
    chain,
    conversation,
    file,
    gpt,
    message,
    node,
    talk,
    user,
)

_HIDDEN = {"is_visually_hidden_from_conversation": True}
_PICTURE = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1", "width": 4, "height": 4}
_SPOKEN = {"content_type": "audio_transcription", "text": "spoken words", "direction": "in"}
_SOUND = {"content_type": "audio_asset_pointer", "asset_pointer": "file-service://file-2", "format": "wav"}
_CONTEXT = {"content_type": "user_editable_context", "user_profile": "I am Ana", "user_instructions": "Be kind"}
_THREE = [user("one"), gpt("two"), user("three")]
_REPEATED = "messages that the file holds twice"
_UNREADABLE = "unreadable conversations"


def plain() -> Iterator[Sample]:
    """Yield what most exports look like."""
    yield Sample("gpt plain", file(HELLO), [HELLO_SAID])
    indented = orjson.dumps(HELLO, option=orjson.OPT_INDENT_2)
    yield Sample("gpt one conversation, indented", indented, [HELLO_SAID])
    yield Sample("gpt one conversation, one line", orjson.dumps(HELLO), [HELLO_SAID])
    yield Sample("gpt two", file(HELLO, talk("c2", "Again")), [HELLO_SAID, [user("Again")]])
    yield Sample("gpt byte order mark and white space", b"\xef\xbb\xbf\r\n " + file(HELLO), [HELLO_SAID])
    texts = ["¿Cómo estás? 😀", "元気です。👩‍👩‍👧", "Как дела?", "مرحبا يا صديقي", "Grüße\n\n- eins"]
    said = [(user, gpt)[index % 2](text) for index, text in enumerate(texts)]
    yield Sample("gpt languages", file(talk("c1", *texts)), [said])


def more_than_talk() -> Iterator[Sample]:
    """Yield conversations with instructions, tools, thoughts, pictures and voice in them."""
    hidden = [
        message("system", "", metadata=_HIDDEN, at=None),
        message("user", content=_CONTEXT, metadata=_HIDDEN),
        message("user", "Hello"),
        message("user", "unseen", metadata=_HIDDEN),
    ]
    left_out = {"system messages": 1, "custom instructions": 1, "hidden messages": 1}
    yield Sample("gpt hidden beginnings", file(chain(hidden)), [[user("Hello")]], left_out)
    tools = [
        message("user", "Draw a graph"),
        message("assistant", content={"content_type": "thoughts", "thoughts": [{"summary": "s"}]}),
        message("assistant", content={"content_type": "reasoning_recap", "content": "Thought for 2s"}),
        message("assistant", content={"content_type": "code", "text": "1+1"}, recipient="python"),
        message("tool", content={"content_type": "execution_output", "text": "2"}),
        message("assistant", "search(1)", recipient="browser"),
        message("assistant", "Here it is"),
    ]
    left_out = {"thoughts of the model": 2, "tool calls and their results": 3}
    yield Sample("gpt tools", file(chain(tools)), [[user("Draw a graph"), gpt("Here it is")]], left_out)
    attached = {"attachments": [{"mime_type": "application/pdf"}, {"mime_type": "image/png"}]}
    media = [
        message("user", _PICTURE, "What is this?", kind="multimodal_text"),
        message("assistant", "A cat"),
        message("user", _PICTURE, kind="multimodal_text"),
        message("user", _SPOKEN, _SOUND, kind="multimodal_text"),
        message("user", "Read it", metadata=attached),
    ]
    said = [user("What is this?"), gpt("A cat"), user("spoken words"), user("Read it")]
    yield Sample("gpt media", file(chain(media)), [said], {"pictures": 2, "recordings": 1, "attachments": 1})


def branches() -> Iterator[Sample]:
    """Yield conversations with a reply that was regenerated, and several ways to miss where they end."""
    said = [user("Q"), gpt("second"), user("more")]
    lost = {"messages on branches not taken": 1}
    yield Sample("gpt branches", file(_branched("b2")), [said], lost)
    yield Sample("gpt old branch", file(_branched("a1")), [[user("Q"), gpt("first")]], {**lost, next(iter(lost)): 2})
    yield Sample("gpt no current_node", file(_branched(None)), [said], lost)
    yield Sample("gpt current_node of no node", file(_branched("gone")), [said], lost)
    yield Sample("gpt current_node of a wrong type", file(_branched(["b2"])), [said], lost)


def _branched(current: Any) -> Json:
    nodes = {
        "root": node("root", None, None, ["q"]),
        "q": node("q", "root", message("user", "Q", at=T0), ["a1", "a2"]),
        "a1": node("a1", "q", message("assistant", "first", at=T0 + 1)),
        "a2": node("a2", "q", message("assistant", "second", at=T0 + 2), ["b2"]),
        "b2": node("b2", "a2", message("user", "more", at=T0 + 3)),
    }
    return conversation(nodes, current)


def odd_links() -> Iterator[Sample]:
    """Yield trees whose ids and parents disagree, are missing or run in circles."""
    one, two = message("user", "one", key="m1"), message("assistant", "two", key="m2")
    disagreeing = {"k1": {**node("k1", None, one), "id": "other"}, "k2": {**node("k2", "k1", two), "id": "k1"}}
    yield Sample("gpt ids disagree", file(conversation(disagreeing, "k2")), [_THREE[:2]])
    by_children = {"k1": {"message": one, "children": ["k2"]}, "k2": {"message": two, "parent": "gone"}}
    yield Sample("gpt parent only by children", file(conversation(by_children, "k2")), [_THREE[:2]])
    orphan = {"b": node("b", "gone", message("user", "alone"))}
    yield Sample("gpt parent missing", file(conversation(orphan, "b")), [[user("alone")]])
    circle = {
        "a": node("a", "c", message("user", "one", at=T0)),
        "b": node("b", "a", message("assistant", "two", at=T0 + 1)),
        "c": node("c", "b", message("user", "three", at=T0 + 2)),
    }
    yield Sample("gpt circle", file(conversation(circle, "c")), [_THREE])
    yield Sample("gpt circle without an end", file(conversation(circle, None)), [_THREE])
    itself = {"a": node("a", "a", message("user", "me"), ["a"])}
    yield Sample("gpt its own parent", file(conversation(itself, "a")), [[user("me")]])
    numbered = [str(index) for index in range(10_000)]
    said = [(user, gpt)[index % 2](text) for index, text in enumerate(numbered)]
    yield Sample("gpt chain of 10,000", file(talk("c1", *numbered)), [said])


def repeated() -> Iterator[Sample]:
    """Yield files that hold something twice, or without an id to know it by."""
    one, other = message("user", "x", key="m"), message("assistant", "y", key="m")
    same = {"a": node("a", None, one), "b": node("b", "a", other)}
    yield Sample("gpt id twice", file(conversation(same, "b")), [[user("x")]], {_REPEATED: 1})
    yield Sample("gpt conversation twice", file(HELLO, HELLO), [HELLO_SAID], {_REPEATED: 2})
    longer = talk("c1", "Hello", "Hi there", "More")
    yield Sample("gpt longer copy", file(HELLO, longer), [[*HELLO_SAID, user("More")]], {_REPEATED: 2})
    nameless = conversation({"": node("", None, {**message("user", "x"), "id": 5})}, "", key="", title=7)
    yield Sample("gpt no ids", file(nameless), [[user("x")]])


def odd_texts() -> Iterator[Sample]:
    """Yield texts that are empty, too long or no Unicode, and a conversation without any."""
    texts = [message("user", "\0nul\0 inside"), message("assistant", " \n"), message("user", "x" * 100_001)]
    left_out = {"empty messages": 1, "ends of messages that were cut for their length": 1}
    yield Sample("gpt texts", file(chain(texts)), [[user("nul inside"), user("x" * 100_000)]], left_out)
    half = file(HELLO).replace(b"Hello", b"Hel\\ud83dlo \\\\ud83d \\ud83d\\ude00")
    yield Sample("gpt half a surrogate pair", half, [[user("Hel\ufffdlo \\ud83d 😀"), gpt("Hi there")]])
    empty = file(HELLO, conversation({}, None, "c2"))
    yield Sample("gpt empty conversation", empty, [HELLO_SAID], {"conversations without messages": 1})


def wrong_types() -> Iterator[Sample]:
    """Yield a conversation in which everything that may be of a wrong type is."""
    good = message("user", "x")
    wrong: list[Any] = [None, 1, "text", [], {"role": []}, {**good, "author": "user"}, {**good, "content": []}]
    wrong += [message(["user"], "x"), message("user", "x", kind=7)]
    wrong.append({**good, "content": {"content_type": "text", "parts": "x"}})
    nodes: dict[str, Any] = {f"w{at}": {"parent": f"w{at - 1}", "message": bad} for at, bad in enumerate(wrong)}
    nodes["w0"] = [1]
    nodes["w1"] = {"parent": {}, "message": 1, "children": {"a": 1}}
    fine = message("assistant", "fine", {"content_type": []}, 5, recipient=None)
    nodes["end"] = node("end", f"w{len(wrong) - 1}", fine)
    left_out = {_UNREADABLE: 2, "unreadable messages": 9, "empty messages": 1, "content of other kinds": 2}
    export = file(HELLO, 1, [], {"mapping": 5}, conversation(nodes, "end", "c2"))
    yield Sample("gpt wrong types", export, [HELLO_SAID, [gpt("fine")]], left_out)
    addressed = chain([message("user", "x"), message("assistant", "y", recipient=["all"])])
    yield Sample("gpt recipient is a list", file(addressed), [[user("x")]], {"tool calls and their results": 1})


def damaged() -> Iterator[Sample]:
    """Yield lists with conversations in them that are no JSON."""
    good = orjson.dumps(HELLO)
    numbers = [b"NaN", b"1e999", b"-Infinity"]
    broken = [file(talk(f"t{at}", "x")).replace(b"1700000000.0", bad)[1:-1] for at, bad in enumerate(numbers)]
    export = b"[" + b",".join([*broken, good]) + b"]"
    yield Sample("gpt numbers that are none", export, [HELLO_SAID], {_UNREADABLE: 3})
    deep = b'{"mapping":' + b'{"a":' * 2000 + b"1" + b"}" * 2001
    yield Sample("gpt too deep", b"[" + deep + b"," + good + b"]", [HELLO_SAID], {_UNREADABLE: 1})
    unclosed = b"[" + good + b',{"' + b'\\"' * 100_000
    yield Sample("gpt quotes never closed", unclosed, [HELLO_SAID], {_UNREADABLE: 1})
    yield Sample("gpt broken off", file(HELLO, talk("c2", "lost"))[:-9], [HELLO_SAID], {_UNREADABLE: 1})
    yield Sample("gpt only damage", b"[" + deep + b"]", refused="no ChatGPT export")
