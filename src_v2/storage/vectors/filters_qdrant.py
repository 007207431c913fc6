"""Turns a `core.filters.Filter` into Qdrant's own filter, for the embedded and for the served one.

Their classes differ in name and module only, so the walk is written once and a `Forms` makes the leaves. Every number
is matched by range: Qdrant's exact match knows no floats, and the embedded one no bools.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from src_v2.core.filters import And, AnyOf, Eq, Filter, Not, Or, Range, Scalar
from src_v2.storage.vectors.base import TOGETHER, TOGETHER_FIELD, together


class Forms(Protocol):
    """Makes one implementation's conditions."""

    def texts(self, key: str, values: list[str]) -> Any:
        """Match when the field is one of `values` (at least one)."""
        ...

    def number(self, key: str, *, gte: float | None = None, lt: float | None = None, lte: float | None = None) -> Any:
        """Match when the field is a number within the limits (at least one)."""
        ...

    def group(self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()) -> Any:
        """Combine conditions; an empty group matches everything."""
        ...

    def nothing(self) -> Any:
        """Match no point."""
        ...


def to_qdrant(condition: Filter, forms: Forms) -> Any:
    """Return `condition` as a filter of the implementation behind `forms`."""
    return forms.group(must=_all_of(condition, forms))


def _all_of(condition: Filter, forms: Forms) -> list[Any]:
    """Return the conditions that must all hold, without groups within groups: each level costs time per point."""
    parts = _flat(condition)
    wanted = {part.field: part.value for part in parts if isinstance(part, Eq) and isinstance(part.value, str)}
    if not all(name in wanted for name in TOGETHER):
        return [_translate(part, forms) for part in parts]
    joined = [Eq(name, wanted[name]) for name in TOGETHER]
    both = forms.texts(TOGETHER_FIELD, [together([wanted[name] for name in TOGETHER])])
    return [both, *(_translate(part, forms) for part in parts if part not in joined)]


def _flat(condition: Filter) -> list[Filter]:
    if not isinstance(condition, And):
        return [condition]
    return [part for inner in condition.parts for part in _flat(inner)]


def _translate(condition: Filter, forms: Forms) -> Any:
    match condition:
        case Eq(field, value):
            return _any_of(field, (value,), forms)
        case AnyOf(field, values):
            return _any_of(field, values, forms)
        case Range(field, None, None):
            # A limit is needed, and every number lies on one side of 0 or the other.
            return forms.group(should=[forms.number(field, gte=0), forms.number(field, lt=0)])
        case Range(field, gte, lt):
            return forms.number(field, gte=gte, lt=lt)
        case And():
            return forms.group(must=_all_of(condition, forms))
        case Or(parts):
            return forms.group(should=[_translate(part, forms) for part in parts]) if parts else forms.nothing()
        case Not(part):
            return forms.group(must_not=[_translate(part, forms)])


def _any_of(field: str, values: tuple[Scalar, ...], forms: Forms) -> Any:
    texts = [value for value in values if isinstance(value, str)]
    numbers = [float(value) for value in values if not isinstance(value, str)]
    options = [forms.number(field, gte=number, lte=number) for number in numbers]
    if texts:
        options.append(forms.texts(field, texts))
    if not options:
        return forms.nothing()
    return options[0] if len(options) == 1 else forms.group(should=options)
