"""One character on Discord: takes the gateway's events, lets the gate decide, hands over to the desk.

Not for commands (`commands`), connecting and reconnecting (`door`) or rendering (`surface`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from src_v2.core.errors import NotThere, WhisperEngineError
from src_v2.evolution.feelings.lexicon import lexicons
from src_v2.interfaces.discord.addressing import facts_of
from src_v2.interfaces.discord.channels import ChannelNotes, Seen
from src_v2.interfaces.discord.command_desk import CommandDesk
from src_v2.interfaces.discord.departures import Departures, is_final
from src_v2.interfaces.discord.desk import Desk, fetch
from src_v2.interfaces.discord.gate import Decision, Facts, decide
from src_v2.interfaces.discord.mentions import NOBODY
from src_v2.interfaces.discord.own_data_desk import OwnDataDesk
from src_v2.interfaces.discord.own_data_parts import OwnButton, OwnChoice, Press, read_form
from src_v2.interfaces.discord.places import is_direct, platform_id
from src_v2.interfaces.discord.ports import Surroundings
from src_v2.interfaces.discord.reactions import Reactions
from src_v2.interfaces.discord.retry import RetryButton
from src_v2.interfaces.discord.said_button import SaidButton
from src_v2.interfaces.discord.standing import Standing
from src_v2.interfaces.discord.touch import Touch
from src_v2.interfaces.discord.translate import asker, incoming, text_of
from src_v2.interfaces.discord.tree import KindTree, apologise

log = structlog.get_logger(__name__)

OVER = "There is nothing to do about that any more."
MAX_RATELIMIT_TIMEOUT_S = 60.0
"""Longer waits that Discord asks for are an error, not a silent pause."""


class CharacterClient(discord.Client):
    """The Discord client of one character."""

    def __init__(
        self,
        character: str,
        around: Surroundings,
        standing: Standing,
        *,
        content: bool,
        connector: aiohttp.BaseConnector | None,
        on_first_ready: "Callable[[CharacterClient], Any]",
    ) -> None:
        super().__init__(
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                guild_reactions=True,
                dm_reactions=True,
                emojis_and_stickers=True,
                message_content=content,
                members=around.options.members,
            ),
            connector=connector,
            allowed_mentions=NOBODY,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=around.options.guild_ready_timeout_s,
            max_ratelimit_timeout=MAX_RATELIMIT_TIMEOUT_S,
        )
        self.character = character
        self.around = around
        self.notes = ChannelNotes(around.clock)
        self.desk = Desk(character, around, self.notes)
        self.touch = Touch(character, around.characters, self.desk.pacing, around.clock, around.chances)
        self.reactions = Reactions(character, around.feedback, self.desk, self.notes)
        self.departures = Departures(character, around.places)
        self.own_data = OwnDataDesk(character, around.own_data, around.clock)
        self.commands = CommandDesk(character, around.commands, around.clock)
        self.tree: app_commands.CommandTree[CharacterClient] = KindTree(self)
        self._standing = standing
        self._content = content
        self._on_first_ready = on_first_ready
        self._was_ready = False

    @property
    def me(self) -> discord.ClientUser:
        """The bot's own user; there is one once the client has logged in."""
        if self.user is None:
            raise RuntimeError("the Discord client has not logged in")
        return self.user

    async def setup_hook(self) -> None:
        """Prepare what must be there before the first event."""
        self.add_dynamic_items(RetryButton, OwnButton, OwnChoice, SaidButton)
        if self.around.options.human_touch:
            await asyncio.to_thread(lexicons)

    async def on_ready(self) -> None:
        """Note that the character can be talked to."""
        self._standing.connected(content=self._content)
        if not self._was_ready:
            self._was_ready = True
            log.info("discord_ready", character=self.character, message_content=self._content)
            await self._on_first_ready(self)

    async def on_resumed(self) -> None:
        """Note that a dropped connection is back; Discord has sent what was missed."""
        self._standing.connected(content=self._content)

    async def on_disconnect(self) -> None:
        """Note that the connection is gone; discord.py comes back by itself."""
        self._standing.disconnected()

    async def on_message(self, message: discord.Message) -> None:
        """Answer, observe or ignore a message."""
        bot = message.author.bot
        seen = Seen(message.id, message.author.id, "" if bot else message.author.display_name)
        self.notes.note(message.channel.id, seen)
        facts = facts_of(message, self.me, content=self._content)
        async with self.notes.arriving(message.channel.id, message.id):
            match decide(await self._with_session(facts, message.channel)):
                case Decision.ANSWER:
                    await self.desk.answer(message, self.me)
                case Decision.OBSERVE:
                    present = self.notes.present(message.channel.id, without=message.author.id)
                    await self.around.memory.keep(incoming(message, self.character, self.me, present))
                case Decision.IGNORE:
                    return
        if self.around.options.human_touch:
            self.touch.consider(message, self.me)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Honour the edit of a person's message; link previews and the like are no edits."""
        message = payload.message
        facts = facts_of(message, self.me, content=self._content)
        if facts.from_bot or facts.from_system or not facts.readable or not payload.data.get("edited_timestamp"):
            return
        self.touch.changed(payload.message_id)
        async with self.notes.change(payload.channel_id, payload.message_id):
            await self.around.lanes.edit(
                self.character, platform_id(payload.channel_id), str(payload.message_id), text_of(message, self.me)
            )

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget a message that was deleted, whoever wrote it."""
        await self._deleted(payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget many."""
        for message_id in sorted(payload.message_ids):
            await self._deleted(payload.channel_id, message_id)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Note what somebody thinks of a reply, however old it is."""
        await self.reactions.changed(payload, self.me)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Note that somebody took a reaction back."""
        await self.reactions.changed(payload, self.me)

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Note that all reactions to a message were removed."""
        await self.reactions.cleared(payload)

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Note that all reactions with one emoji were removed."""
        await self.reactions.cleared(payload)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take forms of ours; discord.py itself forgets them at a restart. Commands and buttons go their own ways."""
        form = read_form(interaction)
        if form is None:
            return
        if self.commands.owns(form):
            await self.commands.pressed(interaction, form)
        else:
            await self.own_data.submitted(interaction, form)

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what a part that only one person sees says."""
        if self.commands.owns(press):
            await self.commands.pressed(interaction, press)
        else:
            await self.own_data.pressed(interaction, press)

    async def said_pressed(self, interaction: discord.Interaction[Any], message_id: str, action: str) -> None:
        """Do what a button below a message that came by itself says, and tell who pressed it what came of that."""
        await interaction.response.defer()
        try:
            told = await self.around.presses.press(message_id, action, platform_id(interaction.user.id))
        except NotThere:
            told = OVER
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it, and nobody would be told
            await apologise(interaction, "said", error)
            return
        if told != OVER or is_direct(interaction.channel):  # in a server it may be somebody else's
            await interaction.edit_original_response(view=None)
        await interaction.followup.send(told, ephemeral=True, allowed_mentions=NOBODY)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a server that the app was removed from."""
        if is_final(guild):
            await self.departures.app_removed(guild.id)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Forget what somebody said in a server that they left."""
        await self.departures.person_left(payload.guild_id, payload.user.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget a channel that is gone."""
        await self.departures.channel_deleted(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forget a thread that is gone."""
        await self.departures.channel_deleted(payload.thread_id)

    async def close(self) -> None:
        """Close the connection; reactions that were still to come do not come."""
        self.touch.close()
        await super().close()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what an event handler raised; the next event is handled as if nothing had happened."""
        log.exception("discord_event_failed", character=self.character, discord_event=event_method)

    async def ask_again(
        self, interaction: discord.Interaction[Any], asker_id: int, message_ids: tuple[int, ...]
    ) -> None:
        """Answer messages once more in place of a failed reply, if their author asks for it."""
        if interaction.user.id != asker_id:
            await interaction.response.send_message("Only the person who asked can do that.", ephemeral=True)
            return
        await interaction.response.edit_message(view=None)
        messages = await fetch(self, interaction.channel_id or 0, message_ids)
        messages = [message for message in messages if asker(message).id == asker_id]
        if not messages:
            await interaction.followup.send("What you asked is gone, so there is nothing to answer.", ephemeral=True)
        into = interaction.message
        for message in messages:
            if not await self.desk.answer(message, self.me, again=True, into=into):
                await interaction.followup.send("I am already on it.", ephemeral=True)
            into = None

    async def _deleted(self, channel_id: int, message_id: int) -> None:
        self.touch.changed(message_id)
        async with self.notes.change(channel_id, message_id):
            await self.around.lanes.delete(self.character, platform_id(channel_id), str(message_id))

    async def _with_session(self, facts: Facts, channel: discord.abc.Snowflake) -> Facts:
        """Add whether a conversation is on here, where that could make a difference."""
        if decide(facts) is Decision.ANSWER or decide(replace(facts, session_live=True)) is Decision.IGNORE:
            return facts
        live = await self.notes.session_live(channel.id, lambda: self._session_active(channel.id))
        in_my_thread = facts.in_my_thread or (live and isinstance(channel, discord.Thread))
        return replace(facts, session_live=live, in_my_thread=in_my_thread)

    async def _session_active(self, channel_id: int) -> bool:
        try:
            return await self.around.memory.session_active(self.character, platform_id(channel_id))
        except WhisperEngineError:
            return False
