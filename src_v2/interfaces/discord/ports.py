"""What the Discord door needs from the rest of the house, and the options it takes."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from src_v2.characters.models import Character
from src_v2.characters.problems import Problem
from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.retention import Retention
from src_v2.core.scope import Scope
from src_v2.interfaces.base import History, Presses
from src_v2.interfaces.feedback import Feedback
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.presses import NoPresses
from src_v2.interfaces.steering import Steering
from src_v2.media.pictures import Pictures
from src_v2.memory.models import ForgottenExchange, InterruptedTurn
from src_v2.observability.health import Health

PLATFORM = "discord"

MessageContent = Literal["auto", "on", "off"]


class DiscordMemory(History, Protocol):
    """The memory, as far as Discord is concerned."""

    async def link(self, character: str, message_id: str, platform_message_ids: Sequence[str]) -> None:
        """Note which Discord messages show the stored reply `message_id`."""
        ...

    async def forget_last(self, audience: Audience) -> ForgottenExchange | None:
        """Remove the last exchange of this user here; None when there is none."""
        ...

    async def interrupted(self, platform: str) -> list[InterruptedTurn]:
        """Return the turns that a stop or crash cut off lately."""
        ...

    async def session_active(self, character: str, channel_id: str) -> bool:
        """Whether the character spoke in this channel within the time that ends a session."""
        ...


class CharacterShelf(Protocol):
    """Where the characters are."""

    def get(self, name: str) -> Character:
        """Return the current version. Raises CharacterNotFound."""
        ...

    async def reload(self, name: str) -> Character:
        """Read a character's files again. Raises CharacterError when they are wrong, CharacterNotFound."""
        ...

    def problems(self) -> list[Problem]:
        """Return what is wrong with the character folders now."""
        ...


class Places(Protocol):
    """What becomes of what was said in a server or channel. Raises StoreUnavailable."""

    async def forget(self, scope: Scope) -> None:
        """Have everything that `scope` names erased, durably."""
        ...

    async def retention(self, guild_id: str) -> Retention:
        """Return how long a server wants what is said in it to be kept."""
        ...

    async def decide(self, guild_id: str, policy: Retention) -> None:
        """Note how long that is."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """How the door behaves. `owner_ids` are Discord user ids besides the application's own owner."""

    data_dir: Path
    message_content: MessageContent = "auto"
    edit_interval_s: float = 1.0
    owner_ids: Collection[str] = ()
    members: bool = False
    """Whether to hear of people who leave a server: a privileged intent."""
    human_touch: bool = False
    """Whether characters react to messages with emojis, as their ux.yaml says."""
    typing_chars_per_s: float = 0.0
    """How fast a short answer seems to be typed; 0: it is shown at once."""
    guild_ready_timeout_s: float = 2.0
    """How long a start waits for one more server to be announced."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a character's client works with."""

    lanes: Lanes
    memory: DiscordMemory
    own_data: OwnData
    feedback: Feedback
    places: Places
    characters: CharacterShelf
    health: Health
    options: DiscordOptions
    clock: Clock
    steering: Steering
    commands: Sequence[Command] = ()
    pictures: Pictures = field(default_factory=Pictures)
    chances: random.Random = field(default_factory=random.Random)
    """What decides about a character's own reactions; it guards nothing."""
    presses: Presses = field(default_factory=NoPresses)
