"""What the rules hold against the sources, and what they leave alone."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from src_v2.agents.critic import Critic, Kind, Material, Said
from src_v2.agents.critic.grounding import Standing, look
from src_v2.core.messages import Role
from src_v2.knowledge.models import Fact
from src_v2.memory.models import Memory

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def fact(subject: str, predicate: str, value: str, **dates: str) -> Fact:
    return Fact(f"{subject}{predicate}{value}", subject, predicate, value, "test:sam", "Sam", "m", NOW, **dates)  # type: ignore[arg-type]


def memory(text: str, who: str = "Sam", role: Role = Role.USER, *, days: int = 10) -> Memory:
    return Memory(text, who, role, text, NOW - timedelta(days=days), 1.0)


FACTS = (
    fact("user", "lives_in", "Leeds"),
    fact("user", "lives_in", "Bristol", valid_until="2019"),
    fact("user", "has_sister", "Ana"),
    fact("user", "has_sister", "Eva"),
    fact("Ana", "lives_in", "Oslo"),
    fact("Eva", "age", "30"),
)


def kinds(
    draft: str, question: str = "Hm?", memories: Sequence[Memory] = (), observations: Sequence[str] = ()
) -> list[Kind]:
    material = Material(question, "Sam", "Elena", NOW, facts=FACTS, memories=memories, observations=observations)
    return [one.finding.kind for one in look(draft, material) if one.finding]


def test_of_two_sisters_each_keeps_her_own_facts() -> None:
    assert kinds("Your sister Ana lives in Oslo, and Eva is thirty.") == []
    assert kinds("Your sister Eva lives in Oslo.") != []
    assert kinds("Ana is thirty.") != []


def test_what_used_to_be_so_may_be_told_as_past_only() -> None:
    assert kinds("You used to live in Bristol.") == []
    assert kinds("You live in Bristol.") == [Kind.CONTRADICTED]


def test_a_question_that_asks_whether_is_no_source_for_its_answer() -> None:
    assert kinds("Yes, Eva lives in Rome.", "Does Eva live in Rome?") != []
    assert kinds("Eva lives in Rome, you said.", "Eva lives in Rome now.") == []


def test_what_somebody_else_said_of_themselves_is_theirs() -> None:
    said = [memory("I sold my boat for 900 euros.", "Priya")]

    assert kinds("You sold your boat for 900 euros.", memories=said) == [Kind.WRONG_SPEAKER]
    assert kinds("You sold your boat for 900 euros.", memories=[memory("I sold my boat for 900 euros.")]) == []


def test_a_conversation_that_was_at_another_time_did_not_happen_then() -> None:
    said = [memory("I am afraid of moths.", days=90)]

    assert kinds("You told me yesterday that you are afraid of moths.", memories=said) == [Kind.SHARED_PAST]
    assert kinds("You told me that you are afraid of moths.", memories=said) == []


@pytest.mark.parametrize(
    ("observation", "expected"),
    [("Noted. From now on it counts:\n- [p1] tone: short", []), ("No fact fits.", [Kind.NOT_DONE])],
)
def test_what_is_said_to_be_done_needs_a_tool_that_did_it(observation: str, expected: list[Kind]) -> None:
    assert kinds("I've noted that down for you.", observations=[observation]) == expected


def test_a_tool_that_kept_something_has_not_run_an_errand() -> None:
    kept = ["Noted. From now on it counts:\n- [p1] tone: short"]

    assert kinds("I've sent her a message.", observations=kept) == [Kind.NOT_DONE]
    assert kinds("I've sent her a message.", observations=["Sent the message to 1 person."]) == []


@pytest.mark.parametrize(
    "draft",
    [
        "I made a list of all the lighthouses once.",
        "I ordered the soup and it was cold.",
        "I've bought a lamp at the flea market.",
        "I sent a message to the harbour master, years ago.",
        "I noted a rise in temperature.",
        "That album was recorded live in a church.",
        "I called my mother on Sunday.",
    ],
)
def test_what_the_character_did_in_its_own_life_needs_no_tool(draft: str) -> None:
    assert kinds(draft) == []


def test_a_number_that_a_tool_worked_out_needs_no_other_source() -> None:
    assert kinds("You live in Leeds, 310 km from the coast.", observations=["155 * 2 = 310"]) == []


def test_facts_and_messages_that_a_tool_returned_count_as_such() -> None:
    rows = [
        "- [f1] Sam | works as | baker | said by Sam on 2026-01-02",
        "- [m1] 2026-05-04 | Tom said | I have a yacht.",
    ]

    assert kinds("You work as a baker.", observations=rows) == []
    assert kinds("You have a yacht.", observations=rows) != []


def test_what_is_said_in_this_conversation_counts() -> None:
    said = [Said("Sam", Role.USER, "My cat Mog turned nine in May.", NOW)]
    material = Material("So?", "Sam", "Elena", NOW, said=said)

    assert [one.standing for one in look("Your cat Mog turned nine in May.", material)] == [Standing.BORNE_OUT]


@pytest.mark.parametrize(
    "draft",
    [
        "Do you live in Porto?",
        "If you lived in Porto, we could meet.",
        "Maybe you live in Porto?",
        "I'm not sure, but you live in Porto.",
        "I live in Porto, and my sister is forty.",
        "Porto has 230,000 people.",
        "Imagine you live in Porto.",
        "You could move to Porto.",
        "*waves at your sister Max in Porto*",
        "```\nyou live in Porto\n```",
        "No sé si vives en Oporto.",
        "Vielleicht wohnst du in Porto.",
        "Peut-être que tu habites à Porto.",
        "",
        "...",
    ],
)
def test_what_claims_nothing_about_the_person_is_left_alone(draft: str) -> None:
    assert kinds(draft) == []


@pytest.mark.parametrize(
    "draft",
    ["you " * 2_000, "your sister " * 700, "1,1" * 2_600, "(" * 8_000, "you have " + "a " * 3_900, "é\u202e" * 4_000,
     "I have " * 1_200, "we talked about " * 500, '"' * 8_000, "-" * 8_000, "du " * 2_600, "tu " * 2_600],
)  # fmt: skip
def test_no_draft_takes_long(draft: str) -> None:
    before = time.process_time()

    look(draft, Material("Hm?", "Sam", "Elena", NOW, facts=FACTS))

    assert time.process_time() - before < 1.0


async def test_a_model_is_not_needed() -> None:
    review = await Critic().review("You live in Porto.", Material("Where?", "Sam", "Elena", NOW, facts=FACTS))

    assert not review.is_sound
    assert review.findings[0].sentence == "You live in Porto."
    assert review.findings[0].claim == "Porto"
