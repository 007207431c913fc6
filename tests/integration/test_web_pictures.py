"""Pictures over the web door and from the terminal: handed in, then named by the message they belong to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from src_v2.core.errors import RefusedInput
from src_v2.interfaces.web.pictures import HELD_S, MOST_OF_ONE, HeldPictures
from src_v2.media.pictures import MOST_BYTES_IN, Pictures
from tests.integration.test_terminal_door import Sitting, _here, _remote
from tests.support.clock import VirtualClock
from tests.support.pictures import flag, saved
from tests.support.scripted_chat import TOKEN, Chat

PNG = saved(flag(), "PNG")


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=30) as client:
        yield client


async def hand_in(http: httpx.AsyncClient, name: str = "flag.png", data: bytes = PNG, **query: str) -> httpx.Response:
    return await http.post("/api/pictures", params={"name": name, **query}, content=data)


async def say(http: httpx.AsyncClient, text: str, *ids: str, **more: object) -> httpx.Response:
    return await http.post("/api/chat", json={"text": text, "pictures": ids, "stream": False, **more})


async def test_a_picture_goes_along_with_a_message(http: httpx.AsyncClient, chat: Chat) -> None:
    taken = await hand_in(http)
    assert taken.status_code == 201
    assert taken.json() | {"id": ""} == {"id": "", "name": "flag.png", "width": 60, "height": 80}
    answer = await say(http, "Look!", taken.json()["id"])
    assert answer.json()["text"] == "You said: Look!\n[sent a picture: flag.png]"
    (turn,) = chat.engine.turns
    assert [(one.name, one.width, one.height) for one in turn.pictures] == [("flag.png", 60, 80)]
    again = await say(http, "Look!", taken.json()["id"])  # a picture is sent once
    assert (again.status_code, again.json()["error"]["code"]) == (422, "refused_file")


async def test_a_picture_needs_no_words(http: httpx.AsyncClient, chat: Chat) -> None:
    answer = await say(http, "", (await hand_in(http)).json()["id"])
    assert answer.json()["text"] == "You said: [sent a picture: flag.png]"
    assert (await say(http, " ")).json()["error"]["code"] == "empty_text"


async def test_a_message_said_again_under_its_id_does_not_need_its_picture_again(
    http: httpx.AsyncClient, chat: Chat
) -> None:
    picture = (await hand_in(http)).json()["id"]
    first = await say(http, "Look!", picture, message_id="message-0001")
    second = await say(http, "Look!", picture, message_id="message-0001")
    assert first.json()["turn_id"] == second.json()["turn_id"]
    assert len(chat.engine.turns) == 1


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg/>", 422, "refused_file"), (PNG[:60], 422, "refused_file"), (b"", 422, "empty_file"),
        (bytes(MOST_BYTES_IN + 1), 413, "too_large"),
    ],
)  # fmt: skip
async def test_what_is_no_picture_is_refused_kindly(
    http: httpx.AsyncClient, data: bytes, status: int, code: str
) -> None:
    refused = await hand_in(http, data=data)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert refused.json()["error"]["message"]


async def test_nobody_sends_the_picture_of_somebody_else(http: httpx.AsyncClient, chat: Chat) -> None:
    picture = (await hand_in(http, user="ana")).json()["id"]
    refused = await say(http, "Look!", picture)
    assert refused.json()["error"]["code"] == "refused_file"
    assert (await say(http, "Look!", picture, user={"id": "ana"})).status_code == 200


async def test_five_are_too_many(http: httpx.AsyncClient) -> None:
    ids = [(await hand_in(http)).json()["id"] for _ in range(5)]
    assert "at most 4" in (await say(http, "", *ids)).json()["error"]["message"]


async def test_other_sites_and_strangers_hand_nothing_in() -> None:
    async with Chat(token=TOKEN) as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
        assert (await hand_in(http)).status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": "cross-site"}
        assert (await http.post("/api/pictures", content=PNG, headers=headers)).status_code == 403


async def test_what_is_not_sent_is_let_go_of() -> None:
    clock = VirtualClock()
    held = HeldPictures(Pictures(), clock)
    first, _ = await held.put("local:me", PNG, "a.png")
    clock.advance(HELD_S)
    with pytest.raises(RefusedInput, match="attach it again"):
        held.of("local:me", [first])
    kept = [(await held.put("local:me", PNG, "a.png"))[0] for _ in range(MOST_OF_ONE + 1)]
    with pytest.raises(RefusedInput):
        held.of("local:me", kept[:1])
    assert len(held.of("local:me", kept[-1:])) == 1
    held.forget("local:me")
    with pytest.raises(RefusedInput):
        held.of("local:me", kept[-1:])


@pytest.mark.parametrize("run", [_here, _remote], ids=["in_process", "remote"])
async def test_the_terminal_sends_a_file(
    run: Callable[[Chat, Sitting], Awaitable[None]], chat: Chat, tmp_path: Path
) -> None:
    photo = tmp_path / "my photo.png"
    photo.write_bytes(PNG)
    async with Sitting(lambda sitting: run(chat, sitting)) as sitting:
        sitting.lines.type(f'/picture "{photo}" what is this?')
        await sitting.screen.shows("You said: what is this?")
        await sitting.screen.shows("[sent a picture: my photo.png]")
        sitting.lines.type(f"/picture {tmp_path}/none.png")
        await sitting.screen.shows("there is no file")
        (tmp_path / "notes.png").write_text("no picture")
        sitting.lines.type(f"/picture {tmp_path}/notes.png look")
        await sitting.screen.shows("it is none of JPEG, PNG, WebP and GIF")
        sitting.lines.type("/picture")
        await sitting.screen.shows("say which one")
    (turn,) = chat.engine.turns
    assert [one.width for one in turn.pictures] == [60]
