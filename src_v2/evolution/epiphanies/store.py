"""The epiphanies' SQL: whom to look at, what they said, what was found, what may be mentioned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, delete, exists, func, or_, select, update

from src_v2.core.errors import NotThere
from src_v2.core.messages import Role, StoredMessage
from src_v2.evolution.epiphanies.fingerprints import known
from src_v2.evolution.epiphanies.material import Told, told
from src_v2.evolution.epiphanies.models import MENTION, Epiphany, Known, Whose
from src_v2.evolution.epiphanies.rows import counted_values, epiphany_of, marks_from, refusal_row
from src_v2.evolution.epiphanies.statistics import Counts
from src_v2.memory.profile_store import unheard_in_servers
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import (
    epiphanies,
    epiphany_evidence,
    epiphany_looks,
    epiphany_refusals,
    mentions,
    messages,
    summaries,
    switches,
    users,
)

LOOK_BACK = timedelta(weeks=16)
"""How far a look goes back: what somebody did half a year ago may not be theirs any more."""
MOST_MESSAGES = 12_000
"""Of one person in the weeks that are looked over, the newest."""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose conversations are to be looked over, and the end of the last one."""

    whose: Whose
    until: datetime


class EpiphanyStore:
    """Patterns, what they rest on, and the conversations in which they are looked for."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def due(self, *, since: datetime, looked_before: datetime, new_sessions: int, limit: int) -> list[Due]:
        """Return whoever has had that many conversations since they were looked at, which was before `looked_before`.

        Those come first who have waited longest. One statement.
        """
        whose = (summaries.c.character, summaries.c.user_id)
        looked = and_(epiphany_looks.c.character == whose[0], epiphany_looks.c.user_id == whose[1])
        fresh = or_(
            epiphany_looks.c.looked_at.is_(None),
            and_(epiphany_looks.c.looked_at <= looked_before, summaries.c.ended_at > epiphany_looks.c.until),
        )
        last = func.max(summaries.c.ended_at)
        query = (
            select(*whose, last)
            .outerjoin(epiphany_looks, looked)
            .where(summaries.c.ended_at >= since, fresh, summaries.c.user_id.not_in(_unheard()))
            .group_by(*whose)
            .having(func.count(summaries.c.session_id.distinct()) >= new_sessions)
            .order_by(last)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return [Due(Whose(row[0], row[1]), row[2]) for row in await connection.execute(query)]

    async def is_due(self, whose: Whose, *, looked_before: datetime) -> bool:
        """Whether nobody has looked since then."""
        query = select(epiphany_looks.c.looked_at).where(*_of(epiphany_looks, whose))
        async with self._db.read() as connection:
            looked_at: datetime | None = (await connection.execute(query)).scalar()
        return looked_at is None or looked_at <= looked_before

    async def said(self, whose: Whose, since: datetime) -> list[StoredMessage]:
        """Return what the person said to the character in conversations since then, oldest first.

        Nothing of those who do not want to be remembered, and of servers nothing of those who do not want that.
        """
        query = (
            select(messages)
            .where(
                messages.c.character == whose.character, messages.c.user_id == whose.user_id,
                messages.c.speaker_id == whose.user_id, messages.c.role == Role.USER.value, messages.c.text != "",
                messages.c.session_id.is_not(None), messages.c.learned_in.is_not(None), messages.c.created_at >= since,
                *_heard(messages.c.user_id, messages.c.guild_id),
            )
            .order_by(messages.c.created_at.desc(), messages.c.id.desc())
            .limit(MOST_MESSAGES)
        )  # fmt: skip
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [stored_message(row) for row in reversed(rows)]

    async def told(self, whose: Whose, since: datetime) -> list[Told]:
        """Return what the summaries of these conversations say."""
        query = select(summaries.c.session_id, summaries.c.text, summaries.c.topics, summaries.c.emotions).where(
            summaries.c.character == whose.character, summaries.c.user_id == whose.user_id,
            summaries.c.ended_at >= since, *_heard(summaries.c.user_id, summaries.c.guild_id),
        )  # fmt: skip
        async with self._db.read() as connection:
            return [told(*row) for row in await connection.execute(query.order_by(summaries.c.ended_at))]

    async def zone_of(self, user_id: str) -> str:
        """Return the IANA time zone of a person, "" when nobody knows it."""
        async with self._db.read() as connection:
            return (await connection.execute(select(users.c.timezone).where(users.c.id == user_id))).scalar() or ""

    async def known(self, whose: Whose) -> list[Known]:
        """Return by what the patterns are known that are there already or were refused."""
        refused = select(epiphany_refusals.c.words, epiphany_refusals.c.sessions).where(*_of(epiphany_refusals, whose))
        async with self._db.read() as connection:
            marks = [
                Known(frozenset(orjson.loads(row[0])), frozenset(orjson.loads(row[1])))
                for row in await connection.execute(refused)
            ]
            for row in (await connection.execute(select(epiphanies).where(*_of(epiphanies, whose)))).all():
                evidence = (await connection.execute(_evidence(row.id))).all()
                marks.append(_known_by(whose, row, evidence))
        return marks

    async def write(self, rows: Sequence[RowWrite]) -> None:
        """Write requests for jobs."""
        await self._rows.apply(rows)

    async def finish(self, look: RowWrite, findings: Sequence[Sequence[RowWrite]], *, looked_before: datetime) -> bool:
        """Note that somebody was looked at and write what was found, without what rests on words that are gone.

        Nothing, and False, when somebody else has looked meanwhile, or their words are gone.
        """
        insert = self._db.upsert(epiphany_looks).values(**look.values)
        newer = {name: insert.excluded[name] for name in look.update}
        key, still_due = list(epiphany_looks.primary_key.columns), epiphany_looks.c.looked_at <= looked_before
        noted = insert.on_conflict_do_update(index_elements=key, set_=newer, where=still_due)
        async with self._db.write() as connection:
            if not await self._rows.are_founded(connection, [look]):
                return False
            if (await connection.execute(noted.returning(epiphany_looks.c.user_id))).first() is None:
                return False
            for rows in findings:
                if await self._rows.are_founded(connection, rows):
                    await self._rows.within(connection, rows)
        return True

    async def shown(self, whose: Whose) -> list[Epiphany]:
        """Return the patterns that hold, the most certain first. Of those that wait to be counted anew, nothing."""
        mentioned = _mention(epiphanies.c.id).label("mentioned")
        query = select(epiphanies, mentioned).where(*_of(epiphanies, whose), _rests())
        query = query.order_by(epiphanies.c.confidence.desc(), epiphanies.c.id)
        async with self._db.read() as connection:
            return [epiphany_of(row) for row in (await connection.execute(query)).mappings()]

    async def refuse(self, whose: Whose, epiphany_id: str, now: datetime) -> None:
        """Remove a pattern and see that it does not come back; raises NotThere."""
        async with self._db.write() as connection:
            found = select(epiphanies).where(epiphanies.c.id == epiphany_id, *_of(epiphanies, whose))
            row = (await connection.execute(found)).first()
            if row is None:
                raise NotThere("no such epiphany of this person")
            evidence = (await connection.execute(_evidence(epiphany_id))).all()
            mark = _known_by(whose, row, evidence)
            await self._rows.within(connection, [refusal_row(whose, epiphany_id, mark, now)])
            await connection.execute(delete(mentions).where(mentions.c.id == MENTION + epiphany_id))
            await connection.execute(delete(epiphany_evidence).where(epiphany_evidence.c.epiphany_id == epiphany_id))
            await connection.execute(delete(epiphanies).where(epiphanies.c.id == epiphany_id))

    async def drop(self, whose: Whose, epiphany_id: str, now: datetime) -> None:
        """Remove a pattern that does not hold any more. One that was mentioned is not found again, to be said twice."""
        async with self._db.write() as connection:
            query = select(epiphanies).where(epiphanies.c.id == epiphany_id, _mention(epiphanies.c.id))
            row = (await connection.execute(query)).first()
            if row is not None:
                evidence = (await connection.execute(_evidence(epiphany_id))).all()
                mark = _known_by(whose, row, evidence)
                await self._rows.within(connection, [refusal_row(whose, epiphany_id, mark, now)])
            await connection.execute(delete(epiphany_evidence).where(epiphany_evidence.c.epiphany_id == epiphany_id))
            await connection.execute(delete(epiphanies).where(epiphanies.c.id == epiphany_id))

    async def shaken(self, message_ids: Sequence[str] | None, limit: int) -> list[tuple[str, Whose]]:
        """Return the ids of patterns of whose evidence something was removed or edited, of these messages if given."""
        query = select(epiphanies.c.id, epiphanies.c.character, epiphanies.c.user_id).where(~_rests()).limit(limit)
        if message_ids is not None:
            of_these = epiphany_evidence.c.source_message_id.in_(message_ids)
            query = query.where(epiphanies.c.id.in_(select(epiphany_evidence.c.epiphany_id).where(of_these)))
        async with self._db.read() as connection:
            return [(row[0], Whose(row[1], row[2])) for row in await connection.execute(query)]

    async def evidence(self, epiphany_id: str) -> list[Row[Any]]:
        """Return what is left of a pattern's evidence, in order of time."""
        counted = select(epiphanies.c.counted_at).where(epiphanies.c.id == epiphany_id).scalar_subquery()
        query = _evidence(epiphany_id).join(messages, messages.c.id == epiphany_evidence.c.source_message_id)
        async with self._db.read() as connection:
            return list((await connection.execute(query.where(_unchanged(counted)))).all())

    async def recounted(self, epiphany_id: str, kept: Sequence[str], counts: Counts, now: datetime) -> None:
        """Note how well a pattern holds by the messages `kept`, and forget the rest of its evidence."""
        mine = epiphany_evidence.c.epiphany_id == epiphany_id
        values = counted_values(counts) | dict(rests_on=len(kept), counted_at=now)
        async with self._db.write() as connection:
            gone = delete(epiphany_evidence).where(mine, epiphany_evidence.c.source_message_id.not_in(kept))
            await connection.execute(gone)
            await connection.execute(update(epiphanies).where(epiphanies.c.id == epiphany_id).values(**values))

    async def ripe(self, people: Collection[Whose], *, sure: float, quiet_since: datetime) -> list[Epiphany]:
        """Return what `ripe` would find for any of these people, all of it, the surest first. One statement."""
        whose, mentioned = frozenset(people), _mention(epiphanies.c.id).label("mentioned")
        theirs = epiphanies.c.user_id.in_({one.user_id for one in whose})
        query = select(epiphanies, mentioned).where(theirs, *_is_ripe(sure, quiet_since))
        query = query.order_by(epiphanies.c.confidence.desc(), epiphanies.c.id)
        async with self._db.read() as connection:
            found = [epiphany_of(row) for row in (await connection.execute(query)).mappings()]
        return [one for one in found if one.whose in whose]


def ripe(character: str, user_id: str, *, sure: float, quiet_since: datetime) -> ScalarSelect[str]:
    """Return the subquery for the pattern to mention next, as JSON text; nothing while another is fresh."""
    query = select(epiphanies.c.aside).where(*_of(epiphanies, Whose(character, user_id)), *_is_ripe(sure, quiet_since))
    return query.order_by(epiphanies.c.confidence.desc(), epiphanies.c.id).limit(1).scalar_subquery()


def _is_ripe(sure: float, quiet_since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an epiphany may be mentioned: sure, not said, none said lately, as it was, wanted."""
    lately = exists().where(
        *_same(mentions), mentions.c.id.startswith(MENTION, autoescape=True), mentions.c.said_at > quiet_since
    )
    return epiphanies.c.confidence >= sure, ~_mention(epiphanies.c.id), ~lately, _rests(), _may_be_used()


def _same(table: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.user_id == epiphanies.c.user_id, table.c.character == epiphanies.c.character


def _of(table: Any, whose: Whose) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.user_id == whose.user_id, table.c.character == whose.character


def _evidence(epiphany_id: str) -> Select[Any]:
    mine = epiphany_evidence.c.epiphany_id == epiphany_id
    return select(epiphany_evidence).where(mine).order_by(epiphany_evidence.c.said_at)


def _known_by(whose: Whose, row: Row[Any], evidence: Sequence[Row[Any]]) -> Known:
    shown = {mark.session.id for mark in marks_from(evidence) if mark.condition and mark.behaviour}
    return known(whose, row.condition, row.behaviour, shown)


def _mention(epiphany_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that an epiphany was mentioned."""
    return exists().where(*_same(mentions), mentions.c.id == MENTION + epiphany_id)


def _rests() -> ColumnElement[bool]:
    """Return the condition that every message that an epiphany was counted from is there, as it was."""
    left = (
        select(func.count())
        .select_from(epiphany_evidence.join(messages, messages.c.id == epiphany_evidence.c.source_message_id))
        .where(epiphany_evidence.c.epiphany_id == epiphanies.c.id, _unchanged(epiphanies.c.counted_at))
        .correlate(epiphanies)
        .scalar_subquery()
    )
    return epiphanies.c.rests_on == left


def _may_be_used() -> ColumnElement[bool]:
    """Return the condition that the person wants what they said to be used, also what they said in servers."""
    in_servers = exists().where(
        epiphany_evidence.c.epiphany_id == epiphanies.c.id, epiphany_evidence.c.guild_id.is_not(None)
    )
    away = and_(epiphanies.c.user_id.in_(unheard_in_servers()), in_servers)
    return and_(epiphanies.c.user_id.not_in(_unheard()), ~away)


def _unchanged(counted_at: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(messages.c.edited_at.is_(None), messages.c.edited_at <= counted_at)


def _unheard() -> Select[tuple[str]]:
    return select(switches.c.user_id).where(~switches.c.remember)


def _heard(user_id: ColumnElement[str], guild_id: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    return user_id.not_in(_unheard()), or_(guild_id.is_(None), user_id.not_in(unheard_in_servers()))
