"""Reactions to what a character said: raw events, because old messages are in nobody's cache."""

import discord
import structlog

from src_v2.core.errors import WhisperEngineError
from src_v2.interfaces.discord.channels import ChannelNotes
from src_v2.interfaces.discord.desk import Desk
from src_v2.interfaces.discord.places import platform_id
from src_v2.interfaces.feedback import Feedback

log = structlog.get_logger(__name__)

Gone = discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent


class Reactions:
    """Hands the reactions to one character's messages on. Whose count is not decided here."""

    def __init__(self, character: str, feedback: Feedback, desk: Desk, notes: ChannelNotes) -> None:
        self._character = character
        self._feedback = feedback
        self._desk = desk
        self._notes = notes

    async def changed(self, event: discord.RawReactionActionEvent, me: discord.ClientUser) -> None:
        """Note a reaction that came or went; what other bots and the character itself do says nothing."""
        of_somebody_else = event.message_author_id not in {None, me.id}  # only told of those that come
        if of_somebody_else or event.user_id == me.id or (event.member is not None and event.member.bot):
            return
        tell = self._feedback.reacted if event.event_type == "REACTION_ADD" else self._feedback.unreacted
        # A reply that still grows is not in the history yet.
        await self._desk.linked(event.channel_id, event.message_id)
        async with self._notes.in_order(event.channel_id):
            try:
                await tell(self._character, str(event.message_id), platform_id(event.user_id), written(event.emoji))
            except WhisperEngineError as error:
                log.warning("reaction_not_noted", character=self._character, error=type(error).__name__)

    async def cleared(self, event: Gone) -> None:
        """Take reactions back that a moderator removed."""
        emoji = written(event.emoji) if isinstance(event, discord.RawReactionClearEmojiEvent) else None
        async with self._notes.in_order(event.channel_id):
            try:
                await self._feedback.cleared(self._character, str(event.message_id), emoji)
            except WhisperEngineError as error:
                log.warning("reaction_not_noted", character=self._character, error=type(error).__name__)


def written(emoji: discord.PartialEmoji) -> str:
    """Return an emoji as character files write it: a server's own is `:name:`."""
    return emoji.name if emoji.id is None else f":{emoji.name}:"
