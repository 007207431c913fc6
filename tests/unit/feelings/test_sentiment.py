"""What a text says about how its author feels, and about how they treat the character."""

import statistics
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.feelings.lexicon import LANGUAGES, lexicons
from src_v2.evolution.feelings.regard import regard
from src_v2.evolution.feelings.sentiment import sentiment
from tests.support.sentences import UNSURE, right, sentences, sign


def accuracy(read: Callable[[str], float], pairs: list[tuple[str, float]]) -> float:
    return statistics.mean(right(read(text), wanted) for text, wanted in pairs)


def test_there_is_enough_to_measure_by() -> None:
    held_back, tuned = sentences("held_back"), sentences("tuned")
    assert len(held_back) + len(tuned) >= 300
    assert len(held_back) >= 100
    assert not {one.text for one in held_back} & {one.text for one in tuned}
    assert {one.language for one in held_back} == set(LANGUAGES)


@pytest.mark.parametrize(("name", "least"), [("held_back", 0.9), ("tuned", 0.95), ("chat", 0.85)])
def test_the_sign_is_mostly_right(name: str, least: float) -> None:
    found = sentences(name)
    assert accuracy(sentiment, [(one.text, one.feels) for one in found]) >= least
    assert accuracy(regard, [(one.text, one.treats) for one in found]) >= least
    assert statistics.mean(abs(sentiment(one.text) - one.feels) for one in found) <= 0.5
    assert statistics.mean(abs(regard(one.text) - one.treats) for one in found) <= 0.25


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(language: str) -> None:
    pairs = [(one.text, one.feels) for one in sentences("held_back") if one.language == language]
    assert accuracy(sentiment, pairs) >= 0.85


def test_nobodys_grief_is_an_offence() -> None:
    found = sentences("held_back") + sentences("tuned") + sentences("unseen")
    grief = [one.text for one in found if one.feels < 0 and not one.treats]
    assert len(grief) > 50
    assert [text for text in grief if regard(text) < 0] == []


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("I am happy", "I am very happy"), ("I am happy", "I am HAPPY"), ("that is good", "that is good!!!"),
        ("that is somewhat nice", "that is nice"), ("es ist schön", "es ist sehr schön"), ("good", "good 😍"),
        ("c'est bon", "c'est tellement bon"), ("so good", "soooo goood lol"), ("okay :)", "okay :) :)"),
    ],
)  # fmt: skip
def test_what_is_said_louder_says_more(weaker: str, stronger: str) -> None:
    assert 0 < sentiment(weaker) < sentiment(stronger) <= 2
    if weaker in {"I am happy", "that is good"}:
        assert sentiment(stronger.replace("happy", "sad").replace("HAPPY", "SAD").replace("good", "bad")) < sentiment(
            weaker.replace("happy", "sad").replace("good", "bad")
        )


@pytest.mark.parametrize(
    "text",
    [
        "not good", "I don't like it", "no me gusta", "ich mag das nicht", "gefällt mir nicht", "je n'aime pas ça",
        "não gosto disso", "I've never been happy there", "😢", ":(", "</3", "I am sad :)  no wait :( :(",
    ],
)  # fmt: skip
def test_bad_is_bad(text: str) -> None:
    assert sentiment(text) < -UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "not bad",
        "nada mal",
        "nicht schlecht",
        "pas mal",
        "don't worry",
        "😂",
        "<3",
        "xD",
        "jajaja",
        "so happy 😭",
        "lol 💀",
    ],
)
def test_good_is_good(text: str) -> None:
    assert sentiment(text) > UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?", "12:30", "I'll be there at five", "https://example.com/hate/love", "`love = hate`", "<@123456>",
        "The Lachs costs nine euros", "Meine Freundin wohnt hier", "la película empieza", "pain au chocolat à la gare",
    ],
)  # fmt: skip
def test_what_says_nothing_says_nothing(text: str) -> None:
    assert sentiment(text) == regard(text) == 0


@pytest.mark.parametrize(
    ("text", "treats"),
    [
        ("you are stupid", -1), ("are you stupid?", -1), ("my dog is stupid", 0), ("I am stupid", 0),
        ("he is an idiot", 0),
        ('she said "you are stupid" to me', 0), ("my boss said you are useless", 0), ("stupid", -1), ("🖕", -1),
        ("you are not stupid", 1), ("you're not helpful", -1), ("I don't love you", -1), ("no thanks", 0), ("thx", 1),
        ("gracias a Dios", 0), ("no te quiero", -1), ("bist du dumm?", -1), ("mon chien est bête", 0),
        ("> you are stupid\nlol", 0),
        ("thanks to my mother I got it", 0), ("when you are stupid you fail", 0), ("your brother is an idiot", -1),
    ],
)  # fmt: skip
def test_how_the_character_is_treated(text: str, treats: int) -> None:
    assert sign(regard(text)) == treats


@given(st.text(max_size=300))
def test_any_text_has_a_number(text: str) -> None:
    for read in (sentiment, regard):
        assert -2 <= read(text) <= 2
        assert read(text) == read(text)


def test_it_takes_well_under_a_millisecond() -> None:
    texts = [one.text for one in sentences("held_back")]
    lexicons()
    for read in (sentiment, regard):
        times = []
        for text in texts:
            began = time.perf_counter()
            read(text)
            times.append(time.perf_counter() - began)
        assert statistics.median(times) < 0.001


@pytest.mark.parametrize(
    "evil", ["(" * 4000, "ha" * 2000, ":" * 4000, "'" * 4000, '"' * 4000, "<@" * 2000, "`" * 4000, "😢" * 2000]
)
def test_no_text_takes_long(evil: str) -> None:
    sentiment("")
    began = time.perf_counter()
    sentiment(evil)
    regard(evil)
    assert time.perf_counter() - began < 0.25


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_are_well_formed(language: str) -> None:
    lexicon = lexicons()[language]
    numbers = [*lexicon.words.words.values(), *lexicon.words.stems.values()]
    assert len(numbers) >= 250
    assert all(-2 <= number <= 2 for number in numbers)
    assert all(word.isalnum() for word in [*lexicon.words.words, *lexicon.words.stems, *lexicon.small_words])
