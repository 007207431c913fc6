"""What can be wrong with a character folder, always with the place to look: file, line and key.

Not for what goes wrong while a character talks; that is `src_v2.core.errors`.
"""

from dataclasses import dataclass
from enum import StrEnum

from src_v2.core.errors import CharacterError


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    """The character cannot be loaded like this."""
    WARNING = "warning"
    """It loads, but something written in the file has no effect or a strange one."""
    HINT = "hint"
    """It loads and works; it could be better."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at.

    `line` counts from 1 and is 0 for a whole file or folder; `key` is a dotted path or empty.
    """

    character: str
    file: str
    line: int
    key: str
    text: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.character}/{self.file}" if self.file else self.character
        line = f":{self.line}" if self.line else ""
        key = f" {self.key}:" if self.key else ""
        return f"{place}{line}:{key} {self.text}"


class BrokenCharacter(CharacterError):
    """A folder that cannot be loaded; `problems` holds every reason, and the text names the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems
