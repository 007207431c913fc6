"""What holds, as told by claims: what closes what, what is taken back, and that the order of claims is no matter."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.core.audience import Audience, Visibility
from src_v2.knowledge.models import Claim, EntityKind, Fact, PreferenceName, Stance, Wish
from src_v2.knowledge.preferences import resolve_preferences
from src_v2.knowledge.resolve import resolution, resolve

PRIVATE = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)
START = datetime(2026, 1, 1, tzinfo=UTC)
IDS = count()
RETRACTED = Stance.RETRACTED


def said(
    day: float,
    subject: str,
    predicate: str,
    object_: str,
    stance: Stance = Stance.STATED,
    *,
    since: str | None = None,
    until: str | None = None,
    confidence: float = 0.9,
    kind: EntityKind = EntityKind.THING,
) -> Claim:
    n = next(IDS)
    return Claim(
        f"c{n:04}", PRIVATE, PRIVATE.user_id, subject, predicate, object_, f"m{n:04}", START + timedelta(days=day),
        object_kind=kind, stance=stance, confidence=confidence, valid_from=since, valid_until=until,
        speaker_name="Sam",
    )  # fmt: skip


def current(claims: Sequence[Claim], now: datetime | None = None) -> set[str]:
    return {told(fact) for fact in resolve(claims, now=now) if fact.is_current}


def closed(claims: Sequence[Claim], now: datetime | None = None) -> set[tuple[str, str | None]]:
    return {(told(fact), fact.valid_until) for fact in resolve(claims, now=now) if not fact.is_current}


def told(fact: Fact) -> str:
    return f"{fact.subject} {fact.predicate} {fact.object}"


def test_a_move_closes_the_home_before_since_when_it_was_said_to_be() -> None:
    claims = [said(0, "user", "lives in", "Leeds"), said(130, "user", "moved to", "Oslo", since="2026-05")]
    assert current(claims) == {"user lives_in Oslo"}
    assert closed(claims) == {("user lives_in Leeds", "2026-05")}


def test_without_a_date_the_day_of_saying_counts() -> None:
    claims = [said(0, "user", "lives_in", "Leeds"), said(31, "user", "lives_in", "Oslo")]
    assert closed(claims) == {("user lives_in Leeds", "2026-02-01")}


@pytest.mark.parametrize("predicate", ["lives_in", "lived in", "used to live in"])
def test_the_past_told_later_closes_nothing(predicate: str) -> None:
    claims = [said(0, "user", "lives_in", "Oslo"), said(3, "user", predicate, "Leeds", until="2020")]
    assert current(claims) == {"user lives_in Oslo"}
    assert closed(claims) == {("user lives_in Leeds", "2020")}


def test_an_earlier_stay_in_the_same_place_does_not_end_the_present_one() -> None:
    claims = [said(0, "user", "lives_in", "Oslo"), said(3, "user", "lived_in", "Oslo", until="2010")]
    assert current(claims) == {"user lives_in Oslo"}


def test_dates_count_for_more_than_the_order_of_telling() -> None:
    claims = [said(1, "user", "works_at", "Harbour", since="2025"), said(3, "user", "works_at", "Mill", since="2019")]
    assert current(claims) == {"user works_at Harbour"}
    assert closed(claims) == {("user works_at Mill", "2025")}


def test_moving_away_and_back_is_three_episodes() -> None:
    claims = [said(n, "user", "lives_in", place) for n, place in enumerate(("Leeds", "Oslo", "Leeds"))]
    assert current(claims) == {"user lives_in Leeds"}
    assert closed(claims) == {("user lives_in Leeds", "2026-01-02"), ("user lives_in Oslo", "2026-01-03")}


def test_what_is_announced_has_not_come_yet() -> None:
    claims = [said(0, "user", "lives_in", "Leeds"), said(1, "user", "lives_in", "Oslo", since="2026-09")]
    assert current(claims, START + timedelta(days=30)) == {"user lives_in Leeds", "user lives_in Oslo"}
    assert current(claims, START + timedelta(days=300)) == {"user lives_in Oslo"}
    leaving = [said(0, "user", "works_at", "Mill", until="2026-09")]
    assert current(leaving, START + timedelta(days=30)) == {"user works_at Mill"}
    assert closed(leaving, START + timedelta(days=300)) == {("user works_at Mill", "2026-09")}


def test_the_same_told_twice_is_one_fact_since_the_first_with_the_last_source() -> None:
    claims = [
        said(0, "user", "likes", "hiking", confidence=0.6),
        said(5, "user", "enjoys", "Hiking", confidence=0.9),
        said(9, "user", "loves", "the hiking", confidence=0.7),
    ]
    (fact,) = resolve(claims)
    assert (fact.predicate, fact.said_at, fact.confidence) == ("loves", claims[0].said_at, 0.9)
    assert (fact.id, fact.source_message_id) == (claims[2].id, claims[2].source_message_id)


def test_a_place_told_more_exactly_is_the_same_place() -> None:
    assert current([said(0, "user", "lives_in", "Oslo, Norway"), said(1, "user", "lives_in", "Oslo")]) == {
        "user lives_in Oslo"
    }


def test_liking_turns_into_disliking_and_back() -> None:
    claims = [
        said(0, "user", "likes", "olives"),
        said(9, "user", "hates", "olives"),
        said(19, "user", "likes", "olives"),
    ]
    assert current(claims) == {"user likes olives"}
    assert closed(claims) == {("user likes olives", "2026-01-10"), ("user hates olives", "2026-01-20")}


def test_a_joke_vanishes_and_what_it_had_closed_is_current_again() -> None:
    claims = [
        said(0, "user", "lives_in", "Leeds"),
        said(1, "user", "lives_in", "Mars"),
        said(2, "user", "lives_in", "Mars", RETRACTED),
    ]
    assert current(claims) == {"user lives_in Leeds"}
    assert closed(claims) == set()


def test_what_is_over_stays_as_past_and_reopens_nothing() -> None:
    before = [said(0, "user", "lives_in", "Leeds"), said(1, "user", "lives_in", "Oslo")]
    for over in (
        said(40, "user", "lives_in", "Oslo", RETRACTED, until="2026-02-10"),
        said(40, "user", "no longer lives in", "Oslo", until="2026-02-10"),
    ):
        assert current([*before, over]) == set()
        assert closed([*before, over]) == {("user lives_in Leeds", "2026-01-02"), ("user lives_in Oslo", "2026-02-10")}


def test_a_retraction_without_an_object_takes_back_all_of_its_kind() -> None:
    claims = [
        said(0, "user", "likes", "tea"),
        said(0, "user", "likes", "rum"),
        said(0, "user", "hates", "milk"),
        said(1, "user", "likes", "", RETRACTED),
    ]
    assert current(claims) == {"user hates milk"}


def test_what_is_taken_back_in_fewer_words_is_still_meant() -> None:
    claims = [said(0, "user", "has", "small castle in Wales"), said(9, "user", "has", "castle", RETRACTED)]
    assert current(claims) == set()


def test_what_is_said_again_after_its_retraction_holds_again() -> None:
    claims = [said(0, "user", "has", "cat"), said(1, "user", "has", "cat", RETRACTED), said(2, "user", "has", "cat")]
    (fact,) = resolve(claims)
    assert fact.is_current
    assert fact.said_at == claims[2].said_at


def test_a_retraction_and_its_replacement_may_stand_in_one_message() -> None:
    claims = [
        said(0, "user", "lives_in", "Leeds"),
        said(1, "user", "lives_in", "", RETRACTED),
        said(1, "user", "lives_in", "Oslo"),
    ]
    assert current(claims) == {"user lives_in Oslo"}


def test_a_guess_does_not_stand_against_what_was_said() -> None:
    claims = [said(0, "user", "lives_in", "Oslo"), said(5, "user", "lives_in", "Rome", confidence=0.3)]
    assert current(claims) == {"user lives_in Oslo"}
    assert current(claims[1:]) == {"user lives_in Rome"}


def test_what_the_sister_has_is_hers() -> None:
    claims = [said(0, "sister", "has", "black cat"), said(1, "sister", "is_named", "Ana")]
    assert current(claims) == {"Ana has black cat", "user has_sister Ana"}
    assert {fact.also for fact in resolve(claims) if fact.subject == "Ana"} == {("sister",)}


def test_the_name_of_an_animal_does_not_say_whose_it_is() -> None:
    named = said(1, "cat", "is_named", "Miez")
    assert current([named]) == {"cat is_named Miez"}
    assert current([named, said(0, "sister", "has", "cat")]) == {"sister has_cat Miez"}
    assert current([named, said(0, "user", "has", "cat")]) == {"user has_cat Miez"}


def test_somebody_in_an_unheard_of_role_is_known_by_name_and_may_be_followed_by_another() -> None:
    claims = [
        said(0, "dentist", "is_named", "Ludo"),
        said(1, "dentist", "hums", "waltzes"),
        said(200, "Vera", "also_known_as", "dentist"),
        said(201, "dentist", "sings", "arias"),
    ]
    assert current(claims[:2]) == {"dentist is_named Ludo", "Ludo hums waltzes"}
    assert current(claims) == {"dentist is_named Vera", "Ludo hums waltzes", "Vera sings arias"}
    assert closed(claims) == {("dentist is_named Ludo", "2026-07-20")}


def test_a_new_partner_follows_the_old_one_and_inherits_nothing() -> None:
    claims = [
        said(0, "girlfriend", "is_named", "Mara"),
        said(1, "girlfriend", "likes", "tea"),
        said(50, "girlfriend", "is_named", "Iris"),
        said(60, "girlfriend", "works_as", "baker"),
    ]
    assert current(claims) == {"user has_girlfriend Iris", "Mara likes tea", "Iris works_as baker"}
    assert closed(claims) == {("user has_girlfriend Mara", "2026-02-20")}


def test_an_engagement_ends_with_the_marriage_and_a_later_partner_says_no_less() -> None:
    claims = [
        said(0, "user", "engaged_to", "Noor"),
        said(50, "user", "married_to", "Noor"),
        said(90, "user", "has_partner", "Noor"),
    ]
    assert current(claims) == {"user married_to Noor"}
    assert closed(claims) == {("user engaged_to Noor", "2026-02-20")}


def test_relations_are_told_from_the_users_end() -> None:
    claims = [
        said(0, "Ana", "sister_of", "user"),
        said(0, "Leo", "child_of", "user"),
        said(0, "Tom", "married_to", "user"),
        said(1, "user", "married_to", "Tom"),
    ]
    assert current(claims) == {"user has_sister Ana", "user parent_of Leo", "user married_to Tom"}


def test_a_profession_is_nobody_and_a_pet_is_somebody() -> None:
    claims = [
        said(0, "user", "works_as", "teacher", kind=EntityKind.VALUE),
        said(0, "teacher", "is_named", "Lee"),
        said(1, "user", "has", "dog", kind=EntityKind.ANIMAL),
        said(2, "dog", "is_named", "Rex"),
        said(3, "user", "likes", "dogs"),
    ]
    assert current(claims) == {
        "user works_as teacher", "user has_teacher Lee", "user has_dog Rex", "user likes dogs",
    }  # fmt: skip


def test_every_claim_that_counts_leads_to_its_fact() -> None:
    claims = [said(0, "user", "likes", "tea"), said(1, "user", "enjoys", "tea"), said(2, "user", "likes", "rum")]
    found = resolution(claims)
    assert found.fact_of[claims[0].id] is found.fact_of[claims[1].id]
    assert found.fact_of[claims[2].id].object == "rum"


SUBJECTS = st.sampled_from(["user", "sister", "Ana", "Tom", "Tom's wife", "dog", "boss"])
PREDICATES = st.sampled_from(
    ["lives_in", "lived_in", "likes", "hates", "has", "no_longer_has", "does_not_have", "is_named", "also_known_as",
     "married_to", "dating", "has_sister", "sister_of", "works_as"]
)  # fmt: skip
OBJECTS = st.sampled_from(["Oslo", "Oslo, Norway", "Leeds", "cat", "dog", "Ana", "Bea", "user", "nurse", ""])
DATES = st.sampled_from([None, None, "2020", "2026-01", "2026-01-03", "2027"])


def _claims(subjects: st.SearchStrategy[str], objects: st.SearchStrategy[str]) -> st.SearchStrategy[list[Claim]]:
    one = st.builds(
        said, st.integers(0, 6), subjects, PREDICATES, objects, st.sampled_from([*Stance]), since=DATES, until=DATES,
        confidence=st.sampled_from([0.3, 0.9]),
    )  # fmt: skip
    return st.lists(one, max_size=9)


@given(_claims(SUBJECTS, OBJECTS), st.randoms(use_true_random=False))
def test_the_order_of_claims_is_no_matter(claims: list[Claim], chance: random.Random) -> None:
    shuffled = list(claims)
    chance.shuffle(shuffled)
    assert resolve(shuffled) == resolve(claims)


@given(_claims(SUBJECTS, OBJECTS))
def test_hearing_it_twice_changes_nothing(claims: list[Claim]) -> None:
    assert resolve([*claims, *claims]) == resolve(claims)


@given(
    _claims(st.just("Kim"), st.sampled_from(["Rome", "a boat", "Rome, Italy", ""])),
    _claims(st.just("Lou"), st.sampled_from(["Bonn", "a bike", "Bonn, Germany", ""])),
)
def test_what_has_nothing_to_do_with_each_other_does_not_meet(one: list[Claim], other: list[Claim]) -> None:
    together = {(fact.id, fact) for fact in resolve([*one, *other])}
    assert together == {(fact.id, fact) for fact in [*resolve(one), *resolve(other)]}


@given(_claims(SUBJECTS, OBJECTS))
def test_when_everything_is_taken_back_nothing_holds(claims: list[Claim]) -> None:
    backs = [
        said(10, claim.subject, claim.predicate, claim.object, RETRACTED)
        for claim in claims
        if claim.stance is Stance.STATED
    ]
    assert current([*claims, *backs]) == set()


@given(_claims(SUBJECTS, OBJECTS))
def test_every_fact_rests_on_a_claim_that_was_made(claims: list[Claim]) -> None:
    ids = {claim.id for claim in claims}
    facts = resolve(claims)
    assert {fact.id for fact in facts} <= ids
    assert len({fact.id for fact in facts}) == len(facts)
    assert all(fact.subject and fact.object for fact in facts)


def wish(day: int, name: PreferenceName, value: str, stance: Stance = Stance.STATED) -> Wish:
    at = START + timedelta(days=day)
    return Wish(f"w{next(IDS)}", PRIVATE, PRIVATE.user_id, name, value, "m", at, stance)


def wanted(wishes: Sequence[Wish]) -> list[tuple[str, str]]:
    return [(preference.name.value, preference.value) for preference in resolve_preferences(wishes)]


def test_the_latest_wish_counts_and_topics_to_avoid_add_up() -> None:
    wishes = [
        wish(0, PreferenceName.LENGTH, "short"),
        wish(1, PreferenceName.LENGTH, "long"),
        wish(0, PreferenceName.AVOID, "Work"),
        wish(1, PreferenceName.AVOID, "politics"),
        wish(2, PreferenceName.AVOID, "work", RETRACTED),
    ]
    assert wanted(wishes) == wanted(wishes[::-1]) == [("length", "long"), ("avoid", "politics")]


def test_a_nickname_is_dropped_by_name_or_altogether() -> None:
    bob = wish(0, PreferenceName.NICKNAME, "Bob")
    assert wanted([bob, wish(1, PreferenceName.NICKNAME, "Bobby", RETRACTED)]) == [("nickname", "Bob")]
    assert wanted([bob, wish(1, PreferenceName.NICKNAME, "bob", RETRACTED)]) == []
    assert wanted([bob, wish(1, PreferenceName.NICKNAME, "", RETRACTED)]) == []
    instead = [wish(1, PreferenceName.NICKNAME, "Bob", RETRACTED), wish(1, PreferenceName.NICKNAME, "Robert")]
    assert wanted([bob, *instead]) == wanted([*instead[::-1], bob]) == [("nickname", "Robert")]
