"""The JSON objects Discord sends for the things in `state.py`. Shapes only; who gets them is decided elsewhere."""

from typing import Any

from tests.support.discord.state import (
    Attachment,
    BotAccount,
    Channel,
    Intent,
    Interaction,
    Member,
    Message,
    Role,
    User,
)

Json = dict[str, Any]


def user(who: User) -> Json:
    """Return a user object."""
    return {
        "id": who.id,
        "username": who.name.lower(),
        "global_name": None if who.is_bot else who.name,
        "discriminator": "0001" if who.is_bot else "0",
        "avatar": None,
        "bot": who.is_bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


MESSAGE_CONTENT_FLAG = 1 << 19
"""Discord's GATEWAY_MESSAGE_CONTENT_LIMITED: granted to bots in fewer than 100 servers."""


def own_user(bot: BotAccount) -> Json:
    """Return the user object a bot gets about itself."""
    return user(bot) | {"verified": True, "mfa_enabled": True, "locale": "en-US", "email": None}


def application(bot: BotAccount) -> Json:
    """Return the bot's application object; its flags say which privileged intents the portal grants."""
    flags = MESSAGE_CONTENT_FLAG if Intent.MESSAGE_CONTENT in bot.allowed else 0
    return {
        "id": bot.id,
        "name": bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(bot),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "bot": user(bot),
    }


def member_fields(member: Member) -> Json:
    """Return a member object without its user, as message events carry it."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": member.joined_at,
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": member.role_ids,
        "mute": False,
        "deaf": False,
    }


def member(who: Member) -> Json:
    """Return a whole member object."""
    return member_fields(who) | {"user": user(who.user)}


def role(what: Role, position: int) -> Json:
    """Return a role object."""
    return {
        "id": what.id,
        "name": what.name,
        "permissions": str(int(what.permissions)),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": True,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel(what: Channel, viewer: User) -> Json:
    """Return a channel, thread or DM object as `viewer` gets it."""
    last = next(reversed(what.messages), None)
    head: Json = {"id": what.id, "type": int(what.type), "flags": 0, "last_message_id": last}
    if what.guild is None:
        return head | {"recipients": [user(other) for other in what.recipients if other is not viewer]}
    head |= {"guild_id": what.guild.id, "name": what.name, "rate_limit_per_user": 0}
    return head | (_thread_fields(what, viewer) if what.parent else _text_fields(what))


def _text_fields(what: Channel) -> Json:
    overwrites = [
        {"id": item.id, "type": int(item.is_member), "allow": str(int(item.allow)), "deny": str(int(item.deny))}
        for item in what.overwrites
    ]
    return {"position": 0, "topic": None, "nsfw": False, "parent_id": None, "permission_overwrites": overwrites}


def _thread_fields(what: Channel, viewer: User) -> Json:
    assert what.parent is not None
    takes_part = {"member": thread_member(what, viewer.id)} if viewer.id in what.thread_members else {}
    return takes_part | {
        "parent_id": what.parent.id,
        "owner_id": what.owner_id,
        "message_count": len(what.messages),
        "total_message_sent": len(what.messages),
        "member_count": max(1, len(what.thread_members)),
        "thread_metadata": {
            "archived": what.archived,
            "archive_timestamp": what.created_at,
            "auto_archive_duration": 1440,
            "locked": False,
            "create_timestamp": what.created_at,
        },
    }


def thread_member(thread: Channel, user_id: str) -> Json:
    """Return a thread member object."""
    return {"id": thread.id, "user_id": user_id, "join_timestamp": thread.created_at, "flags": 0}


def attachment(what: Attachment, *, ephemeral: bool = False) -> Json:
    """Return an attachment object; `ephemeral` when only one person sees it."""
    described: Json = {"description": what.description} if what.description else {}
    if ephemeral:
        described["ephemeral"] = True
    return described | {
        "id": what.id,
        "filename": what.filename,
        "content_type": what.content_type,
        "size": len(what.data) if what.declared_size is None else what.declared_size,
        "url": what.url,
        "proxy_url": what.url.replace("cdn.discordapp.com", "media.discordapp.net"),
    }


def message(what: Message, viewer: User | None = None) -> Json:
    """Return a message object as REST gives it; `viewer` decides the `me` of reactions."""
    body = _plain_message(what)
    if what.reply_to is not None:
        gone = what.reply_to.deleted
        body["referenced_message"] = None if gone else _plain_message(what.reply_to)
    if what.reactions:
        body["reactions"] = [_reaction(emoji, users, viewer) for emoji, users in what.reactions.items()]
    if what.thread is not None:
        body["thread"] = channel(what.thread, what.author)
    return body


def _plain_message(what: Message) -> Json:
    body: Json = {
        "id": what.id,
        "type": _message_type(what),
        "channel_id": what.channel.id,
        "author": user(what.author),
        "content": what.content,
        "timestamp": what.sent_at,
        "edited_timestamp": what.edited_at,
        "tts": False,
        "pinned": False,
        "flags": what.flags,
        "mention_everyone": what.mention_everyone,
        "mentions": [user(who) for who in what.mentions],
        "mention_roles": what.mention_roles,
        "attachments": [attachment(item, ephemeral=what.is_ephemeral) for item in what.attachments],
        "embeds": what.embeds,
        "components": what.components,
    }
    if what.nonce is not None:
        body["nonce"] = what.nonce
    if what.reply_to is not None:
        body["message_reference"] = reference(what.reply_to)
    if what.interaction is not None:
        body |= _interaction_fields(what)
    return body


def _message_type(what: Message) -> int:
    if what.interaction is not None and what is what.interaction.original:
        return 20
    return 19 if what.reply_to is not None else 0


def reference(to: Message) -> Json:
    """Return the reference that a reply carries."""
    place = {"guild_id": to.channel.guild.id} if to.channel.guild else {}
    return {"type": 0, "message_id": to.id, "channel_id": to.channel.id} | place


def _interaction_fields(what: Message) -> Json:
    assert what.interaction is not None
    run = what.interaction
    return {
        "webhook_id": run.bot.id,
        "application_id": run.bot.id,
        "interaction_metadata": _interaction_metadata(run),
    }


def _interaction_metadata(run: Interaction) -> Json:
    told: Json = {
        "id": run.id,
        "type": run.payload["type"],
        "user": user(run.user),
        "authorizing_integration_owners": {"0": run.channel.guild.id if run.channel.guild else "0"},
    }
    if run.opened_by is not None:
        told["triggering_interaction_metadata"] = _interaction_metadata(run.opened_by)
    elif run.source is not None:
        told["interacted_message_id"] = run.source.id
    return told


def _reaction(emoji: str, users: list[str], viewer: User | None) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(users),
        "count_details": {"normal": len(users), "burst": 0},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer is not None and viewer.id in users,
    }
