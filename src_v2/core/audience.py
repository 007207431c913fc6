"""Who is listening, and therefore what may be remembered out loud.

`visible_to` is the ONE function that turns an audience into a store filter. Every query for messages, memories, facts
or summaries goes through it; nothing else in the code builds such a filter.
"""

from dataclasses import dataclass, replace
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

    The last two say how a person wants to be read, and are for reads in private only: `shared` adds what they and the
    other characters said in private, `without_servers` leaves out what was said in servers. What is stored is the same.
    """

    character: str
    user_id: str
    channel_id: str
    visibility: Visibility
    guild_id: str | None = None
    shared: bool = False
    without_servers: bool = False

    def __post_init__(self) -> None:
        """Refuse combinations that would make a leak possible."""
        if (self.guild_id is None) != (self.visibility is Visibility.PRIVATE):
            raise ValueError("an audience has a guild exactly when it is not private")
        if (self.shared or self.without_servers) and self.guild_id is not None:
            raise ValueError("only a private audience is read in another way")

    @property
    def as_stored(self) -> "Audience":
        """The audience that what is said here is stored with, however it is read."""
        return replace(self, shared=False, without_servers=False)

    @property
    def is_private(self) -> bool:
        """Whether only this user reads the answer."""
        return self.visibility is Visibility.PRIVATE


def visible_to(audience: Audience) -> Filter:
    """Return the filter for everything that may surface in front of `audience`.

    In private: all that passed between this user and this character, wherever it was said, because the user was
    there; for those who share, also what they and other characters said in private. In a server: what was said openly
    in that server, and what was said in this very channel; never anything private, not even the speaker's own.
    """
    here = Eq("character", audience.character)
    if audience.guild_id is None:
        return And((Eq("user_id", audience.user_id), _in_private(audience, here)))
    open_in_guild = And((Eq("guild_id", audience.guild_id), Eq("visibility", Visibility.GUILD.value)))
    in_channel = And((Eq("channel_id", audience.channel_id), Eq("visibility", Visibility.CHANNEL.value)))
    return And((here, Or((open_in_guild, in_channel))))


def _in_private(audience: Audience, here: Filter) -> Filter:
    private = Eq("visibility", Visibility.PRIVATE.value)
    if audience.shared:
        return private if audience.without_servers else Or((here, private))
    return And((here, private)) if audience.without_servers else here
