"""Takes reactions in: from Discord by emoji, from the page and the terminal by a mark.

Kept are those of the person whom the reply answered, until they take them back.
"""

from collections.abc import Awaitable, Callable, Sequence

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.emojis import normalised
from src_v2.memory.patterns.emojis import OwnEmojis, value_of
from src_v2.memory.patterns.models import Mark
from src_v2.memory.patterns.service import Patterns
from src_v2.memory.patterns.store import ReactionStore, Reply
from src_v2.memory.profiles import Profiles

EMOJI_OF = {Mark.UP: "👍", Mark.DOWN: "👎"}
"""What a mark is stored as, so that the page shows what a reaction would."""
VALUE_OF = {Mark.UP: 1.0, Mark.DOWN: -1.0}
OnChange = Callable[[str, str], Awaitable[None]]
"""Hears that what a person thinks of a character's replies changed: (character, user id)."""


async def nobody_hears(_character: str, _user_id: str) -> None:
    """Do nothing."""


class Feedback:
    """What people think of replies. `emojis` returns what a character's own emojis mean; all raise StoreUnavailable."""

    def __init__(
        self,
        store: ReactionStore,
        patterns: Patterns,
        profiles: Profiles,
        clock: Clock,
        *,
        emojis: Callable[[str], OwnEmojis],
        on_change: OnChange = nobody_hears,
    ) -> None:
        self._store = store
        self._patterns = patterns
        self._profiles = profiles
        self._clock = clock
        self._emojis = emojis
        self._on_change = on_change

    async def reacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        """Keep a reaction to a platform's message; False when it says nothing, or is not kept."""
        value = value_of(emoji, self._emojis(character))
        if not value:
            return False
        reply = Reply(character, platform_message_id=platform_message_id)
        kept = await self._store.add(reply, user_id, normalised(emoji), value, self._clock.now())
        if kept:
            await self._has_reacted(character, user_id)
        return kept

    async def unreacted(self, character: str, platform_message_id: str, user_id: str, emoji: str) -> bool:
        """Take a reaction back, whatever the emoji means by now; False when there is none."""
        reply = Reply(character, platform_message_id=platform_message_id)
        there_was = await self._store.remove(reply, user_id, normalised(emoji))
        if there_was:
            await self._changed(character, user_id)
        return there_was

    async def cleared(self, character: str, platform_message_id: str, emoji: str | None = None) -> None:
        """Take back all reactions to a platform's message, or all with one emoji: somebody removed them."""
        reply = Reply(character, platform_message_id=platform_message_id)
        for user_id in await self._store.clear(reply, None if emoji is None else normalised(emoji)):
            await self._changed(character, user_id)

    async def mark(self, audience: Audience, message_id: str, mark: Mark) -> bool:
        """Let `mark` be what this person says about a reply to them; False when it is not kept."""
        reply = Reply(audience.character, message_id)
        if mark is Mark.NONE:
            await self._store.withdraw(reply, audience.user_id)
            await self._changed(audience.character, audience.user_id)
            return True
        now = self._clock.now()
        kept = await self._store.replace(reply, audience.user_id, EMOJI_OF[mark], VALUE_OF[mark], now)
        if kept:
            await self._has_reacted(audience.character, audience.user_id)
        return kept

    async def marks(self, audience: Audience, message_ids: Sequence[str]) -> dict[str, Mark]:
        """Return reply id -> what this person said about it, of those that they said something about.

        Costs nothing for who never did.
        """
        if not message_ids or not await self._profiles.reacted(audience.user_id):
            return {}
        found = await self._store.values(audience.user_id, message_ids)
        return {message_id: Mark.of(value) for message_id, value in found.items() if value}

    async def _has_reacted(self, character: str, user_id: str) -> None:
        self._patterns.outdate(character, user_id)
        await self._profiles.has_reacted(user_id)
        await self._on_change(character, user_id)

    async def _changed(self, character: str, user_id: str) -> None:
        self._patterns.outdate(character, user_id)
        await self._on_change(character, user_id)
