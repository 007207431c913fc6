"""Reads a YAML file by key and type, and remembers the line of everything, so that a mistake can be pointed at.

A wrong value never raises: it is noted, the default is returned, and reading goes on to find the next mistake. Not for
writing YAML.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from src_v2.characters import yaml_nodes
from src_v2.characters.models import UnknownKey
from src_v2.characters.problems import Problem, Severity
from src_v2.characters.yaml_nodes import kind_of, line_of

_ID_TAGS = {yaml_nodes.TEXT, yaml_nodes.INT, yaml_nodes.FLOAT, yaml_nodes.BOOL, yaml_nodes.TIMESTAMP}
_A_MAPPING = "a mapping of keys to values"

Default = TypeVar("Default")


class Notes:
    """What was noticed while one character was read: problems, and keys that nobody asked for."""

    def __init__(self, character: str) -> None:
        self.character = character
        self.problems: list[Problem] = []
        self.unknown_keys: list[UnknownKey] = []

    def note(self, file: str, line: int, key: str, text: str, severity: Severity = Severity.ERROR) -> None:
        """Remember a problem; `line` counts from 1."""
        self.problems.append(Problem(self.character, file, line, key, text, severity))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the character from being loaded."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


class Section:
    """A mapping of a YAML file: ask for each key by type, then `finish`, which notes the keys nobody asked for.

    A key that is absent, or has no value, gives the default.
    """

    def __init__(self, notes: Notes, file: str, path: str = "", node: MappingNode | None = None) -> None:
        self._notes = notes
        self._file = file
        self._path = path
        self._line = line_of(node) if node is not None else 0
        self._entries: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        for key, value in node.value if node is not None else ():
            self._add(key, value)

    def _add(self, key_node: Node, value: Node) -> None:
        key, line = str(key_node.value), line_of(key_node)
        if not isinstance(key_node, ScalarNode):
            self._notes.note(self._file, line, self._path, "expected a plain word as the key")
            return
        if key in self._entries:
            first = self._lines[key]
            text = f"this key was there before, on line {first}; only the last one counts"
            self._notes.note(self._file, line, self._key(key), text, Severity.WARNING)
        self._entries[key] = value
        self._lines[key] = line

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a text, without blank space around it."""
        node = self._take(key, required=required)
        value = self._text(node, self._key(key)) if node is not None else None
        return default if value is None else value.strip()

    def identifier(self, key: str, *, required: bool = False) -> str:
        """Return a text, or a number or date exactly as it is written: for ids, years and tiers."""
        node = self._take(key, required=required)
        if node is None:
            return ""
        if isinstance(node, ScalarNode) and node.tag in _ID_TAGS:
            return str(node.value).strip()
        return self._wrong(node, self._key(key), "text or a number", "")

    def integer(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """Return a whole number."""
        value = self.optional_integer(key, required=required)
        return default if value is None else value

    def optional_integer(self, key: str, *, required: bool = False) -> int | None:
        """Return a whole number, or None when the key is absent."""
        node = self._take(key, required=required)
        return None if node is None else self._integer(node, self._key(key))

    def number(self, key: str, default: float) -> float:
        """Return a finite number, whole or not."""
        node = self._take(key)
        value = self._number(node, self._key(key)) if node is not None else None
        return default if value is None else value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a yes or no."""
        node = self._take(key)
        if node is None:
            return default
        value = yaml_nodes.plain(node) if node.tag == yaml_nodes.BOOL else None
        return value if isinstance(value, bool) else self._wrong(node, self._key(key), "yes or no", default)

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; empty entries are skipped, and an empty list gives the default."""
        found = [self._text(node, path) for node, path in self._items(key)]
        return tuple(text.strip() for text in found if text and text.strip()) or default

    def integer_pair(self, key: str) -> tuple[int, int]:
        """Return exactly two whole numbers; the key must be there."""
        items = self._pair(key, required=True)
        values = [self._integer(node, path) or 0 for node, path in items]
        return (values[0], values[1]) if values else (0, 0)

    def number_pair(self, key: str, default: tuple[float, float]) -> tuple[float, float]:
        """Return exactly two numbers."""
        values = [self._number(node, path) for node, path in self._pair(key, required=False)]
        first, second = values or default
        return default if first is None or second is None else (first, second)

    def section(self, key: str) -> "Section":
        """Return the mapping under `key`; an empty one when it is absent."""
        node = self._take(key)
        if node is not None and not isinstance(node, MappingNode):
            node = self._wrong(node, self._key(key), _A_MAPPING, None)
        return Section(self._notes, self._file, self._key(key), node)

    def sections(self, key: str) -> "Iterator[Section]":
        """Yield each mapping of the list under `key`."""
        for node, path in self._items(key):
            if isinstance(node, MappingNode):
                yield Section(self._notes, self._file, path, node)
            else:
                self._wrong(node, path, _A_MAPPING, None)

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order of the file, for mappings whose keys are free."""
        return tuple(self._entries)

    def plain(self, key: str) -> Mapping[str, object]:
        """Return the free mapping under `key` as plain data: text, numbers, yes/no, None, lists and dicts."""
        node = self._take(key)
        if node is None:
            return MappingProxyType({})
        value = yaml_nodes.plain(node)
        return MappingProxyType(value if isinstance(value, dict) else self._wrong(node, self._key(key), _A_MAPPING, {}))

    def wrong(self, key: str, text: str) -> None:
        """Note that the value of `key` has the right type and still cannot be used."""
        line = line_of(self._entries[key]) if key in self._entries else self._line
        self._notes.note(self._file, line, self._key(key), text)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key, node in self._entries.items():
            if key not in self._asked:
                unknown = UnknownKey(self._file, self._lines[key], self._key(key), yaml_nodes.plain(node))
                self._notes.unknown_keys.append(unknown)

    def _key(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _take(self, key: str, *, required: bool = False) -> Node | None:
        self._asked.add(key)
        node = self._entries.get(key)
        if node is not None and node.tag != yaml_nodes.NULL:
            return node
        if required:
            line = line_of(node) if node is not None else self._line
            self._notes.note(self._file, line, self._key(key), "is missing")
        return None

    def _items(self, key: str, *, required: bool = False) -> list[tuple[Node, str]]:
        node = self._take(key, required=required)
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            return self._wrong(node, self._key(key), "a list", [])
        items = enumerate(node.value)
        return [(item, f"{self._key(key)}[{index}]") for index, item in items if item.tag != yaml_nodes.NULL]

    def _pair(self, key: str, *, required: bool) -> list[tuple[Node, str]]:
        items = self._items(key, required=required)
        if items and len(items) != 2:  # noqa: PLR2004 - a pair is two
            self.wrong(key, "expected exactly two numbers: [lowest, highest]")
            return []
        return items

    def _text(self, node: Node, path: str) -> str | None:
        if isinstance(node, ScalarNode) and node.tag == yaml_nodes.TEXT:
            return str(node.value)
        return self._wrong(node, path, "text", None)

    def _integer(self, node: Node, path: str) -> int | None:
        value = yaml_nodes.plain(node) if node.tag == yaml_nodes.INT else None
        return value if isinstance(value, int) else self._wrong(node, path, "a whole number", None)

    def _number(self, node: Node, path: str) -> float | None:
        value = yaml_nodes.plain(node) if node.tag in {yaml_nodes.INT, yaml_nodes.FLOAT} else None
        return float(value) if isinstance(value, int | float) else self._wrong(node, path, "a number", None)

    def _wrong(self, node: Node, path: str, wanted: str, default: Default) -> Default:
        remedy = " (put it in quotes)" if wanted == "text" and not isinstance(node, SequenceNode) else ""
        self._notes.note(self._file, line_of(node), path, f"expected {wanted}, found {kind_of(node)}{remedy}")
        return default


def read_yaml(text: str, file: str, notes: Notes) -> Section:
    """Return the file's top mapping; what is not YAML, or not a mapping, is noted and gives an empty one."""
    try:
        root = yaml_nodes.compose(text)
    except yaml_nodes.YamlProblem as problem:
        notes.note(file, problem.line, "", problem.text)
        return Section(notes, file)
    if root is not None and root.tag != yaml_nodes.NULL and not isinstance(root, MappingNode):
        notes.note(file, line_of(root), "", f"expected {_A_MAPPING}, found {kind_of(root)}")
    return Section(notes, file, "", root if isinstance(root, MappingNode) else None)
