"""Checks REST traffic against Discord's own OpenAPI description, when that file is at hand.

Traffic is only noted while it happens and checked when somebody asks for the violations, so it costs a running test
next to nothing.
"""

import os
from collections import deque
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_REPOSITORY = Path(__file__).resolve().parents[3]
NOTED_AT_MOST = 20_000
"""Older traffic is forgotten beyond this many requests and answers."""


def description_path() -> Path:
    """Return where the OpenAPI file is expected: `$WE_SHARED/data`, by default next to the repository."""
    return Path(os.environ.get("WE_SHARED", _REPOSITORY.parent / "shared")) / "data" / "discord_openapi.json"


def is_available() -> bool:
    """Say whether there is a description to check against."""
    return description_path().is_file()


@dataclass(frozen=True)
class Violation:
    """Where the traffic differs from the description, and how."""

    route: str
    part: str
    where: str
    problem: str


class Recorder:
    """Notes requests and answers, and finds what is wrong with them later."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled and is_available()
        self._noted: deque[tuple[str, str, Any]] = deque(maxlen=NOTED_AT_MOST)
        self._found: list[Violation] = []

    def request(self, route: str, body: Any) -> None:
        """Note what a client sent."""
        if self.enabled:
            self._noted.append((route, "request", body))

    def answer(self, route: str, status: int, body: bytes) -> None:
        """Note what was answered. Server errors are injected and described nowhere."""
        if self.enabled and route and status < 500:
            self._noted.append((route, str(status), body))

    def unknown(self, route: str) -> None:
        """Note a request to a route that the local Discord does not serve."""
        self._found.append(Violation(route, "request", "", "the local Discord does not serve this route"))

    def violations(self) -> list[Violation]:
        """Check what was noted since the last time and return everything found so far."""
        while self._noted:
            route, part, body = self._noted.popleft()
            self._found += _check(route, part, orjson.loads(body) if isinstance(body, bytes) else body)
        return list(self._found)


def _check(route: str, part: str, body: Any) -> list[Violation]:
    validator = _validator(route, part)
    if validator is None:
        return [Violation(route, part, "", "not in Discord's description")]
    worst = sorted(validator.iter_errors(body), key=lambda error: error.json_path)
    return [Violation(route, part, error.json_path, error.message[:300]) for error in worst]


@cache
def _validator(route: str, part: str) -> Draft202012Validator | None:
    pointer = _pointer(route, part)
    if pointer is None:
        return None
    kind = "request" if part == "request" else "answer"
    return Draft202012Validator({"$ref": f"urn:discord:{kind}#{pointer}"}, registry=_registry())


def _pointer(route: str, part: str) -> str | None:
    method, path = route.split(" ")
    operation = _description()["paths"].get(path, {}).get(method.lower())
    if operation is None:
        return None
    base = f"/paths/{_escaped(path)}/{method.lower()}"
    if part == "request":
        return f"{base}/requestBody/content/application~1json/schema" if "requestBody" in operation else None
    if part in operation["responses"] and part != "429":
        described = "content" in operation["responses"][part]
        return f"{base}/responses/{part}/content/application~1json/schema" if described else None
    shared = "ClientRatelimitedResponse" if part == "429" else "ClientErrorResponse"
    return f"/components/responses/{shared}/content/application~1json/schema"


def _escaped(path: str) -> str:
    escaped = path.replace("~", "~0").replace("/", "~1")
    return escaped.replace("{", "%7B").replace("}", "%7D")


@lru_cache(maxsize=1)
def _description() -> dict[str, Any]:
    described: dict[str, Any] = orjson.loads(description_path().read_bytes())
    return described


@lru_cache(maxsize=1)
def _registry() -> Registry[Any]:
    strict = _description()
    schemas = strict["components"]["schemas"]
    # Discord takes snowflakes as numbers too, though its description does not say so; clients rely on it.
    lenient = {"anyOf": [schemas["SnowflakeType"], {"type": "integer", "minimum": 0}]}
    relaxed = strict | {"components": strict["components"] | {"schemas": schemas | {"SnowflakeType": lenient}}}
    pairs = [("urn:discord:request", relaxed), ("urn:discord:answer", strict)]
    return Registry().with_resources((name, DRAFT202012.create_resource(contents)) for name, contents in pairs)
