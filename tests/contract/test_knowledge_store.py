"""What the knowledge's SQL promises on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from src_v2.core.errors import StoreUnavailable
from src_v2.core.messages import StoredMessage
from src_v2.knowledge.keys import KnowledgeKeys
from src_v2.knowledge.models import EntityKind, PreferenceName, Stance
from src_v2.knowledge.reading import Limits
from src_v2.knowledge.store import KnowledgeStore, UnreadSession
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite
from src_v2.storage.tables import messages
from tests.support.knowledge import START, add_summary, claim, hear, message, private, public, summary, wish

SAM, KIM = private("sam"), private("kim")
ALL = Limits(100, 100, 10, 10)


@pytest.fixture
def store(database: Database) -> KnowledgeStore:
    return KnowledgeStore(database)


async def test_what_goes_in_comes_out_in_one_statement(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM, 3)
    await hear(database, said)
    fact = claim(
        said, "sister", "lives_in", "Oslo", object_kind=EntityKind.PLACE, stance=Stance.RETRACTED, confidence=0.75,
        learned_in="b", valid_from="2026-05", valid_until="2027",
    )  # fmt: skip
    short = wish(said, PreferenceName.LENGTH, "short", learned_in="b")
    story = summary("They spoke of Oslo.", 3, 4, topics=("Oslo", "home"))
    await store.add([fact], [short])
    await add_summary(database, story, SAM, START)
    before = database.round_trips

    told = await store.told(SAM, ALL)

    assert database.round_trips == before + 1
    (found,) = told.claims
    assert found.speaker_name == "Sam"
    assert (found.audience, found.said_at, found.valid_from, found.confidence) == (SAM, said.sent_at, "2026-05", 0.75)
    assert (found.id, found.stance, found.object_kind, found.learned_in) == (
        fact.id,
        fact.stance,
        fact.object_kind,
        "b",
    )
    assert told.wishes == [short]
    assert told.summaries == [story]


async def test_limits_keep_the_newest_and_the_most_important(store: KnowledgeStore, database: Database) -> None:
    said = [message(SAM, day) for day in range(4)]
    await hear(database, *said)
    await store.add([claim(one, "user", "likes", f"thing {n}") for n, one in enumerate(said)])
    for day, importance in enumerate((5, 1, 2, 3)):
        await add_summary(database, summary(f"day {day}", day, importance), SAM, START)

    told = await store.told(SAM, Limits(claims=2, wishes=1, latest=2, important=2))

    assert [one.object for one in told.claims] == ["thing 3", "thing 2"]
    assert sorted(one.text for one in told.summaries) == ["day 0", "day 2", "day 3"]
    assert [one.text for one in await store.summaries(SAM, 2)] == ["day 3", "day 2"]


async def test_the_same_claim_is_stored_once_and_never_changed(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM)
    await hear(database, said)
    await store.add([claim(said, "user", "likes", "tea", id="one")])
    await store.add([claim(said, "user", "likes", "rum", id="one")])
    assert [one.object for one in await store.claims(SAM, 9)] == ["tea"]


async def test_a_claim_counts_while_its_message_exists(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM)
    await hear(database, said)
    await store.add([claim(said, "user", "likes", "tea")], [wish(said, PreferenceName.TONE, "dry")])
    async with database.write() as connection:
        await connection.execute(delete(messages).where(messages.c.id == said.id))
    told = await store.told(SAM, ALL)
    assert (told.claims, told.wishes) == ([], [])
    assert await store.claims(SAM, 9) == []
    assert await store.wishes(SAM) == []


async def test_everybody_is_told_about_themselves_only(store: KnowledgeStore, database: Database) -> None:
    here = public("kim")
    said = [message(SAM), message(KIM), message(here)]
    await hear(database, *said)
    await store.add([claim(one, "user", "likes", word) for one, word in zip(said, ("tea", "rum", "jam"), strict=True)])
    kept = summary("Kim's secret", key="s")
    await add_summary(database, kept, KIM, START)

    assert [one.object for one in await store.claims(SAM, 9)] == ["tea"]
    assert {one.object for one in await store.claims(KIM, 9)} == {"rum", "jam"}
    assert [one.object for one in await store.claims(here, 9)] == ["jam"]
    assert await store.claims(public("sam"), 9) == []
    assert await store.summaries_by_id(here, ["s"]) == await store.summaries_by_id(SAM, ["s"]) == {}
    assert await store.summaries_by_id(KIM, ["s", "other"]) == {"s": kept}


async def test_the_graph_is_told_what_it_lacks(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM)
    await hear(database, said)
    stated = [claim(said, "user", "likes", word, id=f"c{n}") for n, word in enumerate(("tea", "rum", "jam"))]
    back = claim(said, "user", "likes", "", stance=Stance.RETRACTED)
    await store.add([*stated, back])

    assert [one.id for one in await store.to_graph("a", 2)] == ["c0", "c1"]
    assert [one.id for one in await store.to_graph("a", 2, after="c1")] == ["c2"]
    assert await store.mark_graphed(["c0", "c1", "gone"], "a") == ["gone"]
    assert [one.id for one in await store.to_graph("a", 9)] == ["c2"]
    assert await store.count_graphed("a") == 2
    assert await store.count_to_graph("b") == 3
    assert await store.not_graphed(["c0", "c2", "x"], "a") == ["c2", "x"]


async def test_a_rebuild_begins_once(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM)
    await hear(database, said)
    await store.add([claim(said, "user", "likes", word, id=word) for word in ("jam", "rum", "tea")])
    await store.mark_graphed(["jam", "rum", "tea"], "a")
    await store.begin_rebuild("stale")
    assert await store.count_to_graph("a") == 3
    await store.mark_graphed(["jam"], "a")
    await store.begin_rebuild("stale")
    assert await store.count_graphed("a") == 1


async def test_unlearning_takes_all_that_came_of_it_and_asks_to_read_again(
    store: KnowledgeStore, database: Database
) -> None:
    changed, beside, elsewhere = message(SAM, key="m1"), message(SAM, key="m2"), message(SAM, key="m3")
    await hear(database, changed, beside, session="s1", batch="b1")
    await hear(database, elsewhere, session="s2", batch="b2")
    await store.add(
        [
            claim(changed, "user", "likes", "tea", id="at once"),
            claim(beside, "user", "likes", "rum", id="same stretch", learned_in="b1"),
            claim(elsewhere, "user", "likes", "jam", id="stays", learned_in="b2"),
        ],
        [wish(beside, PreferenceName.TONE, "dry", learned_in="b1"), wish(elsewhere, PreferenceName.LENGTH, "short")],
    )
    for batch in ("b1", "b2"):
        await add_summary(database, summary(batch, key=batch), SAM, START)
    asked: list[UnreadSession] = []
    still_there: list[StoredMessage] = []

    def then(sessions: Sequence[UnreadSession], left: Sequence[StoredMessage]) -> list[RowWrite]:
        asked.extend(sessions)
        still_there.extend(left)
        return []

    found = await store.learned_from(["m1"], ["b1"])
    gone = await store.unlearn(["m1"], ["b1"], then)
    again = await store.unlearn(["m1"], ["b1"], then)

    assert found == gone
    assert gone.claims == {"at once", "same stretch"}
    assert gone.summaries == {"b1"}
    assert not again.claims
    assert asked == [UnreadSession("s1", "elena", SAM.user_id)]
    assert {message.id for message in still_there} == {"m1"}
    told = await store.told(SAM, ALL)
    assert [one.id for one in told.claims] == ["stays"]
    assert [one.name for one in told.wishes] == [PreferenceName.LENGTH]
    assert [one.id for one in told.summaries] == ["b2"]
    async with database.read() as connection:
        rows = await connection.execute(select(messages.c.id, messages.c.learned_in).order_by(messages.c.id))
        assert [tuple(row) for row in rows] == [("m1", None), ("m2", None), ("m3", "b2")]
    assert await store.batches() == ["b2"]


async def test_unlearning_leaves_nothing_half_done(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM, key="m1")
    await hear(database, said, batch="b1")
    await store.add([claim(said, "user", "likes", "tea", learned_in="b1")])

    def dies(_sessions: object, _left: object) -> list[RowWrite]:
        raise StoreUnavailable("cut off")

    with pytest.raises(StoreUnavailable):
        await store.unlearn([], ["b1"], dies)
    assert len(await store.claims(SAM, 9)) == 1
    assert await store.batches() == ["b1"]


async def test_facts_and_summaries_are_keys_to_their_messages(store: KnowledgeStore, database: Database) -> None:
    named, moved = message(SAM, 1, key="m1"), message(SAM, 2, key="m2")
    await hear(database, named, moved, session="s1")
    await store.add(
        [
            claim(named, "sister", "is_named", "Ana", id="c1"),
            claim(moved, "sister", "lives_in", "Oslo", id="c2"),
            claim(moved, "user", "moved to", "Leeds", id="c3"),
            claim(moved, "user", "likes", "tea", id="c4", stance=Stance.RETRACTED),
        ]
    )
    await add_summary(database, summary("Sam told of Ana.", 2, 4, key="s", topics=("family",)), SAM, START)
    keys = KnowledgeKeys(database)

    items = await keys.to_index(9, "here")

    assert [(item.id, item.text) for item in items[1:3]] == [
        ("c2", "Ana (Sam's sister) lives in Oslo"),
        ("c3", "Sam lives in Leeds"),
    ]
    assert (items[1].message_id, items[1].session_id) == ("m2", "s1")
    assert items[1].payload["created_at"] == int((START + timedelta(days=2)).timestamp() * 1000)
    assert items[1].payload["user_id"] == SAM.user_id
    assert (items[3].id, items[3].kind, items[3].importance, items[3].message_id) == ("s", "summary", 4, "")
    assert "family" in items[3].text
    assert await keys.mark_indexed(items[1:], "here") == []
    assert [item.id for item in await keys.to_index(9, "here")] == ["c1"]
    assert len(await keys.to_index(9, "elsewhere")) == 4
    assert await keys.unknown(["c1", "s", "x"]) == ["x"]


async def test_a_key_says_no_name_that_was_told_in_private(store: KnowledgeStore, database: Database) -> None:
    secret, open_ = message(SAM, 1), message(public("sam"), 2)
    await hear(database, secret, open_)
    await store.add([claim(secret, "sister", "is_named", "Ana"), claim(open_, "sister", "lives_in", "Oslo")])
    texts = [item.text for item in await KnowledgeKeys(database).to_index(9, "here")]
    assert "Sam's sister lives in Oslo" in texts


async def test_a_key_whose_claim_went_meanwhile_is_reported(store: KnowledgeStore, database: Database) -> None:
    said = message(SAM, key="m1")
    await hear(database, said)
    await store.add([claim(said, "user", "likes", "tea", id="c1")])
    keys = KnowledgeKeys(database)
    items = await keys.to_index(9, "here")
    await store.unlearn(["m1"], [], lambda _sessions, _left: [])
    assert await keys.mark_indexed(items, "here") == ["c1"]
