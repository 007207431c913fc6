"""Characters that write about a goal that rests, and about what they noticed. The whole process."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from src_v2.core.scope import Scope
from src_v2.evolution.epiphanies.models import MENTION, Whose
from src_v2.evolution.epiphanies.service import Epiphanies
from src_v2.evolution.epiphanies.store import EpiphanyStore
from src_v2.evolution.goals.models import Entry, What
from src_v2.evolution.goals.store import GoalStore
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import epiphanies, goals, mentions
from src_v2.storage.tables import outgoing as table
from tests.integration.test_outreach import Story
from tests.support.epiphany_histories import Planted, history
from tests.support.epiphany_model import EagerModel
from tests.support.evolving import live
from tests.support.house import House
from tests.support.llm import LocalLLM

SPOKEN = history(14, Planted.MOOD_AND_TOPIC)
NOTICED = "## Something you have noticed"
ASKS = "How is the running going? The tide pools made me think of your long way."
TELLS = "I may be wrong, but I believe I have noticed something about you, and I am fond of it."


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with (
        LocalLLM() as llm,
        House(tmp_path, llm=llm, outreach_enabled=True, epiphanies_enabled=True) as house,
    ):
        story = Story(house, llm)
        llm.reply = story.answer
        yield story


async def written_about(story: Story) -> list[str]:
    async with story.house.app.stores.database.read() as connection:
        return list((await connection.execute(select(table.c.about).order_by(table.c.created_at))).scalars())


class TestGoals:
    async def test_each_pause_of_a_goal_is_written_about_once(self, story: Story) -> None:
        await story.hears(story.sam.says("I want to run a marathon."))
        await story.wants(trust=30, per_week=7)
        story.words = [ASKS]
        await self.days(story, 6)
        assert story.postman.sent == []
        await self.days(story, 4)
        ((sent, _),) = story.postman.sent
        assert (sent.text, sent.audience) == (ASKS, story.sam.audience())
        assert "they want to reach | run a marathon | nothing was heard of it for" in str(
            story.asked_for_words[0].body["messages"]
        )
        await story.hears(story.sam.says("Fine, I suppose."))
        await self.days(story, 9)
        assert len(story.postman.sent) == 1, "that pause was used"
        await self.moves(story)
        story.words = ["Ten miles is a long way to carry a smile. What comes next?"]
        await self.days(story, 10)
        assert len(story.postman.sent) == 2
        first, second = [about.split(":") for about in await written_about(story)]
        assert first[:2] == second[:2] == ["goal", second[1]]
        assert first[2] < second[2], "another pause of the same goal"

    async def test_who_reaches_it_is_not_asked(self, story: Story) -> None:
        await story.hears(story.sam.says("I want to run a marathon."))
        await story.wants(trust=30)
        held = await story.house.app.inner_life.goals.of("elena", story.sam.user_id)
        await story.house.app.inner_life.goals.done(story.sam.audience(), held.goals[0].id)
        await self.days(story, 12)
        assert story.postman.sent == []

    async def days(self, story: Story, days: int) -> None:
        """Let days go by, with a look every three hours."""
        for _ in range(days * 8):
            story.house.pass_time(hours=3)
            if await story.house.app.inner_life.outreach.sweep():
                story.house.pass_time(minutes=15)
                await story.house.indexed()

    async def moves(self, story: Story) -> None:
        async with story.house.app.stores.database.read() as connection:
            goal = (await connection.execute(select(goals.c.goal))).scalars().first()
        at = story.house.clock.now()
        moved = Entry("moved", goal or "", story.sam.audience(), What.MOVED, at, progress=0.4)
        await GoalStore(story.house.app.stores.database).add([moved])


class TestWhatWasNoticed:
    async def knows_sam(self, story: Story, trust: int = 70) -> str:
        """Have weeks of talk go by, in which something was noticed; return its id."""
        house = story.house
        await live(house.app.stores.database, SPOKEN, story.sam.audience())
        house.clock.advance((SPOKEN.sessions[-1].at - house.clock.now()).total_seconds())
        message = story.sam.says("Good night then.")
        await story.hears(message)
        await story.wants(trust=trust)
        whose = Whose("elena", story.sam.user_id)
        looking = Epiphanies(
            EpiphanyStore(house.app.stores.database), house.clock, EagerModel(SPOKEN),
            zone_of=lambda _name: UTC, outdate=house.app.inner_life.relations.outdate,
        )  # fmt: skip
        assert await looking.look(whose) == 1
        (found,) = await looking.shown(whose)
        async with house.app.stores.database.write() as connection:  # so sure that every character is moved by it
            await connection.execute(update(epiphanies).values(confidence=0.95))
        return found.id

    async def days(self, story: Story, days: int = 3) -> None:
        await TestGoals().days(story, days)

    async def mentioned(self, story: Story) -> list[str]:
        async with story.house.app.stores.database.read() as connection:
            said = select(mentions.c.id).where(mentions.c.said_at.is_not(None))
            return [one for one in (await connection.execute(said)).scalars() if one.startswith(MENTION)]

    async def aside(self, story: Story) -> Any:
        standing = await story.house.app.inner_life.relations.standing("elena", story.sam.user_id)
        return standing.asides.get("epiphany")

    async def test_it_is_written_about_once_and_never_said_in_an_answer_again(self, story: Story) -> None:
        one = await self.knows_sam(story)
        story.words = [TELLS]
        assert one in await self.aside(story), "until then an answer may mention it"
        await self.days(story)
        ((sent, _),) = story.postman.sent
        assert (sent.text, sent.about) == (TELLS, MENTION + one)
        assert "something you noticed about them" in str(story.asked_for_words[0].body["messages"])
        assert await self.mentioned(story) == [MENTION + one]
        assert await self.aside(story) is None, "at once, and not when the copy in the cache is old"
        for line in SPOKEN.sessions[0].lines:
            await story.hears(story.sam.says(line.text))
        assert NOTICED not in str([request.body for request in story.llm.requests])

    async def test_what_was_mentioned_in_an_answer_is_no_reason(self, story: Story) -> None:
        one = await self.knows_sam(story)
        said = [line.text for session in SPOKEN.sessions for line in session.lines]
        for text in said[:40]:
            await story.hears(story.sam.says(text))
            if NOTICED in str(story.llm.requests[-1].body):
                break
        assert NOTICED in str([request.body for request in story.llm.requests])
        await story.house.indexed()
        assert await self.mentioned(story) == [MENTION + one]
        await self.days(story, 5)
        assert MENTION + one not in await written_about(story)

    async def test_not_below_the_trust_that_it_takes(self, story: Story) -> None:
        one = await self.knows_sam(story, trust=40)
        async with story.house.app.stores.database.write() as connection:
            await connection.execute(update(epiphanies).where(epiphanies.c.id == one).values(trust=45))
        await self.days(story)
        assert story.postman.sent == []

    async def test_an_answer_that_mentions_it_while_words_are_looked_for_comes_first(self, story: Story) -> None:
        one = await self.knows_sam(story)
        outreach: Any = story.house.app.inner_life.outreach
        asks = outreach._ask

        async def mentioned_meanwhile(*given: Any) -> Any:
            draft = await asks(*given)
            at = story.house.clock.now()
            values = dict(character="elena", user_id=story.sam.user_id, id=MENTION + one, due_at=at, said_at=at)
            await RowWriter(story.house.app.stores.database).apply([RowWrite("v2_mentions", values)])
            return draft

        outreach._ask = mentioned_meanwhile
        await self.days(story)
        assert len(story.asked_for_words) == 1
        assert story.postman.sent == []
        assert await written_about(story) == [], "nobody can have seen it"

    async def test_who_writes_while_words_are_looked_for_is_not_written_to(self, story: Story) -> None:
        await self.knows_sam(story)
        outreach: Any = story.house.app.inner_life.outreach
        asks = outreach._ask

        async def writes_meanwhile(*given: Any) -> Any:
            draft = await asks(*given)
            await story.hears(story.sam.says("Here I am again."))
            return draft

        outreach._ask = writes_meanwhile
        await self.days(story, 2)
        assert len(story.asked_for_words) == 1
        assert story.postman.sent == []

    async def test_whoever_dies_after_it_was_stored_has_the_standing_read_anew_the_next_time(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = await self.knows_sam(story)
        relations = story.house.app.inner_life.relations
        outdate = relations.outdate
        died: list[str] = []
        again: list[str] = []

        async def dies(character: str, user_id: str) -> None:
            if story.postman.sent and not died:
                died.append(user_id)
                raise ConnectionError("gone")
            again.extend(died)
            await outdate(character, user_id)

        monkeypatch.setattr(relations, "outdate", dies)
        await self.days(story)
        assert died
        assert len(story.postman.sent) == 1
        assert await self.mentioned(story) == [MENTION + one]
        story.house.pass_time(hours=1)
        await story.house.indexed()
        assert again, "the same job came back"
        assert await self.aside(story) is None
        assert len(story.postman.sent) == 1

    async def test_it_goes_with_the_person(self, story: Story) -> None:
        await self.knows_sam(story)
        await self.days(story)
        assert len(story.postman.sent) == 1
        scope = Scope(user_id=story.sam.user_id)
        await story.house.app.eraser.erase(scope)
        assert await story.house.app.eraser.left(scope) == 0
        assert await self.mentioned(story) == []
