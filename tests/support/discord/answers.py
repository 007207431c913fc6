"""What a REST handler gives back: an answer, or a refusal with Discord's error code."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body (None for no content) and headers of its own."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


NO_CONTENT = Answer(204)


class Refused(Exception):
    """Discord says no: an HTTP status, Discord's own code and a message, and which fields are to blame."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        body: dict[str, Any] = {"message": message, "code": code}
        self.answer = Answer(status, body | ({"errors": errors} if errors else {}))


def invalid(field_name: str, code: str, message: str) -> Refused:
    """Return the refusal for a field that breaks the form."""
    errors = {field_name: {"_errors": [{"code": code, "message": message}]}}
    return Refused(400, 50035, "Invalid Form Body", errors)


def unauthorized() -> Refused:
    """Return the refusal of a wrong token."""
    return Refused(401, 0, "401: Unauthorized")


def missing_access() -> Refused:
    """Return the refusal of somebody who does not see the place."""
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    """Return the refusal of somebody who may not do that here."""
    return Refused(403, 50013, "Missing Permissions")


def unknown(code: int, what: str) -> Refused:
    """Return the refusal for something that does not exist (any more)."""
    return Refused(404, code, f"Unknown {what}")
