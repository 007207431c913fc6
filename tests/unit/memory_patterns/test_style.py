"""What the replies that somebody liked have in common, and what is left unsaid because it may be chance."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.core.audience import Audience, Visibility
from src_v2.core.scope import Scope
from src_v2.memory.embeddings.base import Readiness
from src_v2.memory.patterns.models import Mark
from src_v2.memory.patterns.service import SHELF_TTL_S
from src_v2.memory.patterns.style import Sample, Shape, Taste, shape_of, tastes
from src_v2.privacy.rows import Rows
from src_v2.storage.database import Database
from tests.support.exchanges import KIM, NOON, OPEN, SAM, exchange
from tests.unit.memory_patterns.test_patterns import Desk

NOW = NOON + timedelta(days=1)
PLAIN = Shape(30, asks=False, has_emojis=False, is_listed=False)
SHORT_REPLY = "A whale is a mammal. It breathes air."
LONG_REPLY = "There is a great deal to say about that, and I would not know where to begin. " * 8


def shape(words: int = 100, *, asks: bool = False, emojis: bool = False, listed: bool = False) -> Shape:
    return Shape(words, asks, emojis, listed)


def found(
    liked: Sequence[Shape], others: Sequence[Shape], *, disliked: Sequence[Shape] = (), days: float = 0
) -> set[Taste]:
    rated = [(1.0, liked), (0.0, others), (-1.0, disliked)]
    at = NOW - timedelta(days=days)
    return set(tastes([Sample(one, value, at, {}) for value, shapes in rated for one in shapes], NOW))


def test_short_ones_liked_among_long_ones() -> None:
    assert found([shape(20)] * 3, [shape(120)] * 4) == {Taste.SHORT}
    assert found([shape(90)] * 3, [shape(200)] * 4) == {Taste.SHORTER}
    assert found([shape(20)] * 3, [], disliked=[shape(120)] * 4) == {Taste.SHORT}
    assert found([shape(200)] * 3, [shape(40)] * 4) == {Taste.LONG}


def test_one_or_two_say_nothing_however_clear() -> None:
    for few in (1, 2):
        assert found([shape(10)] * few, [shape(300)] * 20) == set()
    assert found([shape(10)] * 5, [shape(300)] * 3) == set()
    assert found([], [shape(300)] * 20, disliked=[shape(10)] * 9) == set()


def test_no_clear_difference_says_nothing() -> None:
    assert found([shape(50)] * 5, [shape(60)] * 8) == set()
    assert found([shape(20), shape(150), shape(30)], [shape(120)] * 6) == set()
    assert found([shape(50)] * 5, [shape(20)] * 8) == set()  # longer, but not long


@pytest.mark.parametrize(
    ("trait", "more", "less"),
    [
        ("asks", Taste.QUESTION, Taste.NO_QUESTION),
        ("emojis", Taste.EMOJIS, Taste.NO_EMOJIS),
        ("listed", Taste.LISTS, Taste.NO_LISTS),
    ],
)
def test_habits(trait: str, more: Taste, less: Taste) -> None:
    with_it, without = shape(**{trait: True}), shape()
    assert found([with_it] * 4, [without] * 6) == {more}
    assert found([without] * 5, [with_it] * 8) == {less}
    assert found([with_it] * 2 + [without] * 2, [without] * 4) == set()
    assert found([with_it] * 4, [with_it] * 6) == set()
    assert more.about == less.about


def test_it_fades() -> None:
    assert found([shape(20)] * 3, [shape(120)] * 4, days=60) == {Taste.SHORT}
    assert found([shape(20)] * 3, [shape(120)] * 4, days=90) == set()
    assert found([shape(20)] * 10, [shape(120)] * 4, days=90) == {Taste.SHORT}


def test_the_shape_of_a_reply() -> None:
    assert shape_of("A whale is a mammal.") == shape(5)
    assert shape_of("Shall we look? 🐳") == shape(3, asks=True, emojis=True)
    assert shape_of('"Really?"').asks
    assert shape_of("Is it? Yes.").asks is False
    assert shape_of("Two:\n- whales\n- sharks").is_listed
    assert shape_of("## Whales\nThey sing.\n## Sharks\nThey do not.").is_listed
    assert not shape_of("- one line").is_listed
    assert shape_of("") == shape(0)


@given(
    st.lists(st.builds(Shape, st.integers(0, 500), st.booleans(), st.booleans(), st.booleans()), max_size=30), st.data()
)
def test_no_two_wishes_about_the_same(shapes: list[Shape], data: st.DataObject) -> None:
    values = [data.draw(st.sampled_from([-1.0, 0.0, 1.0])) for _ in shapes]
    said = tastes([Sample(one, value, NOW, {}) for one, value in zip(shapes, values, strict=True)], NOW)
    assert len({one.about for one in said}) == len(said)


@given(st.lists(st.builds(Shape, st.integers(0, 500), st.booleans(), st.booleans(), st.booleans()), max_size=20))
def test_without_likes_there_is_nothing(shapes: list[Shape]) -> None:
    assert found([], shapes) == found([], [], disliked=shapes) == set()


# With the stores


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def talked(desk: Desk, *, who: Audience = SAM, prefix: str = "", liked: int = 3, others: int = 4) -> None:
    """Let a person like short answers about whales among long ones."""
    for number in range(liked):
        key = f"{prefix}short{number}"
        await exchange(desk.database, key, f"Please tell me about whales {number}.", reply=SHORT_REPLY, who=who)
        assert await desk.feedback.mark(who, f"re-{key}", Mark.UP)
    for number in range(others):
        await exchange(desk.database, f"{prefix}long{number}", "And krill?", reply=LONG_REPLY, who=who)


async def test_what_somebody_likes_is_learned_from_their_reactions(desk: Desk) -> None:
    await talked(desk)
    assert list(await desk.patterns.style(SAM)) == ["They like short answers: two or three sentences."]
    assert await desk.patterns.style(KIM) == []


async def test_it_costs_nothing_beside_the_examples(desk: Desk) -> None:
    await talked(desk)
    before = desk.database.round_trips
    await desk.patterns.best(SAM, "My day was awful, nobody listened.")
    assert desk.database.round_trips == before + 1
    assert await desk.patterns.style(SAM)
    assert desk.database.round_trips == before + 1
    desk.clock.advance(SHELF_TTL_S + 1)
    assert await desk.patterns.style(SAM)
    await desk.patterns.best(SAM, "My day was awful, nobody listened.")
    assert desk.database.round_trips == before + 2


async def test_a_reaction_taken_back_changes_it_at_once(desk: Desk) -> None:
    await talked(desk)
    assert await desk.patterns.style(SAM)
    assert await desk.feedback.mark(SAM, "re-short0", Mark.NONE)
    assert await desk.patterns.style(SAM) == []


async def test_what_was_said_in_private_is_not_used_in_a_server(desk: Desk) -> None:
    await talked(desk)
    assert await desk.patterns.style(OPEN) == []
    await talked(desk, who=OPEN, prefix="open-")
    assert await desk.patterns.style(OPEN) == [Taste.SHORT]
    elsewhere = Audience("elena", SAM.user_id, "discord:lobby", Visibility.GUILD, "discord:mountain")
    assert await desk.patterns.style(elsewhere) == []
    assert await desk.patterns.style(Audience("marcus", SAM.user_id, SAM.channel_id, SAM.visibility)) == []


async def test_replies_to_others_are_no_measure(desk: Desk) -> None:
    await talked(desk, others=0)
    await talked(desk, who=KIM, prefix="kim-", liked=0)
    assert await desk.patterns.style(SAM) == []


async def test_what_is_erased_is_forgotten(desk: Desk) -> None:
    await talked(desk)
    assert await desk.patterns.style(SAM)
    await Rows(desk.database).erase(Scope(user_id=SAM.user_id))
    desk.patterns.forget(SAM.user_id)
    assert await desk.patterns.style(SAM) == []


async def test_nothing_while_the_model_loads(desk: Desk) -> None:
    await talked(desk)
    desk.embedder.ready = Readiness()
    before = desk.database.round_trips
    assert await desk.patterns.style(SAM) == ()
    assert desk.database.round_trips == before
