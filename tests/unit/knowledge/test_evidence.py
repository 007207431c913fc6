"""Whether a line says it of its speaker: names, ages, homes, twins, what all but happened, what was never done."""

from typing import Any

import pytest

from src_v2.knowledge.gate import admit
from src_v2.knowledge.models import Fact, PreferenceName, Stance
from tests.unit.knowledge.lines import AT, answer, fact, said


def about_user(lines: tuple[str, ...], *facts: dict[str, Any], known: tuple[Fact, ...] = ()) -> list[tuple[str, str]]:
    """Return what is admitted about the user, retracted claims with "not " in front."""
    claims = admit(answer(*facts), said(*lines, known=known)).claims
    no = {Stance.STATED: "", Stance.RETRACTED: "not "}
    return [(no[claim.stance] + claim.predicate, claim.object) for claim in claims if claim.subject == "user"]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("My name is Robin.",), "Robin"),
        (("My full name is Robin Hart, by the way.",), "Robin Hart"),
        (("I'm Robin, nice to meet you.",), "Robin"),
        (("Hi, it's Robin from the choir again.",), "Robin"),
        (("Everybody at the office calls me Robin these days.",), "Robin"),
        (("On paper I'm called Robin, for what it is worth.",), "Robin"),
        (("Robin here!",), "Robin"),
        (("Me llamo Robin y vengo del norte.",), "Robin"),
        (("Hola, soy Robin, encantada de conocerte.",), "Robin"),
        (("c: And what is your name?", "Robin, after a bird that my mother fed."), "Robin"),
    ],
)
def test_a_name_needs_words_that_name_its_bearer(lines: tuple[str, ...], name: str) -> None:
    assert about_user(lines, fact("user", "is_named", name, len(lines))) == [("is_named", name)]


@pytest.mark.parametrize(
    "text",
    [
        "My kids are called Ida and Robin.",
        "We met up with Robin and had a very long walk.",
        "I'm visiting Robin for the weekend, at last.",
        "Ayer cenamos en casa de Robin y fue estupendo.",
        "My neighbours named the newest of their dogs Robin.",
    ],
)
def test_whoever_is_only_mentioned_does_not_name_the_user(text: str) -> None:
    assert about_user((text,), fact("user", "is_named", "Robin")) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I'm 22 now.", True),
        ("Tengo 22 años.", True),
        ("I turned 22 on Sunday.", True),
        ("I've sailed since I was 22.", False),
        ("I left school at 22.", False),
        ("When I was 22 I sailed.", False),
        ("Navego desde los 22.", False),
    ],
)
def test_an_age_of_the_past_is_none_of_today(text: str, kept: bool) -> None:
    assert (("age", "22") in about_user((text,), fact("user", "age", "22"))) is kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Lugo must be beautiful.", False),
        ("Wow, Lugo sounds lovely.", False),
        ("Lugo is home.", True),
        ("Lugo is where I come from.", True),
        ("Born in Lugo.", True),
        ("Greetings from rainy Lugo!", True),
    ],
)
def test_what_is_said_of_a_place_is_nothing_about_the_user(text: str, kept: bool) -> None:
    assert bool(about_user((text,), fact("user", "is_from", "Lugo"))) is kept


@pytest.mark.parametrize(
    ("text", "predicate", "thing", "kept"),
    [
        ("Went to the opera with Tess. She hated it, I slept.", "hates", "opera", False),
        ("I'm visiting Tess in Graz. She's lived here for years.", "lives_in", "Graz", False),
        ("Tess and I live in Graz.", "lives_in", "Graz", True),
        ("I live in Graz. Tess lives in Graz too.", "lives_in", "Graz", True),
        ("I have a garden and so does Tess. Tess has roses in it.", "has", "garden", True),
        ("Tess loves chess and so do I.", "loves", "chess", True),
        ("Tess hates rain, me too.", "hates", "rain", True),
        ("We have a boat, Tess and I.", "has", "boat", True),
        ("Tess has a boat and I love how it looks.", "has", "boat", False),
        ("A Tess le gusta el té y a mí también.", "likes", "té", True),
    ],
)
def test_what_a_model_says_of_both_must_be_said_of_both(text: str, predicate: str, thing: str, kept: bool) -> None:
    both = [fact(name, predicate, thing) for name in ("user", "Tess")]
    assert bool(about_user((text,), *both)) is kept


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("I almost bought a boat today.", "boat"),
        ("I was about to buy a boat.", "boat"),
        ("Casi me compro un barco.", "barco"),
        ("I have ten boats. Seriously though, I take the bus.", "ten boats"),
        ("I own forty boats. Nah, that's a lie.", "forty boats"),
        ("Tengo diez barcos. Nah, mentira, solo uno.", "diez barcos"),
    ],
)
def test_what_all_but_happened_or_was_no_more_than_fun_is_dropped(text: str, thing: str) -> None:
    assert about_user((text,), fact("user", "has", thing)) == []


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("I have almost forty boats.", "almost forty boats"),
        ("I have a boat. Seriously, I can't stop looking at it.", "boat"),
        ("I have a boat I never tire of.", "boat"),
        ("I've never been so happy to have a boat.", "boat"),
    ],
)
def test_what_only_sounds_like_it_is_kept(text: str, thing: str) -> None:
    assert about_user((text,), fact("user", "has", thing)) == [("has", thing)]


@pytest.mark.parametrize("text", ["I've never smoked.", "I never smoked.", "Nunca he fumado, never smoked."])
def test_never_denies_what_follows_it(text: str) -> None:
    assert about_user((text,), fact("user", "does", "smoked")) == [("not does", "smoked")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("We got divorced in April.", [("not married_to", "Noor")]), ("We went to the lake in April.", [])],
)
def test_the_end_of_the_only_one_need_not_name_them(text: str, expected: list[tuple[str, str]]) -> None:
    held = Fact("f1", "user", "married_to", "Noor", "discord:1", "Sam", "m0", AT)
    claimed = fact("user", "married_to", "Noor", stance="retracted", valid_until="2026-04")
    assert about_user((text,), claimed, known=(held,)) == expected
    assert about_user((text,), claimed) == []


def test_a_topic_goes_without_its_article() -> None:
    asked = {"name": "avoid", "value": "the exam", "source": 1}
    (wish,) = admit(answer(preferences=[asked]), said("Don't ask about the exam.")).preferences
    assert (wish.name, wish.value) == (PreferenceName.AVOID, "exam")
