"""Turns a `core.filters.Filter` into an SQL condition that means exactly what `filters.matches` says.

Every leaf is never NULL, so that NOT over a missing value is true, as in Python. Moments compare as epoch milliseconds.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Double,
    Float,
    Integer,
    Numeric,
    Table,
    and_,
    cast,
    false,
    literal,
    not_,
    or_,
    true,
)

from src_v2.core.filters import And, AnyOf, Eq, Filter, Not, Or, Range, Scalar
from src_v2.storage.types_sql import UtcDateTime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_sql(condition: Filter, table: Table) -> ColumnElement[bool]:
    """Return `condition` over the columns of `table`; a field without a column raises KeyError."""
    match condition:
        case Eq(field, value):
            return _any_of(table.c[field], (value,))
        case AnyOf(field, values):
            return _any_of(table.c[field], values)
        case Range(field, gte, lt):
            return _range(table.c[field], gte, lt)
        case And(parts):
            return and_(true(), *(to_sql(part, table) for part in parts))
        case Or(parts):
            return or_(false(), *(to_sql(part, table) for part in parts))
        case Not(part):
            return not_(to_sql(part, table))


def _any_of(column: ColumnElement[Any], values: tuple[Scalar, ...]) -> ColumnElement[bool]:
    is_number = _is_number(column)
    # A value of another kind equals nothing in the column, and PostgreSQL would refuse to compare the two.
    wanted = [_stored(column, value) for value in values if isinstance(value, str) is not is_number]
    if not wanted:
        return false()
    held = _comparable(column)
    same = held == wanted[0] if len(wanted) == 1 else held.in_(wanted)
    return and_(column.is_not(None), same)


def _range(column: ColumnElement[Any], gte: float | None, lt: float | None) -> ColumnElement[bool]:
    if not _is_number(column):
        return false()
    held = _comparable(column)
    parts: list[ColumnElement[bool]] = [column.is_not(None)]
    if gte is not None:
        parts.append(held >= _stored(column, gte))
    if lt is not None:
        parts.append(held < _stored(column, lt))
    return and_(*parts)


def _is_number(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, UtcDateTime | Boolean | Numeric | Float | Integer)


def _comparable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Integer) if isinstance(column.type, Boolean) else column


def _stored(column: ColumnElement[Any], value: Scalar) -> Any:
    if isinstance(value, str):
        return value
    # As a double, so that neither a fraction nor a large number is refused beside a column of small integers.
    return _moment(value) if isinstance(column.type, UtcDateTime) else literal(float(value), Double())


def _moment(epoch_ms: float) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=epoch_ms)
    except OverflowError:  # beyond the years 1..9999: as far as a moment can go
        return datetime.max.replace(tzinfo=UTC) if epoch_ms > 0 else datetime.min.replace(tzinfo=UTC)
