"""The one rule about who may hear what: `src_v2.core.audience`."""

from dataclasses import replace

import pytest

from src_v2.core.audience import Audience, Visibility, visible_to
from src_v2.core.filters import matches

ALL_WAYS = [(False, False), (True, False), (False, True), (True, True)]
DM = Audience("elena", "u:ann", "c:dm", Visibility.PRIVATE)
OPEN = Audience("elena", "u:ann", "c:open", Visibility.GUILD, "g:1")
CLOSED = Audience("elena", "u:ann", "c:closed", Visibility.CHANNEL, "g:1")


def said_in(audience: Audience, **other: str | None) -> dict[str, object]:
    row: dict[str, object] = {
        "character": audience.character, "user_id": audience.user_id, "channel_id": audience.channel_id,
        "guild_id": audience.guild_id, "visibility": audience.visibility.value,
    }  # fmt: skip
    return row | other


@pytest.mark.parametrize("place", [DM, OPEN, CLOSED])
def test_in_private_everything_one_said_oneself_may_surface(place: Audience) -> None:
    assert matches(visible_to(DM), said_in(place))


@pytest.mark.parametrize("place", [DM, OPEN, CLOSED])
def test_in_private_nothing_of_others_surfaces(place: Audience) -> None:
    assert not matches(visible_to(DM), said_in(place, user_id="u:ben"))


@pytest.mark.parametrize("listener", [OPEN, CLOSED])
def test_what_was_said_in_private_never_surfaces_in_a_server(listener: Audience) -> None:
    assert not matches(visible_to(listener), said_in(DM))
    assert not matches(visible_to(listener), said_in(DM, guild_id="g:1", channel_id=listener.channel_id))


def test_a_closed_channel_stays_closed_and_hears_the_open_ones() -> None:
    assert not matches(visible_to(OPEN), said_in(CLOSED))
    assert matches(visible_to(CLOSED), said_in(CLOSED, user_id="u:ben"))
    assert matches(visible_to(CLOSED), said_in(OPEN, user_id="u:ben"))


def test_servers_and_characters_are_apart() -> None:
    assert not matches(visible_to(OPEN), said_in(OPEN, guild_id="g:2"))
    assert not matches(visible_to(OPEN), said_in(OPEN, character="marcus"))
    assert not matches(visible_to(DM), said_in(DM, character="marcus"))


@pytest.mark.parametrize(("shared", "without_servers"), ALL_WAYS)
def test_who_shares_is_read_across_characters_but_only_what_is_private(shared: bool, without_servers: bool) -> None:
    heard = visible_to(replace(DM, shared=shared, without_servers=without_servers))
    assert matches(heard, said_in(DM))
    assert matches(heard, said_in(DM, character="marcus")) is shared
    assert matches(heard, said_in(OPEN)) is not without_servers
    assert not matches(heard, said_in(OPEN, character="marcus"))
    assert not matches(heard, said_in(CLOSED, character="marcus"))
    assert not matches(heard, said_in(DM, user_id="u:ben"))
    assert not matches(heard, said_in(DM, user_id="u:ben", character="marcus"))


@pytest.mark.parametrize(("shared", "without_servers"), ALL_WAYS[1:])
def test_a_server_is_read_in_one_way_only(shared: bool, without_servers: bool) -> None:
    for place in (OPEN, CLOSED):
        with pytest.raises(ValueError, match="private"):
            replace(place, shared=shared, without_servers=without_servers)


def test_what_is_said_is_stored_the_same_however_it_is_read() -> None:
    assert replace(DM, shared=True, without_servers=True).as_stored == DM


@pytest.mark.parametrize(("visibility", "guild"), [(Visibility.PRIVATE, "g:1"), (Visibility.GUILD, None)])
def test_an_audience_that_contradicts_itself_is_refused(visibility: Visibility, guild: str | None) -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Audience("elena", "u:ann", "c:1", visibility, guild)
