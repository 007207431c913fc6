"""Nothing is stored about people without a way to see it and to be rid of it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.audience import Visibility
from src_v2.privacy.erasing import ERASE
from src_v2.privacy.registry import HOLDS_NOBODY
from src_v2.storage.cache import Cache
from src_v2.storage.graph.schema import SCHEMA, STEPS, NodeTable, RelationTable
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import METADATA
from tests.support.house import House, Person, Place
from tests.support.reasoning import thinks
from tests.support.traces import files_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
STORES = ("whisperengine.db", "vectors/", "graph")
"""Files of the stores themselves: what is in them is registered by table, collection and label."""


class Witness:
    """Notes every row that was written and every key that was cached."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: list[RowWrite] = []
        self.cache_keys: set[str] = set()
        within, put = RowWriter.within, Cache.set

        async def noting_rows(writer: RowWriter, connection: AsyncConnection, rows: Sequence[RowWrite]) -> None:
            self.rows += rows
            await within(writer, connection, rows)

        async def noting_keys(cache: Cache, key: str, value: Any, ttl_s: float) -> None:
            self.cache_keys.add(key)
            await put(cache, key, value, ttl_s)

        monkeypatch.setattr(RowWriter, "within", noting_rows)
        monkeypatch.setattr(Cache, "set", noting_keys)


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Witness:
    return Witness(monkeypatch)


@pytest.fixture
async def house(tmp_path: Path, witness: Witness) -> AsyncIterator[House]:
    async with House(tmp_path) as house:
        zeb = house.person("Zebedee")
        await everything_that_leaves_traces(house, zeb)
        yield house


async def everything_that_leaves_traces(house: House, person: Person) -> None:
    for text in ("My name is Zebedee and I live in Leeds.", "My sister Ana has a cat.", "Please keep it short."):
        await house.hears(person.says(text))
    await house.hears(person.says("I keep bees on the roof.", GUILD))
    await house.hears(person.says("Remind me in a minute to feed the bees."))
    await house.app.memory.keep(person.says("Nobody asked, but the tide is out.", GUILD))
    await thinks(house, person.says("How many bees fit into a hive?"))
    edited = person.says("I live in Hull.", ref="an-edited-one")
    await house.hears(edited)
    await house.app.lanes.edit("elena", person.dm.channel_id, "an-edited-one", "I live in York.")
    await house.app.memory.forget_last(person.audience())
    house.pass_time(hours=3)
    await house.app.background.learning.sweep()
    await house.indexed()


def registered(house: House) -> set[str]:
    return {name for holding in house.app.holdings for name in holding.covers} | set(HOLDS_NOBODY)


async def test_every_table_is_registered(house: House) -> None:
    assert {f"table:{name}" for name in METADATA.tables} <= registered(house)


async def test_every_label_of_the_graph_is_registered(house: House) -> None:
    declared = [SCHEMA, *(change for step in STEPS for change in step.tables)]
    labels = {f"node:{one.name}" for one in declared if isinstance(one, NodeTable)}
    labels |= {f"relation:{one.name}" for one in declared if isinstance(one, RelationTable)}
    assert labels <= registered(house)


async def test_every_collection_belongs_to_the_family_that_is_searched_for_people(house: House) -> None:
    names = await house.app.stores.vectors.collections()
    assert names
    assert all(name.startswith(f"{house.app.indexer.family}-") for name in names)


async def test_every_cache_key_is_registered(house: House, witness: Witness) -> None:
    assert witness.cache_keys
    assert {f"cache:{key.partition(':')[0]}" for key in witness.cache_keys} <= registered(house)


async def test_a_job_about_a_person_says_so_and_its_key_names_nobody(house: House, witness: Witness) -> None:
    jobs = [row.values for row in witness.rows if row.table == "v2_outbox"]
    assert {"memory.index", "knowledge.learn", "knowledge.relearn"} <= {job["kind"] for job in jobs}
    for job in jobs:
        named = any("discord:zebedee" in str(job[name]) for name in ("payload", "order_key"))
        assert "discord:zebedee" not in job["id"], job["kind"]
        assert not named or job["user_id"] == "discord:zebedee" or job["kind"] == ERASE, job["kind"]


async def test_every_file_with_somebody_in_it_is_registered(tmp_path: Path, witness: Witness) -> None:
    async with House(tmp_path) as house:
        await everything_that_leaves_traces(house, house.person("Zebedee"))
        known = registered(house)
    traces = files_with(tmp_path, ["discord:zebedee", "Leeds", "bees"])
    strangers = {file for file, _ in traces if not file.startswith(STORES) and f"file:{file}" not in known}
    assert traces
    assert strangers == set()


async def test_every_row_with_somebody_in_it_is_of_a_table_that_is_shown(house: House, witness: Witness) -> None:
    shown = {name for holding in house.app.holdings for name in holding.covers}
    tables = {row.table for row in witness.rows if "discord:zebedee" in map(str, row.values.values())}
    assert {"v2_messages", "v2_traces", "v2_reminders"} <= tables
    assert {f"table:{table}" for table in tables} <= shown
