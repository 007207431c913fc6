"""Works a tree out, from the leaves up."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from src_v2.tools.reckoning.functions import CONSTANTS, FUNCTIONS, power
from src_v2.tools.reckoning.reading import Node, Number
from src_v2.tools.reckoning.values import Unreckonable, Value, checked

_HIDDEN = frozenset({"percent", "negative"})


def work_out(node: Node) -> Value:
    """Return the value of a tree; raises Unreckonable."""
    if isinstance(node, Number):
        return checked(Fraction(node.digits), exact=True)
    parts = [work_out(part) for part in node.parts]
    if node.name in _OPERATORS:
        left, right = parts
        return _OPERATORS[node.name](left, right)
    if not parts and node.name in CONSTANTS:
        return CONSTANTS[node.name]
    function = FUNCTIONS.get(node.name)
    if function is None:
        known = ", ".join(sorted(FUNCTIONS.keys() - _HIDDEN))
        raise Unreckonable(f"There is a name in it that means nothing. There are pi, e, tau and the functions {known}.")
    if not function.least <= len(parts) <= function.most:
        raise Unreckonable(f"{node.name} takes {_count(function.least, function.most)}.")
    return function.run(*parts)


def _count(least: int, most: int) -> str:
    if least == most:
        return "one number" if least == 1 else f"{least} numbers"
    return f"{least} to {most} numbers"


def _plain(operation: Callable[[Fraction, Fraction], Fraction | int]) -> Callable[[Value, Value], Value]:
    def run(left: Value, right: Value) -> Value:
        try:
            found = operation(left.of, right.of)
        except ZeroDivisionError:
            raise Unreckonable("That divides by zero.") from None
        return checked(Fraction(found), exact=left.exact and right.exact)

    return run


_OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _plain(lambda left, right: left + right),
    "-": _plain(lambda left, right: left - right),
    "+%": _plain(lambda left, right: left * (1 + right)),
    "-%": _plain(lambda left, right: left * (1 - right)),
    "*": _plain(lambda left, right: left * right),
    "/": _plain(lambda left, right: left / right),
    "//": _plain(lambda left, right: math.floor(left / right)),
    "%": _plain(lambda left, right: left % right),
    "**": power,
}
