"""The SELECTs that read what is known, for one audience, as one kind of row: so that one statement can read it all.

Every one of them goes through `visible_to` and is about one user; a claim or a wish counts only while the message that
it was said in exists.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Float,
    RowMapping,
    Select,
    Table,
    Text,
    and_,
    cast,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import TypeEngine

from src_v2.core.audience import Audience, Visibility, visible_to
from src_v2.knowledge.models import CHARACTER, Claim, EntityKind, PreferenceName, Stance, Summary, Wish
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.tables import facts, messages, preferences, summaries
from src_v2.storage.types_sql import UtcDateTime

FACT, WISH, SUMMARY = "fact", "wish", "summary"

_TEXTS = (
    "kind", "id", "character", "user_id", "guild_id", "channel_id", "visibility", "speaker_id", "speaker_name",
    "subject", "subject_kind", "predicate", "object", "object_kind", "stance", "source_message_id", "learned_in",
    "valid_from", "valid_until", "session_id",
)  # fmt: skip
_AUDIENCE = ("character", "user_id", "guild_id", "channel_id", "visibility")
_OTHERS: dict[str, TypeEngine[Any]] = {"amount": Float(), "said_at": UtcDateTime(), "ended_at": UtcDateTime()}


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each the newest first: claims, wishes, the latest summaries and the most important ones."""

    claims: int
    wishes: int
    latest: int
    important: int


def everything(audience: Audience, limits: Limits) -> CompoundSelect[Any]:
    """Return the statement that reads claims, wishes and summaries; a summary may come twice."""
    latest = summaries_of(audience).order_by(summaries.c.ended_at.desc(), summaries.c.id.desc())
    important = summaries_of(audience).order_by(summaries.c.importance.desc(), summaries.c.ended_at.desc())
    parts = (
        claims_of(audience).order_by(facts.c.said_at.desc(), facts.c.id.desc()).limit(limits.claims),
        wishes_of(audience).order_by(preferences.c.said_at.desc(), preferences.c.id.desc()).limit(limits.wishes),
        latest.limit(limits.latest),
        important.limit(limits.important),
    )
    # Each within a query of its own: SQLite takes no ORDER BY and LIMIT in a part of a UNION.
    return union_all(*(select(part.subquery()) for part in parts))


def claims_of(audience: Audience) -> Select[Any]:
    """Return the claims that `audience` may know of, about its user and theirs, in no order."""
    query = all_claims().where(_visible(audience, facts))
    if not audience.shared:
        return query
    # What somebody told another character about that character is nothing about this one.
    about_another = or_(facts.c.subject == CHARACTER, facts.c.object == CHARACTER)
    return query.where(or_(facts.c.character == audience.character, not_(about_another)))


def all_claims() -> Select[Any]:
    """Return the claims of everybody, for work that shows them to nobody."""
    same = ("speaker_id", "subject", "subject_kind", "predicate", "object", "object_kind", "stance",
            "source_message_id", "learned_in", "valid_from", "valid_until", "said_at", "id", *_AUDIENCE)  # fmt: skip
    columns = {name: facts.c[name] for name in same}
    row = _row(FACT, **columns, speaker_name=messages.c.speaker_name, session_id=messages.c.session_id,
               amount=facts.c.confidence)  # fmt: skip
    return row.join(messages, messages.c.id == facts.c.source_message_id)


def wishes_of(audience: Audience) -> Select[Any]:
    """Return the wishes that `audience` may know of, in no order."""
    same = ("speaker_id", "stance", "source_message_id", "learned_in", "said_at", "id", *_AUDIENCE)
    columns = {name: preferences.c[name] for name in same}
    row = _row(WISH, **columns, predicate=preferences.c.name, object=preferences.c.value)
    return row.join(messages, messages.c.id == preferences.c.source_message_id).where(_visible(audience, preferences))


def summaries_of(audience: Audience) -> Select[Any]:
    """Return the summaries that `audience` may know of, in no order."""
    return all_summaries().where(_visible(audience, summaries))


def all_summaries() -> Select[Any]:
    """Return the summaries of everybody, for work that shows them to nobody."""
    columns = {name: summaries.c[name] for name in ("id", "ended_at", *_AUDIENCE)}
    return _row(
        SUMMARY, **columns, session_id=summaries.c.session_id, object=summaries.c.text,
        subject=summaries.c.topics, subject_kind=summaries.c.emotions, amount=cast(summaries.c.importance, Float),
        said_at=summaries.c.started_at,
    )  # fmt: skip


def claim_of(row: RowMapping) -> Claim:
    """Return the claim that a row of `FACT` holds."""
    return Claim(
        id=row["id"], audience=audience_of(row), speaker_id=row["speaker_id"], subject=row["subject"],
        predicate=row["predicate"], object=row["object"], source_message_id=row["source_message_id"],
        said_at=row["said_at"], subject_kind=EntityKind(row["subject_kind"]),
        object_kind=EntityKind(row["object_kind"]), stance=Stance(row["stance"]), confidence=row["amount"],
        learned_in=row["learned_in"], valid_from=row["valid_from"], valid_until=row["valid_until"],
        speaker_name=row["speaker_name"],
    )  # fmt: skip


def wish_of(row: RowMapping) -> Wish:
    """Return the wish that a row of `WISH` holds."""
    return Wish(
        row["id"], audience_of(row), row["speaker_id"], PreferenceName(row["predicate"]), row["object"],
        row["source_message_id"], row["said_at"], Stance(row["stance"]), row["learned_in"],
    )  # fmt: skip


def summary_of(row: RowMapping) -> Summary:
    """Return the summary that a row of `SUMMARY` holds."""
    return Summary(
        row["id"], row["session_id"], row["object"], tuple(orjson.loads(row["subject"])),
        tuple(orjson.loads(row["subject_kind"])), round(row["amount"]), row["said_at"], row["ended_at"],
    )  # fmt: skip


def audience_of(row: RowMapping) -> Audience:
    """Return in front of whom it was said."""
    return Audience(row["character"], row["user_id"], row["channel_id"], Visibility(row["visibility"]), row["guild_id"])


def _visible(audience: Audience, table: Table) -> ColumnElement[bool]:
    return and_(to_sql(visible_to(audience), table), table.c.user_id == audience.user_id)


def _row(kind: str, **columns: ColumnElement[Any]) -> Select[Any]:
    """Return a SELECT of the common row: what a kind does not have is NULL of the right type."""
    given = {"kind": literal(kind, Text()), **columns}
    types: dict[str, TypeEngine[Any]] = {**dict.fromkeys(_TEXTS, Text()), **_OTHERS}
    return select(*((given[n] if n in given else cast(null(), kind_)).label(n) for n, kind_ in types.items()))
