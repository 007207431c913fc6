"""What SQL knows of people besides what they said: name and time zone, what they decided, what they were told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.switches import Switches
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter
from src_v2.storage.tables import reactions, switches, traces, users

DEFAULTS = Switches()


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is stored about a person; the name and the time zone are empty when they are not stored."""

    name: str = ""
    timezone: str = ""
    switches: Switches = DEFAULTS
    noticed: bool = False
    reacted: bool = False
    """Whether a reaction of theirs is kept."""
    reasoned: bool = False
    """Whether a trace of a run for them is kept."""


class ProfileStore:
    """People and their decisions."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = RowWriter(database)

    async def person(self, user_id: str) -> KnownPerson:
        """Return what is stored about somebody, in one statement; the defaults when nothing is."""
        # Somebody may have decided without being known: both tables hang on a row that is always there.
        anybody = select(literal(user_id).label("id")).subquery()
        reacted = exists().where(reactions.c.user_id == user_id)
        reasoned = exists().where(traces.c.user_id == user_id)
        query = (
            select(users.c.display_name, users.c.timezone, users.c.noticed_at, reacted, reasoned, *_DECIDED)
            .select_from(anybody)
            .outerjoin(users, users.c.id == anybody.c.id)
            .outerjoin(switches, switches.c.user_id == anybody.c.id)
        )
        async with self._db.read() as connection:
            name, zone, noticed_at, has_reacted, has_reasoned, *decided = (await connection.execute(query)).one()
        noticed = noticed_at is not None
        return KnownPerson(
            name or "", zone or "", _switches(decided), noticed, bool(has_reacted), bool(has_reasoned)
        )  # fmt: skip

    async def decide(self, user_id: str, name: str, on: bool, at: datetime) -> Switches:
        """Set one switch and return all; who wants what everybody begins with needs no row."""
        async with self._db.write() as connection:
            decided = await _decided(connection, user_id)
            new = Switches(**{each: on if each == name else getattr(decided, each) for each in _NAMES})
            if new == DEFAULTS:
                await connection.execute(delete(switches).where(switches.c.user_id == user_id))
            else:
                values = {"user_id": user_id, "changed_at": at} | {each: getattr(new, each) for each in _NAMES}
                row = RowWrite("v2_switches", values, (*_NAMES, "changed_at"))
                await self._rows.within(connection, [row])
        return new

    async def decisions(self, user_ids: Collection[str]) -> dict[str, Switches]:
        """Return user id -> switches, of those who decided anything."""
        if not user_ids:
            return {}
        query = select(switches.c.user_id, *_DECIDED).where(switches.c.user_id.in_(user_ids))
        async with self._db.read() as connection:
            return {row[0]: _switches(row[1:]) for row in await connection.execute(query)}


def unheard_in_servers() -> Select[tuple[str]]:
    """Return the query for the ids of those whose words of servers may not be used."""
    return select(switches.c.user_id).where(or_(not_(switches.c.remember), not_(switches.c.servers)))


def heard(user_id: ColumnElement[str], guild_id: ColumnElement[str | None]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that what a person said there (None: in private) may be used."""
    unheard = select(switches.c.user_id).where(not_(switches.c.remember))
    return user_id.not_in(unheard), or_(guild_id.is_(None), user_id.not_in(unheard_in_servers()))


_NAMES = ("remember", "servers", "share")
_DECIDED: tuple[ColumnElement[bool], ...] = tuple(switches.c[name] for name in _NAMES)


async def _decided(connection: AsyncConnection, user_id: str) -> Switches:
    row = (await connection.execute(select(*_DECIDED).where(switches.c.user_id == user_id))).first()
    return _switches(row or ())


def _switches(values: Iterable[bool | None]) -> Switches:
    """Return what a row of decisions says; NULLs and no row mean the defaults."""
    found = tuple(values)
    return Switches(*(bool(value) for value in found)) if found and found[0] is not None else DEFAULTS
