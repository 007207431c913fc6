"""A local Discord at protocol level, for tests and benchmarks: start with `LocalDiscord` (server.py)."""

from tests.support.discord.people import Person
from tests.support.discord.places import GuildHandle
from tests.support.discord.ratelimit import Limit, RateLimits
from tests.support.discord.server import LocalDiscord
from tests.support.discord.state import BotAccount, Channel, Intent, Message

__all__ = ["BotAccount", "Channel", "GuildHandle", "Intent", "Limit", "LocalDiscord", "Message", "Person", "RateLimits"]
