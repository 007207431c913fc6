"""A scope says whose data is meant, and never means everything by accident."""

import pytest

from src_v2.core.filters import matches
from src_v2.core.jobs import Json
from src_v2.core.scope import Scope

ROW = {"user_id": "discord:1", "character": "elena", "guild_id": "discord:9", "channel_id": "discord:7", "said_at": 5}


@pytest.mark.parametrize(
    ("scope", "is_in"),
    [
        (Scope(user_id="discord:1"), True), (Scope(user_id="discord:2"), False),
        (Scope(user_id="discord:1", guild_id="discord:9"), True), (Scope(user_id="discord:1", guild_id="x"), False),
        (Scope(character="elena", before_ms=6), True), (Scope(character="elena", before_ms=5), False),
        (Scope(channel_id="discord:7"), True),
    ],
)  # fmt: skip
def test_it_narrows_by_everything_that_it_names(scope: Scope, is_in: bool) -> None:
    assert matches(scope.filter("said_at"), ROW) is is_in
    assert Scope.from_json(scope.as_json()) == scope


def test_only_a_person_without_limits_is_a_whole_person() -> None:
    assert Scope(user_id="discord:1").is_whole_person
    assert not Scope(user_id="discord:1", character="elena").is_whole_person
    assert not Scope(user_id="discord:1", before_ms=1).is_whole_person
    assert not Scope(guild_id="discord:9").is_whole_person


@pytest.mark.parametrize("data", [{}, {"before_ms": 7}, {"user_id": ""}, {"somebody": "discord:1"}])
def test_what_would_mean_everything_is_refused(data: dict[str, Json]) -> None:
    with pytest.raises(ValueError, match="a scope names"):
        Scope.from_json(data)


@pytest.mark.parametrize("data", [{"user_id": 1}, {"user_id": ["x"]}, {"character": "elena", "before_ms": "7"}])
def test_what_has_the_wrong_type_is_refused(data: dict[str, Json]) -> None:
    with pytest.raises(TypeError):
        Scope.from_json(data)
