"""The one rule about who may hear what: `src_v2.core.audience`."""

import pytest

from src_v2.core.audience import Audience, Visibility, visible_to
from src_v2.core.filters import matches

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


@pytest.mark.parametrize(("visibility", "guild"), [(Visibility.PRIVATE, "g:1"), (Visibility.GUILD, None)])
def test_an_audience_that_contradicts_itself_is_refused(visibility: Visibility, guild: str | None) -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Audience("elena", "u:ann", "c:1", visibility, guild)
