"""Reduces what a server says about a tool, none of it trusted, to the plain, bounded form that all providers take."""

from collections.abc import Mapping
from typing import Any

from src_v2.core.fence import one_line

LONGEST_DESCRIPTION_CHARS = 400
LONGEST_ARGUMENT_CHARS = 200
MOST_ARGUMENTS = 30
MOST_CHOICES = 50
LONGEST_CHOICE_CHARS = 80
DEEPEST = 4

_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object"})
_LIMITS = ("minimum", "maximum")


def plain_schema(schema: Any) -> dict[str, Any]:
    """Return a server's input schema without references, unions and titles; never raises, whatever it is."""
    given = schema if isinstance(schema, Mapping) else {}
    definitions = given.get("$defs") or given.get("definitions") or {}
    reduced = _node(given, definitions if isinstance(definitions, Mapping) else {}, 0)
    if reduced.get("type") != "object":
        reduced = {"type": "object"}
    return {"properties": {}, **reduced, "additionalProperties": False}


def described(server: str, description: Any) -> str:
    """Return a tool's description as one bounded line that says whose words it is."""
    said = one_line(description)[:LONGEST_DESCRIPTION_CHARS] if isinstance(description, str) else ""
    return f"A tool of the connected program {server}, which says of it: {said or 'nothing'}"


def _node(node: Any, definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if not isinstance(node, Mapping) or depth > DEEPEST:
        return {"type": "object"} if depth else {}
    node = _resolved(node, definitions)
    kind = _type(node)
    plain: dict[str, Any] = {"type": kind}
    if isinstance(said := node.get("description"), str) and depth:
        plain["description"] = one_line(said)[:LONGEST_ARGUMENT_CHARS]
    if choices := _choices(node.get("enum"), kind):
        plain["enum"] = choices
    if kind in {"number", "integer"}:
        plain |= {name: node[name] for name in _LIMITS if _is_number(node.get(name))}
    if kind == "array":
        plain["items"] = _node(node.get("items") or {"type": "string"}, definitions, depth + 1)
    if kind == "object" and isinstance(node.get("properties"), Mapping):
        plain |= _properties(node, definitions, depth)
    return plain


def _properties(node: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    named = [(name, part) for name, part in node["properties"].items() if isinstance(name, str) and _is_name(name)]
    parts = {name: _node(part, definitions, depth + 1) for name, part in named[:MOST_ARGUMENTS]}
    wanted = node.get("required")
    required = [name for name in wanted if name in parts] if isinstance(wanted, list) else []
    return {"properties": parts, **({"required": required} if required else {})}


def _resolved(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a node with the first reference, or the first of its alternatives that is not null, put in."""
    for _ in range(DEEPEST):
        if isinstance(named := node.get("$ref"), str):
            inner = definitions.get(named.rpartition("/")[2])
        else:
            options: list[Any] = next(
                (node[key] for key in ("anyOf", "oneOf", "allOf") if isinstance(node.get(key), list)), []
            )
            inner = next((one for one in options if isinstance(one, Mapping) and one.get("type") != "null"), None)
        if not isinstance(inner, Mapping):
            return node
        left = {key: value for key, value in node.items() if key not in {"$ref", "anyOf", "oneOf", "allOf"}}
        node = {**inner, **left}
    return node


def _type(node: Mapping[str, Any]) -> str:
    said = node.get("type")
    options: list[Any] = said if isinstance(said, list) else [said]
    known = next((one for one in options if isinstance(one, str) and one in _TYPES), None)
    return known or ("object" if isinstance(node.get("properties"), Mapping) else "string")


def _choices(choices: Any, kind: str) -> list[Any]:
    if not isinstance(choices, list) or kind not in {"string", "integer", "number"}:
        return []
    fitting = str if kind == "string" else int
    kept = [one for one in choices if isinstance(one, fitting) and not isinstance(one, bool)]
    short = [one for one in kept if len(str(one)) <= LONGEST_CHOICE_CHARS and one_line(str(one)) == str(one)]
    return short[:MOST_CHOICES] if len(short) == len([one for one in choices if one is not None]) else []


def _is_name(name: str) -> bool:
    return len(name) <= 64 and name.replace("_", "").replace("-", "").isalnum() and name.isascii()  # noqa: PLR2004 - OpenAI's limit


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
