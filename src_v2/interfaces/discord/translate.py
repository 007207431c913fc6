"""Turns a Discord message into an IncomingMessage. Not for deciding whether to answer it."""

import discord

from src_v2.core.ids import derived_id
from src_v2.core.messages import Attachment, Author, IncomingMessage
from src_v2.interfaces.discord.addressing import own_role_id
from src_v2.interfaces.discord.mentions import Names, readable
from src_v2.interfaces.discord.places import audience, platform_id, scene
from src_v2.interfaces.discord.ports import PLATFORM

BARE_MENTION = "(says your name)"
NO_WORDS = "[sent something without words]"
KINDS = {"image": "a picture", "video": "a video", "audio": "a sound"}


def incoming(
    message: discord.Message, character: str, me: discord.ClientUser, present: tuple[str, ...] = ()
) -> IncomingMessage:
    """Return the message as `character` received it. The same Discord message always gets the same id."""
    reference = message.reference if message.type is discord.MessageType.reply else None
    return IncomingMessage(
        id=derived_id(message.created_at, PLATFORM, character, str(message.id)),
        author=Author(platform_id(message.author.id), message.author.display_name, is_bot=message.author.bot),
        audience=audience(character, message.author.id, message.channel),
        text=text_of(message, me),
        sent_at=message.created_at,
        platform=PLATFORM,
        platform_message_id=str(message.id),
        reply_to=str(reference.message_id) if reference and reference.message_id else None,
        attachments=tuple(_attachment(item) for item in message.attachments),
        scene=scene(message.channel, present),
    )


def text_of(message: discord.Message, me: discord.ClientUser) -> str:
    """Return what was said, in words; a message without words says what it is instead."""
    text = readable(message.content, _names(message, me))
    return text or _without_words(message)


def _names(message: discord.Message, me: discord.ClientUser) -> Names:
    role = own_role_id(message)
    return Names(
        mine=frozenset({me.id} if role is None else {me.id, role}),
        people={user.id: user.display_name for user in message.mentions},
        roles={role.id: role.name for role in message.role_mentions},
        channels={channel.id: str(getattr(channel, "name", "channel")) for channel in message.channel_mentions},
    )


def _without_words(message: discord.Message) -> str:
    sent = [f"[sent {_kind(item)}: {item.filename}]" for item in message.attachments]
    sent += [f"[sent a sticker: {sticker.name}]" for sticker in message.stickers]
    sent += [f"[passed on a message: {passed.content}]" for passed in message.message_snapshots if passed.content]
    if sent:
        return "\n".join(sent)
    return BARE_MENTION if message.content else NO_WORDS


def _kind(attachment: discord.Attachment) -> str:
    return KINDS.get((attachment.content_type or "").partition("/")[0], "a file")


def _attachment(item: discord.Attachment) -> Attachment:
    return Attachment(item.filename, item.content_type or "application/octet-stream", item.size, item.url)
