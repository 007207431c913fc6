"""Who is listening, and therefore what may be remembered out loud.

`visible_to` is the ONE function that turns an audience into a store filter. Every query for messages, memories, facts
or summaries goes through it; nothing else in the code builds such a filter.
"""

from dataclasses import dataclass
from enum import StrEnum

from src_v2.core.filters import And, Eq, Filter, Or


class Visibility(StrEnum):
    """How far something that was said may travel."""

    PRIVATE = "private"
    """Said in a direct message: stays between this user and this character."""
    CHANNEL = "channel"
    """Said where only some members of a server may read: stays in that channel."""
    GUILD = "guild"
    """Said where every member of a server may read: may surface anywhere in that server."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a character is speaking to, and where.

    `user_id` is `<platform>:<platform's id>`; `channel_id` likewise. `guild_id` is None exactly when `visibility`
    is PRIVATE.
    """

    character: str
    user_id: str
    channel_id: str
    visibility: Visibility
    guild_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse combinations that would make a leak possible."""
        if (self.guild_id is None) != (self.visibility is Visibility.PRIVATE):
            raise ValueError("an audience has a guild exactly when it is not private")

    @property
    def is_private(self) -> bool:
        """Whether only this user reads the answer."""
        return self.visibility is Visibility.PRIVATE


def visible_to(audience: Audience) -> Filter:
    """Return the filter for everything that may surface in front of `audience`.

    In private: all that passed between this user and this character, wherever it was said, because the user was
    there. In a server: what was said openly in that server, and what was said in this very channel; never anything
    private, not even the speaker's own.
    """
    if audience.guild_id is None:
        place: Filter = Eq("user_id", audience.user_id)
    else:
        open_in_guild = And((Eq("guild_id", audience.guild_id), Eq("visibility", Visibility.GUILD.value)))
        in_channel = And((Eq("channel_id", audience.channel_id), Eq("visibility", Visibility.CHANNEL.value)))
        place = Or((open_in_guild, in_channel))
    return And((Eq("character", audience.character), place))
