"""Relationships in tests: changes of trust, a character's lines, and a house that reads feelings out of words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from src_v2.app import App
from src_v2.characters.evolution import Evolution
from src_v2.characters.models import Character
from src_v2.core.audience import Audience
from src_v2.evolution.models import ChangeKind, Standing, TrustChange
from src_v2.evolution.relationship.models import Whose
from src_v2.evolution.relationship.rows import change_row
from src_v2.evolution.relationship.speaking import FileLines
from src_v2.evolution.relationship.store import RelationshipStore
from src_v2.memory.embeddings.hashing import HashingEmbedder
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite
from src_v2.storage.tables import mentions, relationships, trust_changes
from tests.support.exchanges import NOON, SAM
from tests.support.house import House, Person

WITH_SAM = Whose(SAM.character, SAM.user_id)
FEELINGS = {"love": 2.0, "nice": 1.0, "sad": -1.0, "hate": -2.0}


def felt(text: str) -> float:
    """Return what the first word that says something says."""
    return next((value for word, value in FEELINGS.items() if word in text.lower()), 0.0)


class FeelingHouse(House):
    """A house whose characters feel what people say."""

    def _new_app(self) -> App:
        return App(self.settings, doors=False, embedder=HashingEmbedder(), clock=self.clock, attitude=felt)

    async def stands(self, person: Person, character: str = "elena") -> Standing:
        """Return how a character stands to a person once everything is settled."""
        await self.app.jobs.idle()
        return await self.app.inner_life.relations.standing(character, person.user_id)

    async def trusts(self, person: Person, points: int, key: str = "given", character: str = "elena") -> Standing:
        """Let trust in a person change, and return how the character stands to them then."""
        change = TrustChange(
            f"trigger:{key}", character, person.user_id, ChangeKind.TRIGGER, points, self.clock.now(), key
        )
        await self.app.inner_life.relations.change([change])
        return await self.stands(person, character)


def lines(evolution: Evolution | None = None) -> FileLines:
    """Return what a character's file has to say."""
    return FileLines(lambda name: Character(name, name.title(), "", evolution=evolution or Evolution()))


def trust_row(character: str, user_id: str, trust: int) -> RowWrite:
    """Return that a character trusts somebody that much by now, whatever it was before."""
    values = dict(character=character, user_id=user_id, trust=trust, moved=0, steps=0, turns=0, since=NOON)
    return RowWrite("v2_relationships", values, update=("trust",))


def turn_change(key: str, *, at: datetime = NOON, who: Audience = SAM, amount: int = 1) -> TrustChange:
    """Return that they talked."""
    return TrustChange(f"turn:{key}", who.character, who.user_id, ChangeKind.TURN, amount, at)


def trigger(key: str, amount: int, *, at: datetime = NOON, who: Audience = SAM, message_id: str = "") -> TrustChange:
    """Return that somebody did something."""
    kind = ChangeKind.TRIGGER
    return TrustChange(f"trigger:{key}", who.character, who.user_id, kind, amount, at, "did " + key, message_id)


async def ask(store: RelationshipStore, *changes: TrustChange) -> None:
    """Write occasions down; talk counts into the day it happened on."""
    days = (one.at.date().isoformat() if one.kind is ChangeKind.TURN else "" for one in changes)
    await store.ask([change_row(one, day) for one, day in zip(changes, days, strict=True)], NOON)


async def settle(store: RelationshipStore, evolution: Evolution | None = None) -> int:
    """Settle everything that waits; return how much that was."""
    done = 0
    while waiting := await store.waiting():
        for change_id in waiting:
            done += await store.settle(change_id, lines(evolution), NOON) is not None
    return done


async def trust(database: Database, who: Audience = SAM) -> int | None:
    """Return the trust in somebody, as it is stored."""
    query = select(relationships.c.trust).where(relationships.c.user_id == who.user_id)
    async with database.read() as connection:
        found: int | None = (await connection.execute(query)).scalar()
    return found


async def applied(database: Database, who: Audience = SAM) -> int:
    """Return what all settled occasions have changed together."""
    query = select(trust_changes.c.applied).where(trust_changes.c.user_id == who.user_id)
    async with database.read() as connection:
        return sum((await connection.execute(query)).scalars())


async def waiting(database: Database) -> Sequence[str]:
    """Return the ids of what waits to be said."""
    query = select(mentions.c.id).where(mentions.c.said_at.is_(None)).order_by(mentions.c.id)
    async with database.read() as connection:
        return (await connection.execute(query)).scalars().all()
