"""Talks to a running WhisperEngine over its HTTP API, as the page does. For the terminal; not for the page itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from src_v2.core.clock import Clock
from src_v2.core.errors import WhisperEngineError
from src_v2.core.ids import new_id
from src_v2.interfaces.web.ports import SERVICE
from src_v2.interfaces.web.replies import ConversationView, Line
from src_v2.interfaces.web.sse import PING_S, parse_stream
from src_v2.interfaces.web.surface import StreamEvent
from src_v2.memory.patterns.models import Mark

CONNECT_TIMEOUT_S = 2.0
ANSWER_TIMEOUT_S = 30.0
SILENCE_S = 2.5 * PING_S
"""A stream that says nothing for so long, not even a ping, is dead."""
RECONNECTS = 6
"""Tries in a row, 0.5 s before the first and twice as long before each next: about half a minute in all."""
FIRST_WAIT_S = 0.5
READ_BUFFER_BYTES = 1024 * 1024
"""A whole reply arrives as one line in the end."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that is sent along, as it was found."""

    name: str
    data: bytes = field(repr=False)


class Refused(WhisperEngineError):
    """The process answered that it will not; `code` is the API's, the text its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, user_message=message)
        self.code = code


class Unreachable(WhisperEngineError):
    """Nobody answers at that address, or the connection broke and did not come back."""

    user_message = "WhisperEngine does not answer any more. What you said is kept if it was accepted."
    retryable = True


class WebClient:
    """One character's conversation with the person of this machine, over HTTP."""

    def __init__(self, url: str, character: str, clock: Clock, *, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._character = character
        self._clock = clock
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=SILENCE_S)
        self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers, read_bufsize=READ_BUFFER_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def display_name(self) -> str:
        """Return the character's display name. Raises Refused when there is no such character."""
        found = await self._json("GET", "/api/characters")
        names = {card["name"]: card["display_name"] for card in found["characters"]}
        if self._character not in names:
            known = ", ".join(names) or "nobody yet"
            raise Refused("unknown_character", f"There is no character of that name. I know: {known}.")
        return str(names[self._character])

    async def conversation(self, limit: int) -> ConversationView:
        """Return the newest messages and what is going on."""
        found = await self._json("GET", f"/api/conversation?character={self._character}&limit={limit}")
        lines = tuple(Line(**message) for message in found["messages"])
        return ConversationView(lines, found["running"], found["unanswered"])

    async def say(self, text: str, picture: PictureFile | None = None) -> AsyncIterator[StreamEvent]:
        """Say something, with a picture or without, and yield the events of the reply to its end."""
        body: dict[str, Any] = {"character": self._character, "text": text, "message_id": new_id()}
        if picture is not None:
            path = f"/api/pictures?{urlencode({'name': picture.name})}"
            async with self._request("POST", path, data=picture.data) as response:
                body["pictures"] = [(await response.json())["id"]]
        async for event in self._turn("POST", "/api/chat", body):
            yield event

    def retry(self) -> AsyncIterator[StreamEvent]:
        """Ask for the answer that is missing and yield its events."""
        return self._turn("POST", "/api/chat/retry", {"character": self._character})

    def follow(self, turn_id: str) -> AsyncIterator[StreamEvent]:
        """Yield the events of a turn that is running already, from its beginning."""
        return self._turn("GET", f"/api/turns/{turn_id}/events")

    async def stop(self, turn_id: str) -> None:
        """Stop a running turn."""
        await self._json("POST", f"/api/turns/{turn_id}/stop", {})

    async def forget_last(self) -> bool:
        """Forget the last exchange; False when there is none."""
        found = await self._json("POST", "/api/chat/forget-last", {"character": self._character})
        return bool(found["forgotten"])

    async def mark(self, message_id: str, mark: Mark) -> None:
        """Say what one thinks of a reply. Raises Refused when that is not kept."""
        await self._json("PUT", f"/api/messages/{message_id}/mark", {"character": self._character, "mark": mark.value})

    async def arrivals(self) -> AsyncIterator[Line]:
        """Yield what the character says by itself, for as long as somebody answers at that address."""
        path = f"/api/arrivals?{urlencode({'character': self._character})}"
        failures = 0
        while failures <= RECONNECTS:
            with suppress(Unreachable):
                async with self._request("GET", path) as response:
                    failures = 0
                    async for event in parse_stream(response.content):
                        yield Line(**event.data)
            failures += 1
            await self._clock.sleep(FIRST_WAIT_S * 2 ** (failures - 1))

    async def press(self, message_id: str, action: str) -> str:
        """Press a button below a message; return what came of it. Raises Refused when it is over."""
        body = {"character": self._character, "action": action}
        return str((await self._json("POST", f"/api/messages/{message_id}/press", body))["text"])

    async def _turn(self, method: str, path: str, body: object = None) -> AsyncIterator[StreamEvent]:
        """Yield a turn's events to the end; a broken connection is taken up again where it broke."""
        turn_id, last, failures = "", -1, 0
        while True:
            try:
                async with self._request(method, path, body) as response:
                    turn_id = response.headers.get("Turn-Id", turn_id)
                    async for event in parse_stream(response.content):
                        last, failures = event.index, 0
                        yield event
                        if event.is_final:
                            return
            except Unreachable:
                if not turn_id:
                    raise
            failures += 1
            if failures > RECONNECTS:
                raise Unreachable("the stream broke and did not come back")
            await self._clock.sleep(FIRST_WAIT_S * 2 ** (failures - 1))
            method, path, body = "GET", f"/api/turns/{turn_id}/events?after={last}", None

    async def _json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._request(method, path, body) as response:
            found: dict[str, Any] = await response.json()
            return found

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, body: object = None, *, data: bytes | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None, "use `async with`"  # noqa: S101 - a programming error
        try:
            async with self._session.request(method, self._url + path, json=body, data=data) as response:
                if response.status >= 400:  # noqa: PLR2004 - HTTP's own boundary
                    raise await _refused(response)
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from error


async def _refused(response: aiohttp.ClientResponse) -> Refused:
    try:
        error = (await response.json())["error"]
        return Refused(error["code"], error["message"])
    except (aiohttp.ContentTypeError, ValueError, KeyError, TypeError):
        return Refused("unknown", f"The server answered with {response.status}.")


async def is_running(url: str) -> bool:
    """Whether a WhisperEngine answers at `url`; takes at most CONNECT_TIMEOUT_S when nobody does."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url.rstrip('/')}/readyz") as response,
        ):
            found = await response.json()
            return isinstance(found, dict) and found.get("service") == SERVICE
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False
