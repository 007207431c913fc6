"""Reactions to replies from long ago, in the whole process: on any of a reply's messages, and taken back again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from src_v2.core.events import Done
from src_v2.storage.tables import reactions
from tests.support.house import House

PARTS = ["7001", "7002", "7003"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House(tmp_path / "data") as house:
        yield house


async def kept(house: House) -> list[tuple[str, float]]:
    async with house.app.stores.database.read() as connection:
        rows = await connection.execute(select(reactions.c.emoji, reactions.c.value).order_by(reactions.c.emoji))
        return [tuple(row) for row in rows]


async def test_old_replies_of_several_messages(house: House) -> None:
    sam = house.person("Sam")
    reply = await house.hears(sam.says("Tell me about whales."))
    assert isinstance(reply.outcome, Done)
    await house.app.memory.link("elena", reply.outcome.message_id, PARTS)
    house.pass_time(days=200)
    await house.restart()

    for part, emoji in zip(PARTS, ("👍🏽", ":pepe_love:", "😭"), strict=True):
        await house.app.feedback.reacted("elena", part, sam.user_id, emoji)
    assert await kept(house) == [(":pepe_love:", 1.0), ("👍", 1.0)]  # tears are no opinion
    await house.restart()
    assert await house.app.feedback.unreacted("elena", PARTS[0], sam.user_id, "👍🏿")
    assert await kept(house) == [(":pepe_love:", 1.0)]
    await house.app.feedback.cleared("elena", PARTS[1])
    assert await kept(house) == []
    assert not await house.app.feedback.reacted("elena", "7999", sam.user_id, "👍")
