"""Arguments as a model gives them: described as a schema, read, cleaned, and refused in words that help it.

Everything in here is data. A text is one bounded line without control characters, whatever the model wrote.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from src_v2.core.fence import one_line

LONGEST_JSON_CHARS = 20_000
"""Of all arguments together: several times what every text at its longest comes to."""
LONGEST_QUERY_CHARS = 500
LONGEST_NAME_CHARS = 120
LONGEST_VALUE_CHARS = 200
MOST_ERRORS_TOLD = 5

_KEPT = frozenset({"type", "enum", "description", "minimum", "maximum", "properties", "required", "items"})
"""The words of JSON schema that every provider takes. Lengths are checked here and not told: no model counts."""


class Arguments(BaseModel):
    """The base of every tool's arguments: what is not known is refused, so that a slip does not pass unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Unfit(Exception):
    """Arguments that do not fit; `str()` is advice for the model and repeats none of what it wrote."""


def _words(text: str) -> str:
    cleaned = one_line(text)
    if not cleaned:
        raise ValueError("is empty")
    return cleaned


def _none_if_empty(given: object) -> object:
    return None if isinstance(given, str) and not given.strip() else given


def _a_number(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("is no number")
    return given


_OrNone = BeforeValidator(_none_if_empty)
"""Models fill in what they mean to leave out: with null, or with an empty text."""

Query = Annotated[str, StringConstraints(max_length=LONGEST_QUERY_CHARS), AfterValidator(_words)]
Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME_CHARS), AfterValidator(_words)]
Value = Annotated[str, StringConstraints(max_length=LONGEST_VALUE_CHARS), AfterValidator(_words)]
MaybeQuery = Annotated[Query | None, _OrNone]
MaybeName = Annotated[Name | None, _OrNone]
MaybeValue = Annotated[Value | None, _OrNone]
Number = Annotated[int, BeforeValidator(_a_number)]

A = TypeVar("A", bound=BaseModel)


def read_arguments(schema: type[A], given: Mapping[str, Any] | str) -> A:
    """Return `given`, a mapping or the JSON of one, as `schema`; raises Unfit for whatever else it may be."""
    try:
        return schema.model_validate(_mapping(given))
    except ValidationError as problem:
        raise Unfit(_told(problem, schema)) from None


def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a tool's arguments in the plain form that all providers take.

    Without references, titles or unions: what may be left out is not required, and never null.
    """
    described = schema.model_json_schema()
    return _plain(described, described.get("$defs", {})) | {"additionalProperties": False}


def _mapping(given: Mapping[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, str):
        if len(given) > LONGEST_JSON_CHARS:
            raise Unfit("The arguments are far too long.")
        try:
            given = orjson.loads(given) if given.strip() else {}
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            raise Unfit("The arguments are not one complete JSON object.") from None
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise Unfit("The arguments are not a JSON object.")
    return dict(given)


def _told(problem: ValidationError, schema: type[BaseModel]) -> str:
    errors = problem.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{_where(error['loc'], schema)}: {error['msg']}" for error in errors[:MOST_ERRORS_TOLD]]
    return f"The arguments do not fit. {'; '.join(lines)}. There are: {', '.join(schema.model_fields)}."


def _where(place: tuple[int | str, ...], schema: type[BaseModel]) -> str:
    """Return which argument is meant; a name that the model made up is not repeated."""
    name = str(place[0]) if place else ""
    return name if name in schema.model_fields else "an argument that does not exist"


def _plain(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        named = definitions[node["$ref"].rpartition("/")[2]]
        return _plain({**named, **{key: value for key, value in node.items() if key != "$ref"}}, definitions)
    if "anyOf" in node:
        (given,) = (part for part in node["anyOf"] if part.get("type") != "null")
        return _plain({**given, **{key: value for key, value in node.items() if key != "anyOf"}}, definitions)
    kept = {key: value for key, value in node.items() if key in _KEPT}
    if "properties" in kept:
        kept["properties"] = {name: _plain(part, definitions) for name, part in kept["properties"].items()}
        kept.pop("description", None)  # of the class, for readers of the code
    if "items" in kept:
        kept["items"] = _plain(kept["items"], definitions)
    return kept
