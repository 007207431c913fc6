"""What people see and decide of their own data on Discord, through the real discord.py."""

import asyncio
import io
import json
import random
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.messages import Role
from src_v2.interfaces.discord.own_data_files import LARGEST_IMPORT
from src_v2.interfaces.discord.own_data_panels import ANSWER_S
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.interfaces.discord.tree import STORE_AWAY
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import MemoryItem, Whose
from tests.integration.discord_house import House, at_the_harbour
from tests.support.chat_samples import samples
from tests.support.clock import VirtualClock
from tests.support.discord.parts import labels, parts_of
from tests.support.discord.slash import SlashAnswer
from tests.support.discord.state import Message

HOSTILE = "@everyone <@{id}> **bold** `code` ||spoiler|| [link](https://evil.example) \n# big\n> quote\n```\nfence"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


def whose(house: House) -> Whose:
    return Whose("elena", f"discord:{house.alice.id}")


def shown(answer: SlashAnswer) -> Message:
    """Return the answer's message, which nobody but Alice may see, which pings nobody and which fits."""
    message = answer.message
    assert message is not None
    assert message.is_ephemeral
    assert len(message.content) <= MESSAGE_LIMIT
    assert not message.mention_everyone
    assert message.mentions == []
    assert message.pings == frozenset()
    return message


async def pass_time(clock: VirtualClock, seconds: float) -> None:
    """Let time pass once somebody waits for it."""
    async with asyncio.timeout(5):
        await clock.wait_for_sleepers()
    clock.advance(seconds)


class TestMemories:
    async def test_the_list_shows_the_newest_first_also_in_a_server(self, house: House) -> None:
        for number in range(3):
            house.own_data.remember(whose(house), f"thought {number}")
        async with house.door():
            answer = await house.alice.runs(house.elena, "/memory list", house.guild.channel("general"))
        text = shown(answer).content
        assert [text.index(f"thought {number}") for number in (2, 1, 0)] == sorted(
            text.index(f"thought {number}") for number in range(3)
        )
        assert labels(shown(answer)) == []

    async def test_nothing_remembered(self, house: House) -> None:
        async with house.door():
            answer = await house.alice.runs(house.elena, "/memory list")
            beyond = await house.alice.runs(house.elena, "/memory list", page=7)
        assert shown(answer).content == "I remember nothing of you."
        assert shown(beyond).content == "There is no page 7."

    async def test_three_hundred_memories_have_thirty_pages(self, house: House) -> None:
        items = [house.own_data.remember(whose(house), f"thought number {n} " + "x" * 300) for n in range(300)]
        async with house.door():
            first = await house.alice.runs(house.elena, "/memory list")
            assert labels(shown(first)) == ["Next page"]
            second = await house.alice.presses(shown(first), "Next page")
            assert "page 2" in second.text
            assert f"`{items[289].id[-8:]}`" in second.text
            back = await house.alice.presses(shown(second), "Previous page")
            assert "page 1" in back.text
            last = await house.alice.runs(house.elena, "/memory list", page=30)
        assert f"`{items[0].id[-8:]}`" in shown(last).content
        assert labels(shown(last)) == ["Previous page"]

    async def test_search_then_choose_one_to_see_it_whole(self, house: House) -> None:
        house.own_data.remember(whose(house), "I sailed to Ithaca")
        item = house.own_data.remember(whose(house), "my cat is called Mia " + "and she sleeps " * 20 + "a lot")
        async with house.door():
            found = await house.alice.runs(house.elena, "/memory search", words="my cat")
            assert "Ithaca" not in found.text
            whole = await house.alice.chooses(shown(found), item.id[-8:])
            nothing = await house.alice.runs(house.elena, "/memory search", words="dragons")
        assert shown(whole).content.endswith("she sleeps a lot")
        assert labels(shown(whole)) == ["Edit", "Delete"]
        assert shown(nothing).content == "I found nothing that fits."

    async def test_a_memory_is_shown_by_the_end_of_its_id(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            answer = await house.alice.runs(house.elena, "/memory show", id=f" `{item.id[-8:].upper()}` ")
        assert "my cat is called Mia" in shown(answer).content
        assert item.id[-8:] in answer.text

    @pytest.mark.parametrize(
        ("memory_id", "words"), [("0123456789", "I don't have that."), ("abc", "Give at least the 8 characters")]
    )
    async def test_an_unknown_id_gets_a_kind_answer(self, house: House, memory_id: str, words: str) -> None:
        async with house.door():
            for command in ("/memory show", "/memory edit", "/memory delete"):
                answer = await house.alice.runs(house.elena, command, id=memory_id)
                assert shown(answer).content.startswith(words)

    async def test_somebody_elses_memory_is_not_there(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "a secret")
        bob = house.discord.add_person("Bob")
        async with house.door():
            answer = await bob.runs(house.elena, "/memory show", id=item.id)
        assert answer.text == "I don't have that."

    async def test_edit_opens_a_form_with_the_words_as_they_are(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            form = await house.alice.runs(house.elena, "/memory edit", id=item.id[-8:])
            assert form.interaction.modal is not None
            assert form.interaction.modal["components"][0]["component"]["value"] == "my cat is called Mia"
            changed = await house.alice.submits(form, text="my cat is called Maya")
        assert "my cat is called Maya" in shown(changed).content
        assert house.own_data.kept[whose(house)][0].text == "my cat is called Maya"

    async def test_edit_from_the_shown_memory_changes_that_message(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            seen = await house.alice.runs(house.elena, "/memory show", id=item.id)
            form = await house.alice.presses(shown(seen), "Edit")
            changed = await house.alice.submits(form, text="her name is Maya")
        assert shown(changed) is shown(seen)
        assert "her name is Maya" in seen.text

    async def test_a_form_of_blanks_changes_nothing(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            form = await house.alice.runs(house.elena, "/memory edit", id=item.id)
            answer = await house.alice.submits(form, text="  \n ")
        assert shown(answer).content == "There were no words in it. Nothing was changed."
        assert house.own_data.kept[whose(house)] == [item]

    async def test_a_reply_can_be_deleted_but_not_edited(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "I like cats", speaker="Elena", role=Role.CHARACTER)
        async with house.door():
            refused = await house.alice.runs(house.elena, "/memory edit", id=item.id)
            seen = await house.alice.runs(house.elena, "/memory show", id=item.id)
        assert shown(refused).content.startswith("I said that.")
        assert labels(shown(seen)) == ["Delete"]

    async def test_what_no_form_holds_is_not_offered_for_editing(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "long " * 1000)
        async with house.door():
            refused = await house.alice.runs(house.elena, "/memory edit", id=item.id)
            seen = await house.alice.runs(house.elena, "/memory show", id=item.id)
        assert "4,000 characters" in shown(refused).content
        assert shown(seen).content.endswith("…")
        assert labels(shown(seen)) == ["Delete"]

    async def test_delete_asks_back(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            question = await house.alice.runs(house.elena, "/memory delete", id=item.id)
            left = await house.alice.presses(shown(question), "Leave")
            assert (left.text, labels(shown(left))) == ("Nothing was changed.", [])
            assert house.own_data.kept[whose(house)] == [item]
            question = await house.alice.runs(house.elena, "/memory delete", id=item.id)
            await house.alice.presses(shown(question), "Delete it")
        assert question.text == "It is gone, with what I learned from it."
        assert house.own_data.kept[whose(house)] == []

    async def test_hostile_words_neither_ping_nor_break_the_layout(self, house: House) -> None:
        bob = house.discord.add_person("Bob")
        text = HOSTILE.format(id=bob.id)
        for _ in range(10):
            house.own_data.remember(whose(house), text * 4, speaker=f"@everyone **<@{bob.id}>** `" + "n" * 60)
        item = house.own_data.remember(whose(house), "*`_|~>" * 300, speaker="@here")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/memory list", house.guild.channel("general"))
            seen = await house.alice.runs(house.elena, "/memory show", house.guild.channel("general"), id=item.id)
        lines = shown(listed).content.splitlines()
        assert len(lines) == 11
        for line in lines[1:]:
            match = re.fullmatch(r"`[0-9a-f]{8}` <t:\d+:d> \*\*(.*)\*\*: (.*)", line)
            assert match is not None, line
            for part in match.groups():
                assert not set("*`_~|") & set(re.sub(r"\\.", "", part)), part
                assert "@everyone" not in part
                assert f"<@{bob.id}>" not in part
        assert "@here" not in shown(seen).content
        quotation = shown(seen).content.splitlines()[-1]
        assert quotation.startswith("> \\*\\`\\_\\|\\~")


class TestFacts:
    async def test_a_fact_is_corrected_in_a_form(self, house: House) -> None:
        house.own_data.learn(whose(house), "user", "lives_in", "Paris", until="2025")
        house.own_data.learn(whose(house), "user", "has_cat", "Mia")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/facts", house.guild.channel("general"))
            assert listed.text.splitlines()[1:] == ["• you has cat Mia", "• you lives in Paris (until 2025)"]
            chosen = await house.alice.chooses(shown(listed), "Mia")
            form = await house.alice.presses(shown(chosen), "Correct")
            done = await house.alice.submits(form, text="Maya\n@everyone")
        assert "I corrected it" in shown(done).content
        assert {fact.object for fact in house.own_data.known[whose(house)]} == {"Paris", "Maya @everyone"}

    async def test_a_fact_is_taken_back(self, house: House) -> None:
        house.own_data.learn(whose(house), "user", "has_cat", "Mia")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/facts")
            chosen = await house.alice.chooses(shown(listed), "Mia")
            assert labels(shown(chosen)) == ["Correct", "That is not so", "Back"]
            await house.alice.presses(shown(chosen), "That is not so")
        assert house.own_data.known[whose(house)] == []
        assert shown(listed).content.endswith("I know nothing about you.")

    async def test_a_fact_that_went_meanwhile(self, house: House) -> None:
        house.own_data.learn(whose(house), "user", "has_cat", "Mia")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/facts")
            house.own_data.known.clear()
            gone = await house.alice.chooses(shown(listed), "Mia")
        assert shown(gone).content == "I don't have that."

    async def test_many_facts_have_pages(self, house: House) -> None:
        for number in range(26):
            house.own_data.learn(whose(house), "user", "likes", f"song {number} " + "*" * 200)
        async with house.door():
            first = await house.alice.runs(house.elena, "/facts")
            second = await house.alice.presses(shown(first), "Next page")
            third = await house.alice.presses(shown(second), "Next page")
        assert "page 3" in shown(third).content
        assert len(third.text.splitlines()) == 7
        assert labels(shown(third)) == ["Previous page"]


async def test_preferences_are_set_listed_and_cleared(house: House) -> None:
    async with house.door():
        empty = await house.alice.runs(house.elena, "/preferences list")
        assert "nothing yet" in shown(empty).content
        await house.alice.runs(house.elena, "/preferences set", name="tone", value="dry")
        for topic in ("snakes", "@everyone"):
            both = await house.alice.runs(house.elena, "/preferences set", name="avoid", value=topic)
        assert shown(both).content.count("topics to avoid: ") == 2
        cleared = await house.alice.runs(house.elena, "/preferences clear", name="avoid", value="snakes")
        assert "snakes" not in shown(cleared).content
        await house.alice.runs(house.elena, "/preferences clear", name="avoid")
    assert [wish.name for wish in house.own_data.wishes[whose(house)]] == [PreferenceName.TONE]


class TestPrivacy:
    async def test_the_switches_show_their_state_and_turn(self, house: House) -> None:
        async with house.door():
            answer = await house.alice.runs(house.elena, "/privacy", house.guild.channel("general"))
            assert labels(shown(answer)) == ["Remember me: on", "Servers: on", "Share: off"]
            assert "I am an AI" in answer.text
            await house.alice.presses(shown(answer), "Share")
            await house.alice.presses(shown(answer), "Remember")
        assert labels(shown(answer)) == ["Remember me: off", "Servers: on", "Share: on"]
        decided = house.own_data.decided[whose(house).user_id]
        assert (decided.remember, decided.servers, decided.share) == (False, True, True)

    async def test_turning_servers_off_asks_because_it_removes(self, house: House) -> None:
        house.own_data.remember(whose(house), "said in public", place="a server")
        async with house.door():
            answer = await house.alice.runs(house.elena, "/privacy")
            await house.alice.presses(shown(answer), "Servers")
            assert len(house.own_data.kept[whose(house)]) == 1
            await house.alice.presses(shown(answer), "Leave it on")
            assert "Servers: on" in labels(shown(answer))
            await house.alice.presses(shown(answer), "Servers")
            await house.alice.presses(shown(answer), "Turn off and remove")
        assert "Servers: off" in labels(shown(answer))
        assert house.own_data.kept[whose(house)] == []


class TestExport:
    async def test_the_zip_is_for_the_person_only(self, house: House) -> None:
        house.own_data.clock = VirtualClock()
        house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            answer = await house.alice.runs(house.elena, "/export", house.guild.channel("general"))
        (file,) = shown(answer).attachments
        assert file.filename == "whisperengine-2026-01-01.zip"
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            assert "my cat is called Mia" in archive.read("messages.json").decode()

    async def test_what_is_too_large_for_discord_is_had_elsewhere(self, house: House) -> None:
        house.own_data.export_padding = random.Random(1).randbytes(2 * 2**20)
        house.discord.world.file_limit = 2**20
        async with house.door():
            answer = await house.alice.runs(house.elena, "/export")
        assert shown(answer).attachments == []
        assert "2.0 MB" in answer.text
        assert f"whisperengine data export {whose(house).user_id}" in answer.text


class TestForgetMe:
    async def test_everything_goes_after_a_confirmation(self, house: House) -> None:
        house.clock = clock = VirtualClock()
        house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            question = await house.alice.runs(house.elena, "/forget-me", house.guild.channel("general"))
            assert "cannot be taken back" in shown(question).content
            assert house.own_data.calls == []
            await house.alice.presses(shown(question), "Erase everything")
            await pass_time(clock, 1)
            await house.until_final(
                shown(question), "Done. Everything about you was removed, and a search found nothing left."
            )
        assert labels(shown(question)) == []
        assert house.own_data.kept == {}

    async def test_it_says_that_it_waits_for_a_store_and_then_that_it_is_done(self, house: House) -> None:
        house.clock = clock = VirtualClock()
        house.own_data.vectors_away = True
        async with house.door():
            question = await house.alice.runs(house.elena, "/forget-me")
            await house.alice.presses(shown(question), "Erase everything")
            assert shown(question).content.startswith("Working")
            await pass_time(clock, 1)
            await house.discord.wait_until(lambda: question.text.startswith("Waiting"))
            asked = await house.alice.presses(shown(question), "How far is it?")
            assert asked.text.startswith("Waiting")
            house.own_data.away = True
            looks = house.own_data.calls.count("erasure")
            await pass_time(clock, 10)
            await house.until(lambda: house.own_data.calls.count("erasure") > looks)
            house.own_data.away = house.own_data.vectors_away = False
            await pass_time(clock, 10)
            await house.discord.wait_until(lambda: question.text.startswith("Done"))

    async def test_the_question_expires(self, house: House) -> None:
        house.clock = clock = VirtualClock()
        async with house.door():
            question = await house.alice.runs(house.elena, "/forget-me")
            clock.advance(ANSWER_S + 1)
            late = await house.alice.presses(shown(question), "Erase everything")
        assert "more than 60 seconds old" in shown(late).content
        assert labels(shown(late)) == []
        assert "erase" not in house.own_data.calls

    async def test_it_works_for_nobody_else(self, house: House) -> None:
        bob = house.discord.add_person("Bob")
        async with house.door():
            question = await house.alice.runs(house.elena, "/forget-me", house.guild.channel("general"))
            refused = await bob.presses(shown(question), "Erase everything", unseen=True)
        assert refused.text == "Only the person who asked can do that."
        assert refused.is_ephemeral
        assert "erase" not in house.own_data.calls
        assert "erased" not in shown(question).content

    async def test_leaving_everything_as_it_is(self, house: House) -> None:
        async with house.door():
            question = await house.alice.runs(house.elena, "/forget-me")
            await house.alice.presses(shown(question), "Leave everything")
        assert (question.text, labels(shown(question))) == ("Nothing was changed.", [])


class TestImport:
    async def test_a_chat_is_brought_in_once(self, house: House) -> None:
        sample = next(sample for sample in samples() if not sample.refused and sample.said)
        async with house.door():
            file = house.alice.a_file(house.elena, sample.name, sample.blob)
            first = await house.alice.runs(house.elena, "/import", file=file, timezone="Europe/Berlin")
            again = await house.alice.runs(house.elena, "/import", file=file)
        assert shown(first).content.startswith("I took in ")
        assert "0 messages" not in first.text
        assert shown(again).content.startswith("I took in 0 messages")
        assert "I knew already" in again.text

    async def test_our_own_export_comes_back(self, house: House) -> None:
        house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            exported = await house.alice.runs(house.elena, "/export")
            blob = shown(exported).attachments[0].data
            house.own_data.kept.clear()
            await house.alice.runs(house.elena, "/import", file=house.alice.a_file(house.elena, "mine.zip", blob))
        assert [item.text for item in house.own_data.kept[whose(house)]] == ["my cat is called Mia"]

    @pytest.mark.parametrize("declared", [LARGEST_IMPORT + 1, 100])
    async def test_too_large_is_refused_whatever_it_claims(self, house: House, declared: int) -> None:
        async with house.door():
            file = house.alice.a_file(house.elena, "big.json", bytes(LARGEST_IMPORT + 1), declared_size=declared)
            answer = await house.alice.runs(house.elena, "/import", file=file)
        assert shown(answer).content == "I can't take this file: it is larger than 25.0 MB."
        assert house.own_data.calls == []

    async def test_what_cannot_be_read_is_refused_with_a_reason(self, house: House) -> None:
        async with house.door():
            file = house.alice.a_file(house.elena, "chat.json", b"\x00\xff nothing")
            refused = await house.alice.runs(house.elena, "/import", file=file)
            nowhere = await house.alice.runs(house.elena, "/import", file=file, timezone="../etc/passwd")
            house.discord.world.files.clear()
            gone = await house.alice.runs(house.elena, "/import", file=file)
        assert shown(refused).content.startswith("I can't take this file: ")
        assert "no such time zone" in shown(nowhere).content
        assert "attach it again" in shown(gone).content


class TestTrouble:
    async def test_a_store_that_is_away_gets_a_kind_sentence(self, house: House) -> None:
        house.own_data.away = True
        file = house.alice.a_file(house.elena, "chat.json", json.dumps([]).encode())
        async with house.door():
            for command, options in (
                ("/memory list", {}), ("/memory search", {"words": "cat"}), ("/memory show", {"id": "0123456789"}),
                ("/memory edit", {"id": "0123456789"}), ("/memory delete", {"id": "0123456789"}), ("/facts", {}),
                ("/preferences list", {}), ("/preferences set", {"name": "tone", "value": "dry"}),
                ("/preferences clear", {"name": "tone"}), ("/privacy", {}), ("/export", {}),
                ("/import", {"file": file}),
            ):  # fmt: skip
                answer = await house.alice.runs(house.elena, command, **options)
                assert shown(answer).content == STORE_AWAY, command

    async def test_a_button_while_the_store_is_away_leaves_the_message_as_it_was(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            question = await house.alice.runs(house.elena, "/memory delete", id=item.id)
            house.own_data.away = True
            trouble = await house.alice.presses(shown(question), "Delete it")
            assert shown(trouble).content == STORE_AWAY
            house.own_data.away = False
            await house.alice.presses(shown(question), "Delete it")
        assert house.own_data.kept[whose(house)] == []

    async def test_a_form_that_would_come_too_late_is_not_promised(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def never(whose: Whose, memory_id: str) -> MemoryItem:
            await asyncio.Event().wait()
            raise AssertionError

        monkeypatch.setattr("src_v2.interfaces.discord.own_data_desk.FORM_WITHIN_S", 0.05)
        house.own_data.memory = never  # type: ignore[method-assign]
        async with house.door():
            answer = await house.alice.runs(house.elena, "/memory edit", id="0123456789")
        assert shown(answer).content == STORE_AWAY

    async def test_buttons_and_forms_outlive_a_restart(self, house: House) -> None:
        item = house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/memory list")
            form = await house.alice.runs(house.elena, "/memory edit", id=item.id)
        async with house.door():
            changed = await house.alice.submits(form, text="her name is Maya")
            seen = await house.alice.chooses(shown(listed), "Mia")
        assert "her name is Maya" in shown(changed).content
        assert "her name is Maya" in shown(seen).content

    async def test_a_button_that_nobody_knows_any_more(self, house: House) -> None:
        house.own_data.remember(whose(house), "my cat is called Mia")
        async with house.door():
            listed = await house.alice.runs(house.elena, "/memory list")
            next(parts_of(shown(listed)))["custom_id"] = f"ownpick:long-gone:{house.alice.id}"
            answer = await house.alice.chooses(shown(listed), "Mia")
        assert "too old" in shown(answer).content
