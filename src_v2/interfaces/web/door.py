"""The web door: opens the port and serves the page and the API on the process's own event loop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence

import structlog
import uvicorn

from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.core.errors import SettingsError
from src_v2.interfaces.base import Presses
from src_v2.interfaces.feedback import Feedback
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.steering import Steering
from src_v2.interfaces.web.application import build_application
from src_v2.interfaces.web.pictures import HeldPictures
from src_v2.interfaces.web.ports import ReloadableCharacters, WebMemory, WebOptions
from src_v2.interfaces.web.replies import Replies
from src_v2.media.pictures import Pictures
from src_v2.observability.health import Health

log = structlog.get_logger(__name__)

GRACE_S = 5
"""How long open answers may take to be read when the door closes."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to
USUAL_PORT = 8000
LAST_PORT = 65535


class WebDoor:
    """The chat page and the API behind it. `url` is known once the door is open.

    `announce` shows a message that came by itself to whoever has its conversation open.
    """

    name = "web"

    def __init__(
        self,
        lanes: Lanes,
        memory: WebMemory,
        characters: ReloadableCharacters,
        own_data: OwnData,
        feedback: Feedback,
        health: Health,
        options: WebOptions,
        clock: Clock,
        *,
        steering: Steering,
        commands: Sequence[Command] = (),
        presses: Presses | None = None,
    ) -> None:
        self._options = options
        self._replies = Replies(lanes, memory, feedback, clock, self.name, presses)
        self.announce = self._replies.announce
        self._pictures = HeldPictures(Pictures(), clock)
        self.application = build_application(
            self._replies, characters, own_data, health, options, clock, self._pictures,
            steering=steering, commands=commands,
        )  # fmt: skip
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> None:
        """Open the port and serve. Raises SettingsError, with the remedy, when the port cannot be had."""
        listener = await bind(self._options.host, self._options.port)
        self.url = _url(self._options.host, listener.getsockname()[1])
        config = uvicorn.Config(
            self.application,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        await asyncio.to_thread(config.load)  # imports the HTTP parser
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve([listener]), name="web")
        await self._server.open.wait()
        log.info("web_door_open", port=listener.getsockname()[1], token_required=bool(self._options.token))

    def forget(self, user_id: str) -> None:
        """Let go of what a person handed in and did not send."""
        self._pictures.forget(user_id)

    async def stop(self) -> None:
        """Accept nothing new, let readers have what is left of their replies, and close the port."""
        self._replies.close()
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None
        log.info("web_door_closed")


class _Server(uvicorn.Server):
    """A server in somebody else's process: it leaves the signals alone and says when it is open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.open.set()


async def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises SettingsError that names the variable to change."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"WEB_HOST: {host} is no address of this machine. Set WEB_HOST=127.0.0.1.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(_why_not(host, port, error)) from error
    listener.setblocking(False)
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    """Say what is wrong and what to set instead."""
    other = port + 1 if USUAL_PORT <= port < LAST_PORT else USUAL_PORT
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"WEB_PORT: port {port} on {host} is taken by another program. "
                f"Stop it, or set another port: WEB_PORT={other} (WEB_PORT=0 takes a free one)."
            )
        case errno.EACCES:
            return f"WEB_PORT: port {port} needs rights that this user does not have. Set WEB_PORT={other}."
        case _:
            return f"WEB_HOST: cannot listen on {host}: {error.strerror}. Set WEB_HOST=127.0.0.1."


def _url(host: str, port: int) -> str:
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
