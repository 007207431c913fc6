"""People see what is held about them, correct it, take it along, bring it back: and it is true."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from src_v2.core.audience import Visibility
from src_v2.core.errors import NotThere, RefusedInput
from src_v2.core.switches import SwitchName
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import ErasureState, MemoryItem, Whose
from tests.support.chat_exports import file, talk, zipped
from tests.support.house import House, Person, Place
from tests.support.traces import rows_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")
UTC = ZoneInfo("UTC")
QUESTIONS = {
    "Which instrument do I play?": "cello", "What am I allergic to?": "walnuts", "What lives on my roof?": "bees",
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House(tmp_path) as house:
        yield house


@pytest.fixture
async def zeb(house: House) -> Person:
    zeb = house.person("Zebedee")
    for text in (
        "My name is Zebedee and I live in Leeds.", "My sister Ana has a cat called Miso.", "Please keep it short.",
        "I play the cello in an orchestra on Thursdays.", "I am allergic to walnuts.",
    ):  # fmt: skip
        await house.hears(zeb.says(text))
    await house.hears(zeb.says("I keep bees on the roof of my house.", GUILD))
    house.pass_time(hours=3)
    await house.app.background.learning.sweep()
    await house.indexed()
    return zeb


def whose(person: Person) -> Whose:
    return Whose("elena", person.user_id)


async def facts_of(house: House, person: Person) -> list[str]:
    known = await house.app.knowledge.known(person.audience(), "Tell me about me", house.clock.now())
    return [f"{fact.subject} {fact.predicate} {fact.object}" for fact in known.facts if fact.is_current]


class TestMemories:
    async def test_everything_is_listed_once_newest_first(self, house: House, zeb: Person) -> None:
        seen: list[MemoryItem] = []
        after = ""
        while page := await house.app.own_data.memories(whose(zeb), after=after, limit=5):
            seen += page.items
            after = page.next
            if not after:
                break
        assert len(seen) == len({item.id for item in seen}) == 12
        assert [item.said_at for item in seen] == sorted((item.said_at for item in seen), reverse=True)
        assert {item.place for item in seen} == {"private", "a server"}
        assert sum(item.is_own for item in seen) == 6

    async def test_nobody_sees_those_of_others(self, house: House, zeb: Person) -> None:
        olga = house.person("Olga")
        item = (await house.app.own_data.memories(whose(zeb))).items[0]
        assert (await house.app.own_data.memories(whose(olga))).items == []
        assert await house.app.own_data.search(whose(olga), "cello") == []
        with pytest.raises(NotThere):
            await house.app.own_data.memory(whose(olga), item.id)
        with pytest.raises(NotThere):
            await house.app.own_data.delete_memory(whose(olga), item.id)

    async def test_one_is_found_by_the_end_of_its_id_and_by_no_pattern(self, house: House, zeb: Person) -> None:
        item = (await house.app.own_data.search(whose(zeb), "Which instrument do I play?"))[0]
        assert (await house.app.own_data.memory(whose(zeb), item.id[-8:])).id == item.id
        for wrong in ("%%%%%%%%", "________", "", item.id[-4:]):
            with pytest.raises(NotThere):
                await house.app.own_data.memory(whose(zeb), wrong)

    async def test_an_edit_reaches_recall_and_what_was_learned(self, house: House, zeb: Person) -> None:
        said = next(i for i in await house.app.own_data.search(whose(zeb), "Where do I live?") if "Leeds" in i.text)
        await house.app.own_data.edit_memory(whose(zeb), said.id, "My name is Zebedee and I live in Hull.")
        await house.indexed()
        assert any("Hull" in text for text in await house.recall(zeb.audience(), "Where do I live?"))
        facts = await facts_of(house, zeb)
        assert any(fact.endswith("Hull") for fact in facts)
        assert not any(fact.endswith("Leeds") for fact in facts)

    async def test_a_reply_can_be_deleted_and_not_rewritten(self, house: House, zeb: Person) -> None:
        reply = next(i for i in (await house.app.own_data.memories(whose(zeb))).items if not i.is_own)
        with pytest.raises(NotThere):
            await house.app.own_data.edit_memory(whose(zeb), reply.id, "I owe you a boat.")
        await house.app.own_data.delete_memory(whose(zeb), reply.id)
        with pytest.raises(NotThere):
            await house.app.own_data.memory(whose(zeb), reply.id)

    async def test_a_deleted_memory_takes_along_what_came_of_it(self, house: House, zeb: Person) -> None:
        said = next(i for i in await house.app.own_data.search(whose(zeb), "my sister's cat") if "Miso" in i.text)
        if not said.is_own:
            said = next(
                i for i in (await house.app.own_data.memories(whose(zeb))).items if i.is_own and "Miso" in i.text
            )
        await house.app.own_data.delete_memory(whose(zeb), said.id)
        await house.indexed()
        assert not any("Miso" in fact for fact in await facts_of(house, zeb))


class TestFactsAndPreferences:
    async def test_a_retracted_fact_does_not_come_back_with_the_next_reading(self, house: House, zeb: Person) -> None:
        fact = next(f for f in await house.app.own_data.facts(whose(zeb)) if f.object == "Leeds")
        await house.app.own_data.retract_fact(whose(zeb), fact.id)
        assert not any("Leeds" in one for one in await facts_of(house, zeb))
        unlearning = house.app.background.unlearning
        said = [item.id for item in (await house.app.own_data.memories(whose(zeb), limit=50)).items]
        await unlearning.unlearn(said, [], mark="again")
        house.pass_time(hours=3)
        await house.app.background.learning.sweep()
        await house.indexed()
        assert not any("Leeds" in one for one in await facts_of(house, zeb))

    async def test_a_fact_said_in_a_server_is_retracted_there_as_well(self, house: House, zeb: Person) -> None:
        await house.hears(zeb.says("I live in Whitby.", GUILD))
        for fact in await house.app.own_data.facts(whose(zeb)):
            if fact.object == "Whitby":
                await house.app.own_data.retract_fact(whose(zeb), fact.id)
        known = await house.app.knowledge.known(zeb.audience(GUILD), "Where do I live?", house.clock.now())
        assert not any(fact.object == "Whitby" and fact.is_current for fact in known.facts)

    async def test_a_corrected_fact_holds_from_now_on(self, house: House, zeb: Person) -> None:
        fact = next(f for f in await house.app.own_data.facts(whose(zeb)) if f.object == "Leeds")
        await house.app.own_data.correct_fact(whose(zeb), fact.id[-8:], "York")
        facts = await facts_of(house, zeb)
        assert any(one.endswith("York") for one in facts)
        assert not any(one.endswith("Leeds") for one in facts)

    async def test_preferences_are_set_and_dropped(self, house: House, zeb: Person) -> None:
        desk = house.app.own_data
        await desk.set_preference(whose(zeb), PreferenceName.NICKNAME, "Zeb")
        assert {one.name: one.value for one in await desk.preferences(whose(zeb))}[PreferenceName.NICKNAME] == "Zeb"
        house.pass_time(seconds=1)
        for one in await desk.preferences(whose(zeb)):
            await desk.clear_preference(whose(zeb), one.name, one.value if one.name is PreferenceName.AVOID else "")
        assert await desk.preferences(whose(zeb)) == []

    async def test_what_is_decided_at_the_desk_is_no_memory(self, house: House, zeb: Person) -> None:
        before = (await house.app.own_data.memories(whose(zeb), limit=50)).items
        await house.app.own_data.set_preference(whose(zeb), PreferenceName.TONE, "dry")
        assert (await house.app.own_data.memories(whose(zeb), limit=50)).items == before


class TestTakingAlong:
    async def test_export_erase_and_import_answer_the_same_questions(self, house: House, zeb: Person) -> None:
        before = {question: await house.recall(zeb.audience(), question) for question in QUESTIONS}
        facts = sorted(await facts_of(house, zeb))
        taken = await house.app.own_data.export(zeb.user_id)

        asked = await house.app.own_data.erase(zeb.user_id)
        assert asked.state is ErasureState.WORKING
        await house.indexed()
        assert (await house.app.own_data.erasure(asked.id)).state is ErasureState.DONE
        assert await rows_with(house.app.stores.database, zeb.user_id) == []

        brought = await house.app.own_data.bring_in(whose(zeb), taken.content, UTC)
        await house.indexed()
        assert (brought.kind, brought.known, brought.left_out) == ("whisperengine", 0, {})
        for question, answer in QUESTIONS.items():
            found = await house.recall(zeb.audience(), question)
            assert any(answer in text for text in found)
            assert set(found) == set(before[question])
        assert sorted(await facts_of(house, zeb)) == facts

    async def test_the_same_file_twice_adds_nothing(self, house: House, zeb: Person) -> None:
        taken = await house.app.own_data.export(zeb.user_id)
        assert (await house.app.own_data.bring_in(whose(zeb), taken.content, UTC)).added == 0
        olga = house.person("Olga")
        first = await house.app.own_data.bring_in(whose(olga), taken.content, UTC)
        second = await house.app.own_data.bring_in(whose(olga), taken.content, UTC)
        assert first.added == second.known > 0
        assert second.added == 0

    async def test_what_is_brought_in_is_private_and_leaves_others_alone(self, house: House, zeb: Person) -> None:
        taken = await house.app.own_data.export(zeb.user_id)
        olga = house.person("Olga")
        await house.app.own_data.bring_in(whose(olga), taken.content, UTC)
        await house.indexed()
        assert not any("cello" in text for text in await house.recall(olga.audience(GUILD), "cello"))
        assert {i.place for i in (await house.app.own_data.memories(whose(olga))).items} <= {
            "private", "an earlier export",
        }  # fmt: skip
        assert len((await house.app.own_data.memories(whose(zeb), limit=50)).items) == 12

    async def test_the_zip_holds_json_and_markdown_of_everything(self, house: House, zeb: Person) -> None:
        taken = await house.app.own_data.export(zeb.user_id)
        assert "zebedee" not in taken.name
        with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
            names = set(archive.namelist())
            messages = json.loads(archive.read("messages.json"))
            page = archive.read("elena/conversations.md").decode()
        kinds = ("messages", "facts", "preferences", "summaries", "sessions", "turns", "model_calls", "profile")
        assert {f"{kind}.json" for kind in kinds} | {"whisperengine.json", "README.md", "elena/facts.md"} <= names
        assert len([message for message in messages if message["text"]]) == 12
        assert "I play the cello" in page

    async def test_nobody_is_no_error(self, house: House) -> None:
        taken = await house.app.own_data.export("discord:nobody")
        assert zipfile.is_zipfile(io.BytesIO(taken.content))

    @pytest.mark.parametrize(
        "change",
        [
            {"whisperengine.json": b"{}"}, {"whisperengine.json": b"not json"}, {"messages.json": b"{}"},
            {"whisperengine.json": b'{"format": "whisperengine-export", "version": 99}'}, {"facts.json": b"[" * 5000},
        ],
    )  # fmt: skip
    async def test_a_damaged_export_is_refused_with_a_reason(
        self, house: House, zeb: Person, change: dict[str, bytes]
    ) -> None:
        taken = await house.app.own_data.export(zeb.user_id)
        with pytest.raises(RefusedInput):
            await house.app.own_data.bring_in(whose(zeb), changed(taken.content, change), UTC)

    async def test_records_that_make_no_sense_are_left_out_and_counted(self, house: House, zeb: Person) -> None:
        odd = [
            {}, {"id": "x"}, 7, None, "text",
            {"id": "1", "character": "../../etc", "channel_id": "c", "visibility": "guild", "role": "user",
             "speaker_name": "n", "text": "t", "created_at": "2024-01-01T00:00:00+00:00"},
            {"id": "2", "character": "elena", "channel_id": "c", "visibility": "guild", "role": "root",
             "speaker_name": "n", "text": "t", "created_at": "2024-01-01T00:00:00+00:00"},
            {"id": "3", "character": "elena", "channel_id": "c", "visibility": "guild", "role": "user",
             "speaker_name": "n", "text": "a good one", "created_at": "0001-01-01T00:00:00+00:00"},
        ]  # fmt: skip
        taken = await house.app.own_data.export(zeb.user_id)
        content = changed(taken.content, {"messages.json": json.dumps(odd).encode()})
        olga = house.person("Olga")
        brought = await house.app.own_data.bring_in(whose(olga), content, UTC)
        assert (brought.added, brought.left_out) == (1, {"messages that cannot be read": 7})
        assert [item.text for item in (await house.app.own_data.memories(whose(olga))).items] == ["a good one"]


class TestBringingIn:
    async def test_a_chatgpt_export_becomes_history_that_is_found_and_erased(self, house: House) -> None:
        olga = house.person("Olga")
        said = talk("c1", "Which lighthouse is the tallest in Spain?", "The Tower of Hercules is the oldest one.")
        blob = zipped({"conversations.json": file(said)})
        first = await house.app.own_data.bring_in(whose(olga), blob, UTC)
        second = await house.app.own_data.bring_in(whose(olga), blob, UTC)
        await house.indexed()
        assert (first.kind, first.added, second.added, second.known) == ("chatgpt", 2, 0, 2)
        assert any("Hercules" in text for text in await house.recall(olga.audience(), "the oldest lighthouse"))
        assert {item.place for item in (await house.app.own_data.memories(whose(olga))).items} == {"ChatGPT"}
        assert not any("Hercules" in text for text in await house.recall(olga.audience(GUILD), "the oldest lighthouse"))
        await house.app.own_data.erase(olga.user_id)
        await house.indexed()
        assert await rows_with(house.app.stores.database, "Hercules") == []

    async def test_something_else_is_refused(self, house: House) -> None:
        with pytest.raises(RefusedInput):
            await house.app.own_data.bring_in(whose(house.person("Olga")), b"<html>no</html>", UTC)


async def test_turning_servers_off_removes_what_was_kept_from_them(house: House, zeb: Person) -> None:
    await house.app.own_data.set_switch(zeb.user_id, SwitchName.SERVERS, on=False)
    await house.indexed()
    assert await rows_with(house.app.stores.database, "bees") == []
    assert "v2_messages" in await rows_with(house.app.stores.database, "cello")


def changed(content: bytes, members: dict[str, bytes]) -> bytes:
    """Return a zip file with some of its members replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.get(name, old.read(name)))
    return held.getvalue()
