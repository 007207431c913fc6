"""REST routes for the bot itself, users, guilds, channels and threads."""

from tests.support.discord import payloads, payloads_guild
from tests.support.discord.answers import NO_CONTENT, Answer, missing_access, unknown
from tests.support.discord.lookup import channel_of, guild_of, message_of, user_of
from tests.support.discord.permissions import guild_permissions, sees
from tests.support.discord.rest import Call, Route
from tests.support.discord.state import Intent, Permission
from tests.support.discord.world import World

GATEWAY_URL = "wss://gateway.discord.gg"


def me(_world: World, call: Call) -> Answer:
    """Return the bot's own user."""
    return Answer(200, payloads.own_user(call.me))


def application(_world: World, call: Call) -> Answer:
    """Return the bot's application."""
    return Answer(200, payloads.application(call.me))


def gateway(_world: World, call: Call) -> Answer:
    """Return where the gateway is and how many sessions may be started."""
    starts = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 16}
    return Answer(
        200, {"url": GATEWAY_URL, "shards": 1, "session_start_limit": starts} if call.bot else {"url": GATEWAY_URL}
    )


def user(world: World, call: Call) -> Answer:
    """Return a user."""
    return Answer(200, payloads.user(user_of(world, call.params["user_id"])))


def open_direct(world: World, call: Call) -> Answer:
    """Open a direct message with somebody."""
    channel = world.direct_channel(call.me, user_of(world, str(call.fields["recipient_id"])))
    return Answer(200, payloads.channel(channel, call.me))


def my_guilds(world: World, call: Call) -> Answer:
    """List the bot's guilds."""
    mine = [guild for guild in world.guilds.values() if call.me.id in guild.members]
    return Answer(
        200,
        [
            {
                "id": guild.id,
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": guild.owner_id == call.me.id,
                "permissions": str(int(guild_permissions(guild, call.me))),
                "features": [],
            }
            for guild in mine
        ],
    )


def guild(world: World, call: Call) -> Answer:
    """Return a guild."""
    found = guild_of(world, call)
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": len(found.members)}
    return Answer(200, payloads_guild.guild(found) | (counts if call.query.get("with_counts") in ("1", "true") else {}))


def guild_channels(world: World, call: Call) -> Answer:
    """List a guild's channels."""
    return Answer(200, [payloads.channel(item, call.me) for item in guild_of(world, call).channels.values()])


def guild_roles(world: World, call: Call) -> Answer:
    """List a guild's roles."""
    roles = guild_of(world, call).roles.values()
    return Answer(200, [payloads.role(item, position) for position, item in enumerate(roles)])


def member(world: World, call: Call) -> Answer:
    """Return one member."""
    found = guild_of(world, call).members.get(call.params["user_id"])
    if found is None:
        raise unknown(10007, "Member")
    return Answer(200, payloads.member(found))


def members(world: World, call: Call) -> Answer:
    """List a guild's members, by id; this takes the members intent."""
    if Intent.GUILD_MEMBERS not in call.me.allowed:
        raise missing_access()
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    found = sorted(guild_of(world, call).members.values(), key=lambda item: int(item.user.id))
    return Answer(200, [payloads.member(item) for item in found if int(item.user.id) > after][:limit])


def channel(world: World, call: Call) -> Answer:
    """Return a channel, thread or direct message."""
    return Answer(200, payloads.channel(channel_of(world, call), call.me))


def thread_from_message(world: World, call: Call) -> Answer:
    """Start a thread from a message."""
    start = message_of(world, call, Permission.CREATE_THREADS)
    thread = world.add_thread(start.channel, call.fields["name"], call.me, start)
    return Answer(201, payloads.channel(thread, call.me))


def thread_in_channel(world: World, call: Call) -> Answer:
    """Start a thread without a message."""
    parent = channel_of(world, call, Permission.CREATE_THREADS)
    return Answer(201, payloads.channel(world.add_thread(parent, call.fields["name"], call.me, None), call.me))


def join_thread(world: World, call: Call) -> Answer:
    """Let the bot take part in a thread."""
    world.join_thread(channel_of(world, call), call.me)
    return NO_CONTENT


def active_threads(world: World, call: Call) -> Answer:
    """List a guild's threads that are not archived."""
    threads = [item for item in guild_of(world, call).threads.values() if not item.archived and sees(item, call.me)]
    joined = [payloads.thread_member(item, call.me.id) for item in threads if call.me.id in item.thread_members]
    return Answer(
        200, {"threads": [payloads.channel(item, call.me) for item in threads], "members": joined, "has_more": False}
    )


ROUTES = {
    "GET /users/@me": Route(me),
    "GET /users/@me/guilds": Route(my_guilds),
    "POST /users/@me/channels": Route(open_direct),
    "GET /users/{user_id}": Route(user),
    "GET /applications/@me": Route(application),
    "GET /oauth2/applications/@me": Route(application),
    "GET /gateway": Route(gateway, needs_token=False),
    "GET /gateway/bot": Route(gateway),
    "GET /guilds/{guild_id}": Route(guild, major="guild_id"),
    "GET /guilds/{guild_id}/channels": Route(guild_channels, major="guild_id"),
    "GET /guilds/{guild_id}/roles": Route(guild_roles, major="guild_id"),
    "GET /guilds/{guild_id}/members": Route(members, major="guild_id"),
    "GET /guilds/{guild_id}/members/{user_id}": Route(member, major="guild_id"),
    "GET /guilds/{guild_id}/threads/active": Route(active_threads, major="guild_id"),
    "GET /channels/{channel_id}": Route(channel),
    "POST /channels/{channel_id}/messages/{message_id}/threads": Route(thread_from_message),
    "POST /channels/{channel_id}/threads": Route(thread_in_channel),
    "PUT /channels/{channel_id}/thread-members/@me": Route(join_thread),
}
