"""The roles that models play, and what an owner may choose for one. Plain data: imports nothing heavy."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

USUAL_HOURS = 24
MOST_HOURS = 168
LONGEST_NAME = 200


class ModelRole(StrEnum):
    """What a model is wanted for."""

    MAIN = "main"
    SMALL = "small"
    REFLECTIVE = "reflective"
    VISION = "vision"


@dataclass(frozen=True, slots=True)
class RoleModels:
    """Who plays a role: models as `provider:model`, the first one asked first.

    `chosen_until` says until when the first one holds, when somebody chose it.
    """

    role: ModelRole
    models: tuple[str, ...]
    chosen_until: datetime | None = None
