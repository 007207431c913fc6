"""Which of many goals are the same, without comparing each with each."""

import pytest

from src_v2.core.errors import NotUnderstood
from src_v2.evolution.goals import wording
from src_v2.evolution.goals.models import Entry
from src_v2.evolution.goals.service import MOST_OPEN, Goals
from src_v2.evolution.goals.wording import doubles, known_as, same_goal
from tests.support.clock import VirtualClock
from tests.support.goals import SAM, RecordingRelations, entry


def test_they_are_those_that_same_goal_finds() -> None:
    told = ["finish my thesis", "learn to sail", "complete my thesis", "!!!", "LEARN TO SAIL", "!!!", "run a marathon"]
    first = {}
    for later, one in enumerate(told):
        same = [at for at in range(later) if at not in first and same_goal(told[at], one)]
        if same:
            first[later] = same[0]
    assert doubles(told) == first == {2: 0, 4: 1, 5: 3}
    assert known_as("complete my thesis", told) == 0
    assert known_as("buy a boat", told) is None


def test_every_description_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, compared = [], []
    take_apart, compare = wording._core, wording._same
    monkeypatch.setattr(wording, "_core", lambda one: looked.append(one) or take_apart(one))  # type: ignore[func-returns-value]
    monkeypatch.setattr(wording, "_same", lambda a, b: compared.append(1) or compare(a, b))  # type: ignore[func-returns-value]
    doubles([f"learn piece number {number} of the book{number}" for number in range(300)])
    assert len(looked) == 300
    assert len(compared) < 300 * 20


class Full:
    """A store with as many goals as a person may have."""

    async def of(self, _character: str, _user_id: str) -> list[Entry]:
        return [entry(f"build boat{number}") for number in range(MOST_OPEN)]


async def test_no_more_than_so_many_are_taken() -> None:
    goals = Goals(Full(), VirtualClock(), outdate=RecordingRelations().outdate)  # type: ignore[arg-type]
    with pytest.raises(NotUnderstood) as refused:
        await goals.add(SAM, "paint the house")
    assert "goals already" in refused.value.user_message
