"""What the SQL of reasoning traces promises on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from src_v2.core.clock import SystemClock
from src_v2.core.ids import new_id
from src_v2.core.keys import TRACE_KEY
from src_v2.core.messages import Turn
from src_v2.memory.jobs import FORGET, follow_ups
from src_v2.memory.patterns.store import ReactionStore, Reply
from src_v2.memory.store import MemoryStore
from src_v2.memory.traces.keys import TraceKeys
from src_v2.memory.traces.models import LEAST_QUALITY, Ending, Trace
from src_v2.memory.traces.rows import trace_rows
from src_v2.memory.traces.store import TraceStore
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite
from src_v2.storage.tables import outbox, switches, traces
from tests.support.knowledge import message, private, public, staff_only
from tests.support.reasoning import stored, trace_of

SAM, KIM = private("sam"), private("kim")


@pytest.fixture
def store(database: Database) -> MemoryStore:
    return MemoryStore(database, SystemClock(), follow_ups=follow_ups)


async def ids(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(select(traces.c.id))).scalars())


async def forgotten(database: Database) -> str:
    """Return what the vectors are told to forget."""
    query = select(outbox.c.payload).where(outbox.c.kind == FORGET)
    async with database.read() as connection:
        return " ".join((await connection.execute(query)).scalars())


async def test_what_goes_in_comes_out_in_one_statement(store: MemoryStore, database: Database) -> None:
    trace = await stored(store, message(SAM, text="Which cake did I like?"), model_calls=4, duration_ms=1234.5)
    before = database.round_trips
    found = await TraceStore(database).by_ids(SAM, [trace.id, new_id()])
    assert database.round_trips == before + 1
    assert found == [trace]
    assert found[0].steps[1].calls[0].arguments == '{"expression":"2 + 3"}'


async def test_a_character_that_no_database_agrees_on_is_left_out(store: MemoryStore, database: Database) -> None:
    trace = await stored(store, message(SAM, text="Which ca\x00ke?"), answer="that \x00one")
    (found,) = await TraceStore(database).by_ids(SAM, [trace.id])
    assert (found.question, "\x00" in found.answer) == ("Which cake?", False)


async def test_a_run_that_was_no_good_is_not_kept(store: MemoryStore, database: Database) -> None:
    await stored(store, message(SAM), ending=Ending(answered=False))
    await stored(store, message(SAM), ending=Ending(True, cut_short=True))
    assert await ids(database) == set()


async def test_the_same_run_is_written_once(store: MemoryStore, database: Database) -> None:
    trace = await stored(store, message(SAM))
    await store.apply(trace_rows(replace(trace, answer="another")))
    assert await TraceStore(database).by_ids(SAM, [trace.id]) == [trace]


async def test_a_trace_is_shown_to_its_person_where_it_may_surface_only(store: MemoryStore, database: Database) -> None:
    told = [SAM, public("sam"), staff_only("sam"), public("sam", guild="mountain"), private("sam", "marcus"), KIM]
    kept = {audience: await stored(store, message(audience)) for audience in told}
    every = [trace.id for trace in kept.values()]

    async def shown(audience: Any) -> set[str]:
        return {trace.id for trace in await TraceStore(database).by_ids(audience, every)}

    def of(*audiences: Any) -> set[str]:
        return {kept[audience].id for audience in audiences}

    assert await shown(SAM) == of(SAM, public("sam"), staff_only("sam"), public("sam", guild="mountain"))
    assert await shown(replace(SAM, without_servers=True)) == of(SAM)
    assert await shown(replace(SAM, without_servers=True, shared=True)) == of(SAM, private("sam", "marcus"))
    assert await shown(public("sam", "another")) == of(public("sam"))
    assert await shown(staff_only("sam")) == of(public("sam"), staff_only("sam"))
    assert await shown(KIM) == of(KIM)
    assert await shown(public("kim")) == await shown(staff_only("kim")) == set()


async def test_what_somebody_does_not_want_used_in_servers_is_not(store: MemoryStore, database: Database) -> None:
    here = public("sam")
    trace = await stored(store, message(here))
    decided = dict(user_id=here.user_id, remember=True, servers=False, share=False, changed_at=trace.created_at)
    await store.apply([RowWrite(switches.name, decided)])
    assert await TraceStore(database).by_ids(here, [trace.id]) == []


async def test_what_people_think_of_a_reply_counts_into_the_quality(store: MemoryStore, database: Database) -> None:
    trace = await stored(store, message(SAM), ending=Ending(True, sound=False))
    reply = Reply(SAM.character, message_id=await reply_of(store, trace))
    told, heard = TraceStore(database), ReactionStore(database)
    await heard.add(reply, SAM.user_id, "\N{THUMBS UP SIGN}", 1.0, trace.created_at)
    assert [one.quality for one in await told.by_ids(SAM, [trace.id])] == [pytest.approx(trace.quality + 0.3)]
    await heard.remove(reply, SAM.user_id, "\N{THUMBS UP SIGN}")
    await heard.add(reply, SAM.user_id, "\N{THUMBS DOWN SIGN}", -1.0, trace.created_at)
    assert await told.by_ids(SAM, [trace.id]) == []


async def reply_of(store: MemoryStore, trace: Trace) -> str:
    said = await store.recent(trace.audience, 9)
    return next(one.id for one in said if one.turn_id == trace.turn_id and one.id != trace.question_message_id)


@pytest.mark.parametrize("which", ["question", "earlier part of the question", "reply"])
async def test_a_trace_goes_with_any_message_of_its_turn(store: MemoryStore, database: Database, which: str) -> None:
    first, last = message(SAM, text="Which cake"), message(SAM, text="did I like?")
    trace = await stored(store, first, last)
    other = await stored(store, message(SAM, text="And which tea?"))
    gone = {"question": last.id, "earlier part of the question": first.id}.get(which) or await reply_of(store, trace)
    await store.delete_by_id(gone)
    assert await ids(database) == {other.id}
    assert trace.id in await forgotten(database)


async def test_a_trace_goes_when_its_question_is_edited(store: MemoryStore, database: Database) -> None:
    asked = message(SAM, text="Which cake did I like?")
    trace = await stored(store, asked)
    assert not await store.edit_by_id(asked.id, asked.text, asked.sent_at)
    assert await ids(database) == {trace.id}
    assert await store.edit_by_id(asked.id, "Which tea did I like?", asked.sent_at + timedelta(hours=1))
    assert await ids(database) == set()
    assert trace.id in await forgotten(database)


async def test_forgetting_the_last_exchange_forgets_how_it_was_answered(store: MemoryStore, database: Database) -> None:
    kept = await stored(store, message(SAM, 1))
    await stored(store, message(SAM, 2))
    await store.forget_last(SAM)
    assert await ids(database) == {kept.id}


async def test_a_run_whose_question_is_gone_leaves_nothing(store: MemoryStore, database: Database) -> None:
    trace = trace_of(Turn(new_id(), (message(SAM),)))
    await store.apply(trace_rows(trace))
    assert await ids(database) == set()


async def test_what_was_asked_before_an_edit_is_no_example(store: MemoryStore, database: Database) -> None:
    asked = message(SAM, text="Which cake did I like?")
    trace = await stored(store, asked)
    await store.edit_by_id(asked.id, "Which tea?", asked.sent_at + timedelta(minutes=1))
    await store.apply(trace_rows(trace))  # the edit came between the answer and its being stored
    assert await TraceStore(database).by_ids(SAM, [trace.id]) == []
    assert await TraceKeys(database).to_index(9, "a") == []


async def test_questions_are_keys_of_their_own(store: MemoryStore, database: Database) -> None:
    asked, later = message(public("sam"), 1, "Which cake?"), message(SAM, 2, "Which tea?")
    first = await stored(store, asked, at=asked.sent_at + timedelta(minutes=1))
    second = await stored(store, later)
    keys = TraceKeys(database)

    (one,) = await keys.to_index(1, "a")
    assert (one.id, one.kind, one.text, one.message_id) == (first.id, TRACE_KEY, "Which cake?", asked.id)
    assert one.payload == {
        "character": "elena", "user_id": "discord:sam", "guild_id": "discord:harbour", "channel_id": "discord:open",
        "visibility": "guild", "created_at": int(asked.sent_at.timestamp() * 1000),
    }  # fmt: skip
    assert await keys.mark_indexed([one, replace(one, id="gone")], "a") == ["gone"]
    assert [key.id for key in await keys.to_index(9, "a")] == [second.id]
    assert [key.id for key in await keys.to_index(9, "b")] == [first.id, second.id]
    assert await keys.unknown([first.id, "x"]) == ["x"]


def test_a_run_that_was_worth_nothing_is_below_the_limit() -> None:
    turn = Turn("turn", (message(SAM),))
    assert trace_of(turn, ending=Ending(True, cut_short=True)).quality < LEAST_QUALITY <= trace_of(turn).quality
