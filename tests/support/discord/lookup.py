"""Finding what a request names, refused as Discord does when it does not exist or may not be seen."""

from tests.support.discord.answers import Refused, missing_access, missing_permissions, unknown
from tests.support.discord.permissions import may, sees
from tests.support.discord.rest import Call
from tests.support.discord.state import Channel, Guild, Interaction, Message, Permission, User
from tests.support.discord.world import World

ANSWER_WITHIN_S = 3.0
"""An interaction must be answered or deferred within this time."""
TOKEN_LIVES_S = 900.0
"""After an answer, its token works for 15 minutes."""


def channel_of(world: World, call: Call, needs: Permission = Permission.VIEW_CHANNEL) -> Channel:
    """Return the channel in the path, in which the bot must have the permission `needs`."""
    channel = world.channels.get(call.params["channel_id"])
    if channel is None or (channel.guild is None and call.me not in channel.recipients):
        raise unknown(10003, "Channel")
    if not sees(channel, call.me):
        raise missing_access()
    if not may(channel, call.me, needs):
        raise missing_permissions()
    return channel


def message_of(world: World, call: Call, needs: Permission = Permission.VIEW_CHANNEL) -> Message:
    """Return the message in the path. Ephemeral messages cannot be found this way."""
    message = channel_of(world, call, needs).messages.get(call.params["message_id"])
    if message is None or message.is_ephemeral:
        raise unknown(10008, "Message")
    return message


def guild_of(world: World, call: Call) -> Guild:
    """Return the guild in the path, of which the bot must be a member."""
    guild = world.guilds.get(call.params["guild_id"])
    if guild is None or call.me.id not in guild.members:
        raise unknown(10004, "Guild")
    return guild


def user_of(world: World, user_id: str) -> User:
    """Return a user by id."""
    if user_id not in world.users:
        raise unknown(10013, "User")
    return world.users[user_id]


def unanswered(world: World, call: Call) -> Interaction:
    """Return the interaction in the path, which must be fresh and not answered yet."""
    found = world.interactions.get(call.params["interaction_token"])
    if found is None or world.now() - found.at > ANSWER_WITHIN_S:
        raise unknown(10062, "interaction")
    if found.callback_type is not None:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    return found


def answered(world: World, call: Call) -> Interaction:
    """Return the interaction whose token is in the path, which must have been answered."""
    found = world.interactions.get(call.params["webhook_token"])
    if found is None or found.callback_type is None:
        raise unknown(10015, "Webhook")
    if world.now() - found.at > TOKEN_LIVES_S:
        raise Refused(401, 50027, "Invalid Webhook Token")
    return found
