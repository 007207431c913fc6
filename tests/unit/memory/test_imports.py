"""What ChatGPT exports and SillyTavern chats become, and that nothing in a file can break reading it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src_v2.core.errors import RefusedInput
from src_v2.memory.imports import ImportedHistory, read_history
from tests.support.chat_exports import (
    CHAT,
    HELLO,
    Sample,
    chat,
    conversation,
    file,
    header,
    line,
    message,
    node,
    talk,
    zipped,
)
from tests.support.chat_samples import samples

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SAMPLES = samples()


def read(blob: bytes) -> ImportedHistory:
    return read_history(blob, zone=MADRID, now=NOW)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_every_file_gives_exactly_its_history_or_is_refused_with_a_reason(sample: Sample) -> None:
    if sample.refused:
        with pytest.raises(RefusedInput, match=sample.refused) as refused:
            read(sample.blob)
        assert "secret" not in str(refused.value)
        return
    history = read(sample.blob)
    said = [[(m.role.value, m.speaker_name, m.text) for m in c.messages] for c in history.conversations]
    assert said == [list(messages) for messages in sample.said]
    assert history.left_out == dict(sample.left_out)
    _assert_sound(history)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: chat(*[b'{"mes":"x","is_user":true}'] * 200_001), "more than 200,000 messages"),
        (lambda: CHAT + b"\n" * 1_000_001, "more than 1,000,000 lines"),
        (lambda: file(HELLO)[:-1] + b",{}" * 1_000_001 + b"]", "too many parts"),
        (lambda: chat(header(), b'{"mes":"' + b"x" * (64 * 2**20) + b'"}'), "more than 64 MiB"),
        (lambda: bytes(256 * 2**20 + 1), "more than 256 MiB"),
        (lambda: b'[{"mapping":{"a":[' + b"{}," * 2_000_001 + b"1]}}]", "more than 4,000,000 values"),
    ],
)
def test_files_beyond_the_limits_are_refused(make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(RefusedInput, match=reason):
        read(make())


def _assert_sound(history: ImportedHistory) -> None:
    assert history.kind in {"chatgpt", "sillytavern"}
    assert len({found.key for found in history.conversations}) == len(history.conversations)
    for found in history.conversations:
        assert found.key
        assert found.messages
        keys = [said.key for said in found.messages]
        assert all(keys)
        assert len(set(keys)) == len(keys)
        sent = [said.sent_at for said in found.messages]
        assert all(at.tzinfo is UTC for at in sent)
        assert all(before < after for before, after in pairwise(sent))


def test_the_samples_are_many_and_cover_both_kinds_and_refusals() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) >= 60
    kinds = {read(sample.blob).kind for sample in SAMPLES if sample.name in {"gpt plain", "st plain"}}
    assert kinds == {"chatgpt", "sillytavern"}


def test_chatgpt_keys_and_titles_are_the_exports_own() -> None:
    (found,) = read(file(HELLO)).conversations
    assert (found.key, found.title) == ("c1", "A title")
    assert [message.key for message in found.messages] == ["c1-0", "c1-1"]


def test_ids_that_are_long_or_odd_become_digests_and_stay_apart() -> None:
    odd = [talk("x" * 500, "a"), talk("x" * 501, "b"), talk("a/../b\0", "c")]
    keys = [found.key for found in read(file(*odd)).conversations]
    assert len(set(keys)) == 3
    assert all(len(key) == 32 for key in keys)


def test_a_longer_export_of_the_same_chat_keeps_all_keys() -> None:
    for short, long in (
        (file(HELLO), file(talk("c1", "Hello", "Hi there", "More"))),
        (CHAT, CHAT + b"\n" + orjson.dumps(line("Ana", "More"))),
        (chat(*CHAT.split(b"\n")[1:]), chat(*CHAT.split(b"\n")[1:], line("Ana", "More"))),
    ):
        (before,), (after,) = read(short).conversations, read(long).conversations
        assert before.key == after.key
        assert [m.key for m in before.messages] == [m.key for m in after.messages][:2]
        assert [m.sent_at for m in before.messages] == [m.sent_at for m in after.messages][:2]


def test_sillytavern_keys_depend_on_neither_place_nor_zone() -> None:
    (found,) = read(CHAT).conversations
    shifted = chat(header(), line("Ana", "Something before"), *CHAT.split(b"\n")[1:])
    (elsewhere,) = read_history(shifted, zone=ZoneInfo("Asia/Tokyo"), now=NOW).conversations
    assert [m.key for m in found.messages] == [m.key for m in elsewhere.messages][1:]
    assert found.key == elsewhere.key
    assert found.messages[0].sent_at != elsewhere.messages[1].sent_at


def test_a_sillytavern_chat_is_known_by_its_integrity_id_then_its_beginning() -> None:
    def key(blob: bytes) -> str:
        return read(blob).conversations[0].key

    marked = header(chat_metadata={"integrity": "5f0c-1"})
    assert key(chat(marked, line("Ana", "x"))) == "5f0c-1"
    plain = key(chat(header(), line("Ana", "x")))
    assert plain == key(chat(header(), line("Ana", "y")))
    assert plain != key(chat(header(character_name="Vera"), line("Ana", "x")))
    assert plain != key(chat(header(create_date="2023-11-13"), line("Ana", "x")))
    bare = {"user_name": "unused", "character_name": "unused"}
    assert key(chat(bare, line("Ana", "x"))) == key(chat(bare, line("Ana", "x"), line("Mira", "z")))
    assert key(chat(bare, line("Ana", "x"))) != key(chat(bare, line("Ana", "y")))


def test_titles_of_sillytavern_chats_name_the_characters() -> None:
    assert read(CHAT).conversations[0].title == "Mira"
    group = chat(*[line(name, "x") for name in ("Mira", "Ana", "Tomás", "Mira", "Vera", "Zoe")])
    assert read(group).conversations[0].title == "Mira, Tomás, Vera"
    modern = {"user_name": "unused", "character_name": "unused"}
    assert read(chat(modern, line("Mira", "x"))).conversations[0].title == "Mira"


def test_the_first_title_that_a_file_gives_a_conversation_stays() -> None:
    copies = [{**HELLO, "title": title} for title in (None, "First", "Second")]
    assert read(file(*copies)).conversations[0].title == "First"


def test_the_same_words_at_another_time_are_another_message() -> None:
    keys = set()
    for sent in ("November 12, 2023 2:03pm", "November 12, 2023 2:04pm", None):
        (found,) = read(chat(header(), line("Ana", "ok", sent))).conversations
        keys.add(found.messages[0].key)
    assert len(keys) == 3


def test_text_stays_as_it_is_written() -> None:
    text = "  *smiles* \r\n\t“hola”\u200d\u202e {{user}} <b>x</b> \ue200cite\ue201  "
    assert read(file(talk("c1", text))).conversations[0].messages[0].text == text
    assert read(chat(header(), line("Ana", text))).conversations[0].messages[0].text == text


def test_branches_in_files_of_their_own_become_one_history_by_time() -> None:
    def at(minute: int) -> str:
        return f"November 12, 2023 2:{minute:02}pm"

    begin = [header(), line("Mira", "Hi", at(1)), line("Ana", "Hello", at(2))]
    one = chat(*begin, line("Mira", "one", at(3)))
    two = chat(*begin, line("Mira", "two", at(5)), line("Ana", "end", at(6)))
    history = read(zipped({"two.jsonl": two, "one.jsonl": one}))
    assert [m.text for m in history.conversations[0].messages] == ["Hi", "Hello", "one", "two", "end"]
    assert history.left_out == {"messages that the file holds twice": 2}
    _assert_sound(history)


def test_thousands_of_copies_of_one_conversation_are_joined_in_time() -> None:
    copies = [conversation({"k": node("k", None, message("user", str(i), key=f"m{i}"))}, "k") for i in range(20_000)]
    (found,) = read(file(*copies)).conversations
    assert len(found.messages) == 20_000


VALID: Sequence[bytes] = (
    file(HELLO, talk("c2", "¿Qué tal? 😀", "Bien", "Adiós")),
    CHAT,
    zipped({"conversations.json": file(HELLO)}),
    zipped({"a.jsonl": CHAT, "b.jsonl": CHAT}),
)
bits = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"null", b"1e400", b"\0", b"\n", b"\\ud800", b"\xff", b"PK"]
)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), bits | st.binary(max_size=4)), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(VALID), edits)
def test_damage_to_bytes_is_read_around_or_refused(blob: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for place, length, new in changes:
        at = int(place * len(blob))
        blob = blob[:at] + new + blob[at + length :]
    _read_or_refuse(blob)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "parent", "role", "mes", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _replaced(value: Any, steps: Sequence[int], new: Any) -> Any:
    """Return `value` with something inside it, found by walking `steps`, replaced."""
    if not steps or not isinstance(value, dict | list) or not value:
        return new
    if isinstance(value, list):
        place = steps[0] % len(value)
        return [*value[:place], _replaced(value[place], steps[1:], new), *value[place + 1 :]]
    key = list(value)[steps[0] % len(value)]
    return {**value, key: _replaced(value[key], steps[1:], new)}


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(0, 50), min_size=1, max_size=7), json_values), min_size=1, max_size=4))
def test_values_of_the_wrong_kind_anywhere_are_read_around_or_refused(changes: list[tuple[list[int], Any]]) -> None:
    export: Any = [HELLO, talk("c2", "a", "b", "c")]
    lines: Any = [orjson.loads(part) for part in CHAT.split(b"\n")] + [line("Mira", "x", swipes=["x", "y"], swipe_id=0)]
    for steps, new in changes:
        export, lines = _replaced(export, steps, new), _replaced(lines, steps, new)
    _read_or_refuse(_dump(export))
    _read_or_refuse(b"\n".join(map(_dump, lines)) if isinstance(lines, list) else _dump(lines))


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # Text that cannot be UTF-8, which hypothesis makes too.
        return repr(value).encode("utf-8", "surrogatepass")


def _read_or_refuse(blob: bytes) -> None:
    try:
        history = read(blob)
    except RefusedInput:
        return
    _assert_sound(history)
