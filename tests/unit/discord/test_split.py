"""Long replies become several messages without losing a character or tearing a code block."""

from hypothesis import given, settings
from hypothesis import strategies as st

from src_v2.interfaces.discord.split import MESSAGE_LIMIT, split

WORDS = st.text(alphabet="abcdeé😀ع", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words) + ". ")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=6).map(lambda sentences: "".join(sentences) + "\n\n")
CODE = st.lists(WORDS, min_size=1, max_size=30).map(lambda lines: "```python\n" + "\n".join(lines) + "\n```\n")
REPLIES = st.lists(st.one_of(PARAGRAPHS, CODE, WORDS), max_size=12).map("".join)
LIMITS = st.integers(min_value=80, max_value=400)


@given(REPLIES, LIMITS)
def test_no_character_is_lost_or_doubled(text: str, limit: int) -> None:
    assert "".join(piece.text for piece in split(text, limit)) == text


@given(st.text(alphabet="ab `\n.😀\u200d", max_size=600), LIMITS)
def test_nothing_is_lost_of_strange_text_either(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert "".join(piece.text for piece in pieces) == text
    assert all(len(piece.shown) <= limit for piece in pieces)


@given(REPLIES, LIMITS)
def test_every_piece_fits_and_closes_what_it_opens(text: str, limit: int) -> None:
    for piece in split(text, limit):
        assert len(piece.shown) <= limit
        assert piece.shown.count("```") % 2 == 0


@settings(max_examples=40)
@given(REPLIES, st.integers(min_value=120, max_value=300))
def test_a_growing_text_keeps_its_earlier_cuts(text: str, limit: int) -> None:
    final = [piece.text for piece in split(text, limit)]
    for length in range(0, len(text), max(1, len(text) // 20)):
        finished = [piece.text for piece in split(text[:length], limit)][:-2]
        assert finished == final[: len(finished)]


def test_a_short_text_stays_as_it_is() -> None:
    assert [piece.shown for piece in split("Hello there.")] == ["Hello there."]
    assert split("") == []


def test_paragraphs_are_preferred_to_sentences_and_sentences_to_words() -> None:
    paragraphs = "One sentence. Another one.\n\nA new paragraph. With more words in it."
    assert split(paragraphs, 60)[0].shown == "One sentence. Another one."
    sentences = "The first sentence is here. The second sentence is a bit longer."
    assert split(sentences, 50)[0].shown == "The first sentence is here."
    words = "just some words without any end that go on and on"
    assert all(not piece.text[:1].isspace() for piece in split(words, 20))


def test_a_code_block_is_closed_and_opened_again_with_its_language() -> None:
    code = "Look:\n```python\n" + "\n".join(f"line_{number} = {number}" for number in range(300)) + "\n```\nDone."
    first, *middle, last = [piece.shown for piece in split(code)]
    assert first.startswith("Look:\n```python\n")
    assert first.endswith("\n```")
    assert all(piece.startswith("```python\nline_") for piece in [*middle, last])
    assert last.endswith("```\nDone.")


def test_a_code_block_that_fits_into_one_message_is_not_torn() -> None:
    block = "```js\n" + "x();\n" * 20 + "```"
    text = "Some words before it. " * 6 + "\n\n" + block
    assert [piece.shown for piece in split(text, 200)] == [("Some words before it. " * 6).strip(), block]


def test_an_unfinished_code_block_is_closed_in_what_is_shown() -> None:
    (piece,) = split("```python\nprint(1)")
    assert piece.shown == "```python\nprint(1)\n```"


def test_an_emoji_of_several_parts_is_not_torn() -> None:
    family = "👨\u200d👩\u200d👧"
    pieces = split(family * 30, 52)
    assert all(len(piece.text) % len(family) == 0 for piece in pieces)


def test_four_thousand_characters_without_a_blank_make_two_messages() -> None:
    assert [len(piece.text) for piece in split("a" * 4000)] == [MESSAGE_LIMIT, MESSAGE_LIMIT]
