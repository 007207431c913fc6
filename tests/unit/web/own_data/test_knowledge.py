"""What was learned of people over HTTP: facts, summaries, and how they want to be spoken with."""

import json

import httpx
import pytest

from tests.support.own_data import ME, OwnDataInMemory
from tests.unit.web.own_data.asking import URL, error_of


class TestKnowledge:
    async def test_facts_are_shown_current_first_without_anybodys_id(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        held.learn(ME, "user", "lives_in", "Lisbon", until="2025")
        now = held.learn(ME, "user", "lives_in", "Porto")
        found = (await http.get(f"{URL}/elena/facts")).json()["facts"]
        assert [(fact["object"], fact["is_current"], fact["valid_until"]) for fact in found] == [
            ("Porto", True, None),
            ("Lisbon", False, "2025"),
        ]
        assert found[0]["id"] == now.id
        assert "local:me" not in json.dumps(found)

    async def test_a_fact_is_corrected_and_retracted(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        fact = held.learn(ME, "user", "lives_in", "Porto")
        corrected = (await http.patch(f"{URL}/elena/facts/{fact.id}", json={"object": "Vila\n Nova"})).json()
        assert corrected["object"] == "Vila Nova"
        assert (await http.delete(f"{URL}/elena/facts/{corrected['id']}")).status_code == 204
        assert (await http.get(f"{URL}/elena/facts")).json()["facts"] == []

    @pytest.mark.parametrize(("thing", "expected"), [(" ", (422, "empty_text")), ("x" * 301, (422, "invalid_request"))])
    async def test_a_correction_says_something_short(
        self, http: httpx.AsyncClient, held: OwnDataInMemory, thing: str, expected: tuple[int, str]
    ) -> None:
        fact = held.learn(ME, "user", "lives_in", "Porto")
        assert error_of(await http.patch(f"{URL}/elena/facts/{fact.id}", json={"object": thing})) == expected
        assert (await held.facts(ME))[0].object == "Porto"

    async def test_summaries_come_latest_first(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        held.sum_up(ME, "About boats.", "boats")
        held.sum_up(ME, "About soup.", "soup")
        found = (await http.get(f"{URL}/elena/summaries?limit=1")).json()["summaries"]
        assert [(one["text"], one["topics"]) for one in found] == [("About soup.", ["soup"])]

    async def test_preferences_are_set_and_cleared(self, http: httpx.AsyncClient) -> None:
        url = f"{URL}/elena/preferences"
        for name, value in (("avoid", "spiders"), ("avoid", "politics"), ("tone", "dry"), ("tone", "warm")):
            assert (await http.put(f"{url}/{name}", json={"value": value})).status_code == 204
        assert (await http.delete(f"{url}/avoid", params={"value": "spiders"})).status_code == 204
        found = (await http.get(url)).json()["preferences"]
        assert [(one["name"], one["value"]) for one in found] == [("tone", "warm"), ("avoid", "politics")]
        assert (await http.delete(f"{url}/tone")).status_code == 204
        assert (await http.get(url)).json()["preferences"] == found[1:]
        assert (await http.delete(f"{url}/tone")).status_code == 204  # what was never asked for can be dropped too

    async def test_only_known_preferences_and_switches_exist(self, http: httpx.AsyncClient) -> None:
        wrong = [
            await http.put(f"{URL}/elena/preferences/colour", json={"value": "red"}),
            await http.put(f"{URL}/elena/preferences/tone", json={"value": "x" * 301}),
            await http.put(f"{URL}/switches/everything", json={"on": True}),
            await http.put(f"{URL}/switches/share", json={"on": "perhaps"}),
        ]
        assert [error_of(response) for response in wrong] == [(422, "invalid_request")] * 4
