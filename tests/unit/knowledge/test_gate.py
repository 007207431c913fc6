"""The gate: what a model says is kept only as far as the user's own lines say it."""

from dataclasses import replace
from typing import Any

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.knowledge.extraction import Said
from src_v2.knowledge.gate import admit, narrowest
from src_v2.knowledge.models import Fact, PreferenceName, Stance
from tests.unit.knowledge.lines import AT, BATCH, PRIVATE, answer, fact, line, said

Kept = list[tuple[str, str, str]]


def kept(lines: tuple[str, ...], *facts: dict[str, Any], **more: Any) -> Kept:
    """Return the claims that are admitted as (subject, predicate, object), retracted ones with "not " in front."""
    claims = admit(answer(*facts, **more), said(*lines)).claims
    no = {Stance.STATED: "", Stance.RETRACTED: "not "}
    return [(claim.subject, no[claim.stance] + claim.predicate, claim.object) for claim in claims]


def test_a_claim_carries_where_it_was_said_and_by_whom() -> None:
    learned = admit(answer(fact("user", "resides in", "Leeds", object_kind="place")), said("I live in Leeds."))
    (claim,) = learned.claims
    assert (claim.subject, claim.predicate, claim.object, claim.object_kind) == ("user", "lives_in", "Leeds", "place")
    assert (claim.source_message_id, claim.speaker_id, claim.audience) == ("m1", "discord:1", PRIVATE)
    assert (claim.confidence, claim.learned_in, claim.stance) == (0.9, BATCH, Stance.STATED)
    assert claim.said_at > AT


def test_the_same_answer_gives_the_same_rows() -> None:
    wishes = [{"name": "length", "value": "short", "source": 2}]
    twice = [
        admit(answer(fact("user", "likes", "tea"), preferences=wishes), said("I like tea.", "Keep it short please"))
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(twice[0].claims) == len(twice[0].preferences) == 1


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("I live in Leeds.",), fact("user", "lives_in", "Leeds")),
        (("I live in Leeds.",), fact("Sam", "lives_in", "Leeds")),
        (("I love to hike.",), fact("I", "likes", "hiking")),
        (("I'm forty-two.",), fact("user", "age", "42", object_kind="value")),
        (("My birthday is on May 17th.",), fact("user", "birthday", "05-17")),
        (("I write software for a bank.",), fact("user", "works_as", "software developer")),
        (("c: Where do you live?", "Oslo, for now."), fact("user", "lives_in", "Oslo", 2)),
        (("c: Do you live in Oslo?", "Yes, I do."), fact("user", "lives_in", "Oslo", 2)),
        (("I moved.", "c: Where to?", "To Oslo."), fact("user", "lives_in", "Oslo", 1)),
        (("I moved to Oslo, did I tell you?",), fact("user", "lives_in", "Oslo")),
        (("Did you know I moved to Oslo?",), fact("user", "lives_in", "Oslo")),
        (("I live with my sister in Oslo.",), fact("user", "lives_in", "Oslo")),
        (("My sister and I live in Oslo.",), fact("user", "lives_in", "Oslo")),
        (("My doctor said I'm allergic to nuts.",), fact("user", "allergic_to", "nuts")),
        (("If I remember correctly, my aunt lives in Oslo.",), fact("aunt", "lives_in", "Oslo")),
        (("Mi hermana vive en Granada.",), fact("sister", "lives_in", "Granada")),
        (("Guess who turned 30 yesterday.",), fact("user", "age", "30")),
        (("He adoptado un gato.",), fact("user", "has", "gato")),
        (("I plan to move to Rome.",), fact("user", "plans_to", "move to Rome")),
        (("I'm vegetarian.",), fact("user", "is_vegetarian", "true")),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else value["predicate"],
)
def test_what_the_user_said_is_kept(lines: tuple[str, ...], wanted: dict[str, Any]) -> None:
    assert len(kept(lines, wanted)) == 1
    assert not kept(lines, wanted)[0][1].startswith("not ")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (("I live in Leeds.",), fact("user", "lives_in", "Oslo")),
        (("I live in Leeds.",), fact("user", "lives_in", "Leeds", 7)),
        (("I live in Leeds.",), fact("user", "lives_in", "Leeds", confidence=0.4)),
        (("I live in Leeds.",), fact("character", "lives_in", "Leeds")),
        (("I live in Leeds.",), fact("Elena", "lives_in", "Leeds")),
        (("I live in Leeds.",), fact("", "lives_in", "Leeds")),
        (("I live in Leeds.",), fact("user", "!", "Leeds")),
        (("My daughter is 7.",), fact("daughter", "age", "17")),
        (("My aunt Maria sings.",), fact("Mario", "likes", "sings")),
        (("Good evening!", "c: You must love the sea.", "Tiring."), fact("user", "loves", "sea", 2)),
        (("Good evening!", "c: My aunt Paloma keeps peacocks.", "Really?"), fact("Paloma", "has", "peacocks", 3)),
        (("c: You have a dog, right?", "No, I like cats."), fact("user", "has", "dog", 2)),
        (("If I had a dog, I'd be happy.",), fact("user", "has", "dog")),
        (("I'd call it Biscuit if I had one.",), fact("user", "has_pet", "Biscuit")),
        (("Imagine I had a windmill.",), fact("user", "has", "windmill")),
        (("I dreamt that I lived in Tokyo.",), fact("user", "lives_in", "Tokyo")),
        (("Do you think I'm 40?",), fact("user", "age", "40")),
        (("Is my name Peter?",), fact("user", "is_named", "Peter")),
        (("I'm the queen of Iceland, just kidding.",), fact("user", "works_as", "queen of Iceland")),
        (("I'm the queen of Iceland. Just kidding!",), fact("user", "works_as", "queen of Iceland")),
        (("I'm the queen of Iceland.", "c: Oh!", "haha just kidding"), fact("user", "works_as", "queen of Iceland")),
        (("I love waiting on hold /s",), fact("user", "likes", "waiting on hold")),
        (('My boss said "I hate children" to all of us.',), fact("user", "hates", "children")),
        (("My boss thinks I live in Rome.",), fact("user", "lives_in", "Rome")),
        (("I might move to Berlin.",), fact("user", "lives_in", "Berlin")),
        (("```\nI live in Leeds\n```",), fact("user", "lives_in", "Leeds")),
        (("Si tuviera un barco, viviría en Cádiz.",), fact("user", "lives_in", "Cádiz")),
        (("¿Crees que tengo 40 años?",), fact("user", "age", "40")),
        *[
            (("I live in Leeds.",), fact("user", "lives_in", "Leeds", stance=stance))
            for stance in (Said.JOKE, Said.HYPOTHETICAL, Said.QUOTED, Said.QUESTION)
        ],
    ],
    ids=lambda value: str(value[-1]) if isinstance(value, tuple) else value["object"],
)
def test_what_the_user_did_not_say_or_mean_is_dropped(lines: tuple[str, ...], wrong: dict[str, Any]) -> None:
    assert kept(lines, wrong) == []


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("My sister has a cat that hates thunder.", "cat"),
        ("My sister moved, and now lives in Oslo.", "Oslo"),
        ("I have a sister who has a cat.", "cat"),
        ("Tom's wife works at the lighthouse.", "lighthouse"),
        ("Tom works at the lighthouse.", "lighthouse"),
        ("She works at the lighthouse.", "lighthouse"),
        ("My colleague climbs as well, but he is afraid of heights.", "heights"),
        ("Mi hermana tiene un gato.", "gato"),
    ],
)
def test_what_is_said_of_somebody_else_is_no_fact_about_the_speaker(text: str, thing: str) -> None:
    assert kept((text,), fact("user", "has", thing)) == []


def test_neither_is_what_people_do_whom_the_model_knows_by_name() -> None:
    lines = ("Mia and Leo share a flat in Turku.",)
    facts = [fact(name, "lives_in", "Turku", object_kind="place") for name in ("user", "Mia", "Leo")]
    assert {subject for subject, *_ in kept(lines, *facts)} == {"Mia", "Leo"}


def test_it_goes_to_the_one_it_is_about_when_the_model_knows_them_too() -> None:
    lines = ("My sister Ana has a cat.",)
    facts = fact("Ana", "plays", "nothing at all"), fact("user", "has", "cat")
    assert kept(lines, *facts) == [("Ana", "has", "cat")]
    both = fact("Ana", "has", "cat"), fact("user", "has", "cat")
    assert kept(lines, *both) == [("Ana", "has", "cat")]


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("My sister Ana lives in Oslo.", fact("user", "has_sister", "Ana")),
        ("My sister's name is Ana.", fact("user", "has_sister", "Ana")),
        ("My dog is called Rex.", fact("user", "has_pet", "Rex")),
        ("My girlfriend is called Mara.", fact("user", "partner", "Mara")),
        ("My cat Miso is asleep.", fact("user", "has_pet", "Miso")),
        ("We adopted a cat. He is called Nori.", fact("user", "has_pet", "Nori")),
    ],
)
def test_whom_the_user_has_is_told_by_sentences_about_them(text: str, relation: dict[str, Any]) -> None:
    assert len(kept((text,), relation)) == 1


@pytest.mark.parametrize("predicate", ["is_named", "age", "lives_in", "works_at"])
def test_but_not_who_the_user_is(predicate: str) -> None:
    assert kept(("My friend is called Ruben.",), fact("user", predicate, "Ruben")) == []


@pytest.mark.parametrize(
    ("text", "model", "ended"),
    [
        ("I don't have a cat.", fact("user", "has", "cat"), False),
        ("I was joking, I don't have a cat.", fact("user", "has", "cat", stance="retracted"), False),
        ("I was joking about that cat.", fact("user", "has", "cat", stance="retracted"), False),
        ("That's not true, I don't have a cat.", fact("user", "has", "cat"), False),
        ("Forget what I said about the cat.", fact("user", "has", "cat"), False),
        ("Please forget what I said about my pets.", fact("user", "has", "", stance="retracted"), False),
        ("I don't have a cat any more.", fact("user", "has", "cat"), True),
        ("I no longer have a cat.", fact("user", "has", "cat", stance="retracted"), True),
        ("I gave the cat to my aunt.", fact("user", "has", "cat", stance="retracted"), True),
        ("Ya no tengo un gato.", fact("user", "has", "gato"), True),
    ],
)
def test_what_a_line_denies_is_taken_back(text: str, model: dict[str, Any], ended: bool) -> None:
    (claim,) = admit(answer(model), said(text)).claims
    assert claim.stance is Stance.RETRACTED
    assert claim.valid_until == ("2026-07-08" if ended else None)


def test_what_is_taken_back_with_nothing_to_show_for_it_is_dropped() -> None:
    assert kept(("I like my cat.",), fact("user", "has", "", stance="retracted")) == []


def test_a_denial_that_the_model_understood_stays_as_it_is() -> None:
    assert kept(("I don't like coffee.",), fact("user", "dislikes", "coffee")) == [("user", "dislikes", "coffee")]


def test_how_things_used_to_be_is_over() -> None:
    lines = ("I used to live in Leeds.",)
    assert kept(lines, fact("user", "lives_in", "Leeds")) == [("user", "no_longer_lives_in", "Leeds")]


def test_a_line_of_nothing_but_just_kidding_takes_back_what_was_stated_at_once() -> None:
    lines = ("I have a dog called Rex.", "c: Rex!", "Just kidding.")
    assert kept(lines) == [("user", "not has_pet", "Rex"), ("Rex", "not is", "dog")]
    assert kept(("I have a dog called Rex.", "c: Rex!", "Nice weather.")) == []


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("I moved to Oslo in May.", ("2026-05", None), ("2026-05", None)),
        ("I moved to Oslo last May.", ("last May", None), ("2026-05", None)),
        ("I moved to Oslo last May.", (None, None), ("2026-05", None)),
        ("I moved to Oslo last May.", ("2027-05", None), ("2026-05", None)),
        ("I moved to Oslo.", ("2031", None), (None, None)),
        ("I moved to Oslo.", ("0026-13-45", "soon"), (None, None)),
        ("I will be in Oslo from September.", ("2026-09", None), ("2026-09", None)),
        ("I was in Oslo from 2019 until 2021.", ("2019", "2021"), ("2019", "2021")),
        ("I was in Oslo.", ("2021", "2019"), (None, None)),
    ],
)
def test_dates_are_believed_as_far_as_they_can_be_meant(
    text: str, given: tuple[str | None, str | None], expected: tuple[str | None, str | None]
) -> None:
    told = fact("user", "lives_in", "Oslo", valid_from=given[0], valid_until=given[1])
    (claim,) = admit(answer(told), said(text)).claims
    assert (claim.valid_from, claim.valid_until) == expected


def test_two_names_for_one_are_a_claim() -> None:
    names = [{"name": "sister", "other": "Ana", "source": 1}, {"name": "sister", "other": "Eva", "source": 1}]
    assert kept(("My sister Ana sings.",), also_called=names) == [("sister", "also_known_as", "Ana")]


def test_a_third_person_must_have_been_spoken_of() -> None:
    lines = ("She moved to Oslo.",)
    moved = fact("Ana", "lives_in", "Oslo")
    assert kept(lines, moved) == []
    ana = Fact("f", "Ana", "plays", "harp", "discord:1", "Sam", "m0", AT, also=("sister",))
    assert len(admit(answer(moved), said(*lines, known=(ana,))).claims) == 1


@pytest.mark.parametrize(
    ("text", "name", "value", "stance", "expected"),
    [
        ("A line or two is plenty for me.", "length", "short answers", "stated", Stance.STATED),
        ("Call me Al.", "nickname", "Al", "stated", Stance.STATED),
        ("Please don't call me Al.", "nickname", "Al", "stated", Stance.RETRACTED),
        ("Don't talk about my ex.", "avoid", "my ex", "stated", Stance.STATED),
        ("You can talk about my ex again.", "avoid", "my ex", "stated", Stance.RETRACTED),
        ("Speak Spanish with me.", "language", "Spanish", "stated", Stance.STATED),
        ("Could you be less formal?", "tone", "less formal", "stated", Stance.STATED),
        ("I don't mind formal talk.", "tone", "formal", "retracted", Stance.RETRACTED),
        ("Thanks, I am off to bed.", "length", "short answers", "stated", None),
        ("Thanks, I am off to bed.", "nickname", "Sunshine", "stated", None),
        ("Call me the King of Spain, just kidding.", "nickname", "King of Spain", "stated", None),
        ("Keep it short.", "length", "short", "joke", None),
        ("Keep it short.", "length", "", "stated", None),
    ],
)
def test_wishes_are_the_users_own(text: str, name: str, value: str, stance: str, expected: Stance | None) -> None:
    asked = {"name": name, "value": value, "source": 1, "stance": stance}
    wishes = admit(answer(preferences=[asked]), said(text)).preferences
    assert [wish.stance for wish in wishes] == ([] if expected is None else [expected])
    assert [wish.name for wish in wishes] == ([] if expected is None else [PreferenceName(name)])


def test_the_characters_promise_is_no_wish() -> None:
    asked = {"name": "length", "value": "short", "source": 2}
    assert admit(answer(preferences=[asked]), said("Hello.", "c: I will keep it short.")).preferences == ()


def test_a_summary_covers_its_stretch_in_front_of_the_fewest_ears() -> None:
    kitchen = Audience("elena", "discord:1", "discord:k", Visibility.GUILD, "discord:g")
    cellar = replace(kitchen, visibility=Visibility.CHANNEL)
    transcript = said("One.", "Two.", audience=kitchen)
    mixed = replace(transcript, lines=(transcript.lines[0], line(2, "Two.", cellar)))
    told = {"text": "Sam\ncounted. ", "topics": ["numbers", "numbers", ""], "emotions": ["calm"], "importance": 9}
    learned = admit(answer(summary=told), mixed)
    summary = learned.summary
    assert learned.audience == cellar == narrowest([kitchen, cellar])
    assert (summary.id, summary.session_id, summary.text) == (BATCH, "session", "Sam counted.")
    assert (summary.topics, summary.emotions, summary.importance) == (("numbers",), ("calm",), 5)
    assert (summary.started_at, summary.ended_at) == (mixed.lines[0].said_at, mixed.lines[1].said_at)


def test_what_was_said_before_other_ears_proves_nothing() -> None:
    kitchen = Audience("elena", "discord:1", "discord:k", Visibility.GUILD, "discord:g")
    cellar = replace(kitchen, visibility=Visibility.CHANNEL)
    secret, public = line(1, "I moved to Oslo.", cellar), line(2, "Hello everybody!", kitchen)
    transcript = replace(said("x"), lines=(secret, public))
    assert admit(answer(fact("user", "lives_in", "Oslo", 2)), transcript).claims == ()
    (claim,) = admit(answer(fact("user", "lives_in", "Oslo", 1)), transcript).claims
    assert claim.audience == cellar


def test_a_name_with_a_column_mark_stays_one_column() -> None:
    (claim,) = admit(answer(fact("user", "likes", "tea | and | cake")), said("I like tea and cake.")).claims
    assert claim.object == "tea and cake"
