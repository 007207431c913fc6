"""Whose data a request is about: nobody sees or changes what is somebody else's."""

import httpx

from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import Whose
from tests.support.own_data import ME, OwnDataInMemory
from tests.unit.web.own_data.asking import ADA, HISTORY, REQUESTS, URL, error_of, exported, texts

ON_DISCORD = Whose("elena", "discord:42")


class TestWhose:
    async def test_a_program_sees_and_changes_the_data_of_whom_it_speaks_for(
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        held.remember(ME, "mine")
        item = held.remember(ADA, "Ada's")
        fact = held.learn(ADA, "user", "likes", "numbers")
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
        assert [m.text for m in held.kept[ADA]] == ["new", "We sailed to Naxos.", "And back."]
        assert [f.object for f in held.known[ADA]] == ["engines"]
        assert [p.name for p in held.wishes[ADA]] == [PreferenceName.TONE]
        assert set(held.decided) == {"web:ada"}
        assert list(held.erasing.values()) == ["web:ada"]
        assert [m.text for m in held.kept[ME]] == ["mine"]

    async def test_what_is_somebody_elses_is_not_there(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        item, fact = held.remember(ME, "mine"), held.learn(ME, "user", "likes", "soup")
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

    async def test_nobody_is_named_with_a_platform(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        for method, path, body in REQUESTS:
            if path.startswith("/erasures"):
                continue  # its id says whose it is
            for user in ("discord:42", "local:me", "", "a/../b"):
                url = httpx.URL(URL + path).copy_merge_params({"user": user})
                assert error_of(await http.request(method, url, json=body)) == (422, "invalid_request"), path
        assert (held.erasing, held.brought, held.decided) == ({}, [], {})

    async def test_a_request_is_about_one_person(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        body = {"confirm": "erase", "user": {"id": "ada"}}
        assert error_of(await http.post(f"{URL}/erase?user=bob", json=body)) == (422, "two_people")
        assert held.erasing == {}

    async def test_an_operator_names_a_full_user_id(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
        held.remember(ON_DISCORD, "on Discord")
        subject = {"subject": "discord:42"}
        taken = await http.get(f"{URL}/export", params=subject)
        assert exported(taken.content) == ("discord:42", {"elena": ["on Discord"]})
        brought = await http.post(f"{URL}/import", params={"character": "elena", **subject}, content=HISTORY)
        assert brought.json()["added"] == 2
        begun = (await http.post(f"{URL}/erase", params=subject, json={"confirm": "erase"})).json()
        assert list(held.erasing.values()) == ["discord:42"]
        assert (await http.get(f"{URL}/erasures/{begun['id']}")).json()["state"] == "done"
        assert ON_DISCORD not in held.kept

    async def test_a_programs_person_names_nobody_else(self, http: httpx.AsyncClient, held: OwnDataInMemory) -> None:
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
        self, http: httpx.AsyncClient, held: OwnDataInMemory
    ) -> None:
        for subject in ("", "ada", "discord:", "discord:4 2", "DISCORD:42"):
            assert error_of(await http.get(f"{URL}/export", params={"subject": subject})) == (422, "invalid_request")
        body = {"confirm": "erase", "subject": "discord:42"}
        assert error_of(await http.post(f"{URL}/erase", json=body)) == (422, "invalid_request")
        held.remember(ON_DISCORD, "on Discord")
        assert await texts(http, "?subject=discord:42") == []
