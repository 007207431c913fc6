"""Saying what one thinks of a reply where there are no emojis: over HTTP, and in the terminal."""

from collections.abc import AsyncIterator

import httpx
import pytest

from src_v2.core.clock import SystemClock
from src_v2.interfaces.terminal import RemoteChat, TerminalDoor
from src_v2.memory.patterns.models import Mark
from tests.integration.test_terminal_door import Sitting
from tests.support.own_data import OwnDataInMemory
from tests.support.scripted_chat import Chat


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client


async def answered(http: httpx.AsyncClient, **more: object) -> str:
    """Ask something and return the reply's id."""
    answer = await http.post("/api/chat", json={"text": "hi", "stream": False, **more})
    return str(answer.json()["message_id"])


async def mark(http: httpx.AsyncClient, reply: str, wanted: str, **more: object) -> httpx.Response:
    return await http.put(f"/api/messages/{reply}/mark", json={"mark": wanted, **more})


async def shown(http: httpx.AsyncClient) -> list[str]:
    """Return the marks that the conversation shows, message by message."""
    return [line["mark"] for line in (await http.get("/api/conversation")).json()["messages"]]


class TestOverHttp:
    async def test_a_mark_is_shown_with_the_conversation_until_it_is_taken_back(self, http: httpx.AsyncClient) -> None:
        reply = await answered(http)
        assert await shown(http) == ["", ""]
        for wanted in ("up", "down", ""):
            answer = await mark(http, reply, wanted)
            assert answer.json() == {"message_id": reply, "mark": wanted}
            assert await shown(http) == ["", wanted]

    async def test_it_is_the_one_who_asked_that_marks(self, chat: Chat, http: httpx.AsyncClient) -> None:
        user = {"id": "u-1"}
        reply = await answered(http, user=user)
        assert (await mark(http, reply, "up", user=user)).status_code == 200
        assert chat.feedback.marked == {("web:u-1", reply): Mark.UP}

    async def test_what_is_not_kept_is_said_so(self, chat: Chat, http: httpx.AsyncClient) -> None:
        reply = await answered(http)
        chat.feedback.unkept.add(reply)
        answer = await mark(http, reply, "up")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_kept")
        assert await shown(http) == ["", ""]

    @pytest.mark.parametrize(
        ("given", "status", "code"),
        [
            ({"mark": "sideways"}, 422, "invalid_request"),
            ({}, 422, "invalid_request"),
            ({"mark": "up", "character": "nobody"}, 404, "unknown_character"),
            ({"mark": "up", "user": {"id": "no spaces"}}, 422, "invalid_request"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(
        self, http: httpx.AsyncClient, given: dict[str, object], status: int, code: str
    ) -> None:
        answer = await http.put("/api/messages/m1/mark", json=given)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

    async def test_an_id_that_is_none_is_refused(self, chat: Chat, http: httpx.AsyncClient) -> None:
        assert (await mark(http, "x" * 101, "up")).status_code == 422
        assert chat.feedback.marked == {}


async def _here(chat: Chat, sitting: Sitting) -> None:
    door = TerminalDoor(
        chat.lanes, chat.memory, OwnDataInMemory(), chat.feedback, chat.characters, "elena", SystemClock(),
        steering=chat.steering.doors, console=sitting.screen, lines=sitting.lines,
    )  # fmt: skip
    await door.start()
    await door.left()
    await door.stop()


async def _remote(chat: Chat, sitting: Sitting) -> None:
    await RemoteChat(chat.door.url, "elena", SystemClock(), console=sitting.screen, lines=sitting.lines).run()


@pytest.fixture(params=[_here, _remote], ids=["in_process", "remote"])
def sitting(request: pytest.FixtureRequest, chat: Chat) -> Sitting:
    return Sitting(lambda sitting: request.param(chat, sitting))


class TestInTheTerminal:
    async def test_the_last_reply_is_good_or_bad_or_neither(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("/good")
            await sitting.screen.shows("There is no reply yet.")
            sitting.lines.type("first", "second")
            await sitting.screen.shows("You said: second")
            sitting.lines.type("/good")
            await sitting.screen.shows("Noted: you liked that.")
            assert list(chat.feedback.marked.values()) == [Mark.UP]
            sitting.lines.type("/bad")
            await sitting.screen.shows("Noted: you did not like that.")
            assert list(chat.feedback.marked.values()) == [Mark.DOWN]
            sitting.lines.type("/bad")
            await sitting.screen.shows("Taken back.")
        assert list(chat.feedback.marked) == [("local:me", chat.memory.messages[-1].id)]
        assert list(chat.feedback.marked.values()) == [Mark.NONE]

    async def test_what_is_not_kept_is_said_so(self, sitting: Sitting, chat: Chat) -> None:
        async with sitting:
            sitting.lines.type("hello")
            await sitting.screen.shows("You said: hello")
            chat.feedback.unkept.add(chat.memory.messages[-1].id)
            sitting.lines.type("/good")
            await sitting.screen.shows("That reply is not kept")
            sitting.lines.type("/help")
            await sitting.screen.shows("/good, /bad")
