"""The whole matrix of who x where: nothing surfaces in front of an audience that must not hear it.

Each combination of person, place and character says one sentence that nobody else says; then every audience asks for
everything, through history and through recall.
"""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from src_v2.core.audience import Visibility
from tests.support.house import House, Person, Place
from tests.support.llm import LocalLLM, Script

OPEN_A = Place("discord:open-a", Visibility.GUILD, "discord:harbour")
OPEN_B = Place("discord:open-b", Visibility.GUILD, "discord:harbour")
STAFF = Place("discord:staff", Visibility.CHANNEL, "discord:harbour")
ELSEWHERE = Place("discord:lobby", Visibility.GUILD, "discord:mountain")
PEOPLE = ("Ann", "Ben")
CHARACTERS = ("elena", "marcus")


@dataclass(frozen=True)
class Spot:
    """One combination; `place` None is the person's own direct message."""

    person: str
    place: Place | None
    character: str

    @property
    def sentence(self) -> str:
        where = self.place.channel_id if self.place else "private"
        return f"Treasure {self.person} {where} {self.character} lies under the tree".replace("discord:", "")


SPOTS = [Spot(*spot) for spot in product(PEOPLE, (None, OPEN_A, OPEN_B, STAFF, ELSEWHERE), CHARACTERS)]


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be read in private."""

    shared: bool = False
    without_servers: bool = False


WISHES = [Wish(*both) for both in product((False, True), repeat=2)]
IN_PRIVATE = [spot for spot in SPOTS if spot.place is None]


def may_hear(listener: Spot, said: Spot, wish: Wish = Wish()) -> bool:
    """Say the rule in words: in private, all you ever said to this character; in a server, what is open there.

    Who shares is also heard in private by a character with what they told another one in private. Who does not want
    their words of servers to be used is not heard with them.
    """
    if listener.place is None and wish.without_servers and said.place is not None:
        return False
    if listener.place is None and said.place is None and wish.shared:
        return listener.person == said.person
    if listener.character != said.character:
        return False
    if listener.place is None:
        return listener.person == said.person
    if said.place is None:
        return False
    if said.place.visibility is Visibility.CHANNEL:
        return listener.place.channel_id == said.place.channel_id
    return listener.place.guild_id == said.place.guild_id


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with LocalLLM() as llm, House(tmp_path, llm) as house:
        llm.reply = lambda request: Script("Noted.")
        for spot in SPOTS:
            await house.hears(_person(house, spot).says(spot.sentence, spot.place, character=spot.character))
        await house.indexed()
        yield house


def _person(house: House, spot: Spot) -> Person:
    return house.person(spot.person)


async def test_recall_tells_each_audience_what_it_may_hear_and_nothing_else(house: House) -> None:
    for listener in SPOTS:
        audience = _person(house, listener).audience(listener.place, listener.character)
        found = set(await house.recall(audience, "Treasure lies under the tree"))
        found |= set(await house.recall(audience, " ".join(spot.sentence for spot in SPOTS)))
        told = {spot.sentence for spot in SPOTS if spot.sentence in found}
        assert told == {spot.sentence for spot in SPOTS if may_hear(listener, spot)}, listener


async def test_history_holds_this_place_only(house: House) -> None:
    for listener in SPOTS:
        audience = _person(house, listener).audience(listener.place, listener.character)
        said = {message.text for message in await house.app.memory.conversation(audience, 100)} - {"Noted."}
        here = {spot.sentence for spot in SPOTS if spot.place == listener.place and may_hear(listener, spot)}
        assert said == here, listener


@pytest.mark.parametrize("wish", WISHES, ids=str)
async def test_in_private_people_are_read_as_they_wish(house: House, wish: Wish) -> None:
    for listener in IN_PRIVATE:
        audience = replace(_person(house, listener).audience(None, listener.character), **asdict(wish))
        allowed = {spot.sentence for spot in SPOTS if may_hear(listener, spot, wish)}
        found = set(await house.recall(audience, "Treasure lies under the tree"))
        found |= set(await house.recall(audience, " ".join(spot.sentence for spot in SPOTS)))
        assert found - {"Noted."} == allowed, listener
        everything = await house.app.memory.everything(audience, 100) or []
        assert {message.text for message in everything} - {"Noted."} == allowed, listener


@pytest.mark.parametrize("wish", WISHES, ids=str)
async def test_in_private_people_are_known_as_they_wish(house: House, wish: Wish) -> None:
    for spot in SPOTS:
        said = f"I like {_boat(spot)}."
        await house.hears(_person(house, spot).says(said, spot.place, character=spot.character))
    for listener in IN_PRIVATE:
        audience = replace(_person(house, listener).audience(None, listener.character), **asdict(wish))
        known = await house.app.knowledge.known(audience, "boat", house.clock.now())
        told = {spot for spot in SPOTS if _boat(spot).casefold() in str(known.facts).casefold()}
        assert told == {spot for spot in SPOTS if may_hear(listener, spot, wish)}, listener


def _boat(spot: Spot) -> str:
    """Return a name of one word that no other spot's name begins with."""
    return "Boat" + "".join(chr(ord("a") + int(digit)) for digit in f"{SPOTS.index(spot):02d}")
