"""Learning on real databases: every message is read back once, whatever dies, races or changes in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.models.structured import StructuredModels
from src_v2.agents.reading import ModelReader
from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import ModelError, StoreError
from src_v2.core.ids import new_id
from src_v2.core.jobs import JobRequest
from src_v2.core.messages import Role
from src_v2.knowledge.extraction import Extraction, ModelExtractor
from src_v2.knowledge.learning import LEARN, LONG_MESSAGES, SWEEP, Learning, kinds, schedules
from src_v2.knowledge.learning_store import LearningStore
from src_v2.knowledge.models import Fact, Transcript
from src_v2.knowledge.plain import PlainExtractor
from src_v2.knowledge.transcript import MOST_MESSAGES
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import facts, llm_calls, messages, outbox, preferences, summaries
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, Script

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
IDLE = timedelta(minutes=30)
DM = Audience("elena", "discord:sam", "discord:dm", Visibility.PRIVATE)
KITCHEN = Audience("elena", "discord:sam", "discord:k", Visibility.GUILD, "discord:g")


class Killed(BaseException):
    """The process dies here."""


class Mortal(Database):
    """A database whose process dies after a number of steps: statements of a transaction, commits, reads."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.steps_left: int | None = None

    def step(self) -> None:
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise Killed

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with super().read() as connection:
            yield connection
        self.step()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with super().write() as connection:
            yield Watched(connection, self.step)  # type: ignore[misc]
        self.step()


class Watched:
    """A connection that counts what it executes."""

    def __init__(self, connection: AsyncConnection, step: Callable[[], None]) -> None:
        self._connection = connection
        self._step = step

    async def execute(self, *arguments: Any) -> Any:
        result = await self._connection.execute(*arguments)
        self._step()
        return result


class Counting(PlainExtractor):
    """Reads plainly, counts, and does something in the middle, as others would while a model thinks."""

    def __init__(self) -> None:
        self.read: list[Transcript] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def extract(self, transcript: Transcript) -> Extraction:
        self.read.append(transcript)
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        return await super().extract(transcript)


class Place:
    """A database with conversations in it, and somebody who learns from them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(START)
        self.extractor = Counting()
        self.learning = self.learner(database)

    def learner(self, database: Database, extractor: Any = None, **options: Any) -> Learning:
        chosen = extractor or self.extractor
        return Learning(LearningStore(database), chosen, self.clock, idle=IDLE, **options)

    async def converse(self, *texts: str, session: str = "", audience: Audience = DM, turn: str | None = "turn") -> str:
        """Store a conversation, a line a minute; Elena speaks where a line begins with `c:`. Return its session."""
        session = session or new_id()
        rows = []
        for text in texts:
            self.clock.advance(60)
            rows.append(RowWrite("v2_messages", self._message(text, session, audience, turn)))
        await RowWriter(self.database).apply(rows)
        return session

    def _message(self, text: str, session: str, audience: Audience, turn: str | None) -> dict[str, Any]:
        hers = text.startswith("c:")
        return dict(
            id=new_id(), turn_id=turn, session_id=session, character=audience.character, user_id=audience.user_id,
            speaker_id="character:elena" if hers else audience.user_id, speaker_name="Elena" if hers else "Sam",
            role=(Role.CHARACTER if hers else Role.USER).value, text=text.removeprefix("c:").strip(),
            platform="discord", guild_id=audience.guild_id, channel_id=audience.channel_id,
            visibility=audience.visibility.value, created_at=self.clock.now(),
        )  # fmt: skip

    def silence(self) -> None:
        self.clock.advance(IDLE.total_seconds() + 1)

    async def all(self, table: Any, *where: Any) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(table).where(*where).order_by(table.c.id))).mappings())

    async def learned_in(self, session: str) -> list[str | None]:
        return [row["learned_in"] for row in await self.all(messages, messages.c.session_id == session)]

    async def requests(self, kind: str) -> list[Any]:
        return await self.all(outbox, outbox.c.kind == kind)

    async def change(self, statement: Any) -> None:
        async with self.database.write() as connection:
            await connection.execute(statement)


@pytest.fixture
async def place(database: Database) -> Place:
    return Place(database)


def names(requests: Sequence[JobRequest]) -> list[Any]:
    return [request.payload["session"] for request in requests]


async def test_a_conversation_leaves_summary_claims_and_wishes_and_is_marked(place: Place) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!", "Keep it short please.")
    place.silence()
    assert await place.learning.learn(session)
    (summary,) = await place.all(summaries)
    (claim,) = await place.all(facts)
    (wish,) = await place.all(preferences)
    assert set(await place.learned_in(session)) == {summary["id"], claim["learned_in"], wish["learned_in"]}
    assert (claim["predicate"], claim["object"], claim["visibility"]) == ("lives_in", "Leeds", "private")
    assert (wish["name"], wish["value"], wish["stance"]) == ("length", "short answers", "stated")
    assert (summary["session_id"], summary["channel_id"]) == (session, "discord:dm")
    assert "leeds" in orjson.loads(summary["topics"])
    assert len(await place.requests("knowledge.graph")) == len(await place.requests("memory.index")) == 1


async def test_what_was_learned_is_not_learned_again(place: Place) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    assert await place.learning.learn(session)
    assert not await place.learning.learn(session)
    assert not await place.learning.learn("no such session")
    assert len(place.extractor.read) == 1
    assert await place.learning.due() == []


async def test_only_silent_or_long_sessions_are_due(place: Place) -> None:
    silent = await place.converse("Hello", "c: Hi")
    place.silence()
    long = await place.converse(*["Hello", "c: Hi"] * (LONG_MESSAGES // 2))
    talkative = await place.converse("x" * 20_000, "c: Hi")
    await place.converse("Hello", "c: Hi")
    await place.converse("Overheard", turn=None)
    assert names(await place.learning.due()) == [silent, long, talkative]


async def test_what_was_only_overheard_is_never_learned(place: Place) -> None:
    session = await place.converse("I live in Leeds.", turn=None, audience=KITCHEN)
    place.silence()
    assert await place.learning.due() == []
    assert not await place.learning.learn(session)
    assert await place.learned_in(session) == [None]


async def test_a_session_is_asked_for_once_until_something_is_different(place: Place) -> None:
    session = await place.converse("Hello", "c: Hi")
    place.silence()
    (first,) = await place.learning.due()
    (same,) = await place.learning.due()
    assert first == same
    await place.converse("Still there?", "c: Yes", session=session)
    place.silence()
    (more,) = await place.learning.due()
    place.clock.advance(24 * 3600)
    (next_day,) = await place.learning.due()
    assert len({first.key, more.key, next_day.key}) == 3


async def test_the_sweep_writes_each_request_once(place: Place) -> None:
    session = await place.converse("Hello", "c: Hi")
    place.silence()
    assert [await place.learning.sweep() for _ in range(2)] == [1, 1]
    (row,) = await place.requests(LEARN)
    assert orjson.loads(row["payload"]) == {"session": session}
    assert row["order_key"] == "learn:elena:discord:sam"


async def test_a_long_session_is_read_in_stretches_that_follow_each_other(place: Place) -> None:
    session = await place.converse(*["I like tea.", "c: Hi"] * MOST_MESSAGES)
    place.silence()
    assert await place.learning.learn(session)
    (row,) = await place.requests(LEARN)
    assert orjson.loads(row["payload"]) == {"session": session}
    assert await place.learning.learn(session)
    assert not await place.learning.learn(session)
    batches = await place.learned_in(session)
    assert None not in batches
    assert len(set(batches)) == len(await place.all(summaries)) == 2
    first, second = await place.all(summaries)
    assert first["ended_at"] < second["started_at"]
    assert len(await place.requests(LEARN)) == 1


async def test_a_question_that_waits_for_its_answer_is_left_for_later(place: Place) -> None:
    session = await place.converse(*["Hello", "c: Hi"] * (LONG_MESSAGES // 2), "And now?")
    assert await place.learning.learn(session)
    assert (await place.learned_in(session))[-1] is None
    place.silence()
    assert await place.learning.learn(session)
    assert None not in await place.learned_in(session)


async def test_each_audience_has_its_own_summary(place: Place) -> None:
    closed = replace(KITCHEN, visibility=Visibility.CHANNEL)
    session = await place.converse("I live in Leeds.", "c: Hi", audience=KITCHEN)
    await place.converse("I have a cat.", "c: Hi", session=session, audience=closed)
    place.silence()
    while await place.learning.learn(session):
        pass
    seen = [(row["visibility"], row["text"]) for row in await place.all(summaries)]
    assert seen == [("guild", "Sam said: I live in Leeds."), ("channel", "Sam said: I have a cat.")]
    assert {(row["visibility"], row["object"]) for row in await place.all(facts)} == {
        ("guild", "Leeds"),
        ("channel", "cat"),
    }


async def test_without_words_of_the_user_nobody_is_asked(place: Place) -> None:
    session = await place.converse("c: Are you there?")
    place.silence()
    assert await place.learning.learn(session)
    assert place.extractor.read == []
    assert await place.all(summaries) == []
    assert None not in await place.learned_in(session)


async def test_the_extractor_is_told_what_is_known_in_front_of_the_same_people(place: Place) -> None:
    asked: list[tuple[Audience, str]] = []
    ana = Fact("f", "Ana", "plays", "harp", "discord:sam", "Sam", "m", START)

    async def known(audience: Audience, text: str) -> Sequence[Fact]:
        asked.append((audience, text))
        return [ana]

    session = await place.converse("I met Ana.", "c: Who?", "My sister!", audience=KITCHEN)
    place.silence()
    await place.learner(place.database, known=known).learn(session)
    assert asked == [(KITCHEN, "I met Ana.\nMy sister!")]
    assert place.extractor.read[0].known == (ana,)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", 3), (None, 2), ("Nowhere/At_All", 2)])
async def test_days_are_those_of_the_user(place: Place, zone: str | None, day: int) -> None:
    user = dict(id="discord:sam", display_name="Sam", timezone=zone, created_at=START)
    await RowWriter(place.database).apply([RowWrite("v2_users", user)])
    session = await place.converse("Hello")
    place.silence()
    await place.learning.learn(session)
    assert place.extractor.read[0].lines[0].said_at.day == day


async def test_two_workers_learn_a_stretch_once(place: Place) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    other = place.learner(place.database, PlainExtractor())
    place.extractor.meanwhile = lambda: other.learn(session)
    with pytest.raises(StoreError) as caught:
        await place.learning.learn(session)
    assert caught.value.retryable
    assert not await place.learning.learn(session)
    assert len(await place.all(summaries)) == len(await place.all(facts)) == 1


async def test_many_workers_at_once_learn_everything_once(place: Place) -> None:
    sessions = [await place.converse("I live in Leeds.", "c: Hi", "I like tea.") for _ in range(4)]
    place.silence()
    others = [place.learner(place.database, PlainExtractor()) for _ in range(3)]
    await asyncio.gather(
        *(learner.learn(session) for learner in others for session in sessions), return_exceptions=True
    )
    for session in sessions:
        while await place.learning.learn(session):
            pass
    assert len(await place.all(summaries)) == len(sessions)
    assert len(await place.all(facts)) == 2 * len(sessions)
    assert len(await place.requests("memory.index")) == len(sessions)


@pytest.mark.parametrize("what", ["edited", "deleted"])
async def test_what_changes_while_the_model_thinks_is_read_anew(place: Place, what: str) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!", "I have a cat.")
    place.silence()
    changed = messages.c.text == "I live in Leeds."
    how = (
        update(messages).where(changed).values(text="I live in Oslo.")
        if what == "edited"
        else delete(messages).where(changed)
    )
    place.extractor.meanwhile = lambda: place.change(how)
    with pytest.raises(StoreError):
        await place.learning.learn(session)
    assert await place.all(summaries) == await place.all(facts) == await place.requests("memory.index") == []
    assert set(await place.learned_in(session)) == {None}
    assert await place.learning.learn(session)
    assert [row["object"] for row in await place.all(facts)] == (["Oslo", "cat"] if what == "edited" else ["cat"])


async def test_what_is_said_while_the_model_thinks_comes_next(place: Place) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    place.extractor.meanwhile = lambda: place.converse("I have a cat.", "c: Oh!", session=session)
    assert await place.learning.learn(session)
    assert (await place.learned_in(session)).count(None) == 2
    assert await place.requests(LEARN) == [], "the conversation goes on"


class Dying(PlainExtractor):
    """Reads plainly; the process may die before or after it."""

    def __init__(self, database: Mortal) -> None:
        self._database = database

    async def extract(self, transcript: Transcript) -> Extraction:
        self._database.step()
        extraction = await super().extract(transcript)
        self._database.step()
        return extraction


async def test_a_kill_after_any_step_loses_nothing_and_does_nothing_twice(place: Place, database_url: str) -> None:
    mortal = Mortal(database_url)
    steps = 0
    died = True
    while died:
        session = await place.converse("I live in Leeds.", "c: Leeds!", "Call me Al.", "c: Al!")
        place.silence()
        died = await _dies_after(steps, mortal, place, session)
        while await place.learning.learn(session):
            pass
        await _assert_learned_once(place, session)
        steps += 1
    await mortal.close()
    assert steps > 10, "every read, every statement and the commit are places to die"


async def _dies_after(steps: int, mortal: Mortal, place: Place, session: str) -> bool:
    mortal.steps_left = steps
    try:
        await place.learner(mortal, Dying(mortal)).learn(session)
    except Killed:
        return True
    return False


async def _assert_learned_once(place: Place, session: str) -> None:
    (summary,) = await place.all(summaries, summaries.c.session_id == session)
    batch = summary["id"]
    assert await place.learned_in(session) == [batch] * 4
    assert [row["object"] for row in await place.all(facts, facts.c.learned_in == batch)] == ["Leeds"]
    assert [row["value"] for row in await place.all(preferences, preferences.c.learned_in == batch)] == ["Al"]
    for kind in ("memory.index", "knowledge.graph"):
        assert sum(batch in row["id"] for row in await place.requests(kind)) == 1


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server


def answer(**fields: Any) -> Script:
    fact = dict(subject="user", predicate="lives_in", object="Leeds", source=1, confidence=0.9)
    summary = dict(text="Sam told where he lives.", topics=["home"], emotions=["calm"], importance=2)
    return Script(orjson.dumps({"facts": [fact], "summary": summary} | fields).decode())


@pytest.fixture
async def models(llm: LocalLLM) -> AsyncIterator[StructuredModels]:
    chain = [ModelSpec("openai-compatible", "m", llm.openai_url)]
    models = StructuredModels(chain, build=ModelBuilder(temperature=0), clock=VirtualClock(auto_advance=True))
    yield models
    await models.close()


async def test_a_model_reads_the_conversation_and_its_calls_are_on_record(
    place: Place, llm: LocalLLM, models: StructuredModels
) -> None:
    llm.enqueue(Script("no json"), answer())
    reader = ModelExtractor(ModelReader(models, place.database, place.clock))
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    assert await place.learner(place.database, reader).learn(session)
    assert "I live in Leeds." in llm.requests[0].last_text
    assert [row["object"] for row in await place.all(facts)] == ["Leeds"]
    calls = await place.all(llm_calls)
    assert [(row["purpose"], row["status"], row["turn_id"]) for row in calls] == [("learn", "ok", None)] * 2
    assert {(row["character"], row["user_id"], row["mode"]) for row in calls} == {
        ("elena", "discord:sam", "background")
    }


async def test_a_model_that_is_away_leaves_everything_as_it_was(
    place: Place, llm: LocalLLM, models: StructuredModels
) -> None:
    llm.reply = lambda _: Script(status=503)
    learner = place.learner(place.database, ModelExtractor(ModelReader(models, place.database, place.clock)))
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    with pytest.raises(ModelError):
        await learner.learn(session)
    assert set(await place.learned_in(session)) == {None}
    assert {row["status"] for row in await place.all(llm_calls)} == {"failed"}
    llm.reply = lambda _: answer()
    assert await learner.learn(session)


async def test_the_jobs_do_what_they_are_named_for(place: Place) -> None:
    session = await place.converse("I live in Leeds.", "c: Leeds!")
    place.silence()
    by_name = {kind.name: kind for kind in kinds(place.learning)}
    assert set(by_name) == {SWEEP, LEARN}
    await by_name[SWEEP].handler({})
    (row,) = await place.requests(LEARN)
    await by_name[LEARN].handler(orjson.loads(row["payload"]))
    assert None not in await place.learned_in(session)
    assert [schedule.kind for schedule in schedules()] == [SWEEP]
