"""What is known, through all its stores: who may know what, corrections, and work that dies anywhere and goes on."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import orjson
import pytest
from sqlalchemy import delete, select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import KnowledgeError, StoreError, StoreUnavailable
from src_v2.core.jobs import JobRequest
from src_v2.core.messages import IncomingMessage
from src_v2.knowledge import jobs
from src_v2.knowledge.at_once import understood_anew
from src_v2.knowledge.graph import LAYOUT, KnowledgeGraph
from src_v2.knowledge.models import USER, Claim, Fact, PreferenceName, Stance
from src_v2.knowledge.projection import Projection
from src_v2.knowledge.rebuild import rebuild, relearn
from src_v2.knowledge.service import Knowledge
from src_v2.knowledge.store import KnowledgeStore
from src_v2.knowledge.unlearning import Unlearning
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.graph.ladybug import LadybugGraph
from src_v2.storage.tables import facts, messages, outbox
from tests.support.clock import VirtualClock
from tests.support.knowledge import START, add_summary, claim, hear, message, private, public, staff_only, summary, wish

SAM = private("sam")


class Cut(Exception):
    """Stands for a process that was killed."""


@dataclass
class Place:
    """All the parts, on stores of their own."""

    database: Database
    graph: LadybugGraph
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    removed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = KnowledgeStore(self.database)
        self.facts = KnowledgeGraph(self.graph)
        self.projection = Projection(self.store, self.facts)
        self.knowledge = Knowledge(self.store, self.facts, self.clock)
        self.unlearning = Unlearning(
            self.store, self.facts, self.clock,
            remove_keys=self._remove_keys, learn_again=_learn_again, understand=understood_anew,
        )  # fmt: skip

    async def tell(self, said: IncomingMessage, *told: tuple[str, str, str], batch: str | None = None) -> list[Claim]:
        """Store a message and what it says; time goes on to it."""
        self.clock.advance(max(0.0, (said.sent_at - self.clock.now()).total_seconds()))
        await hear(self.database, said, batch=batch)
        claims = [claim(said, *one, learned_in=batch) for one in told]
        await self.store.add(claims)
        return claims

    async def current(self, audience: Audience = SAM, text: str = "") -> set[str]:
        known = await self.knowledge.known(audience, text, self.clock.now())
        return {_told(fact) for fact in known.facts if fact.is_current}

    async def _remove_keys(self, ids: Sequence[str]) -> None:
        self.removed += ids


def _learn_again(session_id: str, character: str, user_id: str, mark: str) -> JobRequest:
    return JobRequest("knowledge.learn", f"learn:{session_id}:{mark}", {"session": session_id})


def _told(fact: Fact) -> str:
    return f"{fact.subject} {fact.predicate} {fact.object}"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    database, graph = Database(f"sqlite:///{tmp_path / 'x.db'}"), LadybugGraph(tmp_path / "graph")
    await migrate.upgrade(database)
    await graph.ensure_schema()
    yield Place(database, graph)
    await graph.close()
    await database.close()


PEOPLE, CHARACTERS = ("ann", "ben"), ("elena", "marcus")
WHERE: tuple[Callable[[str, str], Audience], ...] = (
    private,
    lambda who, character: public(who, "open-a", character=character),
    lambda who, character: public(who, "open-b", character=character),
    lambda who, character: staff_only(who, character=character),
    lambda who, character: public(who, "lobby", "mountain", character=character),
)
SPOTS = [where(who, character) for who, where, character in product(PEOPLE, WHERE, CHARACTERS)]


def _mark(spot: Audience) -> str:
    return f"{spot.character}-{spot.user_id[8:]}-{spot.channel_id[8:]}"


def _may_know(listener: Audience, said: Audience) -> bool:
    """Say the rule in words: about oneself; in private all of it, in a server what is open there."""
    if (listener.character, listener.user_id) != (said.character, said.user_id):
        return False
    if listener.is_private:
        return True
    if said.visibility is Visibility.CHANNEL:
        return listener.channel_id == said.channel_id
    return said.visibility is Visibility.GUILD and listener.guild_id == said.guild_id


def _marks(texts: Iterable[str]) -> set[str]:
    told = "\n".join(texts)
    return {_mark(spot) for spot in SPOTS if _mark(spot) in told}


def _in_facts(found: Iterable[Fact]) -> set[str]:
    return _marks(text for fact in found for text in (fact.subject, fact.object, *fact.also))


async def _told_everywhere(place: Place) -> dict[str, str]:
    """Have everybody say the same everywhere, in words of their own; return who said each claim, by its id."""
    said_by: dict[str, str] = {}
    for spot in SPOTS:
        said = message(spot)
        mark = _mark(spot)
        claims = await place.tell(
            said, ("user", "likes", f"tea {mark}"), ("sister", "is_named", f"Ana {mark}"),
            ("user", "lives_in", f"Home {mark}"), ("user", "has_friend", "Kim"), ("Kim", "plays", f"chess {mark}"),
        )  # fmt: skip
        said_by |= {one.id: mark for one in claims}
        await place.store.add(wishes=[wish(said, PreferenceName.AVOID, f"topic {mark}")])
        await add_summary(place.database, summary(f"They spoke of {mark}", key=f"summary-{mark}"), spot, START)
    await place.projection.sweep()
    return said_by


async def test_nobody_is_told_what_was_not_said_to_them(place: Place) -> None:
    said_by = await _told_everywhere(place)
    every_summary = [f"summary-{_mark(spot)}" for spot in SPOTS]
    for listener in SPOTS:
        allowed = {_mark(spot) for spot in SPOTS if _may_know(listener, spot)}
        known = await place.knowledge.known(listener, "What did I use to like, before?", START)
        looked_up = await place.knowledge.lookup(listener, limit=500)
        walked = [fact for path in await place.knowledge.walk(listener, "Kim", 3) for fact in path]
        preferences = await place.knowledge.preferences(listener)
        by_id = await place.knowledge.summaries_by_id(listener, every_summary)

        assert _in_facts(known.facts) == _in_facts(looked_up) == allowed
        assert _in_facts(walked) == allowed
        assert {said_by[fact.id] for fact in [*known.facts, *looked_up, *walked]} <= allowed
        assert _marks(one.value for one in known.preferences) == _marks(one.value for one in preferences) == allowed
        assert {key.removeprefix("summary-") for key in by_id} == allowed
        assert _marks(one.text for one in await place.knowledge.summaries(listener, 99)) == allowed
        assert _marks(one.text for one in known.summaries) <= allowed


async def test_what_is_said_in_private_closes_nothing_in_a_server(place: Place) -> None:
    here = public("sam")
    await place.tell(message(here, 0), ("user", "lives_in", "Leeds"))
    await place.tell(message(SAM, 9), ("user", "lives_in", "Oslo"))
    assert await place.current(here) == {"user lives_in Leeds"}
    assert await place.current(SAM) == {"user lives_in Oslo"}


async def test_a_deleted_message_gives_back_what_it_had_closed(place: Place) -> None:
    await place.tell(message(SAM, 0), ("user", "lives_in", "Leeds"))
    moved = message(SAM, 9)
    await place.tell(moved, ("user", "lives_in", "Oslo"))
    async with place.database.write() as connection:
        await connection.execute(delete(messages).where(messages.c.id == moved.id))
    assert await place.current() == {"user lives_in Leeds"}


async def test_knowing_takes_one_statement_and_no_graph(place: Place) -> None:
    await place.tell(message(SAM), ("user", "likes", "tea"))
    statements, walks = place.database.round_trips, place.graph.round_trips
    await place.knowledge.known(SAM, "tea?", START)
    assert place.database.round_trips == statements + 1
    assert place.graph.round_trips == walks


async def test_who_one_is_comes_first_then_the_close_then_what_is_asked_about(place: Place) -> None:
    told = [("user", "visited", f"Town {n}") for n in range(30)]
    told += [("Kim", "plays", "chess"), ("sister", "is_named", "Ana"), ("user", "works_as", "baker")]
    await place.tell(message(SAM), ("user", "lives_in", "Oslo"), *told)
    known = await place.knowledge.known(SAM, "Does Kim still play chess?", START)
    assert [_told(fact) for fact in known.facts[:4]] == [
        "user lives_in Oslo", "user works_as baker", "user has_sister Ana", "Kim plays chess",
    ]  # fmt: skip


async def test_the_past_is_told_when_it_explains_or_is_asked_for(place: Place) -> None:
    await place.tell(message(SAM, 0), ("user", "lives_in", "Leeds"), ("user", "has", "car"))
    await place.tell(message(SAM, 9), ("user", "lives_in", "Oslo"), ("user", "no longer has", "car"))
    today = await place.knowledge.known(SAM, "Hello", place.clock.now())
    past = await place.knowledge.known(SAM, "What did I use to have? I used to drive.", place.clock.now())
    assert [(fact.object, fact.is_current) for fact in today.facts] == [("Oslo", True), ("Leeds", False)]
    assert ("car", False) in [(fact.object, fact.is_current) for fact in past.facts]


async def test_looking_up_takes_any_spelling_and_either_end(place: Place) -> None:
    await place.tell(
        message(SAM), ("sister", "is_named", "Margarethe"), ("my sister", "lives_in", "Oslo"), ("user", "likes", "tea")
    )
    assert "Margarethe lives_in Oslo" in map(_told, await place.knowledge.lookup(SAM, "mi hermana"))
    assert "Margarethe lives_in Oslo" in map(_told, await place.knowledge.lookup(SAM, "Margarete"))
    assert [_told(fact) for fact in await place.knowledge.lookup(SAM, "oslo", "resides in")] == [
        "Margarethe lives_in Oslo"
    ]
    assert [_told(fact) for fact in await place.knowledge.lookup(SAM, USER, "loves")] == ["user likes tea"]
    assert await place.knowledge.lookup(SAM, "nobody") == []
    assert len(await place.knowledge.lookup(SAM, limit=1)) == 1


async def test_a_walk_goes_through_aliases_and_marks_what_is_over(place: Place) -> None:
    await place.tell(
        message(SAM, 0), ("sister", "is_named", "Ana"), ("sister", "lives_in", "Leeds"), ("Ana", "has", "cat"),
        ("cat", "is_named", "Miez"), ("Leeds", "located_in", "England"),
    )  # fmt: skip
    await place.tell(message(SAM, 5), ("Ana", "lives_in", "Oslo"))
    await place.projection.sweep()

    paths = [" > ".join(map(_told, path)) for path in await place.knowledge.walk(SAM, "me", 3)]
    by_depth = [max(len(path) for path in await place.knowledge.walk(SAM, "me", depth)) for depth in (1, 2, 3, 9)]

    assert "user has_sister Ana > Ana has_cat Miez" in paths
    assert "user has_sister Ana > Ana lives_in Leeds > Leeds located_in England" in paths
    assert by_depth == [1, 2, 3, 3]
    leeds = [fact for path in await place.knowledge.walk(SAM, "Leeds", 1) for fact in path if fact.subject == "Ana"]
    assert [fact.valid_until for fact in leeds] == ["2026-01-06"]
    assert await place.knowledge.walk(SAM, "nobody", 3) == []


async def test_a_correction_replaces_and_says_who_asked_in_which_message(place: Place) -> None:
    await place.tell(message(SAM, 0), ("user", "lives_in", "Leeds"))
    (wrong,) = await place.knowledge.lookup(SAM)
    asking = message(SAM, 1)
    await place.tell(asking)

    right = await place.knowledge.correct(SAM, wrong.id, "Oslo", asking)

    assert _told(right) == "user lives_in Oslo"
    assert (right.source_message_id, right.speaker_id) == (asking.id, SAM.user_id)
    assert [_told(fact) for fact in await place.knowledge.lookup(SAM)] == ["user lives_in Oslo"]
    async with place.database.read() as connection:
        assert set((await connection.execute(select(outbox.c.kind))).scalars()) == {jobs.GRAPH}


async def test_a_name_that_was_wrong_is_corrected_with_all_that_follows(place: Place) -> None:
    await place.tell(message(SAM, 0), ("user", "has", "dog"), ("dog", "is_named", "Rex"), ("dog", "likes", "bones"))
    named = next(fact for fact in await place.knowledge.lookup(SAM) if fact.predicate == "has_dog")
    asking = message(SAM, 1)
    await place.tell(asking)
    await place.knowledge.correct(SAM, named.id, "Max", asking)
    assert await place.current() == {"user has_dog Max", "Max likes bones"}


async def test_a_retraction_takes_back_every_wording(place: Place) -> None:
    await place.tell(message(SAM, 0), ("user", "likes", "tea"), ("user", "has_sister", "Ana"))
    await place.tell(message(SAM, 1), ("user", "loves", "the tea"), ("sister", "is_named", "Ana"))
    asking = message(SAM, 2)
    await place.tell(asking)
    for fact in await place.knowledge.lookup(SAM):
        assert await place.knowledge.retract(SAM, fact.id, asking) == fact
    assert await place.knowledge.lookup(SAM) == []


async def test_only_what_may_be_known_here_can_be_changed(place: Place) -> None:
    (secret,) = await place.tell(message(SAM), ("user", "likes", "tea"))
    for stranger in (public("sam"), private("kim"), private("sam", "marcus")):
        asking = message(stranger)
        with pytest.raises(KnowledgeError):
            await place.knowledge.correct(stranger, secret.id, "rum", asking)
        with pytest.raises(KnowledgeError):
            await place.knowledge.retract(stranger, secret.id, asking)
    assert await place.current() == {"user likes tea"}


async def test_preferences_are_set_and_dropped(place: Place) -> None:
    asking = message(SAM)
    await place.tell(asking)
    await place.knowledge.set_preference(SAM, PreferenceName.LENGTH, "short", asking)
    await place.knowledge.set_preference(SAM, PreferenceName.AVOID, "work", asking)
    place.clock.advance(1)
    await place.knowledge.set_preference(SAM, PreferenceName.LENGTH, "long", asking)
    await place.knowledge.clear_preference(SAM, PreferenceName.AVOID, asking, "work")
    known = await place.knowledge.known(SAM, "", START)
    assert [(one.name, one.value) for one in known.preferences] == [(PreferenceName.LENGTH, "long")]
    assert await place.knowledge.preferences(public("sam")) == []


async def test_the_graph_catches_up_and_forgets_what_sql_does(place: Place) -> None:
    said = message(SAM)
    claims = await place.tell(said, ("user", "likes", "tea"), ("user", "likes", "jam"))
    (graph_job, _) = jobs.kinds(place.projection, place.unlearning)
    await graph_job.handler({})
    assert await place.facts.count() == 2
    async with place.database.write() as connection:
        await connection.execute(delete(facts).where(facts.c.id == claims[0].id))
    await Projection(place.store, place.facts).sweep()
    assert await place.facts.ids(limit=9) == [claims[1].id]


async def test_a_lost_graph_is_filled_again_by_the_next_process(place: Place) -> None:
    await place.tell(message(SAM), ("user", "likes", "tea"), ("user", "likes", "jam"))
    await place.projection.sweep()
    await place.graph.write("MATCH (e:Entity) DETACH DELETE e")
    await Projection(place.store, place.facts).sweep()
    assert await place.facts.count() == 2


class AwayGraph(LadybugGraph):
    """A graph that breaks off after some writes."""

    writes_left = 0

    async def write(self, cypher: str, parameters: object = None) -> list[dict[str, object]]:
        if self.writes_left <= 0:
            raise StoreUnavailable("away")
        self.writes_left -= 1
        return await super().write(cypher, parameters)  # type: ignore[arg-type]


async def test_a_rebuild_goes_on_where_it_was_broken_off(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src_v2.knowledge.projection.BATCH_CLAIMS", 2)
    await place.tell(message(SAM), *(("user", "likes", f"thing {n}") for n in range(6)))
    await place.projection.sweep()
    stray = claim(message(SAM), "user", "likes", "nothing", id="stray")
    await place.facts.add([stray])
    broken = AwayGraph(tmp_path / "elsewhere")
    broken.writes_left = 99
    await broken.ensure_schema()
    broken.writes_left = 2
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))

    with pytest.raises(StoreUnavailable):
        await rebuild(place.store, Projection(place.store, KnowledgeGraph(broken)), progress)
    assert seen == [(0, 6), (2, 6), (4, 6)]
    await broken.close()

    seen.clear()
    with pytest.raises(StoreError, match="run it again"):  # the first four went to another graph
        await rebuild(place.store, Projection(place.store, KnowledgeGraph(empty := await _empty(tmp_path))), progress)
    assert seen == [(0, 2), (2, 2)]
    await empty.close()

    done = await rebuild(place.store, place.projection, progress)
    assert (done.claims, done.orphans) == (6, 1)
    assert await place.store.count_graphed(LAYOUT) == await place.facts.count() == 6


async def _empty(folder: Path) -> LadybugGraph:
    graph = LadybugGraph(folder / "empty")
    await graph.ensure_schema()
    return graph


STEPS = ("remove_keys", "graph", "sql", "after")


@pytest.mark.parametrize("step", STEPS)
async def test_unlearning_may_die_anywhere_and_be_run_again(
    place: Place, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, kept = message(SAM, 1, key="m1"), message(SAM, 2, key="m2")
    (gone,) = await place.tell(changed, ("user", "likes", "tea"), batch="b1")
    await place.tell(kept, ("user", "likes", "jam"), batch="b2")
    await add_summary(place.database, summary("tea", key="b1"), SAM, START)
    await place.projection.sweep()
    request = jobs.relearn_request("edit-1", ["m1"], ["b1"])
    (_, relearn_job) = jobs.kinds(place.projection, place.unlearning)
    payload = orjson.loads(orjson.dumps(dict(request.payload)))

    with monkeypatch.context() as patched:
        _break(place, step, patched)
        with pytest.raises(Cut):
            await relearn_job.handler(payload)
    await relearn_job.handler(payload)

    assert set(place.removed) >= {gone.id, "b1"}
    assert await place.current() == {"user likes jam"}
    assert await place.knowledge.summaries(SAM, 9) == []
    assert await place.facts.count() == 1
    async with place.database.read() as connection:
        waiting = (await connection.execute(select(outbox.c.id))).scalars().all()
        unread = (await connection.execute(select(messages.c.id).where(messages.c.learned_in.is_(None)))).scalars()
        assert waiting == ["learn:session:edit-1"]
        assert list(unread) == ["m1"]


def _break(place: Place, step: str, patched: pytest.MonkeyPatch) -> None:
    async def cut(*_: object, **__: object) -> None:
        raise Cut

    async def cut_after(*args: object) -> None:
        await original(*args)  # type: ignore[arg-type]
        raise Cut

    original = place.store.unlearn
    match step:
        case "remove_keys":
            patched.setattr(place.unlearning, "_remove_keys", cut)
        case "graph":
            patched.setattr(place.facts, "remove", cut)
        case "sql":
            patched.setattr(place.store, "unlearn", cut)
        case _:
            patched.setattr(place.store, "unlearn", cut_after)


async def test_a_claim_learned_while_unlearning_is_removed_as_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = message(SAM, key="m1")
    (first,) = await place.tell(said, ("user", "likes", "tea"))
    late = claim(said, "user", "likes", "jam")
    original = place.store.unlearn

    async def unlearn(*args: object) -> object:
        await place.store.add([late])
        await place.projection.sweep()
        return await original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(place.store, "unlearn", unlearn)
    await place.unlearning.unlearn(["m1"], [], mark="x")
    assert set(place.removed) == {first.id, late.id}
    assert await place.facts.count() == 0


async def test_everything_can_be_read_back_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src_v2.knowledge.rebuild.STRETCHES_AT_ONCE", 2)
    for n in range(3):
        await place.tell(message(SAM, n), ("user", "likes", f"thing {n}"), batch=f"b{n}")
    await place.tell(message(SAM, 4), ("user", "is_named", "Samuel"))
    seen: list[tuple[int, int]] = []
    assert await relearn(place.store, place.unlearning, lambda done, total: seen.append((done, total))) == 3
    assert seen == [(0, 3), (2, 3), (3, 3)]
    assert await place.current() == {"user is_named Samuel"}
    assert await place.store.batches() == []


async def test_many_claims_do_not_hold_up_the_loop_and_are_all_understood(place: Place) -> None:
    said = message(SAM)
    await place.tell(said, *(("user", "likes", f"thing {n}") for n in range(300)))
    assert len(await place.knowledge.lookup(SAM, limit=999)) == 300
    taken_back = [replace(one, id=f"r{n}", stance=Stance.RETRACTED) for n, one in enumerate(
        claim(message(SAM, 1), "user", "likes", f"thing {n}") for n in range(300)
    )]  # fmt: skip
    await hear(place.database, said, message(SAM, 1, key="m1"))
    await place.store.add([replace(one, source_message_id="m1") for one in taken_back])
    assert await place.knowledge.lookup(SAM, limit=999) == []
