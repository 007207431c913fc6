"""The local Discord: REST, gateway and CDN behind one TLS port on loopback, and the people on it.

    async with LocalDiscord() as discord:
        elena = discord.add_bot("elena")
        guild = discord.add_guild("Harbour", bots=[elena])
        alice = discord.add_person("Alice")
        await alice.dm(elena, "hello")
        reply = await alice.sees(elena, from_=elena)

Everything a test needs is on `LocalDiscord`; the other modules are its parts.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from tests.support.discord import client, routes_commands, routes_messages, routes_places
from tests.support.discord.events import Events
from tests.support.discord.faults import Fault, Faults, Hold
from tests.support.discord.gateway import Gateway
from tests.support.discord.journal import Entry, Kind
from tests.support.discord.people import PATIENCE_S, Person
from tests.support.discord.places import GuildHandle
from tests.support.discord.ratelimit import RateLimiter, RateLimits
from tests.support.discord.rest import Rest
from tests.support.discord.schema import Recorder, Violation
from tests.support.discord.state import PRIVILEGED, BotAccount, Channel, Intent, User
from tests.support.discord.world import World, token_for

ROUTES = routes_messages.ROUTES | routes_places.ROUTES | routes_commands.ROUTES
FILE_LIMIT = 20 * 2**20
"""Bytes per message that a server without boosts takes."""


class LocalDiscord:
    """A Discord of one's own. Use it as an async context manager; `port` is known from then on."""

    def __init__(
        self,
        *,
        limits: RateLimits | None = None,
        file_limit: int = FILE_LIMIT,
        validate: bool = True,
        heartbeat_ms: int = 41_250,
    ) -> None:
        self.world = World(file_limit)
        self.gateway = Gateway(self.world.bots, self.world.changes, heartbeat_ms)
        self.limiter = RateLimiter(limits or RateLimits())
        self.port = 0
        self._recorder = Recorder(enabled=validate)
        self._faults = Faults()
        self.world.tell = self.gateway.hooks = Events(self.world, self.gateway)
        self._runner: web.AppRunner | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=self.world.file_limit * 2 + 2**20)
        Rest(self.world, ROUTES, self._faults, self.limiter, self._recorder).add_to(app)
        app.router.add_get("/", self.gateway.handle)
        app.router.add_get("/attachments/{path:.*}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=client.server_context(), backlog=512)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._faults.release_all()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._folder is not None:
            self._folder.cleanup()

    # Who is there

    def add_bot(self, name: str, *, token: str | None = None, allowed: Intent = PRIVILEGED) -> BotAccount:
        """Create a bot; `allowed` are the privileged intents that its developer portal grants."""
        bot = BotAccount(name, token=token or token_for(name), allowed=allowed)
        self.world.add_user(bot)
        return bot

    def add_person(self, name: str, *, is_bot: bool = False) -> Person:
        """Create a person who joins every guild there is; with `is_bot`, somebody else's bot that a test drives."""
        user = User(name, is_bot=is_bot)
        self.world.add_user(user)
        for guild in self.world.guilds.values():
            self.world.join(guild, user)
        return Person(self.world, user)

    def add_guild(
        self, name: str, *, bots: Iterable[BotAccount] = (), channels: Sequence[str] = ("general",)
    ) -> GuildHandle:
        """Create a guild with text channels that everybody sees; all people and the given bots are members."""
        owner = User(f"{name} owner")
        self.world.add_user(owner)
        guild = GuildHandle(self.world, self.world.add_guild(name, owner))
        people = [user for user in self.world.users.values() if not isinstance(user, BotAccount) and user is not owner]
        for channel in channels:
            guild.channel(channel)
        for user in [*people, *bots]:
            self.world.join(guild.state, user)
        return guild

    # Getting there

    def connector(self) -> aiohttp.BaseConnector:
        """Return a connector that leads a discord.py client here; one per client."""
        return self.connector_factory()()

    def connector_factory(self) -> Callable[[], aiohttp.BaseConnector]:
        """Return what makes such connectors."""
        return client.connector_factory(self.port, client.authority_pem())

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which `run_app` finds its way here from another process."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="local-discord-")
        return client.environment(self.port, Path(self._folder.name) / "authority.pem")

    # What happens

    async def wait_until(
        self, holds: Callable[[], bool], timeout: float = PATIENCE_S, what: str = "the condition"
    ) -> None:
        """Return when `holds()`, looked at after every change here; AssertionError after `timeout` seconds."""
        await self.world.changes.until(holds, timeout, what)

    async def until_online(self, *bots: BotAccount, timeout: float = PATIENCE_S) -> None:
        """Wait until the bots are connected to the gateway."""
        await self.wait_until(lambda: all(map(self.gateway.is_online, bots)), timeout, "the bots to be online")

    def log(self, actor: User | None = None, kind: Kind | None = None, channel: Channel | None = None) -> list[Entry]:
        """Return what bots did, oldest first, with loop times."""
        return self.world.journal.of(actor, kind, channel)

    @property
    def too_many_requests(self) -> int:
        """How many requests came too early and were answered with 429."""
        return self.limiter.refused.total()

    @property
    def violations(self) -> list[Violation]:
        """Where the traffic so far broke Discord's own description (checked now; empty without the description)."""
        return self._recorder.violations()

    @property
    def is_validating(self) -> bool:
        """Whether there is a description to check against, and it is wanted."""
        return self._recorder.enabled

    # What goes wrong

    def fail(self, route: str, status: int, *, times: int = 1, retry_after: float = 0.1) -> Fault:
        """Answer the next `times` requests to a route (see `faults.py` for names) with `status`."""
        self._require_route(route)
        return self._faults.fail(route, status, times, retry_after)

    def hang(self, route: str) -> Hold:
        """Leave requests to a route unanswered until `.release()`; `.arrived` is set by the first one."""
        self._require_route(route)
        return self._faults.hang(route)

    async def drop(self, bot: BotAccount, *, resumable: bool = True, abort: bool = False) -> None:
        """Cut the bot's gateway connection; see `Gateway.drop`."""
        await self.gateway.drop(bot, resumable=resumable, abort=abort)

    def away(
        self, bot: BotAccount, *, resumable: bool = True, abort: bool = False
    ) -> AbstractAsyncContextManager[None]:
        """Cut the bot off and keep every newcomer waiting until the block ends."""
        return self.gateway.away(bot, resumable=resumable, abort=abort)

    @staticmethod
    def _require_route(route: str) -> None:
        if route not in ROUTES:
            raise ValueError(f"no such route: {route}")

    async def _serve_file(self, request: web.Request) -> web.Response:
        file = self.world.files.get(request.path)
        if file is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.content_type)
