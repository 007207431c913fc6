"""The file of tool servers, and what is left of the schemas that they send."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from src_v2.core.errors import SettingsError
from src_v2.tools.mcp_servers.config import read_servers
from src_v2.tools.mcp_servers.schema import described, plain_schema


def written(folder: Path, text: str) -> Path:
    file = folder / "mcp.yaml"
    file.write_text(text)
    return file


def test_nothing_is_allowed_unless_it_is_named(tmp_path: Path) -> None:
    (server,) = read_servers(written(tmp_path, "servers: {home: {command: run-it}}")).values()
    assert (server.allow, server.read_only, server.people) == ((), (), None)


def test_json_is_taken_too_and_an_empty_file_is_no_server(tmp_path: Path) -> None:
    text = '{"servers": {"web": {"url": "https://a.example/mcp", "allow": ["x"], "read_only": ["x"]}}}'
    assert read_servers(written(tmp_path, text))["web"].url == "https://a.example/mcp"
    assert read_servers(written(tmp_path, "")) == {}


@pytest.mark.parametrize(("text", "problem"), [
    ("servers: [", "no YAML"), ("servers: {Home: {command: x}}", "servers"), ("servers: {home: {}}", "command or url"),
    ("servers: {home: {command: x, url: 'http://a'}}", "not both"), ("servers: {home: {url: 'ftp://a'}}", "http"),
    ("servers: {home: {command: x, read_only: [y]}}", "not in allow"),
    ("servers: {home: {command: x, allow: ['a b']}}", "names"),
    ("servers: {home: {command: x, alow: [y]}}", "alow"), ("server: {}", "server"), ("[]", "file"), ("7", "file"),
    ("servers: {home: {command: x, timeout_s: 0}}", "timeout_s"),
    ("servers: !!python/object/apply:os.system ['id']", "no YAML"),
    ("servers: {home: {command: [hunter2], headers: {Authorization: hunter2}}}", "command"),
])  # fmt: skip
def test_what_is_wrong_in_the_file_is_told_without_its_values(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refusal:
        read_servers(written(tmp_path, text))
    assert "TOOLS_MCP_FILE" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_servers(tmp_path / "nothing.yaml")


def test_references_unions_and_titles_are_reduced() -> None:
    schema = {
        "title": "Args", "description": "of a class", "type": "object", "required": ["place", "gone"],
        "$defs": {"Place": {"type": "object", "properties": {"name": {"type": ["string", "null"], "title": "N"}}}},
        "properties": {
            "place": {"$ref": "#/$defs/Place", "description": "Where\nto."},
            "many": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "integer", "minimum": 1}}]},
            "kind": {"enum": ["a", "b"], "default": "a"}, "bad name!": {"type": "string"},
            "deep": {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"oneOf": []}}}}},
        },
    }  # fmt: skip
    assert plain_schema(schema) == {
        "type": "object",
        "properties": {
            "place": {"type": "object", "description": "Where to.", "properties": {"name": {"type": "string"}}},
            "many": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "deep": {"type": "object", "properties": {
                "a": {"type": "object", "properties": {"b": {"type": "string"}}}}},
        },
        "required": ["place"],
        "additionalProperties": False,
    }  # fmt: skip


def test_a_schema_that_refers_to_itself_ends() -> None:
    node: dict[str, Any] = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    reduced = plain_schema({**node, "$defs": {"Node": node, "Loop": {"$ref": "#/$defs/Loop"}}})
    assert len(str(reduced)) < 1_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "enum", "$ref", "$defs", "anyOf", "required", "minimum", "a"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_a_server_sends_becomes_a_schema(sent: Any) -> None:
    reduced = plain_schema(sent)
    Draft202012Validator.check_schema(reduced)
    assert reduced["type"] == "object"


def test_a_huge_schema_is_cut() -> None:
    many = {f"argument_{n}": {"type": "string", "description": "x" * 10_000} for n in range(1_000)}
    assert len(str(plain_schema({"type": "object", "properties": many}))) < 10_000


@pytest.mark.parametrize("said", [None, 7, "", "a\nb" * 1_000, "\u202e\x00"])
def test_a_description_is_one_short_line_that_says_whose_it_is(said: Any) -> None:
    text = described("home", said)
    assert text.startswith("A tool of the connected program home")
    assert len(text) < 500
    assert "\n" not in text
