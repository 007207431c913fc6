"""Which part of what is held: one person's, one server's, one character's, what is older than some day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from src_v2.core.filters import And, Eq, Filter, Range
from src_v2.core.jobs import Json


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data, and of which place. What is None does not narrow; a scope that narrows nothing is refused.

    `before_ms` is in epoch milliseconds and not included.
    """

    user_id: str | None = None
    character: str | None = None
    guild_id: str | None = None
    channel_id: str | None = None
    before_ms: int | None = None

    def __post_init__(self) -> None:
        """Refuse to mean everything that there is."""
        if not any((self.user_id, self.character, self.guild_id, self.channel_id)):
            raise ValueError("a scope names a person, a character, a server or a channel")

    @property
    def is_whole_person(self) -> bool:
        """Whether nothing of a person is left out: then what was said nowhere, such as a profile, is in it too."""
        return self.user_id is not None and self == Scope(user_id=self.user_id)

    def filter(self, time_field: str = "created_at") -> Filter:
        """Return the condition for rows, points and relations; `time_field` is what they call their time."""
        fields = ("user_id", "character", "guild_id", "channel_id")
        parts: list[Filter] = [Eq(name, value) for name in fields if (value := getattr(self, name)) is not None]
        if self.before_ms is not None:
            parts.append(Range(time_field, lt=self.before_ms))
        return And(tuple(parts))

    def as_json(self) -> dict[str, Json]:
        """Return it as plain data."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Return the scope that `as_json` described; raises TypeError for anything else."""
        known = {name: data[name] for name in data if name in cls.__dataclass_fields__}
        for name, value in known.items():
            if not isinstance(value, int if name == "before_ms" else str):
                raise TypeError(f"{name} of a scope has the wrong type")
        return cls(**known)  # type: ignore[arg-type] # just checked
