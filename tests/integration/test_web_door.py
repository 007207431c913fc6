"""The web door over real HTTP: talking, catching up, stopping, and everything that is refused."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from src_v2.core.errors import SettingsError
from src_v2.core.events import Failed, Status, Usage
from src_v2.interfaces.web.people import LOCAL_PERSON
from src_v2.interfaces.web.refusals import MAX_TEXT_CHARACTERS
from tests.support.scripted_chat import TOKEN, Chat

Event = tuple[int, str, dict[str, Any]]


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client


async def events(response: httpx.Response) -> AsyncIterator[Event]:
    """Yield the events of a stream."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if not line:
            if fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


@asynccontextmanager
async def asked(http: httpx.AsyncClient, text: str, **more: object) -> AsyncIterator[AsyncIterator[Event]]:
    async with http.stream("POST", "/api/chat", json={"character": "elena", "text": text, **more}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield events(response)


async def rest(stream: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in stream]


async def until(stream: AsyncIterator[Event], name: str) -> Event:
    async for event in stream:
        if event[1] == name:
            return event
    raise AssertionError(f"the stream ended before {name}")


def error_of(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["message"]
    assert "Traceback" not in response.text
    return response.status_code, error["code"]


def text_of(found: list[Event]) -> str:
    return "".join(data["text"] for _, name, data in found if name == "delta")


class TestTalking:
    async def test_a_reply_streams_with_everything_that_happens(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.engine.will(Status("thinking", "💭"), "Hel", "lo!", Usage("m", 3, 2))
        async with asked(http, "hi") as stream:
            found = await rest(stream)
        names = [name for _, name, _ in found]
        assert names[0] == "started"
        assert names[-1] == "done"
        assert {"status", "usage"} <= set(names)
        assert text_of(found) == "Hello!"
        assert found[-1][2]["text"] == "Hello!"
        assert [index for index, _, _ in found] == sorted({index for index, _, _ in found})

    async def test_text_comes_while_the_reply_is_being_made(self, chat: Chat, http: httpx.AsyncClient) -> None:
        gate = asyncio.Event()
        chat.engine.will("first ", gate, "second")
        async with asked(http, "hi") as stream:
            _, _, data = await until(stream, "delta")
            assert data["text"] == "first "
            gate.set()
            assert text_of(await rest(stream)) == "second"

    async def test_without_streaming_the_reply_comes_whole(self, http: httpx.AsyncClient) -> None:
        answer = (await http.post("/api/chat", json={"character": "elena", "text": "hi", "stream": False})).json()
        assert answer["text"] == "You said: hi"
        assert answer["turn_id"]
        assert answer["message_id"]

    async def test_the_conversation_shows_both_sides(self, http: httpx.AsyncClient) -> None:
        await http.post("/api/chat", json={"text": "ciao 👋 שלום", "stream": False})
        shown = (await http.get("/api/conversation?character=elena")).json()
        assert [(m["role"], m["text"]) for m in shown["messages"]] == [
            ("user", "ciao 👋 שלום"),
            ("character", "You said: ciao 👋 שלום"),
        ]
        assert shown["running"] is None
        assert shown["unanswered"] is False
        assert shown["model"] == "openai:gpt-5-mini"

    async def test_people_of_a_program_have_conversations_of_their_own(
        self, chat: Chat, http: httpx.AsyncClient
    ) -> None:
        user = {"id": "u-1", "name": "Ada\n Lovelace"}
        await http.post("/api/chat", json={"text": "mine", "user": user, "stream": False})
        assert chat.engine.turns[0].audience.user_id == "web:u-1"
        assert chat.engine.turns[0].audience.channel_id == "web:u-1:elena"
        assert chat.engine.turns[0].author.name == "Ada Lovelace"
        assert (await http.get("/api/conversation")).json()["messages"] == []
        assert len((await http.get("/api/conversation?user=u-1")).json()["messages"]) == 2

    async def test_two_messages_close_together_are_one_turn_and_both_clients_hear_it(self) -> None:
        async with Chat(burst_window_s=30) as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
            gate = asyncio.Event()
            chat.engine.will("never seen", gate)
            chat.engine.will("Both heard.")
            async with asked(http, "one") as first, asked(http, "two") as second:
                heard = await asyncio.gather(rest(first), rest(second))
            assert [found[-1][2]["text"] for found in heard] == ["Both heard.", "Both heard."]
            assert heard[0][0][2]["turn_id"] == heard[1][0][2]["turn_id"]
            assert "restart" in [name for _, name, _ in heard[0]]
            assert [m.text for m in chat.engine.turns[-1].messages] == ["one", "two"]

    async def test_messages_further_apart_are_answered_in_order(self, chat: Chat, http: httpx.AsyncClient) -> None:
        gate = asyncio.Event()
        chat.engine.will(gate, "first")
        async with asked(http, "one") as one, asked(http, "two") as two:
            await chat.engine.started.wait()
            gate.set()
            answers = [(await rest(stream))[-1][2]["text"] for stream in (one, two)]
        assert answers == ["first", "You said: two"]

    async def test_a_message_sent_twice_under_one_id_is_answered_once(
        self, chat: Chat, http: httpx.AsyncClient
    ) -> None:
        body = {"text": "hi", "stream": False, "message_id": "0123456789abcdef"}
        first = (await http.post("/api/chat", json=body)).json()
        assert (await http.post("/api/chat", json=body)).json() == first
        assert len(chat.engine.turns) == 1


class TestComingBack:
    async def test_leaving_does_not_stop_the_reply_and_the_rest_is_replayed(
        self, chat: Chat, http: httpx.AsyncClient
    ) -> None:
        gate = asyncio.Event()
        chat.engine.will("one ", gate, "two ", "three")
        async with asked(http, "hi") as stream:
            _, _, started = await until(stream, "started")
            seen, _, _ = await until(stream, "delta")
        shown = (await http.get("/api/conversation")).json()
        assert shown["running"] == started["turn_id"]
        assert [m["text"] for m in shown["messages"]] == ["hi"]
        headers = {"Last-Event-ID": str(seen)}
        path = f"/api/turns/{shown['running']}/events"
        async with http.stream("GET", path, headers=headers) as response:
            gate.set()
            found = await rest(events(response))
        assert text_of(found) == "two three"
        assert found[-1][1] == "done"

    async def test_a_turn_that_ended_can_be_read_again(self, http: httpx.AsyncClient) -> None:
        answer = (await http.post("/api/chat", json={"text": "hi", "stream": False})).json()
        async with http.stream("GET", f"/api/turns/{answer['turn_id']}/events?after=-1") as response:
            found = await rest(events(response))
        assert [name for _, name, _ in found] == ["started", "delta", "done"]

    async def test_a_turn_that_nobody_remembers(self, http: httpx.AsyncClient) -> None:
        assert error_of(await http.get("/api/turns/none/events")) == (404, "unknown_turn")
        assert error_of(await http.post("/api/turns/none/stop")) == (404, "unknown_turn")

    async def test_closing_the_door_ends_open_streams(self) -> None:
        async with Chat() as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
            chat.engine.will("text", asyncio.Event())
            async with asked(http, "hi") as stream:
                await until(stream, "delta")
                await chat.lanes.drain(0)
                await chat.door.stop()
                found = await rest(stream)
            assert found[-1][1] == "stopped"
            assert found[-1][2]["reason"] == "shutdown"


class TestStoppingAndTryingAgain:
    async def test_stop_keeps_what_was_said(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.engine.will("so far", asyncio.Event())
        async with asked(http, "hi") as stream:
            _, _, started = await until(stream, "started")
            await until(stream, "delta")
            stopped = await http.post(f"/api/turns/{started['turn_id']}/stop")
            found = await rest(stream)
        assert stopped.json() == {"stopped": True}
        kept = chat.memory.messages[-1].id
        told = {"turn_id": started["turn_id"], "message_id": kept, "text": "so far", "reason": "user"}
        assert found[-1][1:] == ("stopped", told)
        assert chat.memory.texts() == ["hi", "so far"]
        assert (await http.post(f"/api/turns/{started['turn_id']}/stop")).json() == {"stopped": False}

    async def test_a_failed_reply_is_asked_for_again_with_the_message_kept(
        self, chat: Chat, http: httpx.AsyncClient
    ) -> None:
        chat.engine.will("half", Failed("t", "My words are gone.", retryable=True))
        async with asked(http, "are you there?") as stream:
            found = await rest(stream)
        assert found[-1][1] == "failed"
        assert found[-1][2]["text"] == "My words are gone."
        assert (await http.get("/api/conversation")).json()["unanswered"] is True
        async with http.stream("POST", "/api/chat/retry", json={"character": "elena"}) as response:
            again = await rest(events(response))
        assert again[-1][2]["text"] == "You said: are you there?"
        assert chat.memory.texts() == ["are you there?", "You said: are you there?"]
        assert error_of(await http.post("/api/chat/retry", json={})) == (409, "nothing_to_retry")

    async def test_several_unanswered_messages_are_answered_together(self, chat: Chat, http: httpx.AsyncClient) -> None:
        for text in ("one", "two", "three"):
            chat.engine.will(Failed("t", "no", retryable=True))
            assert error_of(await http.post("/api/chat", json={"text": text, "stream": False})) == (503, "no_reply")
        answer = (await http.post("/api/chat/retry", json={"stream": False})).json()
        assert answer["text"] == "You said: one\ntwo\nthree"
        assert [m.text for m in chat.engine.turns[-1].messages] == ["one", "two", "three"]

    async def test_retry_during_a_reply_joins_it(self, chat: Chat, http: httpx.AsyncClient) -> None:
        gate = asyncio.Event()
        chat.engine.will(gate, "only once")
        async with asked(http, "hi") as stream:
            await chat.engine.started.wait()
            async with http.stream("POST", "/api/chat/retry", json={}) as response:
                gate.set()
                joined = await rest(events(response))
            assert (await rest(stream))[-1] == joined[-1]
        assert len(chat.engine.turns) == 1

    async def test_a_crash_while_answering_is_a_kind_failure(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.engine.will("x", RuntimeError("secret detail"))
        response = await http.post("/api/chat", json={"text": "hi", "stream": False})
        assert error_of(response) == (503, "no_reply")
        assert "secret" not in response.text

    async def test_forgetting_the_last_exchange(self, chat: Chat, http: httpx.AsyncClient) -> None:
        await http.post("/api/chat", json={"text": "hi", "stream": False})
        assert (await http.post("/api/chat/forget-last", json={})).json() == {"forgotten": True}
        assert chat.memory.texts() == []
        assert (await http.post("/api/chat/forget-last", json={})).json() == {"forgotten": False}

    async def test_nothing_is_forgotten_in_the_middle_of_a_reply(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.engine.will("text", asyncio.Event())
        async with asked(http, "hi") as stream:
            await until(stream, "delta")
            assert error_of(await http.post("/api/chat/forget-last", json={})) == (409, "still_answering")


class TestWrongRequests:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"text": ""}, (422, "empty_text")),
            ({"text": " \n\t\x00"}, (422, "empty_text")),
            ({"text": "x" * (MAX_TEXT_CHARACTERS + 1)}, (413, "text_too_long")),
            ({"text": "hi", "character": "nobody"}, (404, "unknown_character")),
            ({"text": "hi", "character": "../elena"}, (404, "unknown_character")),
            ({"text": "hi", "user": {"id": "a b"}}, (422, "invalid_request")),
            ({"text": "hi", "user": {"id": "x" * 65}}, (422, "invalid_request")),
            ({"character": "elena"}, (422, "invalid_request")),
            ({"text": 5}, (422, "invalid_request")),
            (["hi"], (422, "invalid_request")),
        ],
    )
    async def test_are_answered_clearly(
        self, http: httpx.AsyncClient, chat: Chat, body: object, expected: tuple[int, str]
    ) -> None:
        assert error_of(await http.post("/api/chat", json=body)) == expected
        assert chat.engine.turns == []

    async def test_bad_json_is_said_to_be_bad_json(self, http: httpx.AsyncClient) -> None:
        response = await http.post("/api/chat", content=b'{"text": ', headers={"Content-Type": "application/json"})
        assert error_of(response) == (422, "invalid_request")
        assert "not valid JSON" in response.json()["error"]["message"]
        plain = await http.post("/api/chat", content=b'{"text": "hi"}', headers={"Content-Type": "text/plain"})
        assert "Content-Type" in plain.json()["error"]["message"]

    async def test_half_a_character_is_refused(self, http: httpx.AsyncClient) -> None:
        body = b'{"text": "\\ud83d"}'
        response = await http.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
        assert error_of(response) == (422, "invalid_text")

    async def test_the_longest_text_works_whatever_it_is_made_of(self, http: httpx.AsyncClient, chat: Chat) -> None:
        text = "👩" * MAX_TEXT_CHARACTERS
        answer = await http.post("/api/chat", json={"text": text, "stream": False})
        assert answer.status_code == 200
        assert chat.engine.turns[0].text == text

    async def test_an_unknown_character_is_told_who_is_there(self, http: httpx.AsyncClient) -> None:
        error = (await http.get("/api/conversation?character=nobody")).json()["error"]
        assert error["known"] == ["elena", "marcus"]

    async def test_a_huge_body_is_refused_unread(self, http: httpx.AsyncClient) -> None:
        assert error_of(await http.post("/api/chat", json={"text": "x" * 70_000})) == (413, "too_large")

        async def chunks() -> AsyncIterator[bytes]:
            yield b"{}"

        headers = {"Content-Type": "application/json"}
        assert error_of(await http.post("/api/chat", content=chunks(), headers=headers)) == (411, "length_required")

    async def test_unknown_paths_and_methods_have_the_same_shape(self, http: httpx.AsyncClient) -> None:
        assert error_of(await http.get("/api/nothing")) == (404, "not_found")
        assert error_of(await http.get("/static/../door.py")) == (404, "not_found")
        assert error_of(await http.get("/static/%2e%2e/door.py")) == (404, "not_found")
        assert error_of(await http.put("/api/chat", json={})) == (405, "method_not_allowed")

    async def test_one_conversation_cannot_pile_up_turns(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.engine.will(asyncio.Event())
        calls = [asyncio.create_task(http.post("/api/chat", json={"text": f"{n}", "stream": False})) for n in range(21)]
        done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert [error_of(call.result()) for call in done] == [(429, "too_many_waiting")]
        for call in waiting:
            call.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


class TestSafety:
    async def test_only_loopback_names_reach_an_unprotected_door(self, http: httpx.AsyncClient) -> None:
        for host in ("evil.example", "127.0.0.1.evil.example", "[::1", ""):
            assert error_of(await http.get("/", headers={"Host": host})) == (421, "wrong_host")
        for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"):
            assert (await http.get("/", headers={"Host": host})).status_code == 200

    async def test_a_host_name_can_be_allowed(self) -> None:
        async with Chat(allowed=("chat.example.org",)) as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
            headers = {"Host": "chat.example.org", "Origin": "https://chat.example.org"}
            assert (await http.post("/api/chat", json={"text": "x"}, headers=headers)).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    async def test_other_sites_cannot_speak_for_the_user(
        self, chat: Chat, http: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        assert error_of(await http.post("/api/chat", json={"text": "hi"}, headers=headers)) == (403, "cross_site")
        assert chat.engine.turns == []

    async def test_the_own_page_may_speak(self, chat: Chat, http: httpx.AsyncClient) -> None:
        headers = {"Origin": chat.door.url, "Sec-Fetch-Site": "same-origin"}
        assert (await http.post("/api/chat", json={"text": "hi"}, headers=headers)).status_code == 200

    async def test_every_answer_carries_safe_headers(self, http: httpx.AsyncClient) -> None:
        for path in ("/", "/static/app.js", "/api/characters", "/api/nothing"):
            headers = (await http.get(path)).headers
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"

    async def test_the_page_asks_nobody_else_for_anything(self, http: httpx.AsyncClient) -> None:
        page = (await http.get("/")).text
        assert "://" not in page
        assert "<script>" not in page
        assert " style=" not in page

    async def test_files_are_asked_for_again_and_not_sent_again(self, http: httpx.AsyncClient) -> None:
        first = await http.get("/static/app.css")
        assert first.headers["cache-control"] == "no-cache"
        again = await http.get("/static/app.css", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304


class TestToken:
    @pytest.fixture
    async def chat(self) -> AsyncIterator[Chat]:
        async with Chat(token=TOKEN) as running:
            yield running

    async def test_the_api_wants_it_and_the_page_does_not(self, http: httpx.AsyncClient) -> None:
        for path in ("/api/characters", "/api/conversation", "/api/turns/x/events", "/api/openapi.json"):
            assert error_of(await http.get(path)) == (401, "sign_in_required")
        assert error_of(await http.post("/api/chat", json={"text": "hi"})) == (401, "sign_in_required")
        assert (await http.get("/")).status_code == 200
        assert (await http.get("/static/app.js")).status_code == 200

    async def test_a_program_shows_it(self, http: httpx.AsyncClient) -> None:
        good, bad = ({"Authorization": f"Bearer {token}"} for token in (TOKEN, "wrong"))
        assert (await http.get("/api/characters", headers=good)).status_code == 200
        assert error_of(await http.get("/api/characters", headers=bad)) == (401, "wrong_token")

    async def test_a_browser_signs_in_with_a_cookie_and_out_again(self, http: httpx.AsyncClient) -> None:
        response = await http.post("/api/session", json={"token": TOKEN})
        assert response.status_code == 204
        cookie = response.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert TOKEN not in cookie
        assert (await http.get("/api/characters")).status_code == 200
        await http.delete("/api/session")
        assert error_of(await http.get("/api/characters")) == (401, "sign_in_required")

    async def test_a_made_up_cookie_does_not_help(self, http: httpx.AsyncClient) -> None:
        for value in ("9999999999.abc", "abc", "9999999999.", "²9.x"):
            headers = {b"Cookie": f"whisperengine_session={value}".encode()}
            assert error_of(await http.get("/api/characters", headers=headers)) == (401, "sign_in_required")

    async def test_guessing_is_slowed_down(self, http: httpx.AsyncClient) -> None:
        for _ in range(5):
            assert error_of(await http.post("/api/session", json={"token": "guess"})) == (401, "wrong_token")
        slowed = await http.post("/api/session", json={"token": TOKEN})
        assert error_of(slowed) == (429, "slow_down")
        assert int(slowed.headers["retry-after"]) >= 1

    async def test_any_host_name_may_be_used_because_the_token_protects(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/", headers={"Host": "my-server.lan"})).status_code == 200

    async def test_health_tells_strangers_no_details(self, chat: Chat, http: httpx.AsyncClient) -> None:
        chat.healthy = False
        assert "detail" not in (await http.get("/healthz")).json()["checks"][0]
        shown = await http.get("/healthz", headers={"Authorization": f"Bearer {TOKEN}"})
        assert shown.json()["checks"][0]["remedy"] == "start it"


class TestHealthAndCharacters:
    async def test_alive_is_not_ready(self, chat: Chat, http: httpx.AsyncClient) -> None:
        assert (await http.get("/readyz")).status_code == 200
        chat.healthy = False
        assert (await http.get("/readyz")).status_code == 503
        alive = await http.get("/healthz")
        assert alive.status_code == 200
        assert alive.json()["checks"][0] == {
            "name": "sql", "ok": False, "required": True, "detail": "SQLite in data/", "remedy": "start it",
        }  # fmt: skip

    async def test_characters_are_listed_with_the_default(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/api/characters")).json() == {
            "characters": [
                {"name": "elena", "display_name": "Elena"},
                {"name": "marcus", "display_name": "Marcus"},
            ],
            "default": "elena",
        }

    async def test_a_reload_says_what_is_wrong(self, chat: Chat, http: httpx.AsyncClient) -> None:
        assert (await http.post("/api/characters/elena/reload")).json() == {"loaded": True, "problems": []}
        chat.characters.breaks("elena", "core.yaml:3: drives: must be numbers")
        assert (await http.post("/api/characters/elena/reload")).json() == {
            "loaded": False,
            "problems": ["core.yaml:3: drives: must be numbers"],
        }
        assert error_of(await http.post("/api/characters/nobody/reload")) == (404, "unknown_character")

    async def test_the_local_person_is_the_same_in_every_local_door(self, chat: Chat, http: httpx.AsyncClient) -> None:
        await http.post("/api/chat", json={"text": "hi", "stream": False})
        assert chat.engine.turns[0].audience == LOCAL_PERSON.audience("elena")
        assert chat.engine.turns[0].messages[0].platform == "web"


class TestPort:
    async def test_a_taken_port_is_named_with_the_remedy(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(SettingsError, match=rf"port {port} on 127\.0\.0\.1 is taken.*WEB_PORT=\d+"):
                await Chat(port=port).door.start()

    async def test_an_address_that_is_not_ours(self) -> None:
        with pytest.raises(SettingsError, match="WEB_HOST"):
            await Chat(host="192.0.2.1").door.start()

    async def test_the_port_is_free_again_after_the_door_closed(self) -> None:
        async with Chat() as first:
            port = int(first.door.url.rpartition(":")[2])
        async with Chat(port=port) as second:
            assert second.door.url == first.door.url
