"""The rules alone, over drafts with planted false claims and over sound ones; the shares that are asked of them."""

import pytest

from src_v2.agents.critic import Critic, Finding
from src_v2.agents.critic.grounding import look
from tests.unit.critic import cases

CAUGHT = 0.8
TOUCHED = 0.05
EVERY_FILE = (*cases.SEEN, cases.HELD_BACK, *cases.LATER)


def found(case: cases.Case) -> list[Finding]:
    return [looked.finding for looked in look(case.draft, cases.material(case)) if looked.finding]


def caught(case: cases.Case) -> bool:
    return any(case.lie in finding.sentence for finding in found(case))


def test_the_set_is_large_and_knows_every_kind() -> None:
    planted = cases.planted(*EVERY_FILE)
    ids = [case.id for case in (*planted, *cases.sound(*EVERY_FILE))]

    assert len(planted) >= 60
    assert len(cases.sound(*EVERY_FILE)) >= 60
    assert len({case.kind for case in planted}) == 6
    assert len(ids) == len(set(ids))
    assert all(case.lie in case.draft for case in planted)


@pytest.mark.parametrize("names", [EVERY_FILE, (cases.HELD_BACK,), cases.LATER], ids=["all", "held back", "later"])
def test_most_planted_claims_are_caught(names: tuple[str, ...]) -> None:
    planted = cases.planted(*names)

    assert sum(map(caught, planted)) / len(planted) >= CAUGHT


def test_sound_drafts_are_left_alone() -> None:
    sound = cases.sound(*EVERY_FILE)

    assert sum(bool(found(case)) for case in sound) / len(sound) <= TOUCHED


def test_sound_sentences_beside_a_planted_one_are_left_alone() -> None:
    planted = cases.planted(*EVERY_FILE)

    others = [finding for case in planted for finding in found(case) if case.lie not in finding.sentence]

    assert len(others) / len(planted) <= TOUCHED


@pytest.mark.parametrize("case", cases.planted(*EVERY_FILE), ids=lambda case: case.id)
async def test_what_is_left_after_a_repair_is_sound(case: cases.Case) -> None:
    critic = Critic()
    review = await critic.review(case.draft, cases.material(case))

    repaired = critic.repaired(case.draft, review)

    assert repaired.strip()
    assert (await critic.review(repaired, cases.material(case))).is_sound
    assert (repaired == case.draft) is review.is_sound
