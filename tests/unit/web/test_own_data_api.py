"""People's own data over HTTP: every route, whose data it is about, and everything that is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from src_v2.interfaces.web import upload
from src_v2.interfaces.web.failures import ApiError
from src_v2.interfaces.web.own_data_routes import EXPORT_NAME, MAX_IMPORT_BYTES
from src_v2.interfaces.web.upload import whole_body
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import ErasureState, Whose
from tests.support.scripted_chat import TOKEN, Chat
from tests.unit.web.own_data_double import ME, OwnDataDouble

ADA = Whose("elena", "web:ada")
ON_DISCORD = Whose("elena", "discord:42")
URL = "/api/own-data"
UNKNOWN = "00000000-0000-7000-8000-000000000000"
HISTORY = b'{"mes": "We sailed to Naxos."}\n{"mes": ""}\n{"mes": "And back."}'

REQUESTS: list[tuple[str, str, object]] = [
    ("GET", "/elena/memories", None),
    ("GET", "/elena/memories/search?q=boat", None),
    ("GET", f"/elena/memories/{UNKNOWN}", None),
    ("PATCH", f"/elena/memories/{UNKNOWN}", {"text": "x"}),
    ("DELETE", f"/elena/memories/{UNKNOWN}", None),
    ("GET", "/elena/facts", None),
    ("PATCH", f"/elena/facts/{UNKNOWN}", {"object": "x"}),
    ("DELETE", f"/elena/facts/{UNKNOWN}", None),
    ("GET", "/elena/summaries", None),
    ("GET", "/elena/preferences", None),
    ("PUT", "/elena/preferences/tone", {"value": "warm"}),
    ("DELETE", "/elena/preferences/tone", None),
    ("GET", "/switches", None),
    ("PUT", "/switches/share", {"on": True}),
    ("GET", "/export", None),
    ("POST", "/erase", {"confirm": "erase"}),
    ("GET", f"/erasures/{UNKNOWN}", None),
    ("POST", "/import?character=elena", {"mes": "hi"}),
]
CHANGING = [request for request in REQUESTS if request[0] != "GET"]


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
def held(chat: Chat) -> OwnDataDouble:
    return chat.own_data


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client


def error_of(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["message"]
    return response.status_code, error["code"]


async def texts(http: httpx.AsyncClient, query: str = "") -> list[str]:
    found = (await http.get(f"{URL}/elena/memories{query}")).json()
    return [item["text"] for item in found["items"]]


class TestMemories:
    async def test_they_are_paged_from_the_newest_on(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        for number in range(5):
            held.said(ME, f"number {number}")
        seen, after = [], ""
        for _ in range(3):
            page = (await http.get(f"{URL}/elena/memories", params={"limit": 2, "after": after})).json()
            seen += [item["text"] for item in page["items"]]
            after = page["next"]
        assert seen == [f"number {number}" for number in (4, 3, 2, 1, 0)]
        assert after == ""

    async def test_one_is_shown_with_all_that_people_may_see(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        item = held.said(ME, "I live in Porto.")
        for wanted in (item.id, item.id[-8:]):
            assert (await http.get(f"{URL}/elena/memories/{wanted}")).json() == {
                "id": item.id, "speaker_name": "friend", "role": "user", "text": "I live in Porto.",
                "said_at": "2026-03-01T09:31:00Z", "place": "private", "is_own": True,
            }  # fmt: skip

    async def test_search_gives_the_best_first(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        for text in ("The boat is blue.", "My boat leaks in winter.", "Soup tonight."):
            held.said(ME, text)
        found = (await http.get(f"{URL}/elena/memories/search", params={"q": " winter boat "})).json()
        assert [item["text"] for item in found["items"]] == ["My boat leaks in winter.", "The boat is blue."]
        assert error_of(await http.get(f"{URL}/elena/memories/search?q=%20")) == (422, "empty_text")
        assert error_of(await http.get(f"{URL}/elena/memories/search")) == (422, "invalid_request")

    async def test_own_words_are_changed_and_what_was_learned_goes(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        item = held.said(ME, "I live in Porto.")
        held.learned(ME, "user", "lives_in", "Porto", source=item.id)
        changed = await http.patch(f"{URL}/elena/memories/{item.id}", json={"text": " I live in Faro. "})
        assert changed.json()["text"] == "I live in Faro."
        assert await texts(http) == ["I live in Faro."]
        assert (await http.get(f"{URL}/elena/facts")).json() == {"facts": []}

    async def test_a_reply_can_only_be_deleted(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        reply = held.said(ME, "Good evening.", own=False)
        url = f"{URL}/elena/memories/{reply.id}"
        assert error_of(await http.patch(url, json={"text": "x"})) == (404, "not_there")
        deleted = await http.delete(url)
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert await texts(http) == []

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"text": "  "}, (422, "empty_text")),
            ({"text": "x" * 4001}, (413, "text_too_long")),
            ({"text": "x" * 9000}, (422, "invalid_request")),
            ({"text": "x" * 70_000}, (413, "too_large")),
            ({}, (422, "invalid_request")),
            ({"text": "x", "usr": "ada"}, (422, "invalid_request")),
        ],
    )
    async def test_words_that_are_not_taken_change_nothing(
        self, http: httpx.AsyncClient, held: OwnDataDouble, body: object, expected: tuple[int, str]
    ) -> None:
        item = held.said(ME, "before")
        assert error_of(await http.patch(f"{URL}/elena/memories/{item.id}", json=body)) == expected
        assert await texts(http) == ["before"]

    async def test_limits_and_ids_have_a_shape(self, http: httpx.AsyncClient) -> None:
        for path in ("memories?limit=0", "memories?limit=101", "memories/short", "memories/not_an_id!!"):
            assert error_of(await http.get(f"{URL}/elena/{path}")) == (422, "invalid_request")


class TestKnowledge:
    async def test_facts_are_shown_current_first_without_anybodys_id(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        held.learned(ME, "user", "lives_in", "Lisbon", until="2025")
        now = held.learned(ME, "user", "lives_in", "Porto")
        found = (await http.get(f"{URL}/elena/facts")).json()["facts"]
        assert [(fact["object"], fact["is_current"], fact["valid_until"]) for fact in found] == [
            ("Porto", True, None),
            ("Lisbon", False, "2025"),
        ]
        assert found[0]["id"] == now.id
        assert "local:me" not in json.dumps(found)

    async def test_a_fact_is_corrected_and_retracted(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        fact = held.learned(ME, "user", "lives_in", "Porto")
        corrected = (await http.patch(f"{URL}/elena/facts/{fact.id}", json={"object": "Vila\n Nova"})).json()
        assert corrected["object"] == "Vila Nova"
        assert (await http.delete(f"{URL}/elena/facts/{corrected['id']}")).status_code == 204
        assert (await http.get(f"{URL}/elena/facts")).json()["facts"] == []

    @pytest.mark.parametrize(("thing", "expected"), [(" ", (422, "empty_text")), ("x" * 301, (422, "invalid_request"))])
    async def test_a_correction_says_something_short(
        self, http: httpx.AsyncClient, held: OwnDataDouble, thing: str, expected: tuple[int, str]
    ) -> None:
        fact = held.learned(ME, "user", "lives_in", "Porto")
        assert error_of(await http.patch(f"{URL}/elena/facts/{fact.id}", json={"object": thing})) == expected
        assert (await held.facts(ME))[0].object == "Porto"

    async def test_summaries_come_latest_first(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        held.summed_up(ME, "About boats.", "boats")
        held.summed_up(ME, "About soup.", "soup")
        found = (await http.get(f"{URL}/elena/summaries?limit=1")).json()["summaries"]
        assert [(one["text"], one["topics"]) for one in found] == [("About soup.", ["soup"])]

    async def test_preferences_are_set_and_cleared(self, http: httpx.AsyncClient) -> None:
        url = f"{URL}/elena/preferences"
        for name, value in (("avoid", "spiders"), ("avoid", "politics"), ("tone", "dry"), ("tone", "warm")):
            assert (await http.put(f"{url}/{name}", json={"value": value})).status_code == 204
        assert (await http.delete(f"{url}/avoid", params={"value": "spiders"})).status_code == 204
        found = (await http.get(url)).json()["preferences"]
        assert [(one["name"], one["value"]) for one in found] == [("avoid", "politics"), ("tone", "warm")]
        assert (await http.delete(f"{url}/tone")).status_code == 204
        assert error_of(await http.delete(f"{url}/tone")) == (404, "not_there")

    async def test_only_known_preferences_and_switches_exist(self, http: httpx.AsyncClient) -> None:
        wrong = [
            await http.put(f"{URL}/elena/preferences/colour", json={"value": "red"}),
            await http.put(f"{URL}/elena/preferences/tone", json={"value": "x" * 301}),
            await http.put(f"{URL}/switches/everything", json={"on": True}),
            await http.put(f"{URL}/switches/share", json={"on": "perhaps"}),
        ]
        assert [error_of(response) for response in wrong] == [(422, "invalid_request")] * 4


class TestWholePerson:
    async def test_switches_begin_as_they_are_meant_and_are_kept(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        assert (await http.get(f"{URL}/switches")).json() == {"remember": True, "servers": True, "share": False}
        after = {"remember": False, "servers": True, "share": False}
        assert (await http.put(f"{URL}/switches/remember", json={"on": False})).json() == after
        assert (await http.get(f"{URL}/switches")).json() == after
        assert set(held.decided) == {"local:me"}

    async def test_the_export_is_a_file_whose_name_tells_nothing(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        held.said(ME, "I live in Porto.")
        response = await http.get(f"{URL}/export")
        assert response.headers["content-type"] == "application/zip"
        assert response.headers["content-disposition"] == f'attachment; filename="{EXPORT_NAME}"'
        assert response.headers["cache-control"] == "no-store"
        data = json.loads(ZipFile(BytesIO(response.content)).read("data.json"))
        assert data == {"user_id": "local:me", "memories": {"elena": ["I live in Porto."]}}

    async def test_an_erasure_is_followed_to_its_end(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        held.said(ME, "forget this")
        held.said(ADA, "keep that")
        begun = await http.post(f"{URL}/erase", json={"confirm": "erase"})
        assert begun.status_code == 202
        assert begun.json()["state"] == "working"
        url = f"{URL}/erasures/{begun.json()['id']}"
        for state in (ErasureState.WAITING, ErasureState.DONE):
            held.progress(state)
            assert (await http.get(url)).json() == {"id": begun.json()["id"], "state": state.value}
        assert (await texts(http), await texts(http, "?user=ada")) == ([], ["keep that"])
        assert (await http.get(f"{URL}/erasures/{UNKNOWN}")).json()["state"] == "done"

    @pytest.mark.parametrize("body", [None, {}, {"confirm": "yes"}, {"confirm": ""}, {"confirm": "erase", "x": 1}])
    async def test_nothing_is_erased_by_accident(
        self, http: httpx.AsyncClient, held: OwnDataDouble, body: object
    ) -> None:
        assert error_of(await http.post(f"{URL}/erase", json=body)) == (422, "invalid_request")
        assert held.erasing == {}


class TestBringingIn:
    async def test_a_file_is_added_once(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        url = f"{URL}/import?character=Elena&timezone=Europe/Lisbon"
        first = (await http.post(url, content=HISTORY)).json()
        assert first == {"kind": "SillyTavern", "added": 2, "known": 0, "left_out": {"empty messages": 1}}
        assert (await http.post(url, content=HISTORY)).json()["known"] == 2
        assert held.brought == [(ME, HISTORY, "Europe/Lisbon")] * 2
        assert await texts(http) == ["And back.", "We sailed to Naxos."]

    async def test_a_file_larger_than_a_message_is_taken(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        large = json.dumps({"mes": "x" * 2_000_000}).encode()
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
        self, http: httpx.AsyncClient, held: OwnDataDouble, query: str, body: bytes, expected: tuple[int, str]
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


class TestWhose:
    async def test_a_program_sees_and_changes_the_data_of_whom_it_speaks_for(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        held.said(ME, "mine")
        item = held.said(ADA, "Ada's")
        fact = held.learned(ADA, "user", "likes", "numbers")
        user = {"user": {"id": "ada", "name": "Ada"}}
        assert await texts(http, "?user=ada") == ["Ada's"]
        changes = [
            await http.patch(f"{URL}/elena/memories/{item.id}", json={"text": "new", **user}),
            await http.patch(f"{URL}/elena/facts/{fact.id}?user=ada", json={"object": "engines"}),
            await http.put(f"{URL}/elena/preferences/tone", json={"value": "dry", **user}),
            await http.put(f"{URL}/switches/share", json={"on": True, **user}),
            await http.post(f"{URL}/import?character=elena&user=ada", content=HISTORY),
            await http.post(f"{URL}/erase?user=ada", json={"confirm": "erase", **user}),
        ]
        assert [response.status_code for response in changes] == [200, 200, 204, 200, 200, 202]
        shelf = held.shelves[ADA]
        assert [m.text for m in shelf.memories] == ["new", "We sailed to Naxos.", "And back."]
        assert [f.object for f in shelf.facts] == ["engines"]
        assert [p.name for p in shelf.preferences] == [PreferenceName.TONE]
        assert set(held.decided) == {"web:ada"}
        assert list(held.erasing.values()) == ["web:ada"]
        assert [m.text for m in held.shelves[ME].memories] == ["mine"]

    async def test_what_is_somebody_elses_is_not_there(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        item, fact = held.said(ME, "mine"), held.learned(ME, "user", "likes", "soup")
        one, two = f"{URL}/elena/memories/{item.id}", f"{URL}/elena/facts/{fact.id}"
        for query in ("?user=ada", "?user=local.me"):
            refused = [
                await http.get(one + query),
                await http.patch(one + query, json={"text": "x"}),
                await http.delete(one + query),
                await http.patch(two + query, json={"object": "x"}),
                await http.delete(two + query),
            ]
            assert [error_of(response) for response in refused] == [(404, "not_there")] * 5
        of_marcus = await http.delete(f"{URL}/marcus/memories/{item.id}")
        assert error_of(of_marcus) == (404, "not_there")
        assert (await texts(http), (await held.facts(ME))[0].object) == (["mine"], "soup")

    async def test_nobody_is_named_with_a_platform(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        for method, path, body in REQUESTS:
            if path.startswith("/erasures"):
                continue  # its id says whose it is
            for user in ("discord:42", "local:me", "", "a/../b"):
                url = httpx.URL(URL + path).copy_merge_params({"user": user})
                assert error_of(await http.request(method, url, json=body)) == (422, "invalid_request"), path
        assert (held.erasing, held.brought, held.decided) == ({}, [], {})

    async def test_a_request_is_about_one_person(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        body = {"confirm": "erase", "user": {"id": "ada"}}
        assert error_of(await http.post(f"{URL}/erase?user=bob", json=body)) == (422, "two_people")
        assert held.erasing == {}

    async def test_an_operator_names_a_full_user_id(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        held.said(ON_DISCORD, "on Discord")
        subject = {"subject": "discord:42"}
        data = json.loads(ZipFile(BytesIO((await http.get(f"{URL}/export", params=subject)).content)).read("data.json"))
        assert data == {"user_id": "discord:42", "memories": {"elena": ["on Discord"]}}
        brought = await http.post(f"{URL}/import", params={"character": "elena", **subject}, content=HISTORY)
        assert brought.json()["added"] == 2
        begun = (await http.post(f"{URL}/erase", params=subject, json={"confirm": "erase"})).json()
        assert list(held.erasing.values()) == ["discord:42"]
        held.progress(ErasureState.DONE)
        assert (await http.get(f"{URL}/erasures/{begun['id']}")).json()["state"] == "done"
        assert ON_DISCORD not in held.shelves

    async def test_a_programs_person_names_nobody_else(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        both = {"user": "ada", "subject": "discord:42"}
        body = {"confirm": "erase", "user": {"id": "ada"}}
        refused = [
            await http.get(f"{URL}/export", params=both),
            await http.post(f"{URL}/erase", params=both, json={"confirm": "erase"}),
            await http.post(f"{URL}/erase?subject=discord:42", json=body),
            await http.post(f"{URL}/import", params={"character": "elena", **both}, content=HISTORY),
        ]
        assert [error_of(response) for response in refused] == [(403, "not_yours")] * 4
        assert (held.erasing, held.brought) == ({}, [])

    async def test_a_subject_has_a_shape_and_is_nowhere_else(
        self, http: httpx.AsyncClient, held: OwnDataDouble
    ) -> None:
        for subject in ("", "ada", "discord:", "discord:4 2", "DISCORD:42"):
            assert error_of(await http.get(f"{URL}/export", params={"subject": subject})) == (422, "invalid_request")
        body = {"confirm": "erase", "subject": "discord:42"}
        assert error_of(await http.post(f"{URL}/erase", json=body)) == (422, "invalid_request")
        held.said(ON_DISCORD, "on Discord")
        assert await texts(http, "?subject=discord:42") == []


class TestRefused:
    async def test_an_unknown_character_is_said_to_be_one(self, http: httpx.AsyncClient) -> None:
        for method, path, body in REQUESTS:
            if path.startswith("/elena"):
                response = await http.request(method, URL + path.replace("elena", "nobody"), json=body)
                assert error_of(response) == (404, "unknown_character"), path

    async def test_what_is_unknown_is_not_there(self, http: httpx.AsyncClient) -> None:
        for method, path, body in REQUESTS:
            if UNKNOWN in path and "erasures" not in path:
                assert error_of(await http.request(method, URL + path, json=body)) == (404, "not_there"), path

    async def test_a_store_that_is_away_is_told_kindly(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        held.away = True
        for method, path, body in REQUESTS:
            response = await http.request(method, URL + path, json=body)
            assert error_of(response) == (503, "unavailable"), path
            assert "try again" in response.json()["error"]["message"]

    async def test_other_sites_change_nothing(self, http: httpx.AsyncClient, held: OwnDataDouble) -> None:
        for method, path, body in CHANGING:
            for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                response = await http.request(method, URL + path, json=body, headers=headers)
                assert error_of(response) == (403, "cross_site"), path
        assert (held.erasing, held.brought, held.decided, held.shelves) == ({}, [], {}, {})

    async def test_other_sites_do_not_start_an_export(self, http: httpx.AsyncClient) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert error_of(await http.get(f"{URL}/export", headers=headers)) == (403, "cross_site")
        assert (await http.get(f"{URL}/export", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 200

    async def test_wrong_methods_are_told_apart(self, http: httpx.AsyncClient) -> None:
        for _, path, _ in REQUESTS:
            wrong = "GET" if path.startswith(("/import", "/erase?", "/switches/")) or path == "/erase" else "POST"
            assert error_of(await http.request(wrong, URL + path)) == (405, "method_not_allowed"), path

    async def test_answers_are_never_kept(self, http: httpx.AsyncClient) -> None:
        for method, path, body in REQUESTS:
            assert (await http.request(method, URL + path, json=body)).headers["cache-control"] == "no-store", path

    async def test_where_a_token_is_set_it_is_wanted(self) -> None:
        right = {"Authorization": f"Bearer {TOKEN}"}
        async with Chat(token=TOKEN) as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
            for method, path, body in REQUESTS:
                for headers in ({}, {"Cookie": "whisperengine_session=1.x"}):
                    response = await http.request(method, URL + path, json=body, headers=headers)
                    assert error_of(response) == (401, "sign_in_required"), path
                allowed = await http.request(method, URL + path, json=body, headers=right)
                assert allowed.status_code not in {401, 403}, path

    async def test_naming_somebody_takes_the_token_too(self) -> None:
        async with Chat(token=TOKEN) as chat, httpx.AsyncClient(base_url=chat.door.url) as http:
            url = f"{URL}/export?subject=discord:42"
            assert error_of(await http.get(url)) == (401, "sign_in_required")
            assert (await http.get(url, headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 200
