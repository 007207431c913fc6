"""What a character says by itself, on the page and in the terminal: shown when it comes, and after a reload."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from src_v2.app import App
from src_v2.core.clock import SystemClock
from src_v2.core.ids import new_id
from src_v2.core.outgoing import Button, Outgoing
from src_v2.interfaces.terminal import RemoteChat, TerminalDoor
from src_v2.interfaces.web.arrivals import MOST_WAITING, Arrivals
from src_v2.interfaces.web.people import LOCAL_PERSON, api_person
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.integration.test_terminal_door import Sitting
from tests.support.house import make_settings
from tests.support.scripted_chat import TOKEN

BUTTONS = (Button("reminder.done", "Done"), Button("reminder.snooze", "Later"))


@asynccontextmanager
async def running(folder: Path, **variables: Any) -> AsyncIterator[App]:
    app = App(make_settings(folder, **variables), embedder=HashingEmbedder())
    await app.start()
    app.delivery.pressed["reminder"] = told
    try:
        yield app
    finally:
        await app.stop()


async def told(action: str, about: str, user_id: str) -> str:
    return f"{action} {about} for {user_id}"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path) as app:
        yield app


@pytest.fixture
async def http(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=app.url, timeout=10) as client:
        yield client


def saying(text: str = "Time for your tea.", **more: Any) -> Outgoing:
    audience = LOCAL_PERSON.audience("elena")
    fine = Outgoing(new_id(), audience, "web", text, "reminder", BUTTONS, "r1")
    return replace(fine, **more)


async def lines(http: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    found = await http.get("/api/conversation", params={"character": "elena", **query})
    return list(found.json()["messages"])


async def next_event(response: httpx.Response) -> str:
    async with asyncio.timeout(5):
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                return line
    raise AssertionError("the stream ended")


async def test_who_has_the_page_open_sees_it_come(app: App, http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/api/arrivals?character=elena") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        chunks = response.aiter_lines()
        assert (await anext(chunks)).startswith(":"), "it says at once that it listens"
        message = saying()
        await app.delivery(message)
        async with asyncio.timeout(5):
            data = next(line for line in [line async for line in _until_data(chunks)] if line.startswith("data:"))
    assert message.id in data
    assert '"label":"Later"' in data
    assert '"speaker":"Elena"' in data


async def _until_data(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in chunks:
        yield line
        if line.startswith("data:"):
            return


async def test_it_is_there_after_a_reload_with_its_buttons_until_one_is_pressed(
    app: App, http: httpx.AsyncClient
) -> None:
    message = saying()
    await app.delivery(message)
    (line,) = await lines(http)
    assert (line["id"], line["text"], line["role"]) == (message.id, "Time for your tea.", "character")
    assert line["buttons"] == [
        {"action": "reminder.done", "label": "Done"}, {"action": "reminder.snooze", "label": "Later"},
    ]  # fmt: skip
    press = f"/api/messages/{message.id}/press"
    stranger = await http.post(press, json={"action": "reminder.done", "user": {"id": "mallory"}})
    assert stranger.status_code == 404
    pressed = await http.post(press, json={"character": "elena", "action": "reminder.done"})
    assert pressed.json()["text"] == "reminder.done r1 for local:me"
    assert (await http.post(press, json={"character": "elena", "action": "reminder.done"})).status_code == 404
    assert (await lines(http))[0]["buttons"] == []


async def test_nobody_hears_what_is_said_to_somebody_else(app: App, http: httpx.AsyncClient) -> None:
    other = api_person("olga")
    async with http.stream("GET", "/api/arrivals?character=elena&user=olga") as response:
        chunks = response.aiter_lines()
        assert (await anext(chunks)).startswith(":")
        await app.delivery(saying("Only for me."))
        await app.delivery(saying("Only for Olga.", audience=other.audience("elena")))
        async with asyncio.timeout(5):
            data = [line async for line in _until_data(chunks)][-1]
    assert "Only for Olga." in data
    assert [line["text"] for line in await lines(http, user="olga")] == ["Only for Olga."]


async def test_listening_takes_the_token(tmp_path: Path) -> None:
    async with running(tmp_path, web_token=TOKEN) as app, httpx.AsyncClient(base_url=app.url) as http:
        assert (await http.get("/api/arrivals?character=elena")).status_code == 401


async def test_a_page_that_is_open_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    async with httpx.AsyncClient(timeout=10) as http:
        async with running(tmp_path) as app:
            stream = http.stream("GET", f"{app.url}/api/arrivals?character=elena")
            response = await stream.__aenter__()
            chunks = response.aiter_lines()
            await anext(chunks)
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 4
        assert [line async for line in chunks if line.startswith("data:")] == []
        await stream.__aexit__(None, None, None)


async def test_a_listener_who_does_not_listen_is_let_go() -> None:
    arrivals: Arrivals[int] = Arrivals()
    audience = LOCAL_PERSON.audience("elena")
    listening = arrivals.of(audience)
    assert await anext(listening) is None
    for number in range(MOST_WAITING + 5):
        arrivals.tell(audience, number)
    assert [number async for number in listening] == list(range(MOST_WAITING))
    arrivals.tell(audience, 1)  # nobody is left


def _here(app: App, sitting: Sitting) -> TerminalDoor:
    return TerminalDoor(
        app.lanes, app.memory, app.own_data, app.feedback, app.characters, "elena", SystemClock(),
        steering=app.language.steering, presses=app.delivery, console=sitting.screen, lines=sitting.lines,
    )  # fmt: skip


async def _in_this_process(app: App, sitting: Sitting) -> None:
    door = _here(app, sitting)
    app.delivery.listeners.append(door.announce)
    await door.start()
    await door.left()
    await door.stop()


async def _in_another(app: App, sitting: Sitting) -> None:
    await RemoteChat(app.url, "elena", SystemClock(), console=sitting.screen, lines=sitting.lines).run()


@pytest.mark.parametrize("way", [_in_this_process, _in_another])
async def test_in_the_terminal_it_comes_by_itself_and_can_be_pressed(app: App, way: Any) -> None:
    await app.delivery(saying("Said while nobody looked.", buttons=()))
    async with Sitting(lambda sitting: way(app, sitting)) as sitting:
        await sitting.screen.shows("Said while nobody looked.")
        await sitting.lines.prompted.wait()
        async with asyncio.timeout(5):
            while not app.web or not _listened_to(app, sitting):  # noqa: ASYNC110 - a listener tells nobody
                await asyncio.sleep(0.01)
        await app.delivery(saying())
        await sitting.screen.shows("Elena > Time for your tea.")
        await sitting.screen.shows("(/press done or /press later)")
        sitting.lines.type("/press later")
        await sitting.screen.shows("reminder.snooze r1 for local:me")
        sitting.lines.type("/press later")
        await sitting.screen.shows("There is no such button.")
    assert sitting.screen.text.count("Time for your tea.") == 1


def _listened_to(app: App, sitting: Sitting) -> bool:
    """Whether anybody listens, wherever the terminal is."""
    announces = [listener.__self__ for listener in app.delivery.listeners]  # type: ignore[attr-defined] # methods
    return any(replies.arrivals._listeners for replies in announces)
