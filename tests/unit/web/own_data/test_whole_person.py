"""What is about all characters at once over HTTP: the switches, the export, the erasure."""

import httpx
import pytest

from src_v2.interfaces.web.own_data_routes import EXPORT_NAME
from tests.support.own_data import ME, OwnDataInMemory
from tests.unit.web.own_data.asking import ADA, UNKNOWN, URL, error_of, exported, texts


class TestWholePerson:
    async def test_switches_begin_as_they_are_meant_and_are_kept(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        assert (await http.get(f"{URL}/switches")).json() == {"remember": True, "servers": True, "share": False}
        after = {"remember": False, "servers": True, "share": False}
        assert (await http.put(f"{URL}/switches/remember", json={"on": False})).json() == after
        assert (await http.get(f"{URL}/switches")).json() == after
        assert set(held.decided) == {"local:me"}

    async def test_the_export_is_a_file_whose_name_tells_nothing(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        held.remember(ME, "I live in Porto.")
        response = await http.get(f"{URL}/export")
        assert response.headers["content-type"] == "application/zip"
        assert response.headers["content-disposition"] == f'attachment; filename="{EXPORT_NAME}"'
        assert response.headers["cache-control"] == "no-store"
        assert exported(response.content) == ("local:me", {"elena": ["I live in Porto."]})

    async def test_an_erasure_is_followed_to_its_end(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        held.remember(ME, "forget this")
        held.remember(ADA, "keep that")
        begun = await http.post(f"{URL}/erase", json={"confirm": "erase"})
        assert begun.status_code == 202
        assert begun.json()["state"] == "working"
        url = f"{URL}/erasures/{begun.json()['id']}"
        for working, waiting, state in ((True, False, "working"), (False, True, "waiting"), (False, False, "done")):
            held.working, held.vectors_away = working, waiting
            assert (await http.get(url)).json() == {"id": begun.json()["id"], "state": state}
        assert (await texts(http), await texts(http, "?user=ada")) == ([], ["keep that"])
        assert (await http.get(f"{URL}/erasures/{UNKNOWN}")).json()["state"] == "done"

    @pytest.mark.parametrize("body", [None, {}, {"confirm": "yes"}, {"confirm": ""}, {"confirm": "erase", "x": 1}])
    async def test_nothing_is_erased_by_accident(
        self, http: httpx.AsyncClient, held: OwnDataInMemory, body: object
    ) -> None:
        assert error_of(await http.post(f"{URL}/erase", json=body)) == (422, "invalid_request")
        assert held.erasing == {}
