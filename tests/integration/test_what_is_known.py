"""What a character knows along the whole path: stated, read back, deleted, edited, and given to the next prompt."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, update

from src_v2.core.audience import Visibility
from src_v2.knowledge.extraction_prompt import INSTRUCTIONS
from src_v2.storage.tables import facts, llm_calls, messages, summaries
from tests.support.house import House, Place
from tests.support.llm import LocalLLM, ReceivedRequest, Script

IDLE = timedelta(minutes=31)
HARBOUR = Place("discord:harbour-open", Visibility.GUILD, "discord:harbour")


class Reader:
    """A model that answers people with one line, and reads conversations back as it is told."""

    def __init__(self) -> None:
        self.reads: dict[str, Any] = {"summary": {"text": "They talked.", "topics": ["sea"], "importance": 2}}
        self.asked_to_read = 0
        self.prompts: list[str] = []
        self.histories: list[list[str]] = []

    def __call__(self, request: ReceivedRequest) -> Script:
        first = str(request.messages[0]["content"])
        if INSTRUCTIONS[:60] in first:
            self.asked_to_read += 1
            return Script(orjson.dumps(self.reads).decode())
        self.prompts.append(first)
        self.histories.append([str(message["content"]) for message in request.messages[1:]])
        return Script("Noted.")


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def house(tmp_path: Path, reader: Reader) -> AsyncIterator[House]:
    async with LocalLLM() as llm, House(tmp_path, llm) as house:
        llm.reply = reader
        yield house


async def read_back(house: House) -> None:
    """Let the conversation end and the jobs that follow run."""
    house.pass_time(seconds=IDLE.total_seconds())
    await house.app.background.learning.sweep()
    house.app.jobs.wake()
    await house.app.jobs.idle()


async def count(house: House, table: Any) -> int:
    async with house.app.stores.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def ids(house: House, table: Any) -> Sequence[str]:
    async with house.app.stores.database.read() as connection:
        return (await connection.execute(select(table.c.id))).scalars().all()


async def test_what_is_stated_outright_is_known_to_the_very_next_reply(house: House, reader: Reader) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I live in Oslo. My sister's name is Ana. Please keep your answers short."))
    await house.hears(sam.says("Hello"))
    told = reader.prompts[-1].partition("<facts")[2].partition("</facts>")[0]
    assert "Sam | lives in | Oslo" in told
    assert "Ana" in told
    assert "<preferences" in reader.prompts[-1]
    assert reader.asked_to_read == 0


async def test_a_conversation_is_read_back_once_when_it_is_over(house: House, reader: Reader) -> None:
    reader.reads["facts"] = [
        {"subject": "user", "predicate": "plays", "object": "cello", "source": 1, "stance": "stated", "confidence": 0.9}
    ]
    sam = house.person("Sam")
    await house.hears(sam.says("On Sundays the cello comes out and I play for the neighbours."))
    await house.app.background.learning.sweep()
    await house.app.jobs.idle()
    assert reader.asked_to_read == 0  # it may go on
    await read_back(house)
    await read_back(house)
    assert reader.asked_to_read == 1
    assert await count(house, summaries) == 1
    async with house.app.stores.database.read() as connection:
        unread = select(func.count()).where(messages.c.learned_in.is_(None))
        assert (await connection.execute(unread)).scalar_one() == 0
        purposes = (await connection.execute(select(llm_calls.c.purpose))).scalars().all()
    assert sorted(purposes) == ["learn", "reply"]
    await house.hears(sam.says("Hello again"))
    assert "cello" in reader.prompts[-1].partition("<facts")[2].partition("</facts>")[0]
    assert "They talked." in reader.prompts[-1].partition("<summaries")[2]


@pytest.mark.parametrize("how", ["deleted", "edited", "forgotten"])
async def test_what_is_taken_back_takes_along_what_it_had_taught(house: House, reader: Reader, how: str) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I live in Leeds."))
    house.pass_time(minutes=5)
    moved = sam.says("I live in Oslo now.", ref="discord:moved")
    await house.hears(moved)
    await house.hears(sam.says("Hm."))
    assert "Sam | lives in | Oslo" in reader.prompts[-1]
    if how == "deleted":
        assert await house.app.memory.delete("elena", "discord:moved")
    elif how == "edited":
        assert await house.app.memory.edit("elena", "discord:moved", "I like boats.")
    else:
        for _ in range(2):  # "Hm." and then the move
            await house.app.memory.forget_last(sam.audience())
    house.app.jobs.wake()
    await house.app.jobs.idle()
    await house.hears(sam.says("Where do I live?"))
    assert "Oslo" not in reader.prompts[-1]
    assert "Sam | lives in | Leeds" in reader.prompts[-1]
    assert await count(house, facts) <= 2


async def test_a_private_fact_neither_shows_nor_closes_anything_in_a_server(house: House, reader: Reader) -> None:
    sam = house.person("Sam")
    await house.hears(sam.says("I live in Leeds.", HARBOUR))
    await house.hears(sam.says("I live in Oslo now."))
    await house.hears(sam.says("Where do I live?", HARBOUR))
    assert "Sam | lives in | Leeds | said by" in reader.prompts[-1]
    assert "Oslo" not in reader.prompts[-1]


async def test_facts_lead_recall_to_the_message_that_said_them(tmp_path: Path, reader: Reader) -> None:
    reader.reads["facts"] = [
        {"subject": "user", "predicate": "allergic_to", "object": "walnuts", "source": 1, "confidence": 0.9,
         "stance": "stated"}
    ]  # fmt: skip
    async with LocalLLM() as llm, House(tmp_path, llm, memory_history_tokens=100) as house:
        llm.reply = reader
        sam = house.person("Sam")
        await house.hears(sam.says("Walnuts make my throat close up, every single time."))
        await read_back(house)
        for number in range(70):
            await house.hears(sam.says(f"Today I painted wall number {number} of the long blue corridor."))
        await house.indexed()
        await house.hears(sam.says("What am I allergic to?"))
        assert "Walnuts make my throat close up" in reader.prompts[-1].partition("<memories")[2]


async def test_while_it_is_little_everything_that_was_said_is_given_whole(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without reflection, because what was thought about is compared with earlier questions, which is a search too.
    async with LocalLLM() as llm, House(tmp_path, llm, agent_reflection="off") as house:
        llm.reply = reader
        search = house.app.stores.vectors.search
        searched: list[Any] = []

        async def watched(*arguments: Any) -> Any:
            searched.append(arguments)
            return await search(*arguments)

        monkeypatch.setattr(house.app.stores.vectors, "search", watched)
        sam = house.person("Sam")
        await house.hears(sam.says("In the harbour I said blue.", HARBOUR))
        await house.hears(sam.says("In private I said green."))
        await house.hears(sam.says("What did I say?"))
        assert "In private I said green." in reader.histories[-1]
        assert "Sam said | In the harbour I said blue." in reader.prompts[-1]
        await house.app.jobs.idle()
        assert searched == []
        for number in range(61):
            await house.hears(sam.says(f"Number {number}"))
        assert searched


async def test_nothing_that_a_deleted_message_taught_stays_searchable(house: House, reader: Reader) -> None:
    reader.reads["facts"] = [
        {"subject": "user", "predicate": "plays", "object": "cello", "source": 1, "stance": "stated", "confidence": 0.9}
    ]
    sam = house.person("Sam")
    await house.hears(sam.says("The cello is what I play.", ref="discord:cello"))
    await house.hears(sam.says("It rained all day long.", ref="discord:rain"))
    await read_back(house)
    collection = house.app.indexer.collection
    learned = set(await ids(house, facts)) | set(await ids(house, summaries))
    assert learned <= set((await house.app.stores.vectors.ids(collection))[0])
    assert len(learned) == 2
    reader.reads = {"summary": {"text": "They spoke of music.", "topics": [], "importance": 1}}
    assert await house.app.memory.delete("elena", "discord:rain")
    house.app.jobs.wake()
    await house.app.jobs.idle()
    held = set((await house.app.stores.vectors.ids(collection))[0])
    assert not learned & held
    assert await count(house, summaries) == 1  # what is left was read back again
    assert reader.asked_to_read == 2


async def test_learning_survives_a_restart_in_between(house: House, reader: Reader) -> None:
    await house.hears(house.person("Sam").says("I have walked the whole coast."))
    house.pass_time(seconds=IDLE.total_seconds())
    await house.app.background.learning.sweep()
    await house.restart()
    await house.app.jobs.idle()
    assert await count(house, summaries) == 1
    assert reader.asked_to_read == 1


async def test_vectors_and_graph_catch_up_with_what_sql_holds(house: House) -> None:
    await house.hears(house.person("Sam").says("I live in Oslo."))
    await house.app.jobs.idle()
    assert await count(house, facts) == 1
    async with house.app.stores.database.write() as connection:
        await connection.execute(update(facts).values(graphed_in=None, indexed_in=None))
    await house.app.background.projection.sweep()
    await house.app.indexer.sweep()
    async with house.app.stores.database.read() as connection:
        left = select(func.count()).where(facts.c.graphed_in.is_(None) | facts.c.indexed_in.is_(None))
        assert (await connection.execute(left)).scalar_one() == 0
