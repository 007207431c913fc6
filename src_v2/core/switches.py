"""What a person can decide about their data. Where the decisions are kept is not the business of this module."""

from dataclasses import dataclass
from enum import StrEnum


class SwitchName(StrEnum):
    """What a person can decide."""

    REMEMBER = "remember"
    """Keep what I say beyond the running conversation, and use what was kept. On at first."""
    SERVERS = "servers"
    """Keep and use what I say in servers. On at first."""
    SHARE = "share"
    """In private, characters may use what I told the others. Off at first."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What a person has decided."""

    remember: bool = True
    servers: bool = True
    share: bool = False

    def get(self, name: SwitchName) -> bool:
        """Return one of them."""
        return bool(getattr(self, name.value))

    def keeps(self, guild_id: str | None) -> bool:
        """Whether what is said in this server (None: in private) may be kept, and used later."""
        return self.remember and (self.servers or guild_id is None)
