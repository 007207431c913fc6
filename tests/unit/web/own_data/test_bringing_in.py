"""Chat histories that are handed in over HTTP, and those that are refused."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from src_v2.interfaces.web import upload
from src_v2.interfaces.web.failures import ApiError
from src_v2.interfaces.web.own_data_routes import MAX_IMPORT_BYTES
from src_v2.interfaces.web.upload import whole_body
from tests.support.own_data import ME, OwnDataInMemory
from tests.support.scripted_chat import Chat
from tests.unit.web.own_data.asking import HISTORY, URL, error_of, texts


class TestBringingIn:
    async def test_a_file_is_added_once(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        url = f"{URL}/import?character=Elena&timezone=Europe/Lisbon"
        first = (await http.post(url, content=HISTORY)).json()
        assert first == {"kind": "sillytavern", "added": 2, "known": 0, "left_out": {"empty messages": 1}}
        assert (await http.post(url, content=HISTORY)).json()["known"] == 2
        assert held.brought == [(ME, HISTORY, "Europe/Lisbon")] * 2
        assert await texts(http) == ["And back.", "We sailed to Naxos."]

    async def test_a_file_larger_than_a_message_is_taken(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        large = json.dumps({"mes": "x" * 2_000_000, "is_user": True}).encode()
        assert (await http.post(f"{URL}/import?character=elena", content=large)).json()["added"] == 1
        assert held.brought == [(ME, large, "UTC")]

    async def test_a_file_that_is_no_history_is_refused_with_the_reason(self, http: httpx.AsyncClient) -> None:
        response = await http.post(f"{URL}/import?character=elena", content=b"\x89PNG")
        assert error_of(response) == (422, "refused_file")
        assert "no ChatGPT export" in response.json()["error"]["message"]

    @pytest.mark.parametrize(
        ("query", "body", "expected"),
        [
            ("character=elena", b"", (422, "empty_file")),
            ("", HISTORY, (422, "invalid_request")),
            ("character=nobody", HISTORY, (404, "unknown_character")),
            ("character=elena&timezone=Mars/Olympus", HISTORY, (422, "unknown_timezone")),
            ("character=elena&timezone=/etc/passwd", HISTORY, (422, "unknown_timezone")),
            ("character=elena&timezone=../../x", HISTORY, (422, "invalid_request")),
        ],
    )
    async def test_what_else_is_refused(
        self, http: httpx.AsyncClient, held: OwnDataInMemory, query: str, body: bytes, expected: tuple[int, str]
    ) -> None:
        assert error_of(await http.post(f"{URL}/import?{query}", content=body)) == expected
        assert held.brought == []

    async def test_a_file_that_says_it_is_too_large_is_not_read(self, http: httpx.AsyncClient) -> None:
        request = http.build_request("POST", f"{URL}/import?character=elena", content=b"{")
        request.headers["Content-Length"] = str(MAX_IMPORT_BYTES + 1)
        status, message = await asyncio.to_thread(only_head, request)
        assert status == 413
        assert "300 MiB" in message

    async def test_a_file_without_a_length_is_refused(self, http: httpx.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield HISTORY

        response = await http.post(f"{URL}/import?character=elena", content=chunks())
        assert error_of(response) == (411, "length_required")

    async def test_one_file_at_a_time(self, chat: Chat, http: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(chat.door.url.rpartition(":")[2]))
        head = (
            f"POST {URL}/import?character=elena HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(HISTORY)}\r\n\r\n"
        )
        writer.write(head.encode() + HISTORY[:5])
        url = f"{URL}/import?character=elena"
        async with asyncio.timeout(10):
            second = await http.post(url, content=b"{}")
            while second.status_code != 429:
                second = await http.post(url, content=b"{}")
        assert error_of(second) == (429, "one_file_at_a_time")
        writer.write(HISTORY[5:])
        assert b"200 OK" in await reader.readline()
        writer.close()
        assert (await http.post(url, content=HISTORY)).json()["known"] == 2

    async def test_a_file_is_counted_whatever_its_header_says(self) -> None:
        with pytest.raises(ApiError) as refused:
            await whole_body(incoming(b"12345", b"67890", b"1"), 10)
        assert (refused.value.status, refused.value.code) == (413, "too_large")
        assert await whole_body(incoming(b"12345", b"67890"), 10) == b"1234567890"

    async def test_a_file_that_breaks_off_is_no_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ApiError) as broken:
            await whole_body(incoming(b"12345", None), 10)
        monkeypatch.setattr(upload, "SILENCE_S", 0.01)
        with pytest.raises(ApiError) as silent:
            await whole_body(incoming(b"12345", then=asyncio.Event()), 10)
        assert [(error.value.status, error.value.code) for error in (broken, silent)] == [(408, "broken_off")] * 2


def only_head(request: httpx.Request) -> tuple[int, str]:
    """Send a request's head and a byte; return status and message of the answer."""
    import http.client

    connection = http.client.HTTPConnection(request.url.host, request.url.port, timeout=10)
    connection.putrequest("POST", request.url.raw_path.decode())
    connection.putheader("Content-Length", request.headers["Content-Length"])
    connection.endheaders(b"{")
    answer = connection.getresponse()
    return answer.status, str(json.loads(answer.read())["error"]["message"])


def incoming(*chunks: bytes | None, then: asyncio.Event | None = None) -> Request:
    """Return a request whose body comes in `chunks`; None is a client that goes away, `then` is waited for."""
    waiting = list(chunks)

    async def receive() -> Message:
        if not waiting:
            assert then is not None
            await then.wait()
        chunk = waiting.pop(0)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or then is not None}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
