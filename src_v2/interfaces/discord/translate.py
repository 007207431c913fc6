"""Turns a Discord message into an IncomingMessage. Not for deciding whether to answer it."""

import discord

from src_v2.core.ids import derived_id
from src_v2.core.markers import BARE_MENTION, FILE, NO_WORDS, PICTURE, SOUND, STICKER, VIDEO, passed_on, sent
from src_v2.core.messages import Author, IncomingMessage
from src_v2.interfaces.discord.addressing import own_role_id
from src_v2.interfaces.discord.mentions import Names, readable
from src_v2.interfaces.discord.places import audience, platform_id, scene
from src_v2.interfaces.discord.ports import PLATFORM

QUOTED = "> "
"""What stands before each line of a question that a command put into the channel."""
KINDS = {"image": PICTURE, "video": VIDEO, "audio": SOUND}


def incoming(
    message: discord.Message, character: str, me: discord.ClientUser, present: tuple[str, ...] = ()
) -> IncomingMessage:
    """Return the message as `character` received it. The same Discord message always gets the same id."""
    reference = message.reference if message.type is discord.MessageType.reply else None
    who = asker(message)
    return IncomingMessage(
        id=derived_id(message.created_at, PLATFORM, character, str(message.id)),
        author=Author(platform_id(who.id), who.display_name),
        audience=audience(character, who.id, message.channel),
        text=text_of(message, me),
        sent_at=message.created_at,
        platform=PLATFORM,
        platform_message_id=str(message.id),
        reply_to=str(reference.message_id) if reference and reference.message_id else None,
        scene=scene(message.channel, present),
        reflect=_is_by_command(message),
    )


def asker(message: discord.Message) -> discord.abc.User:
    """Return who asks: the author, or whoever used the command by which the question stands here."""
    metadata = message.interaction_metadata
    return metadata.user if metadata is not None and message.author.bot else message.author


def quoted(text: str) -> str:
    """Return how a question that was put by a command is shown in the channel."""
    return "\n".join(f"{QUOTED}{line}" for line in text.splitlines())


def text_of(message: discord.Message, me: discord.ClientUser) -> str:
    """Return what was said, in words; what came along, and a message without words, says what it is."""
    content = message.content
    if _is_by_command(message):
        content = "\n".join(line.removeprefix(QUOTED) for line in content.splitlines())
    said = readable(content, _names(message, me))
    parts = [part for part in (said, *_sent_along(message)) if part]
    if parts:
        return "\n".join(parts)
    return BARE_MENTION if message.content else NO_WORDS


def _names(message: discord.Message, me: discord.ClientUser) -> Names:
    role = own_role_id(message)
    return Names(
        mine=frozenset({me.id} if role is None else {me.id, role}),
        people={user.id: user.display_name for user in message.mentions},
        roles={role.id: role.name for role in message.role_mentions},
        channels={channel.id: str(getattr(channel, "name", "channel")) for channel in message.channel_mentions},
    )


def _is_by_command(message: discord.Message) -> bool:
    return message.author.bot and message.interaction_metadata is not None


def _sent_along(message: discord.Message) -> list[str]:
    """Return the marks of what came along; forwards come last."""
    along = [sent(_kind(item), item.filename) for item in message.attachments]
    along += [sent(STICKER, sticker.name) for sticker in message.stickers]
    return along + [passed_on(passed.content) for passed in message.message_snapshots if passed.content]


def _kind(attachment: discord.Attachment) -> str:
    return KINDS.get((attachment.content_type or "").partition("/")[0], FILE)
