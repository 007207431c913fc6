"""Turns YAML text into nodes that know their line, and nodes into plain data.

What makes a YAML file dangerous is refused here: tags are never followed, aliases cannot blow up, nesting is bounded.
Which keys a file should have is not known here.
"""

import math

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_VALUES = 20_000  # per file, aliases counted each time they are used: a few lines can otherwise mean billions

TEXT, INT, FLOAT, BOOL, NULL, TIMESTAMP, MERGE = (
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge")
)
_KINDS = {
    TEXT: "text",
    INT: "a whole number",
    FLOAT: "a number with a fraction",
    BOOL: "yes or no",
    NULL: "nothing",
    TIMESTAMP: "a date",
    "tag:yaml.org,2002:seq": "a list",
    "tag:yaml.org,2002:map": "a mapping of keys to values",
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is some ten times faster where it is built in


class YamlProblem(Exception):
    """The text is not YAML, or not YAML that can be trusted; `line` counts from 1, 0 when it is not known."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def compose(text: str) -> Node | None:
    """Return the root node of `text`, merge keys written out, or None when it is empty. Raises YamlProblem."""
    try:
        root: Node | None = yaml.compose(text, Loader=_Loader)
        if root is not None:
            _count_values(root, {})
            _write_out_merges(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(
            mark.line + 1 if mark else 0, f"is not valid YAML: {error.problem or error.context}"
        ) from error
    except yaml.YAMLError as error:
        line = text.encode().count(b"\n", 0, getattr(error, "position", 0)) + 1
        raise YamlProblem(line, f"is not valid YAML: {getattr(error, 'reason', 'it cannot be read')}") from error
    except RecursionError as error:
        raise YamlProblem(0, "is nested too deeply") from error
    return root


def line_of(node: Node) -> int:
    """Return the line on which `node` begins, from 1."""
    return int(node.start_mark.line) + 1


def kind_of(node: Node) -> str:
    """Return what `node` is, in words for an author."""
    return _KINDS.get(node.tag, f"the tag {node.tag}")


def plain(node: Node) -> object:
    """Return `node` as data that JSON can hold; what is neither number, yes/no nor null stays text."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _scalar(node: ScalarNode) -> object:
    maker = SafeConstructor()
    try:
        if node.tag == INT:
            return maker.construct_yaml_int(node)
        if node.tag == FLOAT:
            value = maker.construct_yaml_float(node)
            return value if math.isfinite(value) else node.value
        if node.tag == BOOL:
            return maker.construct_yaml_bool(node)
    except (ValueError, KeyError):  # a tag that the text does not bear out, as in `!!int soon`
        return node.value
    return None if node.tag == NULL else node.value


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _count_values(node: Node, known: dict[int, int]) -> int:
    """Return how many values `node` means once every alias is written out; each node is walked once."""
    if id(node) in known:
        if not known[id(node)]:
            raise YamlProblem(line_of(node), "an alias contains itself")
        return known[id(node)]
    known[id(node)] = 0
    total = 1 + sum(_count_values(child, known) for child in _children(node))
    if total > MAX_VALUES:
        raise YamlProblem(line_of(node), f"holds more than {MAX_VALUES} values")
    known[id(node)] = total
    return total


def _write_out_merges(node: Node) -> None:
    """Replace `<<: *other` by the keys of the other mapping; a mapping's own keys win."""
    if isinstance(node, MappingNode) and any(key.tag == MERGE for key, _ in node.value):
        SafeConstructor().flatten_mapping(node)
        node.value = list({str(key.value): (key, value) for key, value in node.value}.values())
    for child in _children(node):
        _write_out_merges(child)
