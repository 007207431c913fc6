"""The REST API's way of one request: match, fault, token, rate limit, body, handler, answer.

What the routes do is in `routes_*.py`; each is a function from the world and a call to an answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from tests.support.discord.answers import Answer, Refused, invalid, unauthorized
from tests.support.discord.faults import Faults
from tests.support.discord.ratelimit import RateLimiter
from tests.support.discord.schema import Recorder
from tests.support.discord.state import BotAccount
from tests.support.discord.world import World

API = "/api/v10"


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request; `key` is the number in its field name `files[key]`."""

    key: str
    filename: str
    content_type: str
    data: bytes


@dataclass
class Call:
    """One request, ready for its handler."""

    bot: BotAccount | None
    params: dict[str, str]
    query: dict[str, str]
    json: Any = None
    uploads: list[Upload] = field(default_factory=list)

    @property
    def me(self) -> BotAccount:
        """Return the bot that asks."""
        if self.bot is None:
            raise unauthorized()
        return self.bot

    @property
    def fields(self) -> dict[str, Any]:
        """Return the body as an object."""
        if not isinstance(self.json, dict):
            raise invalid("_", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return self.json


Handler = Callable[[World, Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """A handler, its kind of bucket, the parameter that keeps buckets apart, and whether it needs a token."""

    handler: Handler
    bucket: str = "other"
    major: str = "channel_id"
    needs_token: bool = True


class Rest:
    """Serves a table of routes, keyed `METHOD /path/{with}/{parameters}` as in Discord's own description."""

    def __init__(
        self, world: World, routes: dict[str, Route], faults: Faults, limiter: RateLimiter, recorder: Recorder
    ) -> None:
        self._world = world
        self._routes = routes
        self._faults = faults
        self._limiter = limiter
        self._recorder = recorder

    def add_to(self, app: web.Application) -> None:
        """Register every route; what is not in the table is answered with 404 and noted as a violation."""
        for key, route in self._routes.items():
            method, path = key.split(" ")
            app.router.add_route(method, API + path, self._serving(key, route))
        app.router.add_route("*", API + "/{path:.*}", self._not_served)

    def _serving(self, key: str, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            headers: dict[str, str] = {}
            try:
                answer = await self._answer(key, route, request, headers)
            except Refused as refused:
                answer = refused.answer
            return self._respond(key, answer, headers)

        return serve

    async def _answer(self, key: str, route: Route, request: web.Request, headers: dict[str, str]) -> Answer:
        fault = await self._faults.meet(key)
        if fault is not None:
            return fault
        bot = self._bot(request)
        if bot is None and route.needs_token:
            raise unauthorized()
        params = dict(request.match_info)
        major = params.get("interaction_token") or params.get("webhook_token") or params.get(route.major, "")
        limits, refusal = self._limiter.check(route.bucket, bot.id if bot else "", major)
        headers.update(limits)
        if refusal is not None:
            return refusal
        call = Call(bot, params, dict(request.query))
        await self._read_body(key, call, request)
        answer = route.handler(self._world, call)
        return answer if isinstance(answer, Answer) else await answer

    def _bot(self, request: web.Request) -> BotAccount | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._world.bots.get(token) if kind == "Bot" else None

    async def _read_body(self, key: str, call: Call, request: web.Request) -> None:
        if request.content_type == "multipart/form-data":
            await _read_multipart(call, request)
        elif request.can_read_body:
            call.json = orjson.loads(await request.read())
        if call.json is not None:
            self._recorder.request(key, call.json)

    def _respond(self, key: str, answer: Answer, headers: dict[str, str]) -> web.Response:
        headers |= answer.headers
        if answer.body is None:
            return web.Response(status=answer.status, headers=headers)
        body = orjson.dumps(answer.body)
        self._recorder.answer(key, answer.status, body)
        return web.Response(status=answer.status, body=body, content_type="application/json", headers=headers)

    async def _not_served(self, request: web.Request) -> web.Response:
        self._recorder.unknown(f"{request.method} {request.path.removeprefix(API)}")
        return self._respond("", Answer(404, {"message": "404: Not Found", "code": 0}), {})


async def _read_multipart(call: Call, request: web.Request) -> None:
    form = await request.post()
    for name, value in form.items():
        if name == "payload_json":
            text = value.file.read() if isinstance(value, web.FileField) else value
            call.json = orjson.loads(text)
        elif isinstance(value, web.FileField):
            key = name.removeprefix("files[").removesuffix("]")
            call.uploads.append(Upload(key, value.filename, value.content_type, value.file.read()))
