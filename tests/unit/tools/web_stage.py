"""A web of its own on loopback: sites by name, and a resolver that knows where the test says that they are.

Loopback is the private network that must never be reached. A test that needs pages to be reached widens what the
connector allows, in the constructor.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from src_v2.tools.web.addresses import Address, is_public, public_connector
from src_v2.tools.web.fetching import Fetcher

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """A resolver with the answers of a test, each name's in turn, the last one for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {name: list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if answers is None:
            raise OSError(None, "no such name")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [_result(host, address, port) for address in found]

    async def close(self) -> None:
        pass


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)


class Site:
    """A server on loopback; `seen` are the requests it got."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.seen: list[web.Request] = []
        self.port = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self._handler(request)


@asynccontextmanager
async def site(handler: Handler) -> AsyncIterator[Site]:
    """Run a server whose every path is answered by `handler`."""
    made = Site(handler)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await listening.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def on_loopback(address: Address) -> bool:
    """Allow the one address at which the test's site listens, and what is public."""
    return str(address) == "127.0.0.1" or is_public(address)


@asynccontextmanager
async def fetcher(names: Names | None = None, *, reach_loopback: bool = False, **more: float) -> AsyncIterator[Fetcher]:
    """Give a fetcher as it is in production, but for the names' meaning, the port, and loopback if it is wanted."""
    allows = on_loopback if reach_loopback else is_public
    made = Fetcher(lambda: public_connector(allows, names), allows=allows, ports=None, **more)
    try:
        yield made
    finally:
        await made.close()
