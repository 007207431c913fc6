"""How occasions change trust, as statements: each sees what is there when it runs, so that none is lost.

Clamping and what an occasion had changed before are worked out in SQL, on the row that is locked. What counts into the
limit of a day is read while that row is held, so days may come in any order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from src_v2.characters.evolution import TRUST_MAX, TRUST_MIN, TrustDropMessage
from src_v2.evolution.models import ChangeKind
from src_v2.evolution.relationship.models import MOST_TURN_POINTS_A_DAY, REACTION_POINTS, Applied, Whose
from src_v2.storage.tables import messages, reactions, relationships, trust_changes
from src_v2.storage.types_sql import UtcDateTime

Insert = sqlite.Insert | postgresql.Insert

NOTHING = 1e-6
"""A sum of reactions that is nearer to 0 than this says nothing."""


class Lines(Protocol):
    """What a character's file has to say when trust changes."""

    def reached(self, done: Applied) -> Sequence[int]:
        """Return the levels of milestones that were reached."""
        ...

    def falls(self, done: Applied) -> Sequence[TrustDropMessage]:
        """Return the messages whose lower end was passed; whether it was a fall from high enough is not looked at."""
        ...


class Claimed(NamedTuple):
    """An occasion that is being settled. `applied` is what it changed when it was settled before."""

    character: str
    user_id: str
    kind: str
    amount: int
    applied: int
    day: str
    happened_at: datetime


CLAIMED = tuple(trust_changes.c[name] for name in Claimed._fields)


def begun(insert: Insert, change: Claimed) -> Any:
    """Return the statement that lets a relationship begin, if it has not: so that there is something to hold."""
    values = dict(
        character=change.character, user_id=change.user_id, trust=0, moved=0, steps=0, turns=0, since=change.happened_at
    )
    return insert.values(**values).on_conflict_do_nothing()


def held(change: Claimed) -> Select[Any]:
    """Return the query that holds a relationship until the transaction ends: others who settle wait."""
    of = relationships.c
    return select(of.trust).where(of.character == change.character, of.user_id == change.user_id).with_for_update()


def earned_by_talking(change: Claimed) -> Select[Any]:
    """Return the query for what talking has earned on the day of a change; its relationship is to be held."""
    of = trust_changes.c
    of_day = and_(of.kind == ChangeKind.TURN.value, of.day == change.day)
    whose = and_(of.character == change.character, of.user_id == change.user_id)
    return select(func.coalesce(func.sum(of.applied), 0)).where(whose, of_day)


def applied(insert: Insert, change: Claimed, earned: int = 0) -> Any:
    """Return the statement that lets a change count; trust, what moved it and the number of the change come back.

    `earned` is what talking has earned on that day.
    """
    of = relationships.c
    is_turn = change.kind == ChangeKind.TURN.value
    granted = max(0, min(change.amount, MOST_TURN_POINTS_A_DAY - earned)) if is_turn else change.amount
    at_first = _first(change, granted)
    at = literal(change.happened_at, UtcDateTime)
    trust = _within_scale(of.trust - change.applied + granted)
    newer: dict[str, Any] = dict(
        trust=trust, moved=trust - of.trust, steps=of.steps + 1,
        since=case((of.since > at, at), else_=of.since),
    )  # fmt: skip
    if is_turn:
        talked_at = case((of.talked_at.is_(None), at), (of.talked_at < at, at), else_=of.talked_at)
        newer |= dict(turns=of.turns + 1, talked_at=talked_at)
    upsert = insert.values(**at_first).on_conflict_do_update(index_elements=[of.character, of.user_id], set_=newer)
    return upsert.returning(of.trust, of.moved, of.steps)


def reactions_wanted(insert: Insert, whose: Whose) -> Any:
    """Return the statement that asks for what reactions are worth; the ids of what is new come back.

    All reactions of a person to one reply are one occasion, worth what the sign of their sum says.
    """
    of, worth = reactions.c, _worth()
    found = (
        select(
            literal("reaction:") + of.message_id, of.character, of.user_id, literal(ChangeKind.REACTION.value), worth,
            literal(0), literal(False), literal(""), of.message_id, literal(""), func.max(of.created_at),
        )
        .where(of.character == whose.character, of.user_id == whose.user_id)
        .group_by(of.message_id, of.character, of.user_id)
        .having(worth != 0)
    )  # fmt: skip
    names = (
        "id", "character", "user_id", "kind", "amount", "applied", "settled", "note", "source_message_id", "day",
        "happened_at",
    )  # fmt: skip
    new = insert.from_select(names, found)
    again = new.on_conflict_do_update(
        index_elements=[trust_changes.c.id],
        set_={"amount": new.excluded["amount"], "settled": False, "happened_at": new.excluded["happened_at"]},
        where=trust_changes.c.amount != new.excluded["amount"],
    )
    return again.returning(trust_changes.c.id)


def reactions_taken_back(whose: Whose, now: datetime) -> Update:
    """Return the statement that asks for nothing where reactions were taken back; a reply that is gone keeps them."""
    of = trust_changes.c
    mine = and_(of.character == whose.character, of.user_id == whose.user_id, _taken_back())
    gone = update(trust_changes).where(mine).values(amount=0, settled=False, happened_at=now)
    return gone.returning(of.id)


def differing() -> Select[Any]:
    """Return the query for (character, user) of those whose reactions are worth something else than was asked for."""
    of, worth = reactions.c, _worth()
    groups = (of.character, of.user_id, of.message_id)
    worths = select(*groups, worth.label("worth")).group_by(*groups).having(worth != 0).subquery()
    asked = trust_changes.c
    same = asked.id == literal("reaction:") + worths.c.message_id
    wanted = (
        select(worths.c.character, worths.c.user_id)
        .outerjoin(trust_changes, same)
        .where(or_(asked.amount.is_(null()), asked.amount != worths.c.worth))
    )
    both = union(wanted, select(asked.character, asked.user_id).where(_taken_back())).subquery()
    return select(both.c.character, both.c.user_id)


def _first(change: Claimed, granted: int) -> dict[str, Any]:
    """Return the relationship that begins with a change."""
    is_turn = change.kind == ChangeKind.TURN.value
    trust = max(TRUST_MIN, min(TRUST_MAX, granted - change.applied))
    return dict(
        character=change.character, user_id=change.user_id, trust=trust, moved=trust, steps=1,
        turns=int(is_turn), since=change.happened_at,
        talked_at=change.happened_at if is_turn else None,
    )  # fmt: skip


def _taken_back() -> ColumnElement[bool]:
    """Return the condition for occasions whose reactions are gone, though the reply is not."""
    of = trust_changes.c
    left = select(reactions.c.message_id).where(
        reactions.c.message_id == of.source_message_id, reactions.c.user_id == of.user_id
    )
    says_something = left.group_by(reactions.c.message_id).having(_worth() != 0).exists()
    there = exists().where(messages.c.id == of.source_message_id)
    return and_(of.kind == ChangeKind.REACTION.value, of.amount != 0, there, not_(says_something))


def _worth() -> ColumnElement[int]:
    total = func.sum(reactions.c.value)
    return case((total > NOTHING, REACTION_POINTS), (total < -NOTHING, -REACTION_POINTS), else_=0)


def _within_scale(trust: ColumnElement[int]) -> ColumnElement[int]:
    return case((trust > TRUST_MAX, TRUST_MAX), (trust < TRUST_MIN, TRUST_MIN), else_=trust)
