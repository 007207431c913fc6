"""Pictures on Discord messages: fetched, opened, handed over with the turn; what cannot be had is said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.discord_house import House, at_the_harbour, fails
from tests.support.discord.state import Attachment, Message
from tests.support.pictures import flag, saved

PNG = saved(flag(), "PNG")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_the_harbour(tmp_path) as story:
        yield story


class Forgetful(dict[str, Attachment]):
    """A CDN that has lost what it was given."""

    def update(self, *_: Any, **__: Any) -> None: ...


async def shows(house: House, text: str, files: dict[str, bytes]) -> Message:
    """Send files in private and return the reply once it is there."""
    await house.alice.dm(house.elena, text, files=files)
    return await house.alice.sees(house.elena, from_=house.elena)


async def test_a_picture_comes_with_the_turn(house: House) -> None:
    async with house.door():
        reply = await shows(house, "what is this?", {"flag.png": PNG})
        await house.until_final(reply, "You said: what is this?\n[sent a picture: flag.png]")
    (turn,) = house.engine.turns
    (shown,) = turn.pictures
    assert (shown.name, shown.media_type, shown.width, shown.height) == ("flag.png", "image/png", 60, 80)


async def test_what_cannot_be_opened_is_said_in_the_message(house: House) -> None:
    async with house.door():
        files = {"drawing.svg": b"<svg/>", "flag.png": PNG, "cut.jpg": b"\xff\xd8\xff\xe0broken"}
        await shows(house, "look", files)
    (turn,) = house.engine.turns
    assert turn.text.splitlines() == [
        "look",
        "[sent a picture: drawing.svg; it could not be opened: it is none of JPEG, PNG, WebP and GIF]",
        "[sent a picture: flag.png]",
        "[sent a picture: cut.jpg; it could not be opened: it is damaged]",
    ]
    assert [one.name for one in turn.pictures] == ["flag.png"]


async def test_what_is_said_to_be_too_large_is_not_even_fetched(house: House) -> None:
    async with house.door():
        house.discord.world.files = Forgetful()  # whoever asks for it gets another answer
        await shows(house, "look", {"huge.png": PNG + bytes(9 * 2**20)})
    (turn,) = house.engine.turns
    assert turn.text.endswith("[sent a picture: huge.png; it could not be opened: it is larger than 8 MB]")
    assert turn.pictures == ()


async def test_a_picture_that_discord_does_not_hand_over_costs_no_answer(house: House) -> None:
    async with house.door():
        house.discord.world.files = Forgetful()
        await shows(house, "look", {"flag.png": PNG})
    (turn,) = house.engine.turns
    assert turn.text.endswith("[sent a picture: flag.png; it could not be opened: Discord did not hand it over]")


async def test_another_try_fetches_the_picture_again(house: House) -> None:
    house.engine.script = fails
    async with house.door():
        reply = await shows(house, "look", {"flag.png": PNG})
        await house.discord.wait_until(lambda: bool(reply.components), what="the button")
        await house.alice.presses(reply, "Try again")
        await house.engine.until_turns(2)
    assert [one.name for one in house.engine.turns[1].pictures] == ["flag.png"]


async def test_only_four_are_looked_at(house: House) -> None:
    async with house.door():
        await shows(house, "", {f"{number}.png": PNG for number in range(6)})
    (turn,) = house.engine.turns
    assert len(turn.pictures) == 4
    assert turn.text.splitlines()[-1] == "[sent a picture: 5.png; it could not be opened: only 4 are looked at]"
