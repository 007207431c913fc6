"""The SQL of outreach: who wants to be written to, and how things stand with each of them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select, tuple_
from sqlalchemy.orm import aliased

from src_v2.core.audience import Audience, Visibility
from src_v2.core.jobs import JobRequest
from src_v2.core.messages import Role
from src_v2.evolution.outreach.hours import Hours
from src_v2.evolution.outreach.models import PURPOSE, Candidate, PersonKey, Wanted
from src_v2.memory.outgoing import OutgoingState
from src_v2.storage.database import Database
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import messages, outgoing, outreach, relationships, switches, users

DAY = timedelta(days=1)
PLATFORMS = ("discord", "web", "terminal")
"""Where people are talked to; what was brought in from elsewhere was said at a place that nobody can write to."""


class OutreachStore:
    """Who wants what. All raise StoreUnavailable while SQL is away."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def wanted(self, character: str, user_id: str) -> Wanted:
        """Return what a person said about being written to by this character."""
        query = select(outreach).where(outreach.c.user_id == user_id, outreach.c.character == character)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _wanted(row) if row else Wanted()

    async def decide(self, character: str, user_id: str, wanted: Wanted, at: datetime) -> None:
        """Note what a person wants from now on."""
        values = dict(
            user_id=user_id, character=character, enabled=wanted.enabled, per_week=wanted.per_week, changed_at=at,
            quiet_from=wanted.quiet.begins if wanted.quiet else None,
            quiet_until=wanted.quiet.ends if wanted.quiet else None,
        )  # fmt: skip
        changing = ("enabled", "per_week", "quiet_from", "quiet_until", "changed_at")
        await self._rows.apply([RowWrite("v2_outreach", values, changing)])

    async def silent(self, since: datetime) -> list[Candidate]:
        """Return everybody who wants to be written to, was silent since then and left nothing unanswered."""
        talked, wrote = _talked_at(), _wrote_at("")
        query = _candidates(talked, wrote).where(talked <= since, or_(wrote.is_(None), wrote < talked))
        async with self._db.read() as connection:
            return [_candidate(row) for row in (await connection.execute(query)).mappings()]

    async def one(self, character: str, user_id: str, *, without: str = "") -> Candidate | None:
        """Return one person who wants to be written to, as if the message `without` was not there."""
        query = _candidates(_talked_at(), _wrote_at(without)).where(
            outreach.c.user_id == user_id, outreach.c.character == character
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _candidate(row) if row else None

    async def written(
        self, people: Collection[PersonKey], now: datetime, *, without: str = ""
    ) -> tuple[dict[PersonKey, list[tuple[str, datetime | None]]], dict[str, int]]:
        """Return what these people were written about, with the time if they can have seen it, and how many messages
        each character wrote by itself in the last 24 hours.
        """  # noqa: D205 - one sentence
        whose = tuple_(outgoing.c.character, outgoing.c.user_id).in_(list(people))
        today = and_(outgoing.c.created_at > now - DAY, outgoing.c.state != OutgoingState.DROPPED.value)
        columns = (outgoing.c.character, outgoing.c.user_id, outgoing.c.about, outgoing.c.created_at, outgoing.c.state)
        query = select(*columns).where(outgoing.c.purpose == PURPOSE, or_(whose, today), outgoing.c.id != without)
        about: dict[PersonKey, list[tuple[str, datetime | None]]] = {key: [] for key in people}
        spent: dict[str, int] = {}
        async with self._db.read() as connection:
            for character, user_id, reason, at, state in await connection.execute(query.order_by("created_at")):
                seen = state != OutgoingState.DROPPED
                if (character, user_id) in about:
                    about[character, user_id].append((reason, at if seen else None))
                if seen and at > now - DAY:
                    spent[character] = spent.get(character, 0) + 1
        return about, spent

    async def request(self, request: JobRequest, at: datetime) -> None:
        """Ask for a job."""
        await self._rows.apply([outbox_row(request, at)])


def still_wanted(character: str, user_id: str) -> Select[Any]:
    """Return the query for the wish of somebody who still wants to be written to."""
    whose = (outreach.c.user_id == user_id, outreach.c.character == character)
    return select(outreach.c.user_id).where(*whose, outreach.c.enabled)


def _talked_at() -> ColumnElement[datetime]:
    """Return when the person last said something to the character, wherever."""
    said = aliased(messages)
    query = select(said.c.created_at).where(
        said.c.character == outreach.c.character, said.c.user_id == outreach.c.user_id,
        said.c.role == Role.USER.value, said.c.platform.in_(PLATFORMS),
    )  # fmt: skip
    return query.order_by(said.c.created_at.desc()).limit(1).scalar_subquery()


def _wrote_at(without: str) -> ColumnElement[datetime]:
    """Return when the character last wrote by itself, or tried to."""
    wrote = aliased(outgoing)
    query = select(wrote.c.created_at).where(
        wrote.c.character == outreach.c.character, wrote.c.user_id == outreach.c.user_id,
        wrote.c.purpose == PURPOSE, wrote.c.state != OutgoingState.DROPPED.value, wrote.c.id != without,
    )  # fmt: skip
    return query.order_by(wrote.c.created_at.desc()).limit(1).scalar_subquery()


def _candidates(talked: ColumnElement[datetime], wrote: ColumnElement[datetime]) -> Select[Any]:
    """Return the query for those who want to be written to and are remembered."""
    last = aliased(messages)
    here = (
        select(last.c.id)
        .where(
            last.c.character == outreach.c.character, last.c.user_id == outreach.c.user_id,
            last.c.visibility == Visibility.PRIVATE.value, last.c.platform.in_(PLATFORMS),
        )
        .order_by(last.c.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(
            outreach, users.c.display_name, users.c.timezone, switches.c.servers, messages.c.channel_id,
            messages.c.platform, relationships.c.trust, talked.label("talked_at"), wrote.label("wrote_at"),
        )
        .select_from(outreach)
        .join(users, users.c.id == outreach.c.user_id)
        .outerjoin(switches, switches.c.user_id == outreach.c.user_id)
        .outerjoin(messages, messages.c.id == here)
        .outerjoin(relationships, and_(*(relationships.c[one] == outreach.c[one] for one in ("character", "user_id"))))
        .where(outreach.c.enabled, or_(switches.c.remember.is_(None), switches.c.remember))
    )  # fmt: skip


def _candidate(row: RowMapping) -> Candidate:
    place = None
    if row["channel_id"] is not None:
        place = Audience(row["character"], row["user_id"], row["channel_id"], Visibility.PRIVATE)
    return Candidate(
        row["character"], row["user_id"], row["display_name"], row["timezone"] or "", row["servers"] is not False,
        _wanted(row), row["talked_at"], place, row["platform"] or "",
        (row["wrote_at"],) if row["wrote_at"] else (), trust=row["trust"] or 0,
    )  # fmt: skip


def _wanted(row: RowMapping | Mapping[str, Any]) -> Wanted:
    hours = None if row["quiet_from"] is None else Hours(row["quiet_from"], row["quiet_until"])
    return Wanted(bool(row["enabled"]), hours, row["per_week"])
