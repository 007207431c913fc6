"""Tells the bots what happened: which session gets which event, by channel, intent and shard."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from tests.support.discord import payloads, payloads_guild, views
from tests.support.discord.gateway import RESUME_URL, Gateway, Session
from tests.support.discord.payloads import Json
from tests.support.discord.permissions import sees
from tests.support.discord.state import BotAccount, Channel, Guild, Intent, Interaction, Member, Message, User
from tests.support.discord.world import World


class Events:
    """Turns happenings of the world into gateway events."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway

    # Sessions

    def ready(self, session: Session) -> None:
        """Send READY and one GUILD_CREATE per guild."""
        bot = session.bot
        guilds = [guild for guild in self._world.guilds.values() if bot.id in guild.members and session.covers(guild)]
        body = {
            "v": 10,
            "user": payloads.own_user(bot),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": RESUME_URL,
            "shard": list(session.shard),
            "application": {"id": bot.id, "flags": 0},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
        }
        session.dispatch("READY", orjson.dumps(body))
        for guild in guilds:
            self._guild_create(session, guild)

    def members_requested(self, session: Session, request: dict[str, Any]) -> None:
        """Answer opcode 8 with one chunk."""
        guild = self._world.guilds[str(request["guild_id"])]
        wanted = {str(item) for item in _as_list(request.get("user_ids"))}
        prefix = (request.get("query") or "").lower()
        found = [
            member
            for member in guild.members.values()
            if (member.user.id in wanted if wanted else member.user.name.lower().startswith(prefix))
        ]
        body: Json = {
            "guild_id": guild.id,
            "members": [payloads.member(member) for member in found[: request.get("limit") or None]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - set(guild.members)),
        }
        if request.get("nonce"):
            body["nonce"] = request["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", orjson.dumps(body))

    # Guilds

    def guild_joined(self, guild: Guild, bot: BotAccount) -> None:
        """Tell a bot, if online, that it was invited."""
        for session in self._gateway.sessions_of(bot):
            if session.covers(guild):
                self._guild_create(session, guild)

    def member_added(self, guild: Guild, member: Member) -> None:
        """Tell the others that somebody joined."""
        body = orjson.dumps(payloads.member(member) | {"guild_id": guild.id})
        for session in self._gateway.sessions.values():
            is_other = session.bot is not member.user and session.bot.id in guild.members
            if is_other and session.covers(guild) and Intent.GUILD_MEMBERS in session.intents:
                session.dispatch("GUILD_MEMBER_ADD", body)

    def member_removed(self, guild: Guild, user: User) -> None:
        """Tell the others that somebody left, and a bot that it was removed."""
        gone = orjson.dumps({"id": guild.id})
        left = orjson.dumps({"guild_id": guild.id, "user": payloads.user(user)})
        for session in self._gateway.sessions.values():
            if session.bot is user:
                session.dispatch("GUILD_DELETE", gone)
            elif session.bot.id in guild.members and Intent.GUILD_MEMBERS in session.intents:
                session.dispatch("GUILD_MEMBER_REMOVE", left)

    def channel_deleted(self, channel: Channel, audience: Sequence[User]) -> None:
        """Tell that a channel or thread is gone."""
        for session in self._gateway.sessions.values():
            if session.bot in audience and Intent.GUILDS in session.intents:
                body = payloads.channel(channel, session.bot)
                session.dispatch("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", orjson.dumps(body))

    def channel_created(self, channel: Channel) -> None:
        """Tell of a new channel or thread."""
        event = "THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE"
        extra = {"newly_created": True} if channel.is_thread else {}
        for session in self._audience(channel, Intent.GUILDS, Intent.GUILDS):
            session.dispatch(event, orjson.dumps(payloads.channel(channel, session.bot) | extra))

    def thread_joined(self, thread: Channel, user: User) -> None:
        """Tell who takes part in a thread now: those with the members intent, and the bot itself."""
        body = _place(thread) | {
            "id": thread.id,
            "member_count": len(thread.thread_members),
            "added_members": [payloads.thread_member(thread, user.id) | _member_part(thread, user)],
            "removed_member_ids": [],
        }
        for session in self._audience(thread, Intent.GUILDS, Intent.GUILDS):
            if session.bot is user or Intent.GUILD_MEMBERS in session.intents:
                session.dispatch("THREAD_MEMBERS_UPDATE", orjson.dumps(body))

    # Messages

    def message_created(self, message: Message) -> None:
        """Tell of a new message."""
        self._message_event("MESSAGE_CREATE", message)

    def message_edited(self, message: Message) -> None:
        """Tell of an edit."""
        self._message_event("MESSAGE_UPDATE", message)

    def message_deleted(self, message: Message) -> None:
        """Tell that a message is gone."""
        body = orjson.dumps({"id": message.id} | _place(message.channel))
        for session in self._audience(message.channel, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES):
            session.dispatch("MESSAGE_DELETE", body)

    def reaction_changed(self, message: Message, user: User, emoji: str, *, added: bool) -> None:
        """Tell that a reaction came or went."""
        body = _place(message.channel) | {
            "user_id": user.id,
            "message_id": message.id,
            "emoji": _emoji(emoji),
            "burst": False,
            "type": 0,
        }
        if added:
            body |= {"message_author_id": message.author.id} | _member_part(message.channel, user)
        encoded = orjson.dumps(body)
        event = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
        for session in self._audience(message.channel, Intent.GUILD_REACTIONS, Intent.DIRECT_REACTIONS):
            session.dispatch(event, encoded)

    def reactions_cleared(self, message: Message, emoji: str | None) -> None:
        """Tell that all reactions went, or all with one emoji."""
        body = _place(message.channel) | {"message_id": message.id}
        event = "MESSAGE_REACTION_REMOVE_ALL" if emoji is None else "MESSAGE_REACTION_REMOVE_EMOJI"
        encoded = orjson.dumps(body if emoji is None else body | {"emoji": _emoji(emoji)})
        for session in self._audience(message.channel, Intent.GUILD_REACTIONS, Intent.DIRECT_REACTIONS):
            session.dispatch(event, encoded)

    def typing_started(self, channel: Channel, user: User) -> None:
        """Tell all but the one who types."""
        stamp = {"user_id": user.id, "timestamp": int(self._world.now())}
        body = orjson.dumps(_place(channel) | stamp | _member_part(channel, user))
        for session in self._audience(channel, Intent.GUILD_TYPING, Intent.DIRECT_TYPING):
            if session.bot is not user:
                session.dispatch("TYPING_START", body)

    def interaction_created(self, interaction: Interaction) -> None:
        """Tell the bot whose command it is, on the shard of the place."""
        body = orjson.dumps(interaction.payload | {"id": interaction.id, "token": interaction.token})
        for session in self._gateway.sessions_of(interaction.bot):
            if session.covers(interaction.channel.guild):
                session.dispatch("INTERACTION_CREATE", body)

    def _message_event(self, event: str, message: Message) -> None:
        body = views.message_event(message)
        full = orjson.dumps(body)
        bare: bytes | None = None
        for session in self._audience(message.channel, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES):
            if views.may_read(session.bot, session.intents, message):
                session.dispatch(event, full)
            else:
                bare = bare or orjson.dumps(views.withheld(body))
                session.dispatch(event, bare)

    def _audience(self, channel: Channel, in_guild: Intent, direct: Intent) -> Iterator[Session]:
        needed = in_guild if channel.guild else direct
        for session in self._gateway.sessions.values():
            if needed in session.intents and session.covers(channel.guild) and sees(channel, session.bot):
                yield session

    def _guild_create(self, session: Session, guild: Guild) -> None:
        everyone = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES in session.intents
        members = [item for item in guild.members.values() if everyone or item.user is session.bot]
        session.dispatch("GUILD_CREATE", orjson.dumps(payloads_guild.guild_create(guild, session.bot, members)))


def _place(channel: Channel) -> Json:
    return {"channel_id": channel.id} | ({"guild_id": channel.guild.id} if channel.guild else {})


def _emoji(written: str) -> Json:
    """Return an emoji as events show it; a server's own is written `name:id`."""
    name, _, emoji_id = written.partition(":")
    return {"id": emoji_id or None, "name": name}


def _member_part(channel: Channel, user: User) -> Json:
    member = channel.guild.members.get(user.id) if channel.guild else None
    return {"member": payloads.member(member)} if member else {}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
