"""What the API of people's own data refuses, on every route: strangers, other sites, what is not there."""

import httpx

from tests.support.own_data import OwnDataInMemory
from tests.support.scripted_chat import TOKEN, Chat
from tests.unit.web.own_data.asking import CHANGING, REQUESTS, UNKNOWN, URL, error_of


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

    async def test_a_store_that_is_away_is_told_kindly(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        held.away = True
        for method, path, body in REQUESTS:
            response = await http.request(method, URL + path, json=body)
            assert error_of(response) == (503, "unavailable"), path
            assert "try again" in response.json()["error"]["message"]

    async def test_other_sites_change_nothing(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        for method, path, body in CHANGING:
            for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                response = await http.request(method, URL + path, json=body, headers=headers)
                assert error_of(response) == (403, "cross_site"), path
        assert (held.erasing, held.brought, held.decided) == ({}, [], {})
        assert (held.kept, held.known, held.wishes) == ({}, {}, {})
        assert held.calls == []

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
