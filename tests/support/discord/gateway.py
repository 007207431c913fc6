"""The gateway's WebSocket: hello, identify, heartbeat, resume with replay, drops on command.

It moves events to sessions in order and never loses one while a session can be resumed. Which events a session gets,
and what they say, is decided in `events.py`.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from tests.support.discord.changes import Changes
from tests.support.discord.compression import encoder_for
from tests.support.discord.state import PRIVILEGED, BotAccount, Guild, Intent

RESUME_URL = "wss://gateway-us-east1-b.discord.gg"
REPLAY_LIMIT = 5000
"""Events kept per session for a resume; more are never missed in a test."""


class Op:
    """Opcodes of the gateway."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close:
    """Close codes of the gateway."""

    UNKNOWN_ERROR = 4000
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    DISALLOWED_INTENTS = 4014


class Connection:
    """One WebSocket, with a queue so that events can be sent from anywhere without waiting."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._transport = request.transport
        self._encode = encoder_for(request.query.get("compress"))
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    def send(self, data: bytes) -> None:
        """Queue one encoded gateway message."""
        self._queue.put_nowait(data)

    def send_op(self, op: int, data: Any = None) -> None:
        """Queue one message that is not an event."""
        self.send(orjson.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def cut(self, *, abort: bool) -> None:
        """End the connection: with a close frame that permits a resume, or by breaking TCP when `abort`."""
        if abort and self._transport is not None:
            self._transport.abort()
        else:
            with suppress(ConnectionError):
                await self.socket.close(code=Close.UNKNOWN_ERROR)

    async def write(self) -> None:
        """Send what is queued, in order, until the socket closes."""
        with suppress(ConnectionError):
            while True:
                data = await self._queue.get()
                if self._encode is None:
                    await self.socket.send_str(data.decode())
                else:
                    await self.socket.send_bytes(self._encode(data))


class Session:
    """One bot's session: its intents, its place in the stream of events, and what it may have missed."""

    def __init__(self, bot: BotAccount, intents: Intent, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.bot = bot
        self.intents = intents
        self.shard = shard
        self.connection: Connection | None = None
        self._sequence = 0
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=REPLAY_LIMIT)

    def covers(self, guild: Guild | None) -> bool:
        """Say whether this session's shard is responsible; direct messages belong to shard 0."""
        index, count = self.shard
        return (int(guild.id) >> 22) % count == index if guild else index == 0

    def dispatch(self, event: str, body: bytes) -> None:
        """Send an event; while there is no connection it is only kept for the resume."""
        self._sequence += 1
        message = b'{"op":0,"t":"%b","s":%d,"d":%b}' % (event.encode(), self._sequence, body)
        self._sent.append((self._sequence, message))
        if self.connection is not None:
            self.connection.send(message)

    def replay(self, after: int) -> None:
        """Send again what came after `after`."""
        assert self.connection is not None
        for sequence, message in self._sent:
            if sequence > after:
                self.connection.send(message)

    def acknowledged(self, sequence: int | None) -> None:
        """Forget what the client says it has received."""
        while sequence is not None and self._sent and self._sent[0][0] <= sequence:
            self._sent.popleft()


class Hooks(Protocol):
    """What the gateway asks of `events.py`."""

    def ready(self, session: Session) -> None: ...
    def members_requested(self, session: Session, request: dict[str, Any]) -> None: ...


class Gateway:
    """All sessions, and the WebSocket endpoint that serves them."""

    def __init__(self, bots: dict[str, BotAccount], changes: Changes, heartbeat_ms: int = 41_250) -> None:
        self.hooks: Hooks
        self.sessions: dict[str, Session] = {}
        self.identifies = 0
        self.resumes = 0
        self._bots = bots
        self._changes = changes
        self._heartbeat_ms = heartbeat_ms
        self._open = asyncio.Event()
        self._open.set()

    def sessions_of(self, bot: BotAccount) -> list[Session]:
        """Return the bot's sessions, connected or waiting to be resumed."""
        return [session for session in self.sessions.values() if session.bot is bot]

    def is_online(self, bot: BotAccount) -> bool:
        """Say whether the bot has a live connection."""
        return any(session.connection is not None for session in self.sessions_of(bot))

    async def drop(self, bot: BotAccount, *, resumable: bool = True, abort: bool = False) -> None:
        """Cut the bot's connections: with a close frame, or by breaking the TCP connection when `abort`.

        When not `resumable` the session is forgotten, so a resume is answered with "invalid session".
        """
        for session in self.sessions_of(bot):
            if not resumable:
                del self.sessions[session.id]
            connection, session.connection = session.connection, None
            if connection is not None:
                await connection.cut(abort=abort)
        self._changes.notify()

    def ask_to_reconnect(self, bot: BotAccount) -> None:
        """Send the bot opcode 7, as Discord does before it restarts a gateway."""
        for session in self.sessions_of(bot):
            if session.connection is not None:
                session.connection.send_op(Op.RECONNECT)

    @asynccontextmanager
    async def away(self, bot: BotAccount, *, resumable: bool = True, abort: bool = False) -> AsyncIterator[None]:
        """Cut the bot off and let nobody back in until the block ends."""
        self._open.clear()
        try:
            await self.drop(bot, resumable=resumable, abort=abort)
            yield
        finally:
            self._open.set()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one WebSocket from hello to close."""
        socket = web.WebSocketResponse(compress=False, autoclose=True)
        await socket.prepare(request)
        connection = Connection(request, socket)
        writer = asyncio.create_task(connection.write())
        try:
            await self._open.wait()
            connection.send_op(Op.HELLO, {"heartbeat_interval": self._heartbeat_ms})
            await self._converse(connection)
        finally:
            writer.cancel()
            self._left(connection)
        return socket

    async def close(self) -> None:
        """Cut every connection."""
        self._open.set()
        for session in list(self.sessions.values()):
            if session.connection is not None:
                await session.connection.cut(abort=True)

    async def _converse(self, connection: Connection) -> None:
        session: Session | None = None
        async for frame in connection.socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            payload = orjson.loads(frame.data)
            op, data = payload["op"], payload.get("d")
            if op == Op.HEARTBEAT:
                if session is not None:
                    session.acknowledged(data)
                connection.send_op(Op.HEARTBEAT_ACK)
            elif op in (Op.IDENTIFY, Op.RESUME):
                if session is not None:
                    await connection.socket.close(code=Close.ALREADY_AUTHENTICATED)
                    break
                session = await (self._identify if op == Op.IDENTIFY else self._resume)(connection, data)
            elif session is None:
                await connection.socket.close(code=Close.NOT_AUTHENTICATED)
            elif op == Op.REQUEST_MEMBERS:
                self.hooks.members_requested(session, data)

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> Session | None:
        bot = self._bots.get(data["token"])
        if bot is None:
            await connection.socket.close(code=Close.AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return None
        intents = Intent(data["intents"])
        if intents & PRIVILEGED & ~bot.allowed:
            await connection.socket.close(code=Close.DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return None
        self._forget_abandoned(bot)
        index, count = data.get("shard") or (0, 1)
        session = Session(bot, intents, (index, count))
        session.connection = connection
        self.sessions[session.id] = session
        self.identifies += 1
        self.hooks.ready(session)
        self._changes.notify()
        return session

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> Session | None:
        session = self.sessions.get(data["session_id"] or "")
        if session is None or session.bot.token != data["token"]:
            connection.send_op(Op.INVALID_SESSION, data=False)
            return None
        session.connection = connection
        session.replay(after=data["seq"])
        session.dispatch("RESUMED", b"{}")
        self.resumes += 1
        self._changes.notify()
        return session

    def _forget_abandoned(self, bot: BotAccount) -> None:
        for session in self.sessions_of(bot):
            if session.connection is None:
                del self.sessions[session.id]

    def _left(self, connection: Connection) -> None:
        said_goodbye = connection.socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
        for session in list(self.sessions.values()):
            if session.connection is connection:
                session.connection = None
                if said_goodbye:
                    del self.sessions[session.id]
        self._changes.notify()
