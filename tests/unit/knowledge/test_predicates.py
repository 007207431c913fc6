"""One name for many words, and what each rules out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.knowledge import predicate_words
from src_v2.knowledge.predicates import canonical, inverse, meaning, role_of, snake_case


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("resides in", "lives_in"),
        ("is living in", "lives_in"),
        ("LivesIn", "lives_in"),
        ("currently lives in", "lives_in"),
        ("vive en", "lives_in"),
        ("owns", "has"),
        ("enjoy", "likes"),
        ("is a big fan of", "likes"),
        ("has favorite color", "favourite_colour"),
        ("is sister of", "sister_of"),
        ("mom of", "mother_of"),
        ("has_mum", "has_mother"),
        ("dog_name", "has_dog"),
        ("is friends with", "has_friend"),
        ("es alérgica a", "allergic_to"),
        ("collects", "collects"),
        ("Plays the Cello In", "plays_cello_in"),
    ],
)
def test_many_words_have_one_name(said: str, name: str) -> None:
    assert canonical(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("doesn't like", "dislikes"),
        ("does not have", "does_not_have"),
        ("has no", "does_not_have"),
        ("never eats", "does_not_eat"),
        ("isn't allergic to", "is_not_allergic_to"),
        ("isn't named", "is_not_named"),
    ],
)
def test_a_denial_is_the_other_side_of_the_same_topic(said: str, name: str) -> None:
    assert canonical(said) == name
    assert not meaning(said).affirms


@pytest.mark.parametrize(
    ("denial", "claim"),
    [("doesn't like", "loves"), ("has no", "owns"), ("never eats", "eats"), ("does not watch", "watches")],
)
def test_a_denial_competes_with_what_it_denies(denial: str, claim: str) -> None:
    assert meaning(denial).topic == meaning(claim).topic
    assert meaning(claim).affirms


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("no longer has", "has"),
        ("used to live in", "lives_in"),
        ("lived in", "lives_in"),
        ("was married to", "married_to"),
        ("broke up with", "dating"),
        ("ya no vive en", "lives_in"),
    ],
)
def test_what_is_over_is_told_from_what_holds(said: str, held: str) -> None:
    assert meaning(said).past
    assert meaning(said).predicate == held
    assert not meaning(held).past


def test_a_passive_is_no_end() -> None:
    assert not meaning("was promoted to").past


def test_one_home_and_one_favourite_but_many_pets() -> None:
    assert meaning("moved to").single
    assert meaning("favorite film").single
    assert meaning("has mother").single
    assert not meaning("has dog").single
    assert not meaning("likes").single


def test_relations_can_be_told_from_the_other_end() -> None:
    assert inverse("sister_of") == "has_sister"
    assert inverse("has_sister") == "sister_of"
    assert inverse("parent_of") == "child_of"
    assert inverse("married_to") == "married_to"
    assert inverse("likes") is None
    assert role_of("has_sister") == role_of("sister_of") == "sister"
    assert role_of("has_car") is None


def test_no_word_stands_for_two_predicates() -> None:
    for table in (predicate_words.SAME_AS, predicate_words.PAST_OF):
        owner: dict[str, str] = {}
        for name, others in table.items():
            for word in map(snake_case, others.split()):
                assert owner.setdefault(word, name) == name
    for name in predicate_words.SAME_AS:
        assert canonical(name) == name


WORDS = st.sampled_from(
    ["not", "is", "no", "longer", "never", "was", "used", "to", "does", "has", "a", "the", "like", "likes", "lives",
     "in", "of", "sister", "favourite", "name", "once", "Is"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=7).map(" ".join) | st.text(max_size=200))
def test_the_canonical_name_is_its_own_and_fit_for_storing(said: str) -> None:
    name = canonical(said)
    assert canonical(name) == name
    assert meaning(name) == meaning(said)
    assert " " not in name
    assert len(name) <= 100
