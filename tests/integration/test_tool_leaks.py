"""The whole matrix of who x where x every tool: nothing is shown to an audience that must not hear it."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.switches import SwitchName
from src_v2.knowledge.models import USER, PreferenceName, Summary, Wish
from src_v2.storage.database import Database
from src_v2.tools.base import ResultKind, ToolResult
from tests.integration.tool_study import Study
from tests.support.knowledge import add_summary


@pytest.fixture
async def study(database: Database, tmp_path: Path) -> AsyncIterator[Study]:
    made = Study(database, tmp_path)
    await made.open()
    yield made
    await made.close()


OPEN_A = ("discord:open-a", Visibility.GUILD, "discord:harbour")
OPEN_B = ("discord:open-b", Visibility.GUILD, "discord:harbour")
STAFF = ("discord:staff", Visibility.CHANNEL, "discord:harbour")
ELSEWHERE = ("discord:lobby", Visibility.GUILD, "discord:mountain")


@dataclass(frozen=True)
class Spot:
    """One person in one place with one character; what is said there holds a word that is said nowhere else."""

    number: int
    person: str
    place: tuple[str, Visibility, str] | None
    character: str

    @property
    def word(self) -> str:
        return f"treasure{self.number:02}"

    @property
    def audience(self) -> Audience:
        user_id = f"discord:{self.person}"
        if self.place is None:
            return Audience(self.character, user_id, f"discord:dm-{self.person}", Visibility.PRIVATE)
        channel_id, visibility, guild_id = self.place
        return Audience(self.character, user_id, channel_id, visibility, guild_id)


SPOTS = [
    Spot(number, *spot)
    for number, spot in enumerate(
        product(("ann", "ben"), (None, OPEN_A, OPEN_B, STAFF, ELSEWHERE), ("elena", "marcus")), start=1
    )
]


def may_hear(listener: Spot, said: Spot) -> bool:
    """Say the rule in words: in private, all you ever said to this character; in a server, what is open there."""
    if listener.character != said.character:
        return False
    if listener.place is None:
        return listener.person == said.person
    if said.place is None:
        return False
    if said.place[1] is Visibility.CHANNEL:
        return listener.place[0] == said.place[0]
    return listener.place[2] == said.place[2]


def may_know(listener: Spot, said: Spot) -> bool:
    """Know what is about the person who asks, and as far as it may be heard here."""
    return listener.person == said.person and may_hear(listener, said)


CHANNEL: list[dict[str, Any]] = [
    {"limit": 30}, {"query": "where is the treasure buried", "limit": 30}, {"speaker": "Ann", "limit": 30},
    {"since": "2026", "limit": 30},
]  # fmt: skip
LOOKS: list[tuple[str, dict[str, Any]]] = [
    ("search_messages", {"query": "where is the treasure buried", "limit": 20}),
    ("search_messages", {"query": " ".join(spot.word for spot in SPOTS), "limit": 20, "since": "2026"}),
    ("search_summaries", {"limit": 10}),
    ("search_summaries", {"query": "buried treasure", "limit": 10}),
    ("look_up_facts", {}),
    ("look_up_facts", {"about": "user", "predicate": "likes"}),
    ("walk_relationships", {"about": "user", "depth": 3}),
    ("read_preferences", {}),
]


def words_in(results: Sequence[ToolResult]) -> set[str]:
    return {word for result in results for word in re.findall(r"treasure\d\d", result.text)}


@pytest.fixture
async def island(study: Study) -> Study:
    for spot in SPOTS:
        message = await study.says(f"The treasure is buried: {spot.word}", spot.audience)
        await study.tells(message, USER, "likes", spot.word)
        who, day = message.author.user_id, message.sent_at
        wish = Wish(new_id(), spot.audience, who, PreferenceName.AVOID, spot.word, message.id, day)
        await study.store.add(wishes=[wish])
        summary = Summary(new_id(), "s", f"A buried treasure: {spot.word}", (spot.word,), (), 3, day, day)
        await add_summary(study.database, summary, spot.audience, day)
    await study.caught_up()
    return study


async def test_no_tool_shows_what_this_audience_must_not_hear(island: Study) -> None:
    for listener in SPOTS:
        for name, arguments in LOOKS:
            context = await island.asks("Well?", listener.audience)
            found = words_in([await island.box.call(name, arguments, context)])
            rule = may_hear if name == "search_messages" else may_know
            assert found == {said.word for said in SPOTS if rule(listener, said)}, (listener, name, arguments)


def may_read_here(listener: Spot, said: Spot) -> bool:
    """Look back only where one is: the same channel, the same character."""
    here = listener.audience.channel_id == said.audience.channel_id
    return listener.character == said.character and here


async def test_looking_back_shows_this_channel_and_no_other(island: Study) -> None:
    for listener, arguments in product(SPOTS, CHANNEL):
        context = await island.asks("Well?", listener.audience)
        found = words_in([await island.box.call("search_channel", arguments, context)])
        there = {said.word for said in SPOTS if may_read_here(listener, said)}
        by_ann = {said.word for said in SPOTS if said.person == "ann"}
        assert found == (there & by_ann if "speaker" in arguments else there), (listener, arguments)


async def test_many_looks_at_once_show_no_more_than_each_of_them(island: Study) -> None:
    every_word = " ".join(spot.word for spot in SPOTS)
    for listener in SPOTS:
        heard = {said.word for said in SPOTS if may_hear(listener, said)}
        calls: list[tuple[str, dict[str, Any]]] = [
            ("analyze_topic", {"topic": "the buried treasure"}), ("analyze_topic", {"topic": every_word[:190]}),
            ("analyze_topic", {"topic": "treasure", "about": "user"}), ("recall_period", {"since": "2026"}),
        ]  # fmt: skip
        for name, arguments in calls:
            result = await island.box.call(name, arguments, await island.asks("Well?", listener.audience))
            found = words_in([result])
            assert found, (listener, name)
            assert found <= heard, (listener, name, arguments)


async def test_who_takes_their_words_out_of_servers_is_not_found_there_by_any_look(island: Study) -> None:
    await island.profiles.decide("discord:ann", SwitchName.SERVERS, on=False)
    ann_in_servers = {said.word for said in SPOTS if said.person == "ann" and said.place is not None}
    for listener in (spot for spot in SPOTS if spot.place is not None and spot.person == "ben"):
        for name, arguments in [*(("search_channel", one) for one in CHANNEL), ("recall_period", {"since": "2026"}),
                                ("analyze_topic", {"topic": "treasure"})]:  # fmt: skip
            result = await island.box.call(name, arguments, await island.asks("Well?", listener.audience))
            assert not words_in([result]) & ann_in_servers, (listener, name)


async def test_who_is_not_remembered_looks_back_at_what_is_held_only(island: Study) -> None:
    await island.profiles.decide("discord:ann", SwitchName.REMEMBER, on=False)
    spot = next(spot for spot in SPOTS if spot.person == "ann" and spot.place is None)
    context = await island.asks("Well?", spot.audience)
    assert (await island.box.call("search_channel", {}, context)).kind is ResultKind.NOTHING
    island.memory.running.hear(replace(context.message, id=new_id(), text="a pebble, just now"), None)
    found = await island.box.call("search_channel", {"query": "pebble"}, context)
    assert "a pebble, just now" in found.text
    assert "treasure" not in found.text


async def test_no_name_leads_to_what_this_audience_must_not_hear(island: Study) -> None:
    for listener, said in product(SPOTS[::3], SPOTS):
        context = await island.asks("Well?", listener.audience)
        results = [
            await island.box.call("look_up_facts", {"about": said.word}, context),
            await island.box.call("walk_relationships", {"about": said.word, "depth": 3}, context),
        ]
        assert words_in(results) <= {spot.word for spot in SPOTS if may_know(listener, spot)}, (listener, said)


async def test_a_change_is_heard_only_where_it_was_made(island: Study) -> None:
    """Ann takes back everything she is shown in one server: what others know, and she elsewhere, stays as it was."""
    changer = next(spot for spot in SPOTS if spot.person == "ann" and spot.place == OPEN_A)
    context = await island.asks("All wrong! It is seashells. Please talk in a piratical tone", changer.audience)
    shown = await island.box.call("look_up_facts", {}, context)
    ids = re.findall(r"\[(f\d+)\]", shown.text)
    assert len(ids) == 2  # said in the two open channels of this server
    assert (
        await island.box.call("correct_fact", {"fact": ids[0], "new_object": "seashells"}, context)
    ).kind is ResultKind.OK
    assert (await island.box.call("retract_fact", {"fact": ids[1]}, context)).kind is ResultKind.OK
    wish = {"name": "tone", "value": "piratical"}
    assert (await island.box.call("set_preference", wish, context)).kind is ResultKind.OK
    await island.caught_up()
    for listener in SPOTS:
        asked = await island.asks("Well?", listener.audience)
        results = [await island.box.call(name, arguments, asked) for name, arguments in LOOKS[4:]]
        text = "\n".join(result.text for result in results)
        hears = may_know(listener, changer)
        assert ("seashells" in text, "piratical" in text) == (hears, hears), listener
        facts_known = words_in(results[:3])
        gone = {spot.word for spot in SPOTS if spot.person == "ann" and spot.character == changer.character
                and spot.place in {OPEN_A, OPEN_B}} if hears else set()  # fmt: skip
        assert facts_known == {said.word for said in SPOTS if may_know(listener, said)} - gone, listener
