"""One small filter language for every store.

Slices say what they may see as a `Filter`; `storage` translates it to SQL and to the vector stores' own form. Field
names are the stored names (`character`, `user_id`, `created_at` ...). Not for ranking or text search.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Eq:
    """`field` equals `value`."""

    field: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`field` equals one of `values`; an empty tuple matches nothing."""

    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """`gte <= field < lt`; either side may be open. Times are epoch milliseconds."""

    field: str
    gte: float | None = None
    lt: float | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Every part matches; with no part it matches everything."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part matches; with no part it matches nothing."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Filter"


Filter = Eq | AnyOf | Range | And | Or | Not

EVERYTHING = And(())


def matches(condition: Filter, row: Mapping[str, object]) -> bool:
    """Say whether `row` satisfies `condition`: the meaning that every store's translation must have.

    A missing field, or one that is None, equals nothing and lies in no range.
    """
    match condition:
        case Eq(field, value):
            return row.get(field) is not None and row[field] == value
        case AnyOf(field, values):
            return row.get(field) is not None and row[field] in values
        case Range(field, gte, lt):
            held = row.get(field)
            if not isinstance(held, int | float):
                return False
            return (gte is None or held >= gte) and (lt is None or held < lt)
        case And(parts):
            return all(matches(part, row) for part in parts)
        case Or(parts):
            return any(matches(part, row) for part in parts)
        case Not(part):
            return not matches(part, row)
