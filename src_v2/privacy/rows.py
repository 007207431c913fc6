"""What SQL holds about people: shown table by table, removed in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, false, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src_v2.core.holdings import Records
from src_v2.core.jobs import Json
from src_v2.core.scope import Scope
from src_v2.privacy.erasing import ERASE
from src_v2.storage.database import Database
from src_v2.storage.filters_sql import to_sql
from src_v2.storage.tables import (
    diary,
    diary_evidence,
    epiphanies,
    epiphany_evidence,
    epiphany_looks,
    epiphany_refusals,
    facts,
    feelings,
    goals,
    llm_calls,
    mentions,
    message_refs,
    messages,
    outbox,
    outgoing,
    outreach,
    preferences,
    reactions,
    reflections,
    relationships,
    reminders,
    sessions,
    summaries,
    switches,
    traces,
    trust_changes,
    turns,
    users,
)

LEARNED = (
    (facts, "said_at"), (preferences, "said_at"), (summaries, "ended_at"), (traces, "created_at"),
    (goals, "said_at"), (reflections, "ended_at"),
    (epiphany_evidence, "said_at"), (diary_evidence, "said_at"), (outgoing, "created_at"),
)  # fmt: skip
"""What was understood of messages, learned from answering them and said unasked, and what it calls its time."""
_INTERNAL = frozenset(("indexed_in", "graphed_in"))


class Rows:
    """Every table with people in it."""

    covers = frozenset(
        f"table:{table.name}"
        for table in (
            users, switches, sessions, turns, messages, message_refs, llm_calls, facts, preferences, summaries, traces,
            outbox, reactions, goals, reflections, relationships, trust_changes, feelings, mentions, reminders,
            epiphanies, epiphany_evidence, epiphany_looks, epiphany_refusals, diary, diary_evidence, outgoing, outreach,
        )
    )  # fmt: skip

    def __init__(self, database: Database) -> None:
        self._db = database

    async def export(self, user_id: str) -> Records:
        """Return every row about a person, as it is stored, without what only the machinery needs."""
        own = select(messages.c.id).where(messages.c.user_id == user_id)
        queries = {
            "profile": select(users).where(users.c.id == user_id),
            "switches": select(switches).where(switches.c.user_id == user_id),
            "messages": _of(messages, user_id).order_by(messages.c.created_at, messages.c.id),
            "platform_messages": select(message_refs).where(message_refs.c.message_id.in_(own)),
            "reactions": _of(reactions, user_id).order_by(reactions.c.created_at, reactions.c.message_id),
            "relationships": _of(relationships, user_id).order_by(relationships.c.character),
            "trust_changes": _of(trust_changes, user_id).order_by(trust_changes.c.happened_at, trust_changes.c.id),
            "feelings": _of(feelings, user_id).order_by(feelings.c.said_at, feelings.c.message_id),
            "said_once": _of(mentions, user_id).order_by(mentions.c.due_at, mentions.c.id),
            "facts": _of(facts, user_id).order_by(facts.c.said_at, facts.c.id),
            "preferences": _of(preferences, user_id).order_by(preferences.c.said_at, preferences.c.id),
            "reminders": _of(reminders, user_id).order_by(reminders.c.created_at, reminders.c.id),
            "summaries": _of(summaries, user_id).order_by(summaries.c.started_at, summaries.c.id),
            "goals": _of(goals, user_id).order_by(goals.c.said_at, goals.c.id),
            "reflections": _of(reflections, user_id).order_by(reflections.c.ended_at, reflections.c.id),
            "traces": _of(traces, user_id).order_by(traces.c.created_at, traces.c.id),
            "sessions": _of(sessions, user_id).order_by(sessions.c.started_at),
            "turns": _of(turns, user_id).order_by(turns.c.started_at),
            "model_calls": _of(llm_calls, user_id).order_by(llm_calls.c.created_at),
            "epiphanies": _of(epiphanies, user_id).order_by(epiphanies.c.created_at, epiphanies.c.id),
            "epiphany_evidence": _of(epiphany_evidence, user_id).order_by(epiphany_evidence.c.said_at),
            "epiphany_looks": _of(epiphany_looks, user_id).order_by(epiphany_looks.c.looked_at),
            "epiphany_refusals": _of(epiphany_refusals, user_id).order_by(epiphany_refusals.c.created_at),
            "diary": _of(diary, user_id).order_by(diary.c.created_at, diary.c.id),
            "diary_evidence": _of(diary_evidence, user_id).order_by(diary_evidence.c.said_at),
            "unasked": _of(outgoing, user_id).order_by(outgoing.c.created_at),
            "reach_out": _of(outreach, user_id).order_by(outreach.c.character),
            "waiting_jobs": _of(outbox, user_id).order_by(outbox.c.seq),
        }
        async with self._db.read() as connection:
            return {name: await _plain(connection, query) for name, query in queries.items()}

    async def erase(self, scope: Scope) -> None:
        """Remove what `scope` names, and what was learned from it, all or nothing."""
        gone = select(messages.c.id, messages.c.turn_id, messages.c.session_id).where(_in(messages, scope))
        async with self._db.write() as connection:
            ids = select(gone.subquery().c.id)
            touched = [] if scope.is_whole_person else (await connection.execute(gone)).all()
            await connection.execute(delete(message_refs).where(message_refs.c.message_id.in_(ids)))
            await _remove_pages(connection, ids)
            for table, time_field in LEARNED:
                await connection.execute(delete(table).where(_learned(table, time_field, scope, ids)))
            await _remove_occasions(connection, ids)
            await connection.execute(delete(feelings).where(feelings.c.message_id.in_(ids)))
            await connection.execute(delete(reminders).where(_reminders(scope, ids)))
            await connection.execute(delete(messages).where(_in(messages, scope)))
            if scope.is_whole_person:
                for table, condition in _of_person(scope.user_id or ""):
                    await connection.execute(delete(table).where(condition))
            else:
                await _remove_reactions(connection, [row[0] for row in touched])
                await _remove_empty(connection, {row[1] for row in touched}, {row[2] for row in touched})

    async def left(self, scope: Scope) -> int:
        """Count the rows that `erase` would remove."""
        conditions: list[tuple[Table, ColumnElement[bool]]] = [(messages, _in(messages, scope))]
        conditions += [(table, to_sql(scope.filter(time_field), table)) for table, time_field in LEARNED]
        conditions.append((reminders, _reminders(scope)))
        if scope.is_whole_person:
            conditions += _of_person(scope.user_id or "")
        async with self._db.read() as connection:
            counts = [select(func.count()).select_from(table).where(wanted) for table, wanted in conditions]
            return sum([int((await connection.execute(query)).scalar_one()) for query in counts])


def _of(table: Table, user_id: str) -> Select[Any]:
    return select(table).where(table.c.user_id == user_id)


def _in(table: Table, scope: Scope) -> ColumnElement[bool]:
    return to_sql(scope.filter("created_at"), table)


def _learned(table: Table, time_field: str, scope: Scope, ids: Select[Any]) -> ColumnElement[bool]:
    """Return the condition for what goes with the messages `ids`: said there, or in the scope itself."""
    from_them = table.c.source_message_id.in_(ids) if "source_message_id" in table.c else false()
    return or_(to_sql(scope.filter(time_field), table), from_them)


def _reminders(scope: Scope, ids: Select[Any] | None = None) -> ColumnElement[bool]:
    """Return the condition for reminders, and those that the messages `ids` asked for.

    Whoever lets what is old go (no person, but a day) does not break a promise: what is still ahead stays until then.
    """
    if scope.user_id is None and scope.before_ms is not None:
        return to_sql(scope.filter("due_at"), reminders)
    named = to_sql(scope.filter(), reminders)
    return named if ids is None else or_(named, reminders.c.source_message_id.in_(ids))


def _of_person(user_id: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """Return what is a person's and was said nowhere.

    The wish not to be remembered stays, and nothing else: without it the next word would be kept again.
    """
    return [
        (reactions, reactions.c.user_id == user_id),
        (trust_changes, trust_changes.c.user_id == user_id),  # first: whoever settles one holds it until it is done
        (relationships, relationships.c.user_id == user_id),
        (feelings, feelings.c.user_id == user_id),
        (mentions, mentions.c.user_id == user_id),
        (epiphanies, epiphanies.c.user_id == user_id),
        (epiphany_looks, epiphany_looks.c.user_id == user_id),
        (epiphany_refusals, epiphany_refusals.c.user_id == user_id),
        (diary, diary.c.user_id == user_id),
        (outreach, outreach.c.user_id == user_id),
        (turns, turns.c.user_id == user_id),
        (sessions, sessions.c.user_id == user_id),
        (llm_calls, llm_calls.c.user_id == user_id),
        (outbox, and_(outbox.c.user_id == user_id, outbox.c.kind != ERASE)),
        (users, users.c.id == user_id),
        (switches, and_(switches.c.user_id == user_id, switches.c.remember)),
    ]


async def _remove_occasions(connection: AsyncConnection, message_ids: Select[Any]) -> None:
    """Remove what these messages changed. That something counted once stays, without what it was."""
    of = trust_changes.c
    from_them, counted = of.source_message_id.in_(message_ids), and_(of.kind == "trigger", of.settled)
    await connection.execute(update(trust_changes).where(from_them, counted).values(note=""))
    await connection.execute(delete(trust_changes).where(from_them, not_(counted)))


async def _remove_pages(connection: AsyncConnection, message_ids: Select[Any]) -> None:
    """Remove the pages that were made of any of these messages, with what else they rest on."""
    resting = select(diary_evidence.c.page_id).where(diary_evidence.c.source_message_id.in_(message_ids))
    gone = (await connection.execute(delete(diary).where(diary.c.id.in_(resting)).returning(diary.c.id))).scalars()
    for batch in _batches(list(gone)):
        await connection.execute(delete(diary_evidence).where(diary_evidence.c.page_id.in_(batch)))


async def _remove_reactions(connection: AsyncConnection, message_ids: Iterable[Any]) -> None:
    """Remove the reactions to messages that are gone: whoever reacted meanwhile kept a message until it was stored."""
    for batch in _batches(message_ids):
        await connection.execute(delete(reactions).where(reactions.c.message_id.in_(batch)))


async def _remove_empty(connection: AsyncConnection, turn_ids: Iterable[Any], session_ids: Iterable[Any]) -> None:
    """Remove those turns and sessions of which no message is left, and the model calls of those turns."""
    spoken = exists().where(messages.c.turn_id == turns.c.id)
    for batch in _batches(turn_ids):
        over = delete(turns).where(turns.c.id.in_(batch), ~spoken).returning(turns.c.id)
        ids = list((await connection.execute(over)).scalars())
        await connection.execute(delete(llm_calls).where(llm_calls.c.turn_id.in_(ids)))
    for batch in _batches(session_ids):
        held = exists().where(messages.c.session_id == sessions.c.id)
        await connection.execute(delete(sessions).where(sessions.c.id.in_(batch), ~held))


def _batches(ids: Iterable[Any], size: int = 500) -> list[list[Any]]:
    known = sorted(one for one in ids if one)
    return [known[at : at + size] for at in range(0, len(known), size)]


async def _plain(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Json]]:
    rows = (await connection.execute(query)).mappings()
    return [{str(name): _json(value) for name, value in row.items() if name not in _INTERNAL} for row in rows]


def _json(value: Any) -> Json:
    return value.isoformat() if isinstance(value, datetime) else value
