"""What people think of replies, kept in a dictionary: the double of `memory.patterns.feedback.Feedback`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from src_v2.core.audience import Audience
from src_v2.memory.patterns.models import Mark


@dataclass
class FeedbackInMemory:
    """`reactions` are (character, platform message id, user id, emoji); nothing is kept of `unkept` replies."""

    reactions: set[tuple[str, str, str, str]] = field(default_factory=set)
    marked: dict[tuple[str, str], Mark] = field(default_factory=dict)
    unkept: set[str] = field(default_factory=set)

    async def reacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        self.reactions.add((character, platform_message_id, user_id, emoji))
        return True

    async def unreacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        self.reactions.discard((character, platform_message_id, user_id, emoji))
        return True

    async def cleared(self, character: str, platform_message_id: str, emoji: str | None = None) -> None:
        of_message = [one for one in self.reactions if one[:2] == (character, platform_message_id)]
        self.reactions -= {one for one in of_message if emoji in (None, one[3])}

    async def mark(self, audience: Audience, message_id: str, mark: Mark) -> bool:
        if message_id in self.unkept:
            return False
        self.marked[audience.user_id, message_id] = mark
        return True

    async def marks(self, audience: Audience, message_ids: Sequence[str]) -> dict[str, Mark]:
        return {one: mark for one in message_ids if (mark := self.marked.get((audience.user_id, one), Mark.NONE))}
