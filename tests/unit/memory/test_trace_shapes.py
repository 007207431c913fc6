"""What is left of a question without its details."""

import pytest

from src_v2.memory.traces.shape import LONGEST_READ_CHARS, shape
from src_v2.memory.traces.shape_words import LANGUAGES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What did I say about Lisbon in May?", "What did I say about my boss in October?"),
        ("Who came with Ben to the pier on Monday?", "Who came with my aunt to the pier on Friday?"),
        ("How many days lie between 3 March and 9 June?", "How many days lie between 14 April and 30 May?"),
        ("When did I read “The Tower”, and why?", 'When did I read "A Long Way Home", and why?'),
        ("What is said on https://one.example/a?b=1 here?", "What is said on http://two.example here?"),
        ("Plan a trip for twelve people, will you?", "Plan a trip for 7 people, will you?"),
        ("¿Qué te conté sobre Lucía en abril?", "¿Qué te conté sobre mi jefe en verano?"),
        ("Was habe ich über Jonas im Mai gesagt?", "Was habe ich über die Arbeit im Juli gesagt?"),
        ("Qu'est-ce que je t'ai dit sur Camille en mars ?", "Qu'est-ce que je t'ai dit sur mon voisin en juin ?"),
        ("O que te contei sobre a Ana em maio?", "O que te contei sobre o trabalho em junho?"),
        ("Che cosa ti ho detto su Marta in aprile?", "Che cosa ti ho detto su mio padre in estate?"),
    ],
)  # fmt: skip
def test_other_details_leave_the_same_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other) != one


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("What did I spend on petrol in July?", "What did I spend on something in some time ?"),
        ("Was habe ich über Jonas gesagt?", "Was habe ich über etwas gesagt ?"),
        ("¿Cuántos días hay del 5 de abril al 17?", "¿ Cuántos días hay del un número de un día al un número ?"),
    ],
)  # fmt: skip
def test_what_is_asked_stays_in_the_words_of_its_language(text: str, left: str) -> None:
    assert shape(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?!", "Miso", "And in May?", "And about Ben?", "これは何ですか", "что я говорил о море в мае",
        "\N{GRINNING FACE} 42",
    ],
)  # fmt: skip
def test_what_says_too_little_or_is_in_no_known_language_is_its_own_shape(text: str) -> None:
    assert shape(text) == text


def test_the_way_somebody_writes_is_no_detail() -> None:
    assert shape("WHAT DID I TELL YOU THERE?") == "WHAT DID I TELL YOU THERE ?"
    assert shape("may i march there with you?") == "may i march there with you ?"
    assert shape("Where was I when I'm told I was there?") == "Where was I when I'm told I was there ?"


def test_a_long_text_is_read_to_a_limit() -> None:
    assert len(shape("what did you say then and why " * 9_000)) <= LONGEST_READ_CHARS + 100


def test_no_language_takes_a_word_both_for_a_time_and_for_one_that_carries_a_sentence() -> None:
    for language in LANGUAGES:
        assert not (language.times | language.numbers) & language.carrying, language.something
