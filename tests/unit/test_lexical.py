"""Words as sparse vectors: what finds what."""

import pytest

from src_v2.memory.lexical import AVERAGE_TERMS, encode_document, encode_query, term_index, terms


def score(query: str, document: str) -> float:
    """Compute what a store would, with an inverse document frequency of 1 for every term."""
    stored = encode_document(document)
    weights = dict(zip(stored.indices, stored.values, strict=True))
    asked = encode_query(query)
    return sum(weights.get(index, 0.0) * value for index, value in zip(asked.indices, asked.values, strict=True))


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("dogs", "My dog barked"),
        ("RUNNING", "she runs"),
        ("cafe", "le Café fermé"),
        ("Zoë", "zoe called"),
        ("Straße", "STRASSE"),
        ("flight 1432", "We took flight 1432"),
        ("don't", "don’t"),
        ("дом", "Дом у моря"),
        ("ёлка", "елка"),
        ("海边", "我昨天去了海边。"),
        ("映画", "昨日は友達と映画を見ました。"),
        ("고양이", "우리 고양이는 회색이다"),
        ("القهوة", "أحب القَهْوة"),
        ("हिन्दी", "मैं हिन्दी सीखता हूँ"),
        ("ﬁne", "fine"),
        ("C3PO", "c3po!"),
    ],
)
def test_a_word_finds_itself_in_another_form(query: str, document: str) -> None:
    assert score(query, document) > 0


def test_other_words_are_not_found() -> None:
    assert score("cat", "my dog barked") == 0
    assert score("the of and", "the cat and the dog") == 0
    assert score("cat", "") == 0


def test_a_query_of_stop_words_or_signs_is_empty() -> None:
    for text in ("", "   ", "the", "?!…", "😀", "\x00"):
        assert list(encode_query(text).indices) == []


def test_repeating_a_word_helps_less_and_less_and_never_without_end() -> None:
    once, twice, often = (score("rain", "rain " * count + "sun " * (20 - count)) for count in (1, 2, 20))
    assert once < twice < 2 * once
    assert often < 2.2


def test_a_word_weighs_more_in_a_short_text() -> None:
    assert score("rain", "rain today") > score("rain", "rain " + "sun " * 100)
    assert score("w0", " ".join(f"w{number}" for number in range(AVERAGE_TERMS))) == pytest.approx(1.0)


def test_names_of_people_and_months_are_not_stop_words() -> None:
    assert score("Will", "Will and May came") > 0
    assert score("May", "Will and May came") > 0


def test_the_index_of_a_term_never_changes() -> None:
    assert term_index("dog") == 4_148_064_672
    assert all(0 <= index < 2**32 for index in encode_document("a few different words").indices)


def test_indices_are_unique_and_ordered() -> None:
    vector = encode_document("dog dog dogs cat Cats")
    assert list(vector.indices) == sorted(set(vector.indices))
    assert len(vector.indices) == len(vector.values) == 2
    assert encode_query("dog dog").values == [1.0]


def test_a_hostile_wall_of_letters_is_one_short_term() -> None:
    assert [len(term) for term in terms("x" * 100_000)] == [64]
