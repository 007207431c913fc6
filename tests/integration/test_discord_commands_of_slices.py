"""The commands that slices bring, on Discord: shown to one person, chosen from, acted on, also after a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.interfaces.discord.command_desk import OPTION
from src_v2.interfaces.discord.own_data_words import plain_line
from tests.integration.discord_house import House, at_the_harbour
from tests.support.discord.parts import labels
from tests.support.discord.slash import SlashAnswer
from tests.support.discord.state import Message


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


def shown(answer: SlashAnswer) -> Message:
    assert answer.is_ephemeral
    assert answer.message is not None
    return answer.message


async def test_a_command_that_only_shows(house: House) -> None:
    async with house.door():
        answer = await house.alice.runs(house.elena, "/mood", house.guild.channel("general"))
    assert shown(answer).content == "Fine, Alice."
    asked = house.wishes.asked[-1]
    assert asked.audience == Audience("elena", f"discord:{house.alice.id}", "", Visibility.PRIVATE)
    assert asked.platform == "discord"


async def test_in_private_the_place_is_known(house: House) -> None:
    async with house.door():
        await house.alice.runs(house.elena, "/mood")
    assert house.wishes.asked[-1].audience.channel_id.startswith("discord:")


async def test_words_are_added_and_shown_as_they_are(house: House) -> None:
    async with house.door():
        answer = await house.alice.runs(house.elena, "/wishes", text="a **boat** for @everyone\nand me")
        assert "names nobody" in shown(answer).content
        answer = await house.alice.runs(house.elena, "/wishes", action="add", text="a **boat**\nfor me")
    assert shown(answer).content.splitlines() == ["Your wishes: 1", "1. a \\*\\*boat\\*\\* for me"]


async def test_an_item_is_chosen_and_acted_on_by_its_owner_after_a_restart(house: House) -> None:
    async with house.door():
        await house.alice.runs(house.elena, "/wishes", text="a boat")
        listed = await house.alice.runs(house.elena, "/wishes", text="a harp")
    async with house.door():
        chosen = await house.alice.chooses(shown(listed), "a harp")
        assert shown(chosen).content == "> a harp"
        assert labels(shown(chosen)) == ["It came true", "Say it differently", "Back"]
        form = await house.alice.presses(shown(chosen), "Say it differently")
        renamed = await house.alice.submits(form, text="two harps")
        assert "2. two harps" in renamed.text
        chosen = await house.alice.chooses(shown(renamed), "a boat")
        done = await house.alice.presses(shown(chosen), "It came true")
        assert done.text == "How lovely."
        back = await house.alice.presses(shown(done), "Back")
        assert back.text.splitlines() == ["Your wishes: 1", "1. two harps"]
    assert list(house.wishes.held.values()) == ["two harps"]


async def test_what_is_gone_or_somebody_elses_is_said_kindly(house: House) -> None:
    async with house.door():
        listed = await house.alice.runs(house.elena, "/wishes", text="a boat")
        chosen = await house.alice.chooses(shown(listed), "a boat")
        bob = house.discord.add_person("Bob")
        refused = await bob.presses(shown(chosen), "It came true", unseen=True)
        assert refused.text == "Only the person who asked can do that."
        assert len(house.wishes.held) == 1
        house.wishes.held.clear()
        gone = await house.alice.presses(shown(chosen), "It came true")
        assert gone.text == "I don't have that."
        house.wishes.away = True
        answer = await house.alice.runs(house.elena, "/wishes")
        assert "can't get at my memory" in answer.text


async def test_actions_without_words_are_offered_by_what_they_do(house: House) -> None:
    async with house.door():
        await house.alice.runs(house.elena, "/wishes", text="a boat")
        answer = await house.alice.runs(house.elena, "/wishes", action="clear")
    assert answer.text == "Your wishes: 0"


async def test_a_long_list_is_turned_over_page_by_page_to_its_last_item(house: House) -> None:
    wishes = {f"w{number}": f"wish_{number} " + "*a lot of* _words_ " * 9 for number in range(1, 61)}
    house.wishes.held.update(wishes)
    seen: list[str] = []
    async with house.door():
        page = await house.alice.runs(house.elena, "/wishes")
        while True:
            message = shown(page)
            assert len(message.content) <= 2000
            words, *lines = message.content.splitlines()
            assert words == "Your wishes: 60"
            numbered = [line for line in lines if not line.startswith("and ")]
            seen += [line.partition(".")[0] for line in numbered]
            left = 60 - len(seen)
            assert lines[len(numbered) :] == ([f"and {left} more"] if left else [])
            if "Next page" not in labels(message):
                break
            page = await house.alice.presses(message, "Next page")
        assert seen == [str(number) for number in range(1, 61)]
        last_first = int(numbered[0].partition(".")[0])
        before = shown(await house.alice.presses(message, "Previous page"))
        assert int(before.content.splitlines()[-2].partition(".")[0]) == last_first - 1
        last = shown(await house.alice.presses(before, "Next page"))
        chosen = await house.alice.chooses(last, plain_line(wishes["w60"], OPTION))
    assert "wish\\_60" in shown(chosen).content
