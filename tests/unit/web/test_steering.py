"""The API of costs and models, and the client that talks to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from src_v2.agents.costs.models import CostReport
from src_v2.agents.models.role import ModelRole
from src_v2.core.errors import ModelNotTaken, NotThere
from src_v2.interfaces.web.client import Refused, Unreachable
from src_v2.interfaces.web.steering_client import RemoteSteering
from tests.support.scripted_chat import TOKEN, Chat
from tests.support.steering import REPORT


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client


@pytest.fixture
async def remote(chat: Chat) -> AsyncIterator[RemoteSteering]:
    async with RemoteSteering(chat.door.url) as client:
        yield client


async def test_a_report_is_of_whom_one_speaks_for(http: httpx.AsyncClient, chat: Chat) -> None:
    mine = (await http.get("/api/costs")).json()
    await http.get("/api/costs?user=ada&days=30")
    await http.get("/api/costs/all?days=1")
    assert chat.steering.asked == [("person local:me", 7), ("person web:ada", 30), ("all", 1)]
    assert mine["days"] == 7
    assert [entry["model"] for entry in mine["entries"]] == ["openai:gpt-5-mini", "vllm:local"]
    assert mine["entries"][1]["used"]["unpriced"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/costs?days=0", None, 422),
        ("GET", "/api/costs?days=91", None, 422),
        ("GET", "/api/costs?user=discord:42", None, 422),
        ("GET", "/api/models/nobody", None, 404),
        ("PUT", "/api/models/elena/mainn", {"model": "ollama:good"}, 422),
        ("PUT", "/api/models/elena/main", {"model": "ollama:good", "hours": 169}, 422),
        ("PUT", "/api/models/elena/main", {"model": "opnai:x"}, 422),
        ("PUT", "/api/models/nobody/main", {"model": "ollama:good"}, 404),
    ],
)
async def test_what_cannot_be_is_refused(
    http: httpx.AsyncClient, chat: Chat, method: str, path: str, body: object, status: int
) -> None:
    response = await http.request(method, path, json=body)
    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert chat.steering.chosen == {}


async def test_all_of_it_asks_for_the_token() -> None:
    async with Chat(token=TOKEN) as chat, httpx.AsyncClient(base_url=chat.door.url, timeout=10) as http:
        refused = [
            await http.get("/api/costs"),
            await http.get("/api/costs/all"),
            await http.get("/api/models/elena"),
            await http.put("/api/models/elena/main", json={"model": "ollama:good"}),
            await http.delete("/api/models/elena/main"),
        ]
        assert {response.status_code for response in refused} == {401}
        assert (chat.steering.asked, chat.steering.chosen) == ([], {})


async def test_the_client_reads_what_the_api_says(remote: RemoteSteering) -> None:
    mine = await remote.of_person("local:me")
    assert mine == CostReport(7, list(REPORT.entries), REPORT.priced_on)
    assert (await remote.of_all(3)).days == 3
    chosen = await remote.choose("elena", ModelRole.SMALL, "ollama:good", 5)
    assert chosen.models == ("ollama:good", "offline:demo")
    assert chosen.chosen_until is not None
    assert [role.role for role in await remote.shown("elena")] == list(ModelRole)
    assert (await remote.undo("elena", ModelRole.SMALL)).chosen_until is None


async def test_the_client_raises_what_the_other_side_met(remote: RemoteSteering) -> None:
    with pytest.raises(ModelNotTaken, match="unknown provider"):
        await remote.choose("elena", ModelRole.MAIN, "opnai:x")
    with pytest.raises(Refused):
        await remote.shown("nobody")
    with pytest.raises(NotThere):
        await remote.of_person("discord:42")
    with pytest.raises(NotThere):
        await remote.of_server("discord:1")


async def test_the_client_says_when_nobody_answers() -> None:
    async with RemoteSteering("http://127.0.0.1:9") as client:
        with pytest.raises(Unreachable):
            await client.of_all()
