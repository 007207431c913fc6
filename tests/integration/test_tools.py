"""The tools on real stores, SQLite and PostgreSQL: what they find, what they change, what they survive."""

import re
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from src_v2.knowledge.models import USER, EntityKind
from src_v2.storage.database import Database
from src_v2.tools.base import ResultKind
from tests.integration.tool_study import SAM, Study


@pytest.fixture
async def study(database: Database, tmp_path: Path) -> AsyncIterator[Study]:
    made = Study(database, tmp_path)
    await made.open()
    yield made
    await made.close()


async def test_messages_are_found_by_words_and_within_a_time(study: Study) -> None:
    await study.says("The lighthouse keeper sings")
    study.clock.advance(40 * 24 * 3600)
    await study.says("The lighthouse keeper sleeps")
    await study.caught_up()
    context = await study.asks("What did the keeper do?")
    whole = await study.box.call("search_messages", '{"query": "lighthouse keeper"}', context)
    assert "sings" in whole.text
    assert "sleeps" in whole.text
    january = await study.box.call("search_messages", {"query": "lighthouse keeper", "until": "2026-01"}, context)
    assert "2026-01-01 | Sam said | The lighthouse keeper sings" in january.text
    assert "sleeps" not in january.text
    december = await study.box.call("search_messages", {"query": "lighthouse keeper", "until": "2025"}, context)
    assert december.kind is ResultKind.NOTHING


async def test_a_correction_is_a_new_claim_of_the_message_that_asked(study: Study) -> None:
    await study.tells(await study.says("I live in Oslo"), USER, "lives_in", "Oslo", object_kind=EntityKind.PLACE)
    context = await study.asks("No, in Bergen!")
    shown = await study.box.call("look_up_facts", {"about": "Sam"}, context)
    assert "[f1] Sam | lives in | Oslo | said by Sam on 2026-01-01" in shown.text
    corrected = await study.box.call("correct_fact", {"fact": "f1", "new_object": "Bergen"}, context)
    assert corrected.kind is ResultKind.OK
    assert "Sam | lives in | Bergen" in corrected.text
    (claim,) = [claim for claim in await study.store.claims(SAM, 9) if claim.object == "Bergen"]
    assert (claim.source_message_id, claim.speaker_id) == (context.message.id, "discord:sam")
    later = await study.box.call("look_up_facts", {"predicate": "where they live"}, await study.asks())
    assert later.kind is ResultKind.NOTHING
    later = await study.box.call("look_up_facts", {"predicate": "resides in"}, await study.asks())
    assert "Bergen" in later.text
    assert "Oslo" not in later.text


async def test_what_is_taken_back_is_gone_and_cannot_be_taken_back_twice(study: Study) -> None:
    await study.tells(await study.says("I have a dragon"), USER, "has", "dragon")
    context = await study.asks("That was a joke")
    await study.box.call("look_up_facts", {}, context)
    assert (await study.box.call("retract_fact", {"fact": "f1"}, context)).kind is ResultKind.OK
    assert (await study.box.call("retract_fact", {"fact": "f1"}, context)).kind is ResultKind.UNUSABLE
    assert (await study.box.call("look_up_facts", {}, context)).kind is ResultKind.NOTHING


async def test_relationships_lead_from_one_name_to_the_next(study: Study) -> None:
    source = await study.says("My sister Ana lives in Oslo, with a cat")
    await study.tells(source, USER, "has_sister", "Ana", object_kind=EntityKind.PERSON)
    await study.tells(source, "Ana", "lives_in", "Oslo", object_kind=EntityKind.PLACE)
    await study.tells(source, "Ana", "has_cat", "Miso", object_kind=EntityKind.ANIMAL)
    await study.caught_up()
    context = await study.asks()
    near = await study.box.call("walk_relationships", {"about": "Sam", "depth": 1}, context)
    assert "Oslo" not in near.text
    far = await study.box.call("walk_relationships", {"about": "user", "depth": 2}, context)
    assert re.search(r"\[f1\] Sam \| has sister \| Ana .* -> \[f\d\] Ana \| lives in \| Oslo", far.text)
    assert re.search(r"\[f1\] Sam \| has sister \| Ana .* -> \[f\d\] Ana \| has cat \| Miso", far.text)


async def test_a_preference_counts_from_then_on_until_it_is_taken_back(study: Study) -> None:
    context = await study.asks("Call me Sammy, and no politics please. No football either")
    for name, value in (("nickname", "Sammy"), ("avoid", "politics"), ("avoid", "football")):
        assert (await study.box.call("set_preference", {"name": name, "value": value}, context)).kind is ResultKind.OK
        study.clock.advance(1)
    read = await study.box.call("read_preferences", {}, await study.asks())
    assert re.findall(r"^- (.+)$", read.text, re.MULTILINE) == ["nickname: Sammy", "avoid: politics", "avoid: football"]
    context = await study.asks("Politics is fine again")
    await study.box.call("set_preference", {"name": "avoid", "value": "politics", "clear": True}, context)
    read = await study.box.call("read_preferences", {}, context)
    assert re.findall(r"^- (.+)$", read.text, re.MULTILINE) == ["nickname: Sammy", "avoid: football"]


HOSTILE = [
    "'; DROP TABLE v2_messages; --", '" OR 1=1 --', "x' UNION SELECT id FROM v2_users --", "%", "_", "\\", "${jndi:x}",
    "a'}) DETACH DELETE n //", "MATCH (n) DETACH DELETE n", "`", "$about", "{{user}}", "../../etc/passwd", "@everyone",
    "nul\x00byte", "\u202e", "\U0001f600" * 50, "ﷺ" * 100, "x" * 100_000, "\ud800", "*", "user", "character", "None",
]  # fmt: skip
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search_messages", {"query": None}), ("search_messages", {"query": "x", "since": None, "until": None}),
    ("search_summaries", {"query": None}), ("look_up_facts", {"about": None}), ("look_up_facts", {"predicate": None}),
    ("walk_relationships", {"about": None, "depth": 3}), ("correct_fact", {"fact": None, "new_object": "x"}),
    ("retract_fact", {"fact": None}), ("read_preferences", {"": 1}), ("set_preference", {"name": None, "value": "x"}),
]  # fmt: skip


async def test_what_a_model_writes_stays_data(study: Study) -> None:
    source = await study.says("I live in Oslo")
    await study.tells(source, USER, "lives_in", "Oslo")
    await study.caught_up()
    context = await study.asks()
    await study.box.call("look_up_facts", {}, context)
    before = await study.count()
    for hostile, (name, template) in product(HOSTILE, CALLS):
        arguments = {key or hostile: value or hostile for key, value in template.items()}
        result = await study.box.call(name, arguments, context)
        assert result.kind in {ResultKind.OK, ResultKind.NOTHING, ResultKind.UNUSABLE}, (name, hostile[:40], result)
        assert len(result.text) < 8_000
    assert await study.count() == before
    assert "Oslo" in (await study.box.call("walk_relationships", {"about": "user"}, context)).text


async def test_what_a_model_has_written_down_is_stored_as_it_is_or_not_at_all(study: Study) -> None:
    for hostile in HOSTILE:
        await study.tells(await study.says("I live in Oslo"), USER, "lives_in", "Oslo")
        context = await study.asks(f"Please, it is {hostile.encode(errors='ignore').decode()}")
        before = await study.count()
        await study.box.call("look_up_facts", {"predicate": "lives_in"}, context)
        wish = await study.box.call("set_preference", {"name": "tone", "value": hostile}, context)
        change = await study.box.call("correct_fact", {"fact": "f1", "new_object": hostile}, context)
        await study.caught_up()
        added = [now - then for now, then in zip(await study.count(), before, strict=True)]
        if len(hostile) > 200 or hostile in {"\ud800", "\u202e"}:
            assert (wish.kind, change.kind) == (ResultKind.UNUSABLE, ResultKind.UNUSABLE), hostile[:40]
            assert added == [0, 0, 0]
        else:
            assert (wish.kind, change.kind) == (ResultKind.OK, ResultKind.OK), hostile
            assert added == [0, 2, 1]
            (stored,) = await study.knowledge.preferences(SAM)
            assert stored.value == hostile.replace("\x00", " ")
