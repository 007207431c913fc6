"""What the web door and the terminal door need from the rest of the house, and nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from src_v2.core.audience import Audience
from src_v2.core.messages import IncomingMessage, StoredMessage

SERVICE = "whisperengine"
"""How the health checks say who answers."""


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web door is reached and what it tells about the process. An empty `token` means: loopback only."""

    host: str
    port: int
    token: str
    allowed_hosts: tuple[str, ...]
    default_character: str
    demo: bool
    model_name: str


class WebMemory(Protocol):
    """The part of the memory that a conversation view shows and changes."""

    async def conversation(self, audience: Audience, limit: int) -> list[StoredMessage]:
        """Return the newest `limit` messages of this character and channel, oldest first."""
        ...

    async def unanswered(self, audience: Audience) -> list[IncomingMessage]:
        """Return the user's last messages that have got no reply, oldest first."""
        ...

    async def forget_last(self, audience: Audience) -> object | None:
        """Remove the last exchange everywhere; None when there is nothing to forget."""
        ...


class CharacterCard(Protocol):
    """What a door shows of a character."""

    @property
    def name(self) -> str:
        """The folder's name, lower case."""
        ...

    @property
    def display_name(self) -> str:
        """The name people read."""
        ...


class Characters(Protocol):
    """The characters that are loaded."""

    def names(self) -> Sequence[str]:
        """Return the names of all loaded characters."""
        ...

    def get(self, name: str) -> CharacterCard:
        """Return one; raises CharacterNotFound."""
        ...


class ReloadableCharacters(Characters, Protocol):
    """Characters whose folders can be read again while the process runs."""

    async def reload(self, name: str) -> object:
        """Read the folder again; raises CharacterError when it is broken, and the last good version stays in use."""
        ...

    def problems(self) -> Sequence[object]:
        """Return what is wrong with the folders now; each has a `character` and reads well as `str()`."""
        ...
