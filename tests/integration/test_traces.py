"""Reasoning traces along the whole path: stored with their turn, found for similar questions, gone with their turn.

The leak test walks the same matrix of who x where as that of what was said, with one rule more: nobody is ever given a
trace of somebody else, not even where both speak.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import select

from src_v2.agents.calls import call_row
from src_v2.agents.models.records import CallRecord
from src_v2.core.audience import Visibility
from src_v2.core.errors import EmbeddingError
from src_v2.core.filters import Eq, Filter
from src_v2.core.ids import new_id
from src_v2.core.keys import TRACE_KEY
from src_v2.core.messages import Turn
from src_v2.core.routes import Complexity
from src_v2.core.scope import Scope
from src_v2.core.switches import SwitchName
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.memory.traces.models import SURE_SIMILARITY, step_budget
from src_v2.memory.traces.rows import trace_rows
from src_v2.memory.traces.service import Traces
from src_v2.memory.traces.store import TraceStore
from src_v2.observability.outages import Outages
from src_v2.privacy.erasing import erase_request
from src_v2.privacy.models import Whose
from src_v2.storage.database import Database
from src_v2.storage.tables import llm_calls, traces
from src_v2.storage.vectors.base import Hit, Leg
from tests.integration.test_leaks import CHARACTERS, PEOPLE, SPOTS, WISHES, Spot, may_hear
from tests.support.house import House, Person, Place
from tests.support.reasoning import ANSWER, questions_like, thinks, trace_of, traces_of
from tests.support.traces import files_with, rows_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
ASKED = "How many walnuts do I need for the cake if twelve guests come?"
AGAIN = "How many walnuts do I need for the cake if nine guests come?"
OTHER = "Where did my brother learn to sail?"
CALL = CallRecord("reply", "test", "m", 9, 0, 3, 0, False, 1.0, 2.0, "ok", "", 1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House(tmp_path) as house:
        yield house


async def held(house: House) -> tuple[int, int]:
    """Return how many traces SQL and the vectors hold."""
    async with house.app.stores.database.read() as connection:
        rows = (await connection.execute(select(traces.c.id))).scalars().all()
    return len(rows), await house.app.stores.vectors.count(house.app.indexer.collection, Eq("kind", TRACE_KEY))


async def test_a_similar_question_is_given_what_answered_the_last_one(house: House) -> None:
    sam = house.person("Sam")
    _, trace = await thinks(house, sam.says(ASKED))
    await house.indexed()
    found = await traces_of(house).similar(sam.audience(), AGAIN)
    assert [one.trace for one in found] == [trace]
    assert 0.5 < found[0].similarity < 1
    assert await traces_of(house).similar(sam.audience(), OTHER) == []
    budget = step_budget(found)
    assert budget is not None
    assert (budget.max_steps, budget.complexity) == (4, Complexity.MID)


async def test_what_is_asked_counts_for_more_than_what_it_is_asked_about(house: House) -> None:
    sam = house.person("Sam")
    said = "What did Ben promise about Lisbon in May?"
    await thinks(house, sam.says(said))
    await house.indexed()
    looking = traces_of(house)
    (found,) = await looking.similar(sam.audience(), "What did Eleonore promise about my old bicycle in October?")
    assert (found.trace.question, found.similarity >= SURE_SIMILARITY) == (said, True)
    assert step_budget(await looking.similar(sam.audience(), "Which days in May is Lisbon full, did Ben say?")) is None


async def test_a_look_is_one_search_and_one_read_when_something_is_near(house: House) -> None:
    sam = house.person("Sam")
    await thinks(house, sam.says(ASKED))
    await house.indexed()
    vectors, database = house.app.stores.vectors, Database(house.app.stores.database.url)  # nobody else reads there
    looking = Traces(TraceStore(database), vectors, house.app.embedder, house.app.indexer, Outages(), timeout_s=5)

    async def round_trips(question: str) -> tuple[int, int]:
        before = database.round_trips, vectors.round_trips
        await looking.similar(sam.audience(), question)
        return database.round_trips - before[0], vectors.round_trips - before[1]

    assert await round_trips(AGAIN) == (1, 1)
    assert await round_trips(OTHER) == (0, 1)
    assert await round_trips("  ") == (0, 0)
    await database.close()


async def test_the_best_two_are_the_nearest_the_better_and_the_shorter_ones(house: House) -> None:
    sam = house.person("Sam")
    for text, calls in ((ASKED, 6), (ASKED, 2), (AGAIN, 4), (AGAIN.replace("nine", "ten"), 9)):
        await thinks(house, sam.says(text), model_calls=calls)
    await house.indexed()
    found = await traces_of(house).similar(sam.audience(), ASKED)
    assert [(one.trace.question, one.trace.model_calls) for one in found] == [(ASKED, 2), (AGAIN, 4)]


async def test_what_people_did_not_like_is_no_example(house: House) -> None:
    sam = house.person("Sam")
    turn, _ = await thinks(house, sam.says(ASKED))
    await house.indexed()
    looking, feedback = traces_of(house), house.app.feedback
    assert len(await looking.similar(sam.audience(), AGAIN)) == 1
    await house.app.memory.link("elena", turn.reply_id, ["shown-1"])
    for emoji in ("\N{THUMBS DOWN SIGN}", "\N{ANGRY FACE}"):
        assert await feedback.reacted("elena", "shown-1", sam.user_id, emoji)
    assert await looking.similar(sam.audience(), AGAIN) == []


# Leaks


def _question(spot: Spot) -> str:
    return f"How many steps lead to the treasure, {spot.sentence}?"


async def test_nobody_is_given_what_they_must_not_hear_or_what_others_asked(house: House) -> None:
    for spot in SPOTS:
        await thinks(house, _person(house, spot).says(_question(spot), spot.place, character=spot.character))
    await house.indexed()
    looking = traces_of(house)
    for listener in SPOTS:
        for wish in WISHES if listener.place is None else WISHES[:1]:
            audience = _person(house, listener).audience(listener.place, listener.character)
            audience = replace(audience, shared=wish.shared, without_servers=wish.without_servers)
            found = [one for spot in SPOTS for one in await looking.similar(audience, _question(spot), 99)]
            allowed = {spot for spot in SPOTS if may_hear(listener, spot, wish) and spot.person == listener.person}
            assert {one.trace.question for one in found} == {_question(spot) for spot in allowed}, (listener, wish)
    assert len(SPOTS) == 5 * len(PEOPLE) * len(CHARACTERS)


def _person(house: House, spot: Spot) -> Person:
    return house.person(spot.person)


async def test_recall_finds_what_was_said_as_if_there_were_no_traces(house: House) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I like walnuts."))
    turn = Turn(new_id(), (sam.says(ASKED),))
    session_id = await house.app.memory.begin_turn(turn)
    await _finish(house, turn, session_id, [])
    await house.indexed()
    before = await house.app.recall.search(sam.audience(), AGAIN, 9)
    await house.app.store.apply(trace_rows(trace_of(turn)))
    await house.app.indexer.sweep()
    assert await held(house) == (1, 1)
    assert await house.app.recall.search(sam.audience(), AGAIN, 9) == before


async def _finish(house: House, turn: Turn, session_id: str, calls: Sequence[Any]) -> None:
    await house.app.memory.finish_turn(
        turn, session_id, "answered", name="Elena", reply=ANSWER, error=None, calls=calls
    )


# Nothing stays that must not


async def test_who_is_not_remembered_leaves_no_trace(house: House, tmp_path: Path) -> None:
    sam = house.person("Sam")
    await house.app.profiles.decide(sam.user_id, SwitchName.REMEMBER, False)
    turn = Turn(new_id(), (sam.says(ASKED),))
    session_id = await house.app.memory.begin_turn(turn)
    await _finish(
        house, turn, session_id, [call_row(CALL, turn, "reflective", house.clock.now()), *trace_rows(trace_of(turn))]
    )
    await house.indexed()
    assert await held(house) == (0, 0)
    async with house.app.stores.database.read() as connection:
        costs = (await connection.execute(select(llm_calls.c.user_id, llm_calls.c.mode))).all()
    assert [tuple(row) for row in costs] == [(None, "reflective")]
    assert files_with(tmp_path, ["walnut"]) == []


async def test_a_switch_during_the_turn_holds_from_the_next_one_on(house: House) -> None:
    sam = house.person("Sam")
    turn = Turn(new_id(), (sam.says(ASKED),))
    session_id = await house.app.memory.begin_turn(turn)
    await house.app.profiles.decide(sam.user_id, SwitchName.REMEMBER, False)
    await _finish(house, turn, session_id, trace_rows(trace_of(turn)))
    await house.indexed()
    assert (await held(house))[0] == 1
    await thinks(house, sam.says(AGAIN))
    assert (await held(house))[0] == 1


async def test_a_question_that_is_deleted_or_edited_takes_its_trace_along(house: House) -> None:
    sam = house.person("Sam")
    await thinks(house, sam.says(ASKED, ref="deleted"))
    await thinks(house, sam.says(AGAIN, ref="edited"))
    await thinks(house, sam.says(OTHER, ref="kept"))
    await house.indexed()
    assert await held(house) == (3, 3)
    await house.app.lanes.delete("elena", sam.dm.channel_id, "deleted")
    await house.indexed()
    assert await held(house) == (2, 2)
    await house.app.lanes.edit("elena", sam.dm.channel_id, "edited", "How many figs?")
    await house.indexed()
    assert await held(house) == (1, 1)
    assert await questions_like(house, sam.audience(), AGAIN) == []
    assert await questions_like(house, sam.audience(), OTHER) == [OTHER]


@pytest.mark.parametrize("scope", [Scope(user_id="discord:zebedee"), Scope(guild_id=GUILD.guild_id)], ids=str)
async def test_whoever_or_whatever_is_erased_leaves_no_trace(tmp_path: Path, scope: Scope) -> None:
    async with House(tmp_path) as house:
        await _asked_and_erased(house, scope)
    assert files_with(tmp_path, ["cello"]) == []


async def _asked_and_erased(house: House, scope: Scope) -> None:
    zeb, olga = house.person("Zebedee"), house.person("Olga")
    await thinks(house, zeb.says("How many cellos fit into the van?", GUILD), answer="Seven cellos.")
    await thinks(house, olga.says(ASKED))
    await house.indexed()
    assert await held(house) == (2, 2)
    await house.app.jobs.request(erase_request(scope))
    await house.indexed()
    assert await house.app.eraser.left(scope) == 0
    assert await rows_with(house.app.stores.database, "cello") == []
    assert await held(house) == (1, 1)
    assert await questions_like(house, olga.audience(), AGAIN) == [ASKED]


async def test_what_ends_while_its_person_is_erased_leaves_nothing(house: House) -> None:
    zeb = house.person("Zebedee")
    turn = Turn(new_id(), (zeb.says(ASKED),))
    session_id = await house.app.memory.begin_turn(turn)
    await house.app.jobs.request(erase_request(Scope(user_id=zeb.user_id)))
    await house.indexed()
    await _finish(house, turn, session_id, trace_rows(trace_of(turn)))
    await house.indexed()
    assert await rows_with(house.app.stores.database, "walnut", ANSWER) == []


async def test_a_trace_goes_when_its_time_has_come(tmp_path: Path) -> None:
    async with House(tmp_path, memory_retention="90 days") as house:
        sam = house.person("Sam")
        await thinks(house, sam.says(ASKED))
        house.pass_time(days=60)
        await thinks(house, sam.says(OTHER))
        await house.indexed()
        house.pass_time(days=31)
        await house.app.retaining.sweep()
        await house.indexed()
        assert await held(house) == (1, 1)
        assert await questions_like(house, sam.audience(), OTHER) == [OTHER]


async def test_where_only_summaries_are_kept_traces_go_with_the_words(tmp_path: Path) -> None:
    async with House(tmp_path, memory_retention="summaries") as house:
        sam = house.person("Sam")
        await thinks(house, sam.says(ASKED))
        await house.indexed()
        assert await held(house) == (1, 1)
        house.pass_time(days=2)
        await house.app.background.learning.sweep()
        await house.app.retaining.sweep()
        await house.indexed()
        assert await held(house) == (0, 0)


async def test_what_is_taken_along_shows_traces_and_coming_back_leaves_them_out(house: House) -> None:
    zeb = house.person("Zebedee")
    await thinks(house, zeb.says(ASKED))
    await thinks(house, house.person("Olga").says(OTHER))
    taken = await house.app.own_data.export(zeb.user_id)
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        (shown,) = orjson.loads(archive.read("traces.json"))
        page = archive.read("elena/answers.md").decode()
    assert (shown["question"], shown["answer"], shown["model_calls"]) == (ASKED, ANSWER, 3)
    assert "indexed_in" not in shown
    assert ASKED in page
    assert "3 model calls; tools: search_messages, calculator" in page
    await house.app.jobs.request(erase_request(Scope(user_id=zeb.user_id)))
    await house.indexed()
    brought = await house.app.own_data.bring_in(Whose("elena", zeb.user_id), taken.content, ZoneInfo("UTC"))
    await house.indexed()
    assert (brought.added, brought.left_out) == (2, {})
    assert await held(house) == (1, 1)


async def test_vectors_of_traces_are_no_orphans_until_their_traces_are_gone(house: House) -> None:
    turn, _ = await thinks(house, house.person("Sam").says(ASKED))
    await house.indexed()
    assert await house.app.indexer.remove_orphans() == 0
    async with house.app.stores.database.write() as connection:
        await connection.execute(traces.delete().where(traces.c.turn_id == turn.id))
    assert await house.app.indexer.remove_orphans() == 1


# Something is down


class Refusing(HashingEmbedder):
    """A model that has a bad day."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        raise EmbeddingError("not today")


async def test_what_is_down_or_slow_gives_no_examples(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = house.person("Sam")
    await thinks(house, sam.says(ASKED))
    await house.indexed()
    app = house.app
    store = TraceStore(app.stores.database)
    broken = Traces(store, app.stores.vectors, Refusing(), app.indexer, Outages(), timeout_s=5)
    assert await broken.similar(sam.audience(), AGAIN) == []

    async def never(_name: str, _legs: Sequence[Leg], _condition: Filter, _limit: int) -> list[list[Hit]]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(app.stores.vectors, "search", never)
    async with asyncio.timeout(5):
        assert await traces_of(house, timeout_s=0.05).similar(sam.audience(), AGAIN) == []
