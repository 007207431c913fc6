"""The queries over `v2_llm_calls`: what was spent, by whom and on what. Reads only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, func, select

from src_v2.agents.costs.models import Entry, Spent, Used
from src_v2.storage.database import Database
from src_v2.storage.tables import llm_calls

_TOKENS = llm_calls.c.prompt_tokens + llm_calls.c.completion_tokens
_SUMS = (
    func.count(),
    *(
        func.sum(column)
        for column in (
            llm_calls.c.prompt_tokens, llm_calls.c.cached_tokens, llm_calls.c.completion_tokens,
            llm_calls.c.reasoning_tokens,
        )
    ),
    func.coalesce(func.sum(llm_calls.c.cost_usd), 0.0),
    func.sum(case(((llm_calls.c.cost_usd.is_(None)) & (_TOKENS > 0), 1), else_=0)),
)  # fmt: skip


class CostStore:
    """Sums of model calls since a moment: of one person, of one server, or of all."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def entries(
        self, since: datetime, *, user_id: str | None = None, guild_id: str | None = None
    ) -> tuple[list[Entry], str]:
        """Return what was used by day, model and purpose, and the date of the newest price list ("" without one)."""
        day, calls = self._day(), llm_calls.c
        groups = (day, calls.provider, calls.model, calls.purpose)
        query = _since(select(*groups, *_SUMS, func.max(calls.priced_on)), since, user_id, guild_id).group_by(*groups)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = [Entry(row[0], f"{row[1]}:{row[2]}", row[3], _used(row[4:-1])) for row in rows]
        return found, max((row[-1] or "" for row in rows), default="")

    async def spent(self, since: datetime, *, user_id: str | None = None, guild_id: str | None = None) -> Spent:
        """Return what counts against a cap."""
        sums = select(func.coalesce(func.sum(llm_calls.c.cost_usd), 0.0), func.coalesce(func.sum(_TOKENS), 0))
        async with self._db.read() as connection:
            row = (await connection.execute(_since(sums, since, user_id, guild_id))).one()
        return Spent(float(row[0]), int(row[1]))

    def _day(self) -> ColumnElement[Any]:
        """Return the ISO date, in UTC, of a call."""
        at = llm_calls.c.created_at
        if self._db.is_sqlite:  # where every moment is stored in UTC
            return func.strftime("%Y-%m-%d", at, type_=Text)
        return func.to_char(func.timezone("UTC", at), "YYYY-MM-DD", type_=Text)


def _since(query: Select[Any], since: datetime, user_id: str | None, guild_id: str | None) -> Select[Any]:
    query = query.where(llm_calls.c.created_at >= since)
    if user_id is not None:
        query = query.where(llm_calls.c.user_id == user_id)
    return query if guild_id is None else query.where(llm_calls.c.guild_id == guild_id)


def _used(sums: Any) -> Used:
    calls, prompt, cached, completion, reasoning, cost, unpriced = sums
    return Used(int(calls), int(prompt), int(cached), int(completion), int(reasoning), float(cost), int(unpriced))
