"""What becomes of how they stand when a message goes, a place is erased or a reply does not stand."""

import asyncio
from datetime import datetime

from sqlalchemy import select

from src_v2.core.scope import Scope
from src_v2.evolution.models import ChangeKind, TrustChange
from src_v2.storage.tables import messages
from tests.integration.test_relationship import folder, house, llm, told  # noqa: F401 - fixtures
from tests.support.house import Person
from tests.support.llm import LocalLLM, Script
from tests.support.relationship import FeelingHouse

WANTS = "I want to run a marathon in May."


async def newest(house: FeelingHouse, words: str) -> str:  # noqa: F811
    query = select(messages.c.id).where(messages.c.text == words).order_by(messages.c.created_at.desc())
    async with house.app.stores.database.read() as connection:
        return str((await connection.execute(query)).scalars().first())


async def wished(house: FeelingHouse, llm: LocalLLM, sam: Person) -> None:  # noqa: F811
    await told(house, llm, sam, WANTS)
    await house.app.jobs.idle()
    assert "run a marathon" in await told(house, llm, sam, "Hm.")
    await house.app.jobs.idle()
    await house.app.inner_life.relations.standing("elena", sam.user_id)  # into the cache


def is_wish(prompt: str) -> bool:
    return "A quiet wish" in prompt and "marathon" in prompt.split("A quiet wish")[1].split("##", maxsplit=1)[0]


async def test_words_of_a_deleted_message_are_in_no_prompt(house: FeelingHouse, llm: LocalLLM) -> None:  # noqa: F811
    sam = house.person("Sam")
    await wished(house, llm, sam)
    await house.app.store.delete_by_id(await newest(house, WANTS))
    await house.app.jobs.idle()
    assert not is_wish(await told(house, llm, sam, "So?"))


async def test_words_of_an_erased_channel_are_in_no_prompt(house: FeelingHouse, llm: LocalLLM) -> None:  # noqa: F811
    sam = house.person("Sam")
    await wished(house, llm, sam)
    for holding in house.app.holdings:
        await holding.erase(Scope(character="elena", channel_id=sam.audience().channel_id))
    assert not is_wish(await told(house, llm, sam, "So?"))


async def test_deleting_what_showed_it_does_not_make_it_count_again(
    house: FeelingHouse,  # noqa: F811
    llm: LocalLLM,  # noqa: F811
) -> None:
    sam, words = house.person("Sam"), "How is the kelp doing?"

    def shown(message_id: str, at: datetime) -> TrustChange:
        return TrustChange("trigger:s:kelp", "elena", sam.user_id, ChangeKind.TRIGGER, 5, at, "kelp", message_id)

    for asked in range(1, 4):
        await house.hears(sam.says(words))
        message_id = await newest(house, words)
        await house.app.inner_life.relations.change([shown(message_id, house.clock.now())])
        await house.app.jobs.idle()
        assert (await house.stands(sam)).trust == 5 + asked
        await house.app.store.delete_by_id(message_id)
        await house.app.jobs.idle()


async def test_what_stood_in_a_stopped_reply_is_said_again(house: FeelingHouse, llm: LocalLLM) -> None:  # noqa: F811
    sam = house.person("Sam")
    await house.hears(sam.says("Hello"))
    await house.trusts(sam, 25)
    llm.enqueue(Script("One two three four", hold=asyncio.Event(), hold_before=1, packet_per_token=True))
    reply = await house.ask(sam.says("Go on"))
    await reply.first_text.wait()
    assert "climb the tower" in str(llm.requests[-1].messages[0]["content"])
    assert await house.app.lanes.stop("elena", sam.dm.channel_id)
    await reply.finished.wait()
    assert "climb the tower" in await told(house, llm, sam, "And?")
    assert "climb the tower" not in await told(house, llm, sam, "And now?")
