"""One key for all the ways in which somebody or something is written, and who is who."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.core.audience import Audience, Visibility
from src_v2.knowledge.aliases import Names
from src_v2.knowledge.models import CHARACTER, USER, Claim, Stance
from src_v2.knowledge.names import canonical, display, is_proper, named_role, role_word

SAM = frozenset(("sam",))
PRIVATE = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)
START = datetime(2026, 1, 1, tzinfo=UTC)
IDS = count()


def said(subject: str, predicate: str, object_: str, day: int = 0, stance: Stance = Stance.STATED) -> Claim:
    at = START + timedelta(days=day)
    return Claim(
        f"c{next(IDS)}", PRIVATE, PRIVATE.user_id, subject, predicate, object_, "m", at, stance=stance,
        speaker_name="Sam",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["sister", "my sister", "user's sister", "Sam's sister", "mi hermana", "Hermana", "sister of Sam", "my sis"]
)
def test_the_users_sister_has_one_key(name: str) -> None:
    assert canonical(name, SAM) == "sister"


@pytest.mark.parametrize(
    "name", ["Tom's sister", "sister of Tom", "la hermana de Tom", "the sister of Tom", "Tom’s sis"]
)
def test_somebody_elses_sister_stays_theirs(name: str) -> None:
    assert canonical(name, SAM) == "tom's sister"


@pytest.mark.parametrize("name", ["Oslo", "oslo", " the city of Oslo", "la ciudad de Oslo", "OSLO."])
def test_a_place_has_one_key(name: str) -> None:
    assert canonical(name) == "oslo"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("café", "Cafe"),
        ("the Beatles", "Beatles"),
        ("a guitar", "guitars"),
        ("cherries", "cherry"),
        ("movie", "movies"),
        ("Barcelona", "Barcelonna"),
        ("mother-in-law", "my mother in law"),
        ("my dog Rex", "Rex"),
        ("Uncle Bertil", "Bertil"),
    ],
)
def test_small_differences_make_no_other_thing(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "Anna"),
        ("La Paz", "Paz"),
        ("dogs", "my dog"),
        ("Mother Teresa", "Teresa"),
        ("Thomas", "Thoma"),
        ("glass", "glas"),
        ("her sister", "my sister"),
    ],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_the_user_and_the_character_have_many_words() -> None:
    assert {canonical(word, SAM) for word in ("I", "me", "Sam", "SAM", "the user", "yo", USER)} == {USER}
    assert {canonical(word) for word in ("you", "yourself", CHARACTER)} == {CHARACTER}


def test_a_name_keeps_its_looks_without_what_points_at_it() -> None:
    assert display("my sister") == "sister"
    assert display("the city of Oslo") == "Oslo"
    assert display("my dog Rex") == "Rex"
    assert display("my friend's wife") == "friend's wife"
    assert named_role("my best friend Tom") == ("best friend", "Tom")
    assert named_role("cat food") is None
    assert role_word("Mum") == "mother"
    assert is_proper("Ana")
    assert is_proper("安娜")
    assert not is_proper("mum")
    assert not is_proper("Sister")


@given(st.text(max_size=300))
def test_any_text_has_a_key_that_is_stable_and_short(name: str) -> None:
    key = canonical(name)
    assert canonical(name) == key
    assert len(key) <= 2_000
    assert "\n" not in key


def test_a_role_and_a_name_become_one_called_by_the_name() -> None:
    names = Names([said("sister", "is_named", "Ana"), said("my sister", "lives_in", "Oslo")])
    ana = names.entity("Ana", START)
    assert names.entity("sister", START) == names.entity("Sam's sister", START) == ana
    assert names.best(ana) == "Ana"
    assert names.also(ana) == ("sister",)


@pytest.mark.parametrize(
    "claim",
    [
        ("user", "has_sister", "Ana"),
        ("Ana", "sister_of", "user"),
        ("Ana", "also_known_as", "my sister"),
        ("my sister Ana", "likes", "tea"),
        ("user", "has", "sister Ana"),
    ],
)
def test_there_are_many_ways_to_say_who_fills_a_role(claim: tuple[str, str, str]) -> None:
    names = Names([said(*claim)])
    assert names.entity("sister", START) == names.entity("Ana", START)


def test_two_sisters_are_two_people_and_neither_is_just_the_sister() -> None:
    names = Names([said("sister", "is_named", "Ana"), said("sister", "is_named", "Bea", 1)])
    assert len({names.entity(name, START) for name in ("sister", "Ana", "Bea")}) == 3
    assert names.also(names.entity("Bea", START)) == ("sister",)


def test_whoever_fills_a_role_now_is_meant_from_then_on() -> None:
    names = Names([said("boss", "is_named", "Tom", 1), said("boss", "is_named", "Eva", 50)])
    assert names.entity("my boss", START + timedelta(days=20)) == names.entity("Tom", START)
    assert names.entity("my boss", START + timedelta(days=60)) == names.entity("Eva", START)


def test_a_sister_and_a_daughter_of_one_name_are_two() -> None:
    names = Names([said("sister", "is_named", "Ana"), said("daughter", "is_named", "Ana")])
    assert names.entity("sister", START) != names.entity("daughter", START)


def test_relations_reach_through_aliases() -> None:
    names = Names([said("friend", "is_named", "Tom"), said("Tom's wife", "is_named", "Eva")])
    assert names.entity("my friend's wife", START) == names.entity("Eva", START)


def test_a_name_that_was_taken_back_joins_nobody() -> None:
    names = Names([said("sister", "is_named", "Ana"), said("sister", "also_known_as", "Ana", 1, Stance.RETRACTED)])
    assert names.entity("sister", START) != names.entity("Ana", START)


def test_the_users_own_name_is_theirs_unless_somebody_else_is_called_so() -> None:
    own = Names([said("user", "is_named", "Samuel")])
    assert own.entity("Samuel", START) == own.entity("Sam", START) == USER
    shared = Names([said("brother", "is_named", "Sam")])
    assert shared.entity("Sam", START) == shared.entity("brother", START) != USER


def test_who_is_who_does_not_depend_on_the_order() -> None:
    claims = [
        said("sister", "is_named", "Ana"),
        said("Ana", "also_known_as", "Anita", 1),
        said("boss", "is_named", "Tom", 2),
        said("boss", "is_named", "Eva", 3),
        said("dog", "is_named", "Rex", 4),
    ]

    def seen(order: Sequence[Claim]) -> list[tuple[str, tuple[str, ...]]]:
        names = Names(order)
        entities = sorted(names.entities())
        return [(names.best(entity), names.also(entity)) for entity in entities]

    assert seen(claims) == seen(claims[::-1]) == seen(claims[2:] + claims[:2])
