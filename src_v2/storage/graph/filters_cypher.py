"""Turns a `core.filters.Filter` into a Cypher condition that means exactly what `filters.matches` says.

Values become parameters, never text. Every leaf is never null, so that NOT over a missing value is true, as in Python.
Ladybug's types decide what can be compared with what: it refuses to compare a number with a text.
"""

from collections.abc import Mapping
from typing import Any

from src_v2.core.filters import And, AnyOf, Eq, Filter, Not, Or, Range, Scalar

_NUMBERS = frozenset(("INT64", "DOUBLE", "BOOL"))


class CypherCondition:
    """A filter over the properties of one kind of node or relation, and the parameters that it needs.

    `properties` maps names to Ladybug's types; a filter on anything else raises KeyError.
    """

    def __init__(self, condition: Filter, properties: Mapping[str, str]) -> None:
        self.parameters: dict[str, Any] = {}
        self._condition = condition
        self._properties = properties
        self.on("x")

    def on(self, variable: str) -> str:
        """Return the condition on what `variable` is bound to; the parameters are the same for every variable."""
        self.parameters.clear()
        return self._text(self._condition, variable)

    def _text(self, condition: Filter, variable: str) -> str:
        match condition:
            case Eq(field, value):
                return self._any_of(variable, field, (value,))
            case AnyOf(field, values):
                return self._any_of(variable, field, values)
            case Range(field, gte, lt):
                return self._range(variable, field, gte, lt)
            case And(parts):
                return self._joined(" AND ", parts, variable) or "true"
            case Or(parts):
                return self._joined(" OR ", parts, variable) or "false"
            case Not(part):
                return f"(NOT {self._text(part, variable)})"

    def _joined(self, word: str, parts: tuple[Filter, ...], variable: str) -> str:
        text = word.join(self._text(part, variable) for part in parts)
        return f"({text})" if text else ""

    def _any_of(self, variable: str, field: str, values: tuple[Scalar, ...]) -> str:
        is_number = self._properties[field] in _NUMBERS
        # A value of another kind equals nothing in the property.
        wanted = [_stored(value) for value in values if isinstance(value, str) is not is_number]
        if not wanted:
            return "false"
        held = f"{variable}.{field}"
        return f"({held} IS NOT NULL AND {self._comparable(variable, field)} IN {self._parameter(wanted)})"

    def _range(self, variable: str, field: str, gte: float | None, lt: float | None) -> str:
        if self._properties[field] not in _NUMBERS:
            return "false"
        held = self._comparable(variable, field)
        parts = [f"{variable}.{field} IS NOT NULL"]
        if gte is not None:
            parts.append(f"{held} >= {self._parameter(float(gte))}")
        if lt is not None:
            parts.append(f"{held} < {self._parameter(float(lt))}")
        return f"({' AND '.join(parts)})"

    def _comparable(self, variable: str, field: str) -> str:
        held = f"{variable}.{field}"
        return f"CASE WHEN {held} THEN 1.0 ELSE 0.0 END" if self._properties[field] == "BOOL" else held

    def _parameter(self, value: Any) -> str:
        name = f"filter_{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def _stored(value: Scalar) -> str | float:
    return value if isinstance(value, str) else float(value)
