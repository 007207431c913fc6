"""REST routes for messages, reactions and typing."""

from itertools import islice

from tests.support.discord import payloads
from tests.support.discord.answers import NO_CONTENT, Answer, Refused, missing_permissions
from tests.support.discord.bodies import message_body
from tests.support.discord.lookup import channel_of, message_of
from tests.support.discord.permissions import may
from tests.support.discord.rest import Call, Route
from tests.support.discord.state import Channel, Message, Permission
from tests.support.discord.views import message_over_rest
from tests.support.discord.world import World

PAGE = 50
"""Messages in a list when the request does not say how many."""


def create(world: World, call: Call) -> Answer:
    """Send a message; a nonce that was used before answers with the message it made then."""
    channel = channel_of(world, call)
    _require_may_write(channel, call)
    body = message_body(call, channel, world.file_limit)
    if body.enforce_nonce and body.nonce and (call.me.id, body.nonce) in world.nonces:
        return Answer(200, message_over_rest(world.nonces[call.me.id, body.nonce], call.me))
    body.require_something()
    message = world.post(
        call.me,
        channel,
        body.content or "",
        reply_to=body.reply_to,
        allowed_mentions=body.allowed_mentions,
        attachments=body.attachments or (),
        nonce=body.nonce,
        embeds=body.embeds or (),
        components=body.components or (),
        flags=body.flags,
    )
    return Answer(200, message_over_rest(message, call.me))


def edit(world: World, call: Call) -> Answer:
    """Edit one of the bot's own messages."""
    message = message_of(world, call)
    if message.author is not call.me:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    body = message_body(call, message.channel, world.file_limit, message.attachments)
    if "content" in call.fields and not (body.content or message.embeds or body.embeds or message.attachments):
        body.require_something()
    world.edit(message, body.changes(), body.allowed_mentions)
    return Answer(200, message_over_rest(message, call.me))


def delete(world: World, call: Call) -> Answer:
    """Delete a message: the bot's own, or another's with the permission for it."""
    message = message_of(world, call)
    if message.author is not call.me and not may(message.channel, call.me, Permission.MANAGE_MESSAGES):
        raise missing_permissions() if message.channel.guild else Refused(403, 50003, "Cannot execute action on a DM")
    world.delete(message, call.me)
    return NO_CONTENT


def get(world: World, call: Call) -> Answer:
    """Return one message."""
    return Answer(200, message_over_rest(message_of(world, call), call.me))


def history(world: World, call: Call) -> Answer:
    """Return messages, newest first, before, after or around an id."""
    channel = channel_of(world, call, Permission.READ_HISTORY)
    limit = int(call.query.get("limit", PAGE))
    return Answer(200, [message_over_rest(item, call.me) for item in _page(channel, call.query, limit)])


def react(world: World, call: Call) -> Answer:
    """Add the bot's reaction."""
    world.react(message_of(world, call, Permission.ADD_REACTIONS), call.me, call.params["emoji_name"])
    return NO_CONTENT


def unreact(world: World, call: Call) -> Answer:
    """Take the bot's reaction back."""
    world.unreact(message_of(world, call), call.me, call.params["emoji_name"])
    return NO_CONTENT


def reactors(world: World, call: Call) -> Answer:
    """List who reacted."""
    users = message_of(world, call).reactions.get(call.params["emoji_name"], [])
    return Answer(200, [payloads.user(world.users[user_id]) for user_id in users])


def typing(world: World, call: Call) -> Answer:
    """Show that the bot is typing."""
    world.type(channel_of(world, call, Permission.SEND_MESSAGES), call.me)
    return NO_CONTENT


def _require_may_write(channel: Channel, call: Call) -> None:
    if any(call.me.id in who.blocked for who in channel.recipients):
        raise Refused(403, 50007, "Cannot send messages to this user")
    if not may(channel, call.me, Permission.SEND_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES):
        raise missing_permissions()


def _page(channel: Channel, query: dict[str, str], limit: int) -> list[Message]:
    newest_first = (item for item in reversed(channel.messages.values()) if not item.is_ephemeral)
    if "before" in query:
        return list(islice((item for item in newest_first if int(item.id) < int(query["before"])), limit))
    if "after" in query:
        later = [item for item in newest_first if int(item.id) > int(query["after"])]
        return later[-limit:]
    if "around" in query:
        nearest = sorted(newest_first, key=lambda item: abs(int(item.id) - int(query["around"])))[:limit]
        return sorted(nearest, key=lambda item: int(item.id), reverse=True)
    return list(islice(newest_first, limit))


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
ROUTES = {
    "GET /channels/{channel_id}/messages": Route(history),
    "POST /channels/{channel_id}/messages": Route(create, "message_writes"),
    f"GET {_MESSAGE}": Route(get),
    f"PATCH {_MESSAGE}": Route(edit, "message_writes"),
    f"DELETE {_MESSAGE}": Route(delete, "deletes"),
    f"GET {_MESSAGE}/reactions/{{emoji_name}}": Route(reactors),
    f"PUT {_MESSAGE}/reactions/{{emoji_name}}/@me": Route(react, "reactions"),
    f"DELETE {_MESSAGE}/reactions/{{emoji_name}}/@me": Route(unreact, "reactions"),
    "POST /channels/{channel_id}/typing": Route(typing, "typing"),
}
