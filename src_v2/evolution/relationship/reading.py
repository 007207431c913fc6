"""The one statement that reads a relationship: what is kept, what waits to be said, the last hour, what others add."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Float,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from src_v2.evolution.models import Aside
from src_v2.evolution.relationship.models import Kept, Signal, Whose
from src_v2.storage.tables import feelings, mentions, reactions, relationships

REACTION_STRENGTH = 2.0
"""Reactions are -1..1, what moves a mood is -2..2."""
_RELATION, _WAITING, _FELT, _REACTED, _ASIDE = "relation", "waiting", "felt", "reacted", "aside"


def everything(whose: Whose, since: datetime, asides: Mapping[str, Aside]) -> CompoundSelect[Any]:
    """Return the statement for one relationship, with what moved the mood from `since` on."""
    others = [_row(_ASIDE, literal(name), text=cast(aside(*whose), Text)) for name, aside in asides.items()]
    return union_all(_relation(whose), _waiting(whose), _felt(whose, since), _reacted(whose, since), *others)


def kept_of(rows: Iterable[RowMapping]) -> Kept:
    """Return what the statement found."""
    by_kind: dict[str, list[RowMapping]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    held = next(iter(by_kind.get(_RELATION, ())), None)
    waiting = sorted(by_kind.get(_WAITING, ()), key=lambda row: (row["at"], row["name"]))
    signals = [_signal(row) for kind in (_FELT, _REACTED) for row in by_kind.get(kind, ())]
    asides = {row["name"]: row["text"] for row in by_kind.get(_ASIDE, ()) if row["text"]}
    return Kept(
        int(held["one"]) if held else 0,
        int(held["two"]) if held else 0,
        held["since"] if held else None,
        held["at"] if held else None,
        tuple(row["name"] for row in waiting),
        tuple(signals),
        asides,
    )


def _signal(row: RowMapping) -> Signal:
    if row["kind"] == _FELT:
        return Signal(row["name"], float(row["one"]), row["at"])
    value = max(-1.0, min(1.0, float(row["one"])))
    return Signal(row["name"], value * REACTION_STRENGTH, row["at"], is_reaction=True)


def _relation(whose: Whose) -> Select[Any]:
    """Return the first part, from whose columns the whole has its types."""
    of = relationships.c
    columns = (
        literal(_RELATION).label("kind"), literal("").label("name"), cast(of.trust, Float).label("one"),
        cast(of.turns, Float).label("two"), of.talked_at.label("at"), of.since.label("since"),
        literal("").label("text"),
    )  # fmt: skip
    return select(*columns).where(of.character == whose.character, of.user_id == whose.user_id)


def _waiting(whose: Whose) -> Select[Any]:
    of = mentions.c
    mine = and_(of.user_id == whose.user_id, of.character == whose.character, of.said_at.is_(None))
    return _row(_WAITING, of.id, at=of.due_at).where(mine)


def _felt(whose: Whose, since: datetime) -> Select[Any]:
    of = feelings.c
    mine = and_(of.user_id == whose.user_id, of.character == whose.character, of.said_at >= since)
    return _row(_FELT, of.message_id, one=of.value, at=of.said_at).where(mine)


def _reacted(whose: Whose, since: datetime) -> Select[Any]:
    of = reactions.c
    mine = and_(of.user_id == whose.user_id, of.character == whose.character, of.created_at >= since)
    found = _row(_REACTED, of.message_id, one=func.sum(of.value), at=func.max(of.created_at))
    return found.where(mine).group_by(of.message_id)


def _row(kind: str, name: Any, *, one: Any = None, at: Any = None, text: Any = None) -> Select[Any]:
    return select(
        literal(kind), name, null() if one is None else one, null(), null() if at is None else at, null(),
        null() if text is None else text,
    )  # fmt: skip
