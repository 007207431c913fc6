"""What has been kept long enough goes, by the strictest of what character, settings and server say."""

from pathlib import Path
from shutil import copytree

import pytest

from src_v2.core.audience import Visibility
from src_v2.core.retention import Retention
from tests.support.house import CHARACTERS, House, Place
from tests.support.traces import rows_with

GUILD = Place("discord:general", Visibility.GUILD, "discord:harbour")


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", Retention()), ("Everything", Retention()), ("summaries", Retention(words=False)),
        ("90 days", Retention(days=90)), ("1 day", Retention(days=1)), ("30", Retention(days=30)),
    ],
)  # fmt: skip
def test_a_policy_is_read_as_people_write_it(text: str, policy: Retention) -> None:
    assert Retention.parse(text) == policy
    assert Retention.parse(str(policy)) == policy


@pytest.mark.parametrize("text", ["0 days", "-1 days", "forever", "90 weeks", "99999999 days", "9 0"])
def test_a_policy_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="days"):
        Retention.parse(text)


async def talks(house: House) -> None:
    zeb = house.person("Zebedee")
    await house.hears(zeb.says("My name is Zebedee and I live in Leeds."))
    await house.hears(zeb.says("I play the cello on Thursdays."))
    await house.hears(zeb.says("I keep bees on the roof.", GUILD))
    house.pass_time(hours=3)
    await house.app.background.learning.sweep()
    await house.indexed()


async def sweep(house: House) -> None:
    await house.app.retaining.sweep()
    await house.indexed()


async def test_everything_is_kept_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        await talks(house)
        house.pass_time(days=4_000)
        await sweep(house)
        assert any("cello" in text for text in await house.recall(house.person("Zebedee").audience(), "cello"))


async def test_after_n_days_all_of_it_is_gone_and_not_before(tmp_path: Path) -> None:
    async with House(tmp_path, memory_retention="90 days") as house:
        await talks(house)
        house.pass_time(days=89)
        await sweep(house)
        assert "v2_messages" in await rows_with(house.app.stores.database, "cello")
        house.pass_time(days=2)
        await sweep(house)
        assert await rows_with(house.app.stores.database, "cello", "Leeds", "bees") == []
        assert await house.recall(house.person("Zebedee").audience(), "cello") == []


async def test_with_summaries_only_the_words_go_and_what_was_understood_stays(tmp_path: Path) -> None:
    async with House(tmp_path, memory_retention="summaries") as house:
        zeb = house.person("Zebedee")
        await talks(house)
        house.pass_time(days=2)
        await sweep(house)
        assert "v2_messages" not in await rows_with(house.app.stores.database, "cello", "Leeds", "bees")
        known = await house.app.knowledge.known(zeb.audience(), "Where do I live?", house.clock.now())
        assert any(fact.object == "Leeds" for fact in known.facts)
        assert known.summaries
        assert await house.app.memory.conversation(zeb.audience(), 10) == []
        assert await house.recall(zeb.audience(), "cello") == []


async def test_a_character_has_a_policy_of_its_own(tmp_path: Path) -> None:
    copytree(CHARACTERS, tmp_path / "characters")
    core = tmp_path / "characters" / "elena" / "core.yaml"
    core.write_text(core.read_text() + "\nretention: 7 days\n")
    async with House(tmp_path / "data", characters_dir=tmp_path / "characters") as house:
        await talks(house)
        house.pass_time(days=8)
        await sweep(house)
        assert await rows_with(house.app.stores.database, "cello") == []


async def test_a_server_decides_for_what_is_said_in_it(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        await talks(house)
        await house.app.retaining.decide("discord:harbour", Retention(days=1))
        house.pass_time(days=2)
        await sweep(house)
        assert await rows_with(house.app.stores.database, "bees") == []
        assert "v2_messages" in await rows_with(house.app.stores.database, "cello")
        await house.app.retaining.decide("discord:harbour", Retention())
        assert await house.app.retaining.of_guilds() == {}
