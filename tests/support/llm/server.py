"""The server itself: takes requests, remembers them, answers each by the next script."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, Self

import orjson
from aiohttp import web

from tests.support.llm import anthropic_api, ollama_api, openai_api
from tests.support.llm.pacing import BrokenOff
from tests.support.llm.script import ReceivedRequest, Script

STOP_S = 0.1
OK = 200


class _Dialect(Protocol):
    """What each protocol's module offers."""

    def error_body(self, script: Script) -> dict[str, Any]: ...
    async def complete(self, request: ReceivedRequest, script: Script) -> dict[str, Any]: ...
    async def stream(self, request: ReceivedRequest, script: Script, response: web.StreamResponse) -> None: ...


class LocalLLM:
    """A model server on a free loopback port; use as `async with LocalLLM() as llm`.

    Scripts come from the queue (`enqueue`) and, when it is empty, from `reply`, which a test may replace; by default
    it echoes the last message. With `required_key` any other key is refused with 401.
    """

    def __init__(self, *, port: int = 0, models: Sequence[str] = ("local-model",), required_key: str = "") -> None:
        self.models = list(models)
        self.required_key = required_key
        self.requests: list[ReceivedRequest] = []
        self.reply: Callable[[ReceivedRequest], Script] = lambda request: Script(f"You said: {request.last_text}")
        self._wanted_port = port
        self._queue: deque[Script] = deque()
        self._arrived = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def openai_url(self) -> str:
        """The base address for OpenAI-compatible clients."""
        return f"{self._url}/v1"

    @property
    def ollama_url(self) -> str:
        """The address for Ollama clients."""
        return self._url

    @property
    def anthropic_url(self) -> str:
        """The address for Anthropic clients."""
        return self._url

    def enqueue(self, *scripts: Script) -> None:
        """Answer the next requests by these scripts, in order."""
        self._queue.extend(scripts)

    async def wait_for_requests(self, count: int) -> None:
        """Wait until `count` requests have come in since the start."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)

    async def start(self) -> None:
        """Listen; a stopped server comes back on the same port."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._handler(openai_api, streams_unless_told=False))
        app.router.add_post("/v1/messages", self._handler(anthropic_api, streams_unless_told=False))
        app.router.add_post("/api/chat", self._handler(ollama_api, streams_unless_told=True))
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_get("/v1/key", self._list_models)
        app.router.add_get("/api/tags", self._list_tags)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=STOP_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._wanted_port, backlog=1024).start()
        self._wanted_port = self._runner.addresses[0][1]
        self._url = f"http://127.0.0.1:{self._wanted_port}"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _handler(
        self, dialect: _Dialect, *, streams_unless_told: bool
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            received = await self._receive(request)
            script = self._script_for(request, received)
            try:
                response = await _answer(request, received, script, dialect, streams_unless_told=streams_unless_told)
            except (asyncio.CancelledError, ConnectionError):
                received.disconnected.set()
                raise
            received.answered.set()
            return response

        return handle

    async def _receive(self, request: web.Request) -> ReceivedRequest:
        """Remember a request."""
        body = orjson.loads(await request.read())
        received = ReceivedRequest(request.path, request.headers, body)
        self.requests.append(received)
        async with self._arrived:
            self._arrived.notify_all()
        return received

    def _script_for(self, request: web.Request, received: ReceivedRequest) -> Script:
        if not self._key_is_good(request):
            return Script(status=401, error_code="invalid_api_key")
        return self._queue.popleft() if self._queue else self.reply(received)

    def _key_is_good(self, request: web.Request) -> bool:
        given = (request.headers.get("Authorization", "").removeprefix("Bearer "), request.headers.get("x-api-key"))
        return not self.required_key or self.required_key in given

    async def _list_models(self, request: web.Request) -> web.Response:
        if not self._key_is_good(request):
            return web.json_response(openai_api.error_body(Script(error_code="invalid_api_key")), status=401)
        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})

    async def _list_tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [{"name": name, "model": name} for name in self.models]})


async def _answer(
    request: web.Request, received: ReceivedRequest, script: Script, dialect: _Dialect, *, streams_unless_told: bool
) -> web.StreamResponse:
    """Answer one request by its script."""
    if script.hang_up:
        _cut(request)
        return web.Response()
    if script.status != OK:
        return web.json_response(dialect.error_body(script), status=script.status, headers=script.headers)
    if script.ignore_stream or not received.body.get("stream", streams_unless_told):
        return web.json_response(await dialect.complete(received, script))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **script.headers})
    await response.prepare(request)
    try:
        await dialect.stream(received, script, response)
    except BrokenOff:
        _cut(request)
        return response
    await response.write_eof()
    return response


def _cut(request: web.Request) -> None:
    """Close the connection in the middle of everything."""
    if request.transport is not None:
        request.transport.abort()
