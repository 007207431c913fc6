"""What people and programs get wrong while a process runs, and what they are told. Nothing is ever lost by it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.home import Home, llm_variables
from tests.support.llm import LocalLLM, Script
from tests.support.process import Process

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

RIGHT_KEY = "sk-right-0123456789abcdef"


@dataclass
class House:
    """A running process, its model and its home."""

    home: Home
    llm: LocalLLM
    process: Process

    @property
    def elena(self) -> Path:
        """Return the folder of elena's files."""
        return self.home.own_characters() / "elena"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, models: Path) -> AsyncIterator[House]:
    home = Home(tmp_path_factory.mktemp("bad-input") / "home", models)
    home.own_characters()
    async with LocalLLM(required_key=RIGHT_KEY) as llm:
        home.variables |= llm_variables(llm, key=RIGHT_KEY) | {"BURST_WINDOW_S": "0"}
        async with home.starts() as process:
            yield House(home, llm, process)
        assert RIGHT_KEY not in process.everything


@pytest.fixture
def _elena_is_mended(house: House) -> Iterator[None]:
    before = {path: path.read_text() for path in house.elena.iterdir()}
    yield
    for path, text in before.items():
        path.write_text(text)


class TestMessages:
    @pytest.mark.parametrize("text", ["", "   \n\t "])
    async def test_an_empty_message_is_refused_with_a_sentence(self, house: House, text: str) -> None:
        status, answer = await house.process.post("/api/chat", text=text, user={"id": "empty"})
        assert (status, answer["error"]["code"]) == (422, "empty_text")
        assert "empty" in answer["error"]["message"]

    async def test_4000_characters_are_answered_and_kept_whole(self, house: House) -> None:
        text = ("ebb and flow, " * 300)[:3999] + "!"
        answer = await house.process.ask(text, user={"id": "long"})
        assert answer.text == f"You said: {text}"
        assert (await house.process.get("/api/conversation?user=long"))["messages"][0]["text"] == text

    async def test_more_than_that_is_refused_with_the_limit(self, house: House) -> None:
        status, answer = await house.process.post("/api/chat", text="x" * 4001, user={"id": "longer"})
        assert (status, answer["error"]["code"]) == (413, "text_too_long")
        assert "4,000" in answer["error"]["message"]

    @pytest.mark.parametrize(
        "text", ["👩‍👩‍👧‍👦🏳️‍🌈 🇲🇽", "שלום עולם, 2026?", "مرحبا بالعالم", "e\u0301 \u202babc\u202c 𝔘"]
    )
    async def test_every_script_comes_back_as_it_went(self, house: House, text: str) -> None:
        user = {"id": "scripts"}
        assert (await house.process.ask(text, user=user)).text == f"You said: {text}"
        said = (await house.process.get("/api/conversation?user=scripts"))["messages"]
        assert [message["text"] for message in said[-2:]] == [text, f"You said: {text}"]

    async def test_what_is_no_json_is_refused_with_the_place(self, house: House) -> None:
        status, answer = await house.process.post("/api/chat", text=["not", "text"])
        assert status == 422
        assert "text" in answer["error"]["message"]

    async def test_an_unknown_character_is_answered_with_those_there_are(self, house: House) -> None:
        status, answer = await house.process.post("/api/chat", text="hello", character="nobody")
        assert (status, answer["error"]["code"]) == (404, "unknown_character")
        assert answer["error"]["known"] == ["aria", "elena", "marcus"]


@pytest.mark.usefixtures("_elena_is_mended")
class TestBrokenCharacter:
    async def test_the_last_good_version_answers_and_everybody_is_told_file_and_line(self, house: House) -> None:
        core = house.elena / "core.yaml"
        core.write_text(core.read_text().replace("timezone: America", "timezone: [America"))
        line = next(n for n, text in enumerate(core.read_text().splitlines(), 1) if "[America" in text)
        await house.process.until_healthy("characters", ok=False)
        answer = await house.process.ask("are you well?", user={"id": "yaml"})
        assert answer.text == "You said: are you well?"
        _, reloaded = await house.process.post("/api/characters/elena/reload")
        assert reloaded["loaded"] is False
        told = " ".join(reloaded["problems"])
        assert "elena/core.yaml" in told
        broken_at = int(told.partition("core.yaml:")[2].partition(":")[0])
        assert broken_at in range(line, line + 4), "YAML notices a bracket that is not closed a little later"
        doctor = await house.home.runs("doctor")
        assert f"elena/core.yaml:{broken_at}" in doctor.printed
        core.write_text(core.read_text().replace("timezone: [America", "timezone: America"))
        await house.process.until_healthy("characters")


class TestWrongKey:
    async def test_the_character_says_so_in_its_own_words_and_doctor_names_it(self, house: House) -> None:
        user = {"id": "key"}
        house.llm.required_key = "sk-another"
        try:
            answer = await house.process.ask("hello?", user=user)
            doctor = await house.home.runs("doctor")
        finally:
            house.llm.required_key = RIGHT_KEY
        assert answer.outcome == "failed"
        assert any(word in answer.data["text"] for word in ("Ay, perdón", "radio", "No manches"))
        assert "refuse" in doctor.printed
        assert "LLM_API_KEY" in doctor.printed
        assert RIGHT_KEY not in doctor.printed
        retried = await house.process.retry(user=user)
        assert retried.text == "You said: hello?"


class TestImpatience:
    async def test_what_was_asked_during_a_reply_and_failed_can_still_be_asked_again(self, house: House) -> None:
        user, hold = {"id": "impatient"}, asyncio.Event()
        house.llm.enqueue(Script("The first answer.", hold=hold, hold_before=1), Script(status=500))
        before = len(house.llm.requests)
        first = asyncio.create_task(house.process.ask("first?", user=user))
        await asyncio.wait_for(house.llm.wait_for_requests(before + 1), 10)
        second = asyncio.create_task(house.process.ask("second?", user=user))
        await house.process.until_said("second?", user["id"])
        hold.set()
        assert (await first).text == "The first answer."
        assert (await second).outcome == "failed"
        assert (await house.process.retry(user=user)).text == "You said: second?"
        assert await house.process.said(user["id"]) == [
            "first?", "The first answer.", "second?", "You said: second?",
        ]  # fmt: skip
        assert [line["content"] for line in house.llm.requests[-1].messages[1:]] == [
            "first?", "The first answer.", "second?",
        ]  # fmt: skip


class TestSecondProcess:
    async def test_the_same_folder_is_refused_with_a_clear_line(self, house: House) -> None:
        done = await house.home.runs("run")
        assert done.code == 1
        assert "Traceback" not in done.errors
        assert "another WhisperEngine uses this data folder" in done.printed
        assert "DATA_DIR" in done.printed
        assert (await house.process.ask("unharmed?", user={"id": "second"})).text == "You said: unharmed?"
        attached = await house.home.runs("chat", typed="/quit\n")
        assert attached.code == 0, "the refused process took the address of the running one with it"

    async def test_a_taken_port_is_named_with_the_remedy(self, house: House, home: Home) -> None:
        port = house.process.url.rpartition(":")[2]
        done = await home.runs("run", WEB_PORT=port)
        assert done.code == 1
        assert "Traceback" not in done.errors
        assert f"WEB_PORT: port {port}" in done.printed
        assert "WEB_PORT=0" in done.printed
