"""How goals stand follows from what happened to them, in whatever order it is told."""

import random

from hypothesis import given
from hypothesis import strategies as st

from src_v2.evolution.goals.folding import courses_of, goals_of
from src_v2.evolution.goals.models import HIGH_PRIORITY, OWN, Entry, Status, What
from tests.support.goals import entry

THESIS = "finish my thesis"


def test_a_goal_is_open_until_it_is_reached_or_dropped_and_again_when_it_is_restated() -> None:
    said: list[Entry] = [entry(THESIS, day=0)]
    assert [(one.status, one.progress) for one in goals_of(said)] == [(Status.OPEN, 0.0)]
    said.append(entry(THESIS, What.MOVED, day=1, progress=0.4))
    assert [(one.status, one.progress) for one in goals_of(said)] == [(Status.OPEN, 0.4)]
    said.append(entry(THESIS, What.REACHED, day=2))
    assert [(one.status, one.progress) for one in goals_of(said)] == [(Status.REACHED, 1.0)]
    said.append(entry(THESIS, day=3))
    assert [(one.status, one.progress) for one in goals_of(said)] == [(Status.OPEN, 0.0)]
    said.append(entry(THESIS, What.DROPPED, day=4))
    assert [one.status for one in goals_of(said)] == [Status.DROPPED]


def test_a_guess_does_not_bring_back_what_was_dropped() -> None:
    said = [entry(THESIS, What.INFERRED), entry(THESIS, What.DROPPED, day=1), entry(THESIS, What.INFERRED, day=2)]
    assert [one.status for one in goals_of(said)] == [Status.DROPPED]


def test_what_nobody_states_any_more_is_no_goal() -> None:
    assert goals_of([entry(THESIS, What.MOVED, progress=0.5), entry(THESIS, What.DROPPED, day=1)]) == []


def test_ones_own_words_count_before_a_guess_and_the_latest_of_them() -> None:
    key = entry(THESIS).goal
    said = [
        entry("hand the thesis in", What.INFERRED, day=5, goal=key, criteria="it is handed in", category="study"),
        entry("finish my Master's thesis", day=2, goal=key), entry(THESIS, day=1),
    ]  # fmt: skip
    (goal,) = goals_of(said)
    assert (goal.description, goal.guessed) == ("finish my Master's thesis", False)
    assert (goal.criteria, goal.category) == ("it is handed in", "study")


def test_the_best_comes_first() -> None:
    said = [
        entry("grow beans", What.INFERRED, day=9, priority=10), entry("learn Welsh", day=1),
        entry("quit smoking", day=2), entry("run a marathon", day=0, priority=HIGH_PRIORITY),
        entry("sing", day=3), entry("sing", What.DROPPED, day=4),
    ]  # fmt: skip
    assert [goal.description for goal in goals_of(said)] == [
        "run a marathon", "quit smoking", "learn Welsh", "grow beans", "sing",
    ]  # fmt: skip


def test_evidence_is_what_moved_it_newest_last() -> None:
    moved = entry(THESIS, What.MOVED, day=1, progress=0.3, message_id="m1", words="Two chapters are done")
    (goal,) = goals_of([entry(THESIS, What.REACHED, day=2), moved, entry(THESIS)])
    assert [(one.what, one.progress, one.words) for one in goal.evidence] == [
        (What.MOVED, 0.3, "Two chapters are done"), (What.REACHED, 1.0, ""),
    ]  # fmt: skip


def test_the_characters_own_goals_are_kept_apart() -> None:
    said = [
        entry("", What.MOVED, goal=f"{OWN}learn-a-word", progress=0.4),
        entry("", What.REACHED, day=1, goal=f"{OWN}find-their-wonder"), entry(THESIS),
    ]  # fmt: skip
    courses = courses_of(said)
    assert {slug: (one.progress, one.reached) for slug, one in courses.items()} == {
        "learn-a-word": (0.4, False), "find-their-wonder": (1.0, True),
    }  # fmt: skip
    assert len(goals_of(said)) == 1


@given(st.lists(st.tuples(st.sampled_from(What), st.integers(0, 50), st.floats(0, 1)), max_size=12), st.integers())
def test_the_order_in_which_it_is_told_does_not_matter(happened: list[tuple[What, int, float]], seed: int) -> None:
    said = [entry(THESIS, what, day=day, progress=progress) for what, day, progress in happened]
    told = said.copy()
    random.Random(seed).shuffle(told)
    assert goals_of(told) == goals_of(said)
    assert all(0.0 <= goal.progress <= 1.0 for goal in goals_of(said))
