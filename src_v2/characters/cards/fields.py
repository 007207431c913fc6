"""Reads the fields of a JSON object by type. What has the wrong type counts as absent and is noted, never an error."""

import math
from dataclasses import dataclass
from typing import TypeVar

from src_v2.characters.cards.strict_json import JsonObject

Default = TypeVar("Default")

_KINDS = {bool: "yes or no", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about a field that deserves a look: its dotted path, and what it is in plain words."""

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}" if self.key else self.text


class Fields:
    """One object; `oddities` collects what could not be read of it. `null` counts as absent."""

    def __init__(self, data: JsonObject, path: str, oddities: list[Oddity]) -> None:
        self.data = data
        self.path = path
        self.oddities = oddities

    def text(self, key: str) -> str:
        """Return a text, empty when absent."""
        value = self.data.get(key)
        return value if isinstance(value, str) else self._wrong(key, value, "text", "")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; items of another kind are left out."""
        value = self.data.get(key)
        if not isinstance(value, list):
            return self._wrong(key, value, "a list of texts", ())
        for number, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong(f"{key}[{number}]", item, "text", "")
        return tuple(item for item in value if isinstance(item, str))

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that may also be one text with commas; empty ones are left out."""
        value = self.data.get(key)
        found = value.split(",") if isinstance(value, str) else self.texts(key)
        return tuple(word.strip() for word in found if word.strip())

    def number(self, key: str) -> float | None:
        """Return a finite number, or None."""
        value = self.data.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            return number if math.isfinite(number) else self._note(key, "is too large a number; not used", None)
        return self._wrong(key, value, "a number", None)

    def whole(self, key: str) -> int | None:
        """Return a number without its fraction, or None."""
        number = self.number(key)
        return None if number is None else int(number)

    def flag(self, key: str, default: Default) -> bool | Default:
        """Return a yes or no, `default` when absent."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else self._wrong(key, value, "yes or no", default)

    def inner(self, key: str) -> JsonObject:
        """Return the object under `key`, empty when absent."""
        value = self.data.get(key)
        return value if isinstance(value, dict) else self._wrong(key, value, "an object", {})

    def at(self, key: str) -> str:
        """Return the dotted path of `key`."""
        return f"{self.path}.{key}" if self.path else key

    def _wrong(self, key: str, value: object, wanted: str, default: Default) -> Default:
        if value is not None:
            found = _KINDS.get(type(value), "nothing")
            self._note(key, f"expected {wanted}, found {found}; not used", None)
        return default

    def _note(self, key: str, text: str, default: Default) -> Default:
        self.oddities.append(Oddity(self.at(key), text))
        return default
