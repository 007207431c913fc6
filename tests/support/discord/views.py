"""What one bot gets to see of a message: the message content intent, and what a guild adds to the object."""

from tests.support.discord import payloads
from tests.support.discord.payloads import Json
from tests.support.discord.state import BotAccount, Guild, Intent, Message

_WITHHELD: Json = {"content": "", "embeds": [], "components": [], "attachments": []}


def may_read(bot: BotAccount, granted: Intent, message: Message) -> bool:
    """Say whether `bot` gets the content: direct, its own, one that mentions it, or with the content intent."""
    return (
        message.channel.guild is None
        or message.author is bot
        or bot in message.mentions
        or Intent.MESSAGE_CONTENT in granted
    )


def message_over_rest(message: Message, bot: BotAccount) -> Json:
    """Return the message object for a REST answer; there, what counts is the portal's switch."""
    body = payloads.message(message, bot)
    return body if may_read(bot, bot.allowed, message) else withheld(body)


def message_event(message: Message) -> Json:
    """Return the body of MESSAGE_CREATE and MESSAGE_UPDATE with all content."""
    body = payloads.message(message) | {"channel_type": int(message.channel.type)}
    guild = message.channel.guild
    if guild is None:
        return body
    body["guild_id"] = guild.id
    body["mentions"] = [_mentioned(guild, user) for user in body["mentions"]]
    if message.author.id in guild.members:
        body["member"] = payloads.member_fields(guild.members[message.author.id])
    return body


def withheld(body: Json) -> Json:
    """Return the same object with its content taken out, also that of the message it answers."""
    referenced = body.get("referenced_message")
    return body | _WITHHELD | ({"referenced_message": referenced | _WITHHELD} if referenced else {})


def _mentioned(guild: Guild, user: Json) -> Json:
    member = guild.members.get(user["id"])
    return user | {"member": payloads.member_fields(member)} if member else user
