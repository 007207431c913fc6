"""A running WhisperEngine's API of people's own data, as far as programs use it, over `OwnDataInMemory`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from src_v2.core.errors import NotThere, RefusedInput, StoreUnavailable
from src_v2.core.switches import SwitchName
from src_v2.knowledge.models import Fact, PreferenceName
from src_v2.privacy.models import MemoryItem, Whose
from tests.support.own_data import OwnDataInMemory

ROOT = "/api/own-data"
REFUSALS = {NotThere: (404, "not_there"), RefusedInput: (422, "refused_file"), StoreUnavailable: (503, "unavailable")}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OwnDataApi:
    """Serves the routes; `token` must come with every request when it is set. `asked` holds methods and paths."""

    def __init__(self, data: OwnDataInMemory, token: str = "") -> None:
        self._data = data
        self._token = token
        self.asked: list[str] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OwnDataApi"]:
        """Serve on a port of its own."""
        app = web.Application(middlewares=[self._answered], client_max_size=2**26)
        one, wish = f"{ROOT}/{{character}}/memories/{{id}}", f"{ROOT}/{{character}}/preferences/{{name}}"
        fact = f"{ROOT}/{{character}}/facts/{{id}}"
        app.add_routes(
            [
                web.get("/healthz", self._health), web.get("/api/characters", self._characters),
                web.get(f"{ROOT}/export", self._export), web.post(f"{ROOT}/erase", self._erase),
                web.get(f"{ROOT}/erasures/{{id}}", self._erasure), web.post(f"{ROOT}/import", self._import),
                web.get(f"{ROOT}/switches", self._switches), web.put(f"{ROOT}/switches/{{name}}", self._set_switch),
                web.get(f"{ROOT}/{{character}}/memories", self._memories),
                web.get(f"{ROOT}/{{character}}/memories/search", self._search),
                web.get(one, self._memory), web.patch(one, self._edit), web.delete(one, self._delete),
                web.get(f"{ROOT}/{{character}}/facts", self._facts),
                web.patch(fact, self._correct), web.delete(fact, self._retract),
                web.get(f"{ROOT}/{{character}}/preferences", self._preferences),
                web.put(wish, self._set), web.delete(wish, self._clear),
            ]
        )  # fmt: skip
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        if self._token and request.headers.get("Authorization") != f"Bearer {self._token}":
            return _refusal(401, "sign_in_required", "Sign in first.")
        try:
            return await handler(request)
        except (NotThere, RefusedInput, StoreUnavailable) as error:
            return _refusal(*REFUSALS[type(error)], error.user_message)

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"service": "whisperengine", "checks": []})

    async def _characters(self, _: web.Request) -> web.Response:
        return web.json_response({"characters": [{"name": "elena", "display_name": "Elena"}]})

    async def _memories(self, request: web.Request) -> web.Response:
        after, limit = request.query["after"], int(request.query["limit"])
        page = await self._data.memories(_whose(request), after=after, limit=limit)
        return web.json_response({"items": [_memory(item) for item in page.items], "next": page.next})

    async def _search(self, request: web.Request) -> web.Response:
        found = await self._data.search(_whose(request), request.query["q"], int(request.query["limit"]))
        return web.json_response({"items": [_memory(item) for item in found], "next": ""})

    async def _memory(self, request: web.Request) -> web.Response:
        return web.json_response(_memory(await self._data.memory(_whose(request), request.match_info["id"])))

    async def _edit(self, request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        item = await self._data.edit_memory(_whose(request), request.match_info["id"], text)
        return web.json_response(_memory(item))

    async def _delete(self, request: web.Request) -> web.Response:
        await self._data.delete_memory(_whose(request), request.match_info["id"])
        return web.Response(status=204)

    async def _facts(self, request: web.Request) -> web.Response:
        return web.json_response({"facts": [_fact(fact) for fact in await self._data.facts(_whose(request))]})

    async def _correct(self, request: web.Request) -> web.Response:
        new = (await request.json())["object"]
        return web.json_response(_fact(await self._data.correct_fact(_whose(request), request.match_info["id"], new)))

    async def _retract(self, request: web.Request) -> web.Response:
        await self._data.retract_fact(_whose(request), request.match_info["id"])
        return web.Response(status=204)

    async def _preferences(self, request: web.Request) -> web.Response:
        wishes = await self._data.preferences(_whose(request))
        told = [{"id": w.id, "name": w.name, "value": w.value, "said_at": w.said_at.isoformat()} for w in wishes]
        return web.json_response({"preferences": told})

    async def _set(self, request: web.Request) -> web.Response:
        name, value = PreferenceName(request.match_info["name"]), (await request.json())["value"]
        await self._data.set_preference(_whose(request), name, value)
        return web.Response(status=204)

    async def _clear(self, request: web.Request) -> web.Response:
        name = PreferenceName(request.match_info["name"])
        await self._data.clear_preference(_whose(request), name, request.query["value"])
        return web.Response(status=204)

    async def _switches(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(await self._data.switches(_person(request))))

    async def _set_switch(self, request: web.Request) -> web.Response:
        name, on = SwitchName(request.match_info["name"]), (await request.json())["on"]
        return web.json_response(asdict(await self._data.set_switch(_person(request), name, on)))

    async def _export(self, request: web.Request) -> web.Response:
        return web.Response(body=(await self._data.export(request.query["subject"])).content)

    async def _erase(self, request: web.Request) -> web.Response:
        if await request.json() != {"confirm": "erase"}:
            return _refusal(422, "invalid", "Say that it is meant.")
        erasure = await self._data.erase(request.query["subject"])
        return web.json_response(asdict(erasure), status=202)

    async def _erasure(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(await self._data.erasure(request.match_info["id"])))

    async def _import(self, request: web.Request) -> web.Response:
        whose = Whose(request.query["character"], request.query["subject"])
        brought = await self._data.bring_in(whose, await request.read(), ZoneInfo(request.query["timezone"]))
        return web.json_response(asdict(brought))


def _person(request: web.Request) -> str:
    user = request.query.get("user")
    return f"web:{user}" if user else "local:me"


def _whose(request: web.Request) -> Whose:
    return Whose(request.match_info["character"], _person(request))


def _memory(item: MemoryItem) -> dict[str, Any]:
    return asdict(item) | {"said_at": item.said_at.isoformat()}


def _fact(fact: Fact) -> dict[str, Any]:
    hidden = {"speaker_id", "also"}
    told = {name: value for name, value in asdict(fact).items() if name not in hidden}
    return told | {"said_at": fact.said_at.isoformat(), "is_current": fact.is_current}


def _refusal(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
