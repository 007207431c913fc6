"""The API of the commands that slices bring, and the client that talks to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import SystemClock
from src_v2.core.commands import Asked
from src_v2.core.errors import NotThere, NotUnderstood, StoreUnavailable
from src_v2.interfaces.web.client import Unreachable
from src_v2.interfaces.web.command_client import RemoteCommands
from tests.support.scripted_chat import TOKEN, Chat


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client


async def test_what_there_is_to_ask_for(http: httpx.AsyncClient) -> None:
    offered = (await http.get("/api/commands")).json()["commands"]
    assert [command["name"] for command in offered] == ["wishes", "mood"]
    assert offered[0]["actions"][2] == {
        "name": "rename", "description": "Say it differently", "text": "other words", "of_item": True,
    }  # fmt: skip


async def test_it_is_done_for_the_person_who_asks(http: httpx.AsyncClient, chat: Chat) -> None:
    wish = {"character": "Elena", "action": "add", "text": "a boat", "timezone": "Asia/Tokyo"}
    answer = (await http.post("/api/commands/wishes?user=ada", json=wish)).json()
    asked = chat.wishes.asked[-1]
    assert asked.audience == Audience("elena", "web:ada", "web:ada:elena", Visibility.PRIVATE)
    assert (asked.action, asked.text, asked.timezone, asked.platform) == ("add", "a boat", "Asia/Tokyo", "web")
    assert answer["text"] == "Your wishes: 1"
    assert [(item["text"], item["actions"]) for item in answer["items"]] == [("a boat", ["done", "rename"])]
    await http.post("/api/commands/mood", json={"character": "elena"})
    assert chat.wishes.asked[-1].audience.user_id == "local:me"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/commands/songs", {"character": "elena"}, 404, "not_there"),
        ("/api/commands/wishes", {"character": "nobody"}, 404, "unknown_character"),
        ("/api/commands/wishes", {"character": "elena", "action": "sing"}, 422, "not_understood"),
        ("/api/commands/wishes", {"character": "elena", "action": "done", "text": "x"}, 404, "not_there"),
        ("/api/commands/wishes", {"character": "elena", "text": "x" * 1001}, 422, "invalid_request"),
        ("/api/commands/wishes?user=discord:42", {"character": "elena"}, 422, "invalid_request"),
        ("/api/commands/wishes", {"character": "elena", "timezone": "'; drop"}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_is_refused(
    http: httpx.AsyncClient, path: str, body: object, status: int, code: str
) -> None:
    response = await http.post(path, json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


async def test_all_of_it_asks_for_the_token() -> None:
    async with Chat(token=TOKEN) as chat, httpx.AsyncClient(base_url=chat.door.url, timeout=10) as http:
        refused = [
            await http.get("/api/commands"),
            await http.post("/api/commands/wishes", json={"character": "elena"}),
        ]
        assert {response.status_code for response in refused} == {401}
        assert chat.wishes.asked == []


async def test_the_client_is_as_good_as_being_there(chat: Chat) -> None:
    alone = Audience("elena", "local:me", "local:elena", Visibility.PRIVATE)

    def asked(action: str, text: str = "") -> Asked:
        return Asked(alone, "friend", "terminal", action, text, SystemClock().now())

    async with RemoteCommands(chat.door.url) as remote:
        wishes, mood = await remote.all()
        assert (wishes.name, wishes.actions) == (chat.wishes.command.name, chat.wishes.command.actions)
        answer = await wishes.run(asked("add", "a boat"))
        assert [item.text for item in answer.items] == ["a boat"]
        assert (await mood.run(asked(""))).text == "Fine, friend."
        with pytest.raises(NotUnderstood, match="could not be done"):
            await wishes.run(asked("add", "@everyone"))
        with pytest.raises(NotThere):
            await wishes.run(asked("done", "unknown"))
        chat.wishes.away = True
        with pytest.raises(StoreUnavailable):
            await wishes.run(asked(""))
    async with RemoteCommands("http://127.0.0.1:9") as nobody:
        with pytest.raises(Unreachable):
            await nobody.all()
