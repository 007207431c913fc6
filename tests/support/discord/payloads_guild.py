"""The JSON objects of guilds: most of their many fields are the same for every guild here."""

from tests.support.discord.payloads import Json, channel, member, role
from tests.support.discord.permissions import sees
from tests.support.discord.state import BotAccount, Guild, Member, now_iso

_SAME_FOR_ALL: Json = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "features": [],
    "banner": None,
    "application_id": None,
    "region": "us-east",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 1,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "en-US",
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
    "incidents_data": None,
}


def guild(what: Guild) -> Json:
    """Return a guild object as REST gives it."""
    return _SAME_FOR_ALL | {
        "id": what.id,
        "name": what.name,
        "owner_id": what.owner_id,
        "roles": [role(item, position) for position, item in enumerate(what.roles.values())],
    }


def guild_create(what: Guild, viewer: BotAccount, members: list[Member]) -> Json:
    """Return the GUILD_CREATE event: the guild with the threads `viewer` may see."""
    threads = [item for item in what.threads.values() if not item.archived and sees(item, viewer)]
    return guild(what) | {
        "unavailable": False,
        "joined_at": what.members[viewer.id].joined_at if viewer.id in what.members else now_iso(),
        "large": False,
        "member_count": len(what.members),
        "members": [member(item) for item in members],
        "channels": [channel(item, viewer) for item in what.channels.values()],
        "threads": [channel(item, viewer) for item in threads],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
