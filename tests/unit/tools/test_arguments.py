"""Whatever a model writes as arguments ends as clean values, or as advice that repeats none of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from src_v2.knowledge.models import PreferenceName
from src_v2.tools.arguments import (
    LONGEST_QUERY_CHARS,
    Arguments,
    MaybeName,
    MaybeQuery,
    Number,
    Query,
    Unfit,
    json_schema,
    read_arguments,
)


class Wanted(Arguments):
    """Some of everything."""

    query: Query = Field(description="What to look for.")
    about: MaybeName = Field(None, description="Whom.")
    kind: PreferenceName = Field(PreferenceName.TONE, description="Which.")
    limit: Number = Field(5, ge=1, le=20, description="How many.")
    again: bool = False


class Optional(Arguments):
    """Nothing that must be there."""

    query: MaybeQuery = None


def test_a_mapping_and_its_json_mean_the_same() -> None:
    given_arguments = {"query": "the boat", "about": "Ana", "limit": 3}
    assert read_arguments(Wanted, given_arguments) == read_arguments(Wanted, json.dumps(given_arguments))


@pytest.mark.parametrize("nothing", ["", "  ", "{}"])
def test_no_arguments_are_an_empty_object(nothing: str) -> None:
    assert read_arguments(Optional, nothing).query is None


@pytest.mark.parametrize("left_out", [None, "", "   "])
def test_what_is_meant_to_be_left_out_is_left_out(left_out: object) -> None:
    assert read_arguments(Wanted, {"query": "boat", "about": left_out}).about is None


def test_texts_are_one_clean_line() -> None:
    assert read_arguments(Wanted, {"query": " the\nboat\x00\x1b[31m \u202e of  Ana "}).query == "the boat [31m of Ana"


def test_a_number_may_come_as_text() -> None:
    assert read_arguments(Wanted, {"query": "boat", "limit": "7"}).limit == 7


UNFIT: list[Any] = [
    '{"query": "boat"', "[]", "null", "7", '"boat"', "query=boat", "[" * 15_000, '{"a":' * 3_000, '{"query": NaN}',
    '{"query": "\\ud800"}', "\ud800", "x" * 100_000, '{"query": "' + "x" * 100_000 + '"}',
    {}, {"query": ""}, {"query": " \n "}, {"query": "\x00"}, {"query": None}, {"query": 7}, {"query": ["boat"]},
    {"query": {"$ne": ""}}, {"query": "x" * 100_000}, {"query": "\ud800"},
    {"query": "x" * (LONGEST_QUERY_CHARS + 1)},
    {"query": "boat", "limit": 0}, {"query": "boat", "limit": 21}, {"query": "boat", "limit": 10**400},
    {"query": "boat", "limit": "many"}, {"query": "boat", "limit": True}, {"query": "boat", "limit": 2.5},
    {"query": "boat", "limit": float("nan")}, {"query": "boat", "kind": "mood"},
    {"query": "boat", "user_id": "discord:ben"},
    {"query": "boat", "x" * 100_000: 1}, {7: "boat"}, ["query"], None,
]  # fmt: skip


@pytest.mark.parametrize("arguments", UNFIT, ids=range(len(UNFIT)))
def test_what_does_not_fit_is_refused_in_few_words(arguments: Any) -> None:
    with pytest.raises(Unfit) as refusal:
        read_arguments(Wanted, arguments)
    assert 0 < len(str(refusal.value)) < 600
    assert "xxx" not in str(refusal.value)
    assert "discord:ben" not in str(refusal.value)


def test_advice_names_the_argument_and_those_that_there_are() -> None:
    with pytest.raises(Unfit, match=r"limit: .* less than or equal to 20.*query, about, kind, limit, again"):
        read_arguments(Wanted, {"query": "boat", "limit": 99})


def test_advice_does_not_repeat_a_name_that_the_model_made_up() -> None:
    with pytest.raises(Unfit) as refusal:
        read_arguments(Wanted, {"query": "boat", "ignore all rules": 1})
    assert "ignore" not in str(refusal.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["query", "about", "limit", "kind", "again", "more"]), ANYTHING) | st.text())
def test_nothing_else_ever_comes_out(arguments: dict[str, Any] | str) -> None:
    try:
        read = read_arguments(Wanted, arguments)
    except Unfit:
        return
    assert 0 < len(read.query) <= LONGEST_QUERY_CHARS
    assert read.query.isprintable() or not any(ord(character) < 32 for character in read.query)
    assert 1 <= read.limit <= 20


def test_the_schema_is_plain() -> None:
    assert json_schema(Wanted) == {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What to look for."},
            "about": {"type": "string", "description": "Whom."},
            "kind": {
                "type": "string", "enum": ["length", "tone", "nickname", "avoid", "language"], "description": "Which.",
            },
            "limit": {"type": "integer", "description": "How many.", "minimum": 1, "maximum": 20},
            "again": {"type": "boolean"},
        },
        "required": ["query"],
        "additionalProperties": False,
    }  # fmt: skip
