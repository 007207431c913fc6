"""A character's own reactions with emojis, to what it answers or overhears: seldom, a little late, never out of place.

Nothing is stored about it. What the character's reactions are and when it feels like one is not decided here.
"""

import asyncio
import random
from collections import Counter, OrderedDict
from datetime import date
from typing import TypeVar

import aiohttp
import discord
import structlog

from src_v2.agents.guard.looking import look
from src_v2.agents.guard.verdict import Sign
from src_v2.characters.models import Character
from src_v2.core.clock import Clock
from src_v2.core.errors import CharacterNotFound
from src_v2.evolution.feelings.reacting import inclination
from src_v2.interfaces.discord.pacing import Pacing
from src_v2.interfaces.discord.ports import CharacterShelf
from src_v2.interfaces.discord.translate import text_of

T = TypeVar("T")

log = structlog.get_logger(__name__)

CHANNEL_GAP_S = 60.0
"""Somebody who reacts to everything is not listening."""
CHANNEL_PER_DAY, PER_DAY = 20, 300
HUSH_S = 1800.0
"""After words of somebody in need: what comes next belongs to it."""
REFUSED_S = 3600.0
"""How long a place where Discord refused a reaction is left alone."""
MESSAGES_REMEMBERED = 2048
CHANNELS_REMEMBERED = 2048
NAME_MARK = ":"


class Touch:
    """The reactions of one character's bot. `chances` decides when and with which emoji."""

    def __init__(
        self, character: str, characters: CharacterShelf, pacing: Pacing, clock: Clock, chances: random.Random
    ) -> None:
        self._character = character
        self._characters = characters
        self._pacing = pacing
        self._clock = clock
        self._chances = chances
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._quiet_until: OrderedDict[int, float] = OrderedDict()
        self._planned: dict[int, tuple[int, asyncio.Task[None]]] = {}
        self._today = date.min
        self._count: Counter[int] = Counter()

    def consider(self, message: discord.Message, me: discord.ClientUser) -> None:
        """React to a message in a while, or not. Returns at once."""
        if message.id in self._seen:
            return
        _remember(self._seen, message.id, None, MESSAGES_REMEMBERED)
        try:
            character = self._characters.get(self._character)
        except CharacterNotFound:
            return
        if not character.ux.reactions.enabled or not self._is_fitting(message, text_of(message, me), character):
            return
        wish = inclination(character, text_of(message, me))
        usable = [found for emoji in wish.emojis if (found := _usable(emoji, message.guild)) is not None]
        if not usable or self._chances.random() >= wish.chance:
            return
        delay_s = self._chances.uniform(*character.ux.reactions.reaction_delay_seconds)
        self._be_quiet(message.channel.id, delay_s + CHANNEL_GAP_S)
        self._count[message.channel.id] += 1
        task = asyncio.create_task(self._react(message, self._chances.choice(usable), delay_s), name="discord-touch")
        self._planned[message.id] = (message.channel.id, task)

    def changed(self, message_id: int) -> None:
        """Drop what was planned for a message: it was deleted, or says something else now."""
        _, task = self._planned.pop(message_id, (0, None))
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Drop everything that was planned."""
        for message_id in list(self._planned):
            self.changed(message_id)

    def _is_fitting(self, message: discord.Message, text: str, character: Character) -> bool:
        """Whether an emoji may stand here now, whatever it is."""
        signs = look(text, character.display_name).signs
        channel_id = message.channel.id
        if Sign.CRISIS in signs:
            self._be_quiet(channel_id, HUSH_S)
            for message_id in [one for one, (where, _) in self._planned.items() if where == channel_id]:
                self.changed(message_id)
        if signs or self._clock.monotonic() < self._quiet_until.get(channel_id, float("-inf")):
            return False
        today = self._clock.now().date()
        if today != self._today:
            self._today = today
            self._count.clear()
        within = self._count[channel_id] < CHANNEL_PER_DAY and self._count.total() < PER_DAY
        return within and _may_react(message)

    async def _react(self, message: discord.Message, emoji: str | discord.Emoji, delay_s: float) -> None:
        try:
            await self._clock.sleep(delay_s)
            # In a crowd words matter more: what does not fit into the bot's limit now is left out.
            if self._pacing.of(message.channel.id).take_typing() <= 0:
                await message.add_reaction(emoji)
        except discord.NotFound:
            pass  # the message is gone
        except discord.HTTPException as refused:
            self._be_quiet(message.channel.id, REFUSED_S)
            log.info("discord_reaction_refused", character=self._character, code=refused.code)
        except (discord.DiscordException, aiohttp.ClientError, OSError):
            pass  # a network that is away; an emoji that comes later says nothing
        finally:
            self._planned.pop(message.id, None)

    def _be_quiet(self, channel_id: int, seconds: float) -> None:
        until = max(self._quiet_until.get(channel_id, float("-inf")), self._clock.monotonic() + seconds)
        _remember(self._quiet_until, channel_id, until, CHANNELS_REMEMBERED)


def _may_react(message: discord.Message) -> bool:
    """Whether the bot may react where the message stands; in private it may."""
    channel, guild = message.channel, message.guild
    if guild is None:
        return True
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    try:
        allowed = channel.permissions_for(guild.me)
    except discord.ClientException:  # a thread whose channel is not known
        return False
    return allowed.add_reactions and allowed.read_message_history


def _usable(emoji: str, guild: discord.Guild | None) -> str | discord.Emoji | None:
    """Return an emoji as Discord takes it; a server's own, `:name:`, only where it is there to be used."""
    if not (emoji.startswith(NAME_MARK) and emoji.endswith(NAME_MARK)):
        return emoji
    found = discord.utils.get(guild.emojis, name=emoji.strip(NAME_MARK)) if guild is not None else None
    return found if found is not None and found.available else None


def _remember(what: OrderedDict[int, T], key: int, value: T, most: int) -> None:
    what[key] = value
    what.move_to_end(key)
    if len(what) > most:
        what.popitem(last=False)
