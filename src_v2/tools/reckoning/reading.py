"""Reads an arithmetic expression into a tree. A parser of its own: nothing that is read is ever executed.

Operators from loose to tight: + -, then * / // % of, then a sign, then ** (also ^), then what follows a number: ! and a
percent sign. `%` is a percent sign where no number follows it, else the remainder. Commas within a number outside a
function are thousands.
"""

import re
from dataclasses import dataclass

LONGEST_CHARS = 300
DEEPEST = 40
"""Parentheses within each other."""
MOST_DIGITS = 60
"""Of a number as it is written."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?!\d))?|\.\d+)|(?P<name>[A-Za-zπτ][A-Za-z0-9_]*)"
    r"|(?P<mark>\*\*|//|[-+*/%^!(),]))",
    re.ASCII,
)
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])")
_SPELLINGS = str.maketrans({"×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "²": "^2", "³": "^3"})
_MARKS_OF_PERCENT = frozenset({"+", "-", "*", "/", "//", ")", ",", "^", "**", "of", "%"})


class Unreadable(Exception):
    """It is no expression; `str()` is advice that repeats nothing but marks and names of functions."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    digits: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function and what it is applied to."""

    name: str
    parts: "tuple[Node, ...]"


Node = Number | Call


def read(text: str) -> Node:
    """Return the tree of an expression; raises Unreadable."""
    if len(text) > LONGEST_CHARS:
        raise Unreadable(f"The expression is longer than {LONGEST_CHARS} characters. Reckon in several steps.")
    return _Reader(_tokens(text)).whole()


def _tokens(text: str) -> list[str]:
    text = text.translate(_SPELLINGS).strip().rstrip("=").rstrip()
    if not re.search(r"[A-Za-z]\s*\(", text):
        text = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), text)
    found: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(
                "There is something in it besides numbers, + - * / // % ** ( ) and functions. Leave out units, "
                "currencies and words; write decimals with a point."
            )
        found.append(match.group().strip())
        at = match.end()
    if any(sum(map(str.isdigit, token)) > MOST_DIGITS for token in found):
        raise Unreadable(f"A number has more than {MOST_DIGITS} digits.")
    return found


class _Reader:
    """Reads tokens from left to right, each rule of the grammar once."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._sum()
        if self._next is not None:
            raise Unreadable("Something is left over after a complete expression. Leave out units and words.")
        return node

    @property
    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *wanted: str) -> str | None:
        token = self._next
        if token is None or token.lower() not in wanted:
            return None
        self._at += 1
        return token.lower()

    def _sum(self) -> Node:
        node = self._product()
        while mark := self._take("+", "-"):
            right = self._product()
            if isinstance(right, Call) and right.name == "percent":
                mark += "%"  # 200 + 10% means ten percent of the 200
            node = Call(mark, (node, right))
        return node

    def _product(self) -> Node:
        node = self._signed()
        while mark := self._take("*", "/", "//", "%", "of", "mod"):
            node = Call({"of": "*", "mod": "%"}.get(mark, mark), (node, self._signed()))
        return node

    def _signed(self) -> Node:
        with _Deeper(self):
            if mark := self._take("-", "+"):
                inner = self._signed()
                return Call("negative", (inner,)) if mark == "-" else inner
            return self._power()

    def _power(self) -> Node:
        node = self._followed()
        if self._take("**", "^"):
            return Call("**", (node, self._signed()))  # from the right: 2**3**2 is 2**9
        return node

    def _followed(self) -> Node:
        node = self._single()
        while True:
            if self._take("!"):
                node = Call("factorial", (node,))
            elif self._next == "%" and self._is_percent_sign():
                self._at += 1
                node = Call("percent", (node,))
            else:
                return node

    def _is_percent_sign(self) -> bool:
        after = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        return after is None or after.lower() in _MARKS_OF_PERCENT

    def _single(self) -> Node:
        token = self._next
        if token is None:
            raise Unreadable("The expression ends too early.")
        self._at += 1
        if token == "(":  # noqa: S105 - no secret
            with _Deeper(self):
                node = self._sum()
            self._close()
            return node
        if token[0].isdigit() or token[0] == ".":
            return Number(token.replace("_", ""))
        if token[0].isalpha():
            return self._named(token.lower())
        raise Unreadable(f"A number or an opening parenthesis is missing before “{token}”.")

    def _named(self, name: str) -> Node:
        if not self._take("("):
            return Call(name, ())
        parts: list[Node] = []
        with _Deeper(self):
            while self._next != ")":
                parts.append(self._sum())
                if not self._take(","):
                    break
        self._close()
        return Call(name, tuple(parts))

    def _close(self) -> None:
        if not self._take(")"):
            raise Unreadable("A closing parenthesis is missing.")

    def go_deeper(self, by: int) -> None:
        self._depth += by
        if self._depth > DEEPEST:
            raise Unreadable("There are too many parentheses or signs within each other.")


class _Deeper:
    """Counts how deep the reader is."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader

    def __enter__(self) -> None:
        self._reader.go_deeper(1)

    def __exit__(self, *_error: object) -> None:
        self._reader.go_deeper(-1)
