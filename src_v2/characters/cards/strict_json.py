"""JSON of strangers: bounded in size, number of values and depth, without NaN, and written back as it was.

What the values mean is not known here.
"""

import json
import math
from collections.abc import Mapping
from typing import NoReturn

from src_v2.core.errors import RefusedInput

JsonObject = dict[str, object]

MAX_JSON_BYTES = 20 * 2**20
MAX_VALUES = 500_000
"""Some hundred times a large lorebook. Every value costs about 100 bytes of memory, however short it is written."""
MAX_DEPTH = 64


def parse(blob: bytes, what: str = "the card") -> object:
    """Return the value that `blob` holds (UTF-8, with or without a byte order mark).

    Raises RefusedInput; `what` names the thing in its text. Of a key that is there twice the last one counts.
    """
    if len(blob) > MAX_JSON_BYTES:
        raise RefusedInput(f"{what} is larger than {MAX_JSON_BYTES // 2**20} MiB")
    if sum(blob.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise RefusedInput(f"{what} holds more values than any card does")
    try:
        value = json.loads(blob.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise RefusedInput(f"{what} is not UTF-8 text") from error
    except RecursionError as error:
        raise RefusedInput(f"{what} is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise RefusedInput(f"{what} is not valid JSON, line {error.lineno}") from error
    except ValueError as error:  # a whole number of more digits than Python converts
        raise RefusedInput(f"{what} holds a number that is too large") from error
    if _depth(value) > MAX_DEPTH:
        raise RefusedInput(f"{what} is nested too deeply")
    return value


def parse_object(blob: bytes, what: str = "the card") -> JsonObject:
    """Return the object that `blob` holds. Raises RefusedInput, also when it is anything but an object."""
    value = parse(blob, what)
    if not isinstance(value, dict):
        raise RefusedInput(f"{what} is not a JSON object")
    return value


def dump(value: Mapping[str, object], *, indent: int | None = 2) -> bytes:
    """Return `value` as UTF-8 JSON; halves of surrogate pairs, which UTF-8 cannot hold, stay escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, indent=indent, allow_nan=False).encode("ascii")


def _no_constant(_name: str) -> NoReturn:
    raise RefusedInput("a number in it is NaN or infinite, which JSON does not have")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise RefusedInput("a number in it is too large")
    return value


def _depth(value: object) -> int:
    """Return how deep `value` is nested, without recursion."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        if deepest > MAX_DEPTH:
            break
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        level = inner
    return deepest
