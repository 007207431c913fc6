"""Puts the web door's parts together into one ASGI application. Not for listening on a port; `door` does that."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.web.command_routes import CommandApi
from src_v2.interfaces.web.failures import ApiError, answer_errors
from src_v2.interfaces.web.guard import Guard
from src_v2.interfaces.web.own_data_routes import EXPORT_PATH, IMPORT_PATH, MAX_IMPORT_BYTES, OwnDataApi
from src_v2.interfaces.web.pictures import HeldPictures
from src_v2.interfaces.web.ports import SERVICE, ReloadableCharacters, WebOptions
from src_v2.interfaces.web.replies import Replies
from src_v2.interfaces.web.routes import PICTURES_PATH, Api
from src_v2.interfaces.web.sign_in import SignIn
from src_v2.interfaces.web.steering_routes import SteeringApi
from src_v2.media.pictures import MOST_BYTES_IN
from src_v2.observability.health import Check, Health

STATIC = Path(__file__).parent / "static"


def build_application(
    replies: Replies,
    characters: ReloadableCharacters,
    own_data: OwnData,
    health: Health,
    options: WebOptions,
    clock: Clock,
    pictures: HeldPictures,
    *,
    steering: Steering,
    commands: Sequence[Command] = (),
) -> FastAPI:
    """Return the application: page, static files, API and health."""
    sign_in = SignIn(options.token, clock)
    # FastAPI's own documentation pages load their code from other hosts, so only the description itself is served.
    app = FastAPI(title="WhisperEngine", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.include_router(Api(replies, characters, sign_in, options, pictures).router())
    app.include_router(OwnDataApi(own_data, characters).router())
    app.include_router(SteeringApi(steering, characters).router())
    app.include_router(CommandApi(commands, characters, clock).router())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_page(app)
    _add_health(app, health, sign_in)
    answer_errors(app)
    app.add_middleware(
        Guard,
        sign_in=sign_in,
        allowed_hosts=options.allowed_hosts,
        body_limits={IMPORT_PATH: MAX_IMPORT_BYTES, PICTURES_PATH: MOST_BYTES_IN},
        costly_paths={EXPORT_PATH},
    )
    return app


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")


def _add_health(app: FastAPI, health: Health, sign_in: SignIn) -> None:
    """Add the probes. What is wrong in detail is told only to those who may use the API."""

    def shown(check: Check, *, in_detail: bool) -> dict[str, Any]:
        facts: dict[str, Any] = {"name": check.name, "ok": check.ok, "required": check.required}
        if not in_detail:
            return facts
        return {**facts, "detail": check.detail, "remedy": check.remedy}

    @app.get("/healthz")
    async def alive(request: Request) -> dict[str, Any]:
        in_detail = _may_read(sign_in, request)  # once: a wrong token counts as one try
        checks = [shown(check, in_detail=in_detail) for check in await health.run()]
        return {"service": SERVICE, "status": "alive", "checks": checks}

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        is_ready = await health.ready()
        return JSONResponse({"service": SERVICE, "ready": is_ready}, 200 if is_ready else 503)


def _may_read(sign_in: SignIn, request: Request) -> bool:
    try:
        sign_in.check(request)
    except ApiError:
        return False
    return True
