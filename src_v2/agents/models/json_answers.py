"""Schemas on their way to a model, and JSON on its way back: found in whatever text surrounds it, then validated."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

SCHEMA_WORDS = frozenset({"type", "properties", "items", "enum", "anyOf", "const", "description"})
"""What every provider's strict mode takes; limits of length and number are checked on the way back."""
MOST_STARTS = 40
"""How many opening braces are tried as the beginning of the answer."""
MOST_ERRORS_TOLD = 8

_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
_DECODER = json.JSONDecoder()


class Unfit(Exception):
    """An answer that is not in the wanted shape. `str()` holds no text of it; `advice` is for the model."""

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(detail)
        self.advice = advice


def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of `schema` for a provider's strict mode: no references, nothing optional."""
    described = schema.model_json_schema()
    definitions = described.get("$defs", {})
    return dict(_strict(described, definitions))


@lru_cache(maxsize=16)
def shape_note(schema: type[BaseModel]) -> str:
    """Return the demand for `schema` in plain words."""
    shape = json.dumps(json_schema(schema), separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It must fit this JSON schema: {shape}"


def read_answer(text: str, schema: type[M]) -> M:
    """Return the object in `text`; raises Unfit. Text around it, and Markdown fences, are passed over."""
    unfit: Unfit | None = None
    for candidate in _objects(text):
        try:
            return schema.model_validate(candidate)
        except ValidationError as problem:
            unfit = unfit or _told(problem)
    if unfit is None:
        raise Unfit("it holds no JSON object", "That was not one complete JSON object; keep it shorter if need be.")
    raise unfit


def _objects(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in `text`, largest first: a model that thinks aloud writes small ones on the way."""
    found = [(size, value) for piece in (*_FENCED.findall(text), text) for size, value in _decoded(piece)]
    return [value for _, value in sorted(found, key=lambda item: -item[0])]


def _decoded(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield size and value of every JSON object that begins in `text` outside another one."""
    start = text.find("{")
    for _ in range(MOST_STARTS):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield end - start, value
        start = text.find("{", end)


def _told(problem: ValidationError) -> Unfit:
    """Return what is wrong with an answer, without repeating it."""
    errors = problem.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in errors[:MOST_ERRORS_TOLD]]
    kinds = ", ".join(sorted({error["type"] for error in errors}))
    return Unfit(f"{len(errors)} errors: {kinds}", f"That does not fit. {'; '.join(told)}.")


def _strict(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return one node of a schema as strict modes want it."""
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rpartition("/")[2]], definitions)
    kept = {key: value for key, value in node.items() if key in SCHEMA_WORDS}
    if "properties" in kept:
        kept["properties"] = {name: _strict(part, definitions) for name, part in kept["properties"].items()}
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    if "items" in kept:
        kept["items"] = _strict(kept["items"], definitions)
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(part, definitions) for part in kept["anyOf"]]
    return kept
