"""Epiphanies as table rows, and back. Each row names a message that it follows from: without that it is not written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, RowMapping

from src_v2.core.ids import new_id
from src_v2.evolution.epiphanies.judging import confidence
from src_v2.evolution.epiphanies.models import TRUST, Epiphany, Finding, Kind, Known, Line, Mark, Session, Whose
from src_v2.evolution.epiphanies.statistics import Counts
from src_v2.storage.rows import RowWrite


def finding_rows(whose: Whose, finding: Finding, now: datetime) -> list[RowWrite]:
    """Return what is stored of a pattern that holds up, with everything it was counted from."""
    hypothesis, epiphany_id = finding.hypothesis, new_id()
    evidence = [row for mark in finding.marks for row in _evidence_rows(epiphany_id, whose, finding, mark)]
    shown = [mark.session.at for mark in finding.marks if mark.condition and mark.behaviour]
    trust, words = TRUST[finding.about], sorted(hypothesis.words)
    aside = dict(id=epiphany_id, text=hypothesis.text, trust=trust, words=words)
    values: dict[str, Any] = dict(
        id=epiphany_id, character=whose.character, user_id=whose.user_id, text=hypothesis.text,
        condition=hypothesis.condition.text, behaviour=hypothesis.behaviour.text, words=packed(words), trust=trust,
        aside=packed(aside), rests_on=len(evidence), first_at=min(shown), last_at=max(shown), created_at=now,
        counted_at=now, **counted_values(finding.counts),
    )  # fmt: skip
    return [RowWrite("v2_epiphanies", values, needs=evidence[0].needs), *evidence]


def counted_values(counts: Counts) -> dict[str, Any]:
    """Return the columns that say how well a pattern holds."""
    return dict(confidence=confidence(counts), holds=counts.both, fails=counts.condition_only)


def look_row(whose: Whose, now: datetime, until: datetime, needs: str) -> RowWrite:
    """Return the row that says how far somebody's conversations were looked over."""
    values = dict(character=whose.character, user_id=whose.user_id, looked_at=now, until=until)
    return RowWrite("v2_epiphany_looks", values, update=("looked_at", "until"), needs=needs)


def refusal_row(whose: Whose, epiphany_id: str, mark: Known, now: datetime) -> RowWrite:
    """Return the row that keeps a pattern from coming back."""
    values = dict(
        id=epiphany_id, character=whose.character, user_id=whose.user_id, words=packed(sorted(mark.words)),
        sessions=packed(sorted(mark.sessions)), created_at=now,
    )  # fmt: skip
    return RowWrite("v2_epiphany_refusals", values)


def epiphany_of(row: RowMapping) -> Epiphany:
    """Return what a row holds."""
    return Epiphany(
        row["id"], Whose(row["character"], row["user_id"]), row["text"], row["condition"], row["behaviour"],
        frozenset(orjson.loads(row["words"])), row["trust"], row["confidence"], row["holds"], row["fails"],
        row["first_at"], row["last_at"], bool(row["mentioned"]),
    )  # fmt: skip


def marks_from(rows: Iterable[Row[Any]]) -> list[Mark]:
    """Return what the rows of one epiphany's evidence say of each conversation, those of the same session together."""
    by_session: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    return [_mark(number, session_id, found) for number, (session_id, found) in enumerate(by_session.items(), start=1)]


def packed(value: object) -> str:
    """Return JSON text."""
    return orjson.dumps(value).decode()


def _mark(number: int, session_id: str, rows: Sequence[Row[Any]]) -> Mark:
    lines = [Line(at, row.source_message_id, "", row.said_at) for at, row in enumerate(rows, start=1)]
    session = Session(number, session_id, min(line.at for line in lines), tuple(lines))
    condition, behaviour = any(row.condition for row in rows), any(row.behaviour for row in rows)
    return Mark(session, condition, behaviour, lines[0], lines[-1])


def _evidence_rows(epiphany_id: str, whose: Whose, finding: Finding, mark: Mark) -> list[RowWrite]:
    """Return one row for a conversation, two when one message shows the condition and another the behaviour."""
    at_a_time = finding.hypothesis.condition.kind is Kind.TIME
    flags = {
        mark.behaviour_line if at_a_time or mark.behaviour else mark.condition_line: [mark.condition, mark.behaviour]
    }
    if mark.condition and mark.behaviour and not at_a_time and mark.condition_line != mark.behaviour_line:
        flags = {mark.condition_line: [True, False], mark.behaviour_line: [False, True]}
    return [_evidence_row(epiphany_id, whose, mark.session.id, line, *shown) for line, shown in flags.items()]


def _evidence_row(
    epiphany_id: str,
    whose: Whose,
    session_id: str,
    line: Line,
    condition: bool,
    behaviour: bool,
) -> RowWrite:
    values = dict(
        epiphany_id=epiphany_id, source_message_id=line.message_id, session_id=session_id, character=whose.character,
        user_id=whose.user_id, guild_id=line.guild_id, channel_id=line.channel_id, condition=condition,
        behaviour=behaviour, said_at=line.at,
    )  # fmt: skip
    return RowWrite("v2_epiphany_evidence", values, needs=line.message_id)
