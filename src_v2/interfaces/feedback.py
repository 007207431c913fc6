"""What every door can say about a reply on behalf of the person whom it answered."""

from collections.abc import Sequence
from typing import Protocol

from src_v2.core.audience import Audience
from src_v2.memory.patterns.models import Mark


class Feedback(Protocol):
    """Where reactions go. All raise StoreUnavailable while SQL is away."""

    async def reacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        """Note a reaction to a platform's message; False when it is not kept, as those of others are not."""
        ...

    async def unreacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        """Take a reaction back; False when there is none."""
        ...

    async def cleared(self, character: str, platform_message_id: str, emoji: str | None = None) -> None:
        """Take everybody's reactions to a platform's message back, or those with one emoji."""
        ...

    async def mark(self, audience: Audience, message_id: str, mark: Mark) -> bool:
        """Let `mark` be what this person says about a reply; False when that is not kept."""
        ...

    async def marks(self, audience: Audience, message_ids: Sequence[str]) -> dict[str, Mark]:
        """Return reply id -> what this person said about it, of those that they said something about."""
        ...
