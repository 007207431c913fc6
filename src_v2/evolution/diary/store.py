"""The diary's SQL: who spoke lately, what was said on a day, what was written about it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, exists, func, or_, select, update

from src_v2.core.errors import NotThere
from src_v2.core.ids import derived_id
from src_v2.core.messages import Role, StoredMessage
from src_v2.evolution.diary.gate import Page
from src_v2.evolution.diary.models import Entry, Kind, Line, Occasion, Status, Whose, Window
from src_v2.memory.profile_store import unheard_in_servers
from src_v2.storage.database import Database
from src_v2.storage.message_rows import stored_message
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import diary, diary_evidence, messages, summaries, switches, users

MOST_FORGOTTEN = 500
"""At once; the next time finds the rest."""
MOST_LINES = 80
"""Of one day, the newest."""


class DiaryStore:
    """Pages, what they rest on, and what was said."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def spoke(self, since: datetime) -> list[tuple[Whose, datetime]]:
        """Return who said something to whom since then, and when last. One statement."""
        whose = (messages.c.character, messages.c.user_id)
        query = select(*whose, func.max(messages.c.created_at)).where(
            messages.c.created_at >= since, messages.c.role == Role.USER.value, messages.c.turn_id.is_not(None),
            messages.c.user_id.not_in(_unheard()),
        )  # fmt: skip
        async with self._db.read() as connection:
            rows = await connection.execute(query.group_by(*whose))
            return [(Whose(row[0], row[1]), row[2]) for row in rows]

    async def settled(self, since: datetime) -> set[str]:
        """Return the ids of days that were decided about since then. One statement."""
        async with self._db.read() as connection:
            return set((await connection.execute(select(diary.c.id).where(diary.c.created_at >= since))).scalars())

    async def is_settled(self, page_id: str) -> bool:
        """Whether a day was decided about."""
        async with self._db.read() as connection:
            found = select(diary.c.id).where(diary.c.id == page_id)
            return (await connection.execute(found)).first() is not None

    async def said(self, whose: Whose, window: Window) -> list[StoredMessage]:
        """Return what the two said to each other, oldest first.

        Nothing of those who do not want to be remembered, and of servers nothing of those who do not want that.
        """
        theirs = messages.c.speaker_id == whose.user_id
        query = (
            select(messages)
            .where(
                messages.c.character == whose.character, messages.c.user_id == whose.user_id,
                or_(theirs, messages.c.role == Role.CHARACTER.value), messages.c.turn_id.is_not(None),
                messages.c.text != "", *_within(messages.c.created_at, window),
                *_heard(messages.c.user_id, messages.c.guild_id),
            )
            .order_by(messages.c.created_at.desc(), messages.c.id.desc())
            .limit(MOST_LINES)
        )  # fmt: skip
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [stored_message(row) for row in reversed(rows)]

    async def importance(self, whose: Whose, window: Window) -> int:
        """Return how much the conversations of a day mattered at most, 0 when nobody has read them back."""
        query = select(func.max(summaries.c.importance)).where(
            summaries.c.character == whose.character, summaries.c.user_id == whose.user_id,
            *_within(summaries.c.ended_at, window),
        )  # fmt: skip
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def name_of(self, user_id: str) -> str:
        """Return the name under which the platform shows a person, "" when it is not stored."""
        query = select(users.c.display_name).where(users.c.id == user_id)
        async with self._db.read() as connection:
            return (await connection.execute(query)).scalar() or ""

    async def write(self, rows: Sequence[RowWrite]) -> bool:
        """Write rows in one transaction; nothing, and False, when any message that they rest on is gone."""
        async with self._db.write() as connection:
            if not await self._rows.are_founded(connection, rows):
                return False
            await self._rows.within(connection, rows)
        return True

    async def shown(self, whose: Whose, limit: int) -> list[Entry]:
        """Return the newest pages that stand, the newest first."""
        query = select(diary).where(_of(whose), _stands()).order_by(diary.c.created_at.desc(), diary.c.id.desc())
        async with self._db.read() as connection:
            rows = (await connection.execute(query.limit(limit))).mappings()
            return [
                Entry(
                    row["id"], Kind(row["kind"]), date.fromisoformat(row["day"]), row["text"], row["gist"],
                    row["created_at"],
                )
                for row in rows
            ]  # fmt: skip

    async def delete(self, whose: Whose, page_id: str) -> None:
        """Remove what a page says and remember that it is not to be written again; raises NotThere."""
        mine = update(diary).where(_of(whose), diary.c.id == page_id, diary.c.status == Status.WRITTEN.value)
        async with self._db.write() as connection:
            gone = mine.values(status=Status.DELETED.value, text="", gist="", rests_on=0).returning(diary.c.id)
            if (await connection.execute(gone)).first() is None:
                raise NotThere("no such page of this person")
            await connection.execute(delete(diary_evidence).where(diary_evidence.c.page_id == page_id))

    async def forget(self, message_ids: Sequence[str] | None) -> list[Whose]:
        """Remove the pages of which a message, one of `message_ids` if given, is gone or was edited; return whose."""
        fallen = select(diary.c.id, diary.c.character, diary.c.user_id).where(
            diary.c.status == Status.WRITTEN.value, ~_rests()
        )
        if message_ids is not None:
            resting = select(diary_evidence.c.page_id).where(diary_evidence.c.source_message_id.in_(message_ids))
            fallen = fallen.where(diary.c.id.in_(resting))
        async with self._db.read() as connection:
            rows = (await connection.execute(fallen.limit(MOST_FORGOTTEN))).all()
        if rows:
            ids = [row[0] for row in rows]
            async with self._db.write() as connection:
                await connection.execute(delete(diary).where(diary.c.id.in_(ids)))
                await connection.execute(delete(diary_evidence).where(diary_evidence.c.page_id.in_(ids)))
        return [Whose(row[1], row[2]) for row in rows]


def thought(character: str, user_id: str, *, since: datetime) -> ScalarSelect[str]:
    """Return the subquery for the gist of the last page that stands and was written since then."""
    in_servers = exists().where(diary_evidence.c.page_id == diary.c.id, diary_evidence.c.guild_id.is_not(None))
    query = select(diary.c.gist).where(
        _of(Whose(character, user_id)), diary.c.created_at >= since, _stands(), diary.c.user_id.not_in(_unheard()),
        ~and_(diary.c.user_id.in_(unheard_in_servers()), in_servers),
    )  # fmt: skip
    return query.order_by(diary.c.created_at.desc(), diary.c.id.desc()).limit(1).scalar_subquery()


def page_id(occasion: Occasion) -> str:
    """Return the id that a page about that day always has."""
    midnight = datetime.combine(occasion.day, time(), UTC)
    whose = occasion.whose
    return derived_id(midnight, "diary", whose.character, whose.user_id, occasion.kind.value)


def page_rows(occasion: Occasion, page: Page | None, lines: Sequence[Line], now: datetime) -> list[RowWrite]:
    """Return what is stored about a day of which `lines` were looked at: the page, or that there is none."""
    status = Status.WRITTEN if page else Status.NOTHING
    values: dict[str, Any] = dict(
        id=page_id(occasion), character=occasion.whose.character, user_id=occasion.whose.user_id,
        kind=occasion.kind.value, day=occasion.day.isoformat(), status=status.value, text=page.text if page else "",
        gist=page.gist if page else "", rests_on=len(lines) if page else 0, created_at=now,
    )  # fmt: skip
    row = RowWrite("v2_diary", values, needs=lines[-1].message_id)
    return [row, *(_evidence_row(occasion, line) for line in lines)] if page else [row]


def _evidence_row(occasion: Occasion, line: Line) -> RowWrite:
    values = dict(
        page_id=page_id(occasion), source_message_id=line.message_id, character=occasion.whose.character,
        user_id=occasion.whose.user_id, guild_id=line.guild_id, channel_id=line.channel_id, said_at=line.at,
    )  # fmt: skip
    return RowWrite("v2_diary_evidence", values, needs=line.message_id)


def _of(whose: Whose) -> ColumnElement[bool]:
    return (diary.c.user_id == whose.user_id) & (diary.c.character == whose.character)


def _stands() -> ColumnElement[bool]:
    """Return the condition for pages that may be seen."""
    return (diary.c.status == Status.WRITTEN.value) & _rests()


def _rests() -> ColumnElement[bool]:
    """Return the condition that every message that a page was made of is there, as it was."""
    left = (
        select(func.count())
        .select_from(diary_evidence.join(messages, messages.c.id == diary_evidence.c.source_message_id))
        .where(diary_evidence.c.page_id == diary.c.id)
        .where(or_(messages.c.edited_at.is_(None), messages.c.edited_at <= diary.c.created_at))
        .correlate(diary)
        .scalar_subquery()
    )
    return diary.c.rests_on == left


def _within(moment: ColumnElement[datetime], window: Window) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment > window.start, moment <= window.due


def _unheard() -> Select[tuple[str]]:
    return select(switches.c.user_id).where(~switches.c.remember)


def _heard(user_id: ColumnElement[str], guild_id: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    return user_id.not_in(_unheard()), or_(guild_id.is_(None), user_id.not_in(unheard_in_servers()))
