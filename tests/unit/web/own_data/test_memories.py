"""What is remembered of people over HTTP: read page by page, searched, changed, deleted."""

import httpx
import pytest

from src_v2.core.messages import Role
from tests.support.own_data import ME, OwnDataInMemory
from tests.unit.web.own_data.asking import URL, error_of, texts


class TestMemories:
    async def test_they_are_paged_from_the_newest_on(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        for number in range(5):
            held.remember(ME, f"number {number}")
        seen, after = [], ""
        for _ in range(3):
            page = (await http.get(f"{URL}/elena/memories", params={"limit": 2, "after": after})).json()
            seen += [item["text"] for item in page["items"]]
            after = page["next"]
        assert seen == [f"number {number}" for number in (4, 3, 2, 1, 0)]
        assert after == ""

    async def test_one_is_shown_with_all_that_people_may_see(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        item = held.remember(ME, "I live in Porto.")
        for wanted in (item.id, item.id[-8:]):
            assert (await http.get(f"{URL}/elena/memories/{wanted}")).json() == {
                "id": item.id, "speaker_name": "Alice", "role": "user", "text": "I live in Porto.",
                "said_at": "2025-03-01T09:30:00Z", "place": "private", "is_own": True,
            }  # fmt: skip

    async def test_search_gives_the_best_first(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        for text in ("The boat is blue.", "My boat leaks in winter.", "Soup tonight."):
            held.remember(ME, text)
        found = (await http.get(f"{URL}/elena/memories/search", params={"q": " winter boat "})).json()
        assert [item["text"] for item in found["items"]] == ["My boat leaks in winter.", "The boat is blue."]
        assert error_of(await http.get(f"{URL}/elena/memories/search?q=%20")) == (422, "empty_text")
        assert error_of(await http.get(f"{URL}/elena/memories/search")) == (422, "invalid_request")

    async def test_own_words_are_changed_and_what_was_learned_goes(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        item = held.remember(ME, "I live in Porto.")
        held.learn(ME, "user", "lives_in", "Porto", source=item.id)
        changed = await http.patch(f"{URL}/elena/memories/{item.id}", json={"text": " I live in Faro. "})
        assert changed.json()["text"] == "I live in Faro."
        assert await texts(http) == ["I live in Faro."]
        assert (await http.get(f"{URL}/elena/facts")).json() == {"facts": []}

    async def test_a_reply_can_only_be_deleted(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        reply = held.remember(ME, "Good evening.", role=Role.CHARACTER)
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
        self, http: httpx.AsyncClient, held: OwnDataInMemory, body: object, expected: tuple[int, str]
    ) -> None:
        item = held.remember(ME, "before")
        assert error_of(await http.patch(f"{URL}/elena/memories/{item.id}", json=body)) == expected
        assert await texts(http) == ["before"]

    async def test_limits_and_ids_have_a_shape(self, http: httpx.AsyncClient) -> None:
        for path in ("memories?limit=0", "memories?limit=101", "memories/short", "memories/not_an_id!!"):
            assert error_of(await http.get(f"{URL}/elena/{path}")) == (422, "invalid_request")
