"""Tools of a real MCP server in a child process: consent, sessions, crashes, limits, and that what it says is data."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from src_v2.core.clock import SystemClock
from src_v2.core.fence import DATA_NOTE
from src_v2.observability.outages import Outages
from src_v2.tools.base import RESULT_TOKENS, Permission, ResultKind
from src_v2.tools.catalogue import memory_tools
from src_v2.tools.mcp_servers.config import read_servers
from src_v2.tools.mcp_servers.source import McpTools
from src_v2.tools.toolbox import ToolBox
from tests.unit.tools.shelves import Shelves, asks

SERVER = Path(__file__).parents[1] / "support" / "mcp" / "server.py"
READS = ("tide", "search_messages", "broken", "flood", "hang", "crash", "environment")


pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """A box with our tools and those of one server, which writes down its starts and its lamps."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.starts, self.lamps = folder / "starts", folder / "lamps"
        server = {
            "command": sys.executable, "args": [str(SERVER), str(self.starts)], "env": {"LAMPS": str(self.lamps)},
            "allow": [*READS, "lamp", "not-there"], "read_only": list(READS), **more,
        }  # fmt: skip
        file = folder / "mcp.yaml"
        file.write_text(yaml.safe_dump({"servers": {"home": server}}))
        self.source = McpTools(read_servers(file), Outages(), SystemClock())
        self.box = ToolBox(memory_tools(Shelves(), Shelves()), Outages(), sources=[self.source])

    def pids(self) -> list[int]:
        return [int(line) for line in self.starts.read_text().split()] if self.starts.exists() else []

    def names(self) -> set[str]:
        specs = self.box.specs(set(Permission), "discord:sam")
        return {spec["function"]["name"] for spec in specs if spec["function"]["name"].startswith("mcp_")}


@asynccontextmanager
async def house_in(folder: Path, **more: Any) -> AsyncIterator[House]:
    house = House(folder, **more)
    await house.box.start()
    try:
        async with asyncio.timeout(30):
            for session in house.source.sessions.values():
                await session.opened()
        yield house
    finally:
        await house.box.close()


async def test_one_session_serves_all_calls_and_its_process_ends_with_it(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        context = asks()
        for harbour in ("Bergen", "Oslo", "Bodø"):
            result = await house.box.call("mcp_home_tide", {"harbour": harbour, "hours": 2}, context)
            assert f"Tide at {harbour} today 2: high." in result.text
        assert len(house.pids()) == 1
        (pid,) = house.pids()
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_only_what_the_operator_allowed_is_there_and_nothing_of_ours_is_shadowed(tmp_path: Path) -> None:
    async with house_in(tmp_path, allow=["tide", "search_messages", "lamp"], read_only=["tide"]) as house:
        assert house.names() == {"mcp_home_tide", "mcp_home_search_messages", "mcp_home_lamp"}
        ours = await house.box.call("search_messages", {"query": "x"}, asks())
        assert "shadow" not in ours.text
        gone = await house.box.call("mcp_home_environment", {}, asks())
        assert gone.kind is ResultKind.UNUSABLE


async def test_a_server_without_consent_is_not_even_started(tmp_path: Path) -> None:
    async with house_in(tmp_path, allow=[], read_only=[]) as house:
        assert house.names() == set()
    assert house.pids() == []


async def test_a_tool_is_described_in_few_plain_words(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        specs = {spec["function"]["name"]: spec["function"] for spec in house.box.specs(set(Permission))}
    tide = specs["mcp_home_tide"]
    assert tide["description"].startswith("A tool of the connected program home, which says of it: The tide at")
    assert len(tide["description"]) < 500
    assert "\n" not in tide["description"]
    assert tide["parameters"] == {
        "type": "object",
        "properties": {
            "harbour": {"type": "string"}, "day": {"type": "string", "enum": ["today", "tomorrow"]},
            "hours": {"type": "integer"},
        },
        "required": ["harbour"],
        "additionalProperties": False,
    }  # fmt: skip


async def test_what_a_server_says_is_data_and_bounded(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        said = await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())
        heading, opening, *lines, closing = said.text.split("\n")
        assert (heading, opening) == ("The program answers:", f'<tool_result note="{DATA_NOTE}">')
        assert closing == "</tool_result>"
        assert "</tool_result>" not in "".join(lines)
        flood = await house.box.call("mcp_home_flood", {}, asks())
        assert len(flood.text) / 4 < RESULT_TOKENS * 1.2


UNFIT: list[Any] = [
    {}, {"harbour": "Bergen", "boat": 1}, {"harbour": None}, {"harbour": "x" * 30_000}, {"harbour": {"a": "\ud800"}},
    {"harbour": 10**400}, "{", "[]",
]  # fmt: skip


async def test_arguments_that_do_not_fit_do_not_reach_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_in(tmp_path) as house:
        (session,) = house.source.sessions.values()
        monkeypatch.setattr(session, "call", None)
        for arguments in UNFIT:
            result = await house.box.call("mcp_home_tide", arguments, asks())
            assert result.kind is ResultKind.UNUSABLE, arguments


async def test_a_server_at_an_address_is_connected_to(tmp_path: Path) -> None:
    port = free_port()
    more: dict[str, Any] = {"command": "", "args": [], "url": f"http://127.0.0.1:{port}/mcp"}
    async with served(tmp_path, port), house_in(tmp_path, **more) as house:
        result = await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())
        assert "Tide at Bergen" in result.text


@asynccontextmanager
async def served(folder: Path, port: int) -> AsyncIterator[None]:
    """Run a server at an address, in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVER), str(folder / "starts"), str(port), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        child.kill()
        await child.wait()


async def listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            writer.close()
            return


async def test_a_server_at_an_address_that_was_started_again_is_connected_to_again(tmp_path: Path) -> None:
    port = free_port()
    more: dict[str, Any] = {"command": "", "args": [], "url": f"http://127.0.0.1:{port}/mcp"}
    async with AsyncExitStack() as first:
        await first.enter_async_context(served(tmp_path, port))
        async with house_in(tmp_path, **more) as house:
            await first.aclose()
            async with served(tmp_path, port):
                await listening(port)
                async with asyncio.timeout(30):
                    result = await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())
                assert result.kind is ResultKind.OK
                assert len(house.pids()) == 2


async def test_an_error_of_a_tool_is_told_as_data(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        failed = await house.box.call("mcp_home_broken", {}, asks())
        assert failed.kind is ResultKind.UNUSABLE
        assert "the tide table is missing" in failed.text
        wrong = await house.box.call("mcp_home_tide", {"harbour": "Bergen", "day": "never"}, asks())
        assert wrong.kind is ResultKind.UNUSABLE
        assert (await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())).kind is ResultKind.OK


async def test_a_call_that_hangs_is_given_up_and_the_session_goes_on(tmp_path: Path) -> None:
    async with house_in(tmp_path, timeout_s=0.5) as house:
        assert (await house.box.call("mcp_home_hang", {}, asks())).kind is ResultKind.AWAY
        assert (await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())).kind is ResultKind.OK
        assert len(house.pids()) == 1


async def test_a_server_that_crashes_is_started_again(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        (session,) = house.source.sessions.values()
        assert (await house.box.call("mcp_home_crash", {}, asks())).kind is ResultKind.AWAY
        async with asyncio.timeout(30):
            await session.opened()
            result = await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())
        assert result.kind is ResultKind.OK
        assert len(house.pids()) >= 2


async def test_a_server_that_was_killed_meanwhile_is_noticed_by_the_next_call(tmp_path: Path) -> None:
    async with house_in(tmp_path, timeout_s=20) as house:
        os.kill(house.pids()[0], 9)
        async with asyncio.timeout(30):
            result = await house.box.call("mcp_home_tide", {"harbour": "Bergen"}, asks())
        assert result.kind is ResultKind.OK
        assert len(house.pids()) == 2


async def test_what_has_effects_waits_for_the_persons_own_yes(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        context = asks(text="Switch the kitchen lamp please")
        asked = await house.box.call("mcp_home_lamp", {"room": "kitchen"}, context)
        assert asked.kind is ResultKind.NOTHING
        assert not house.lamps.exists()
        code = context.notes.questions[0].partition("answer: yes ")[2][:3]
        done = await house.box.confirmed(asks(text=f"yes {code}"))
        assert done is not None
        assert "Switched." in done.result.text
        assert house.lamps.read_text() == "kitchen\n"


async def test_the_server_gets_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "secret")
    async with house_in(tmp_path) as house:
        told = await house.box.call("mcp_home_environment", {}, asks())
    assert "LAMPS" in told.text
    assert "LLM_API_KEY" not in told.text


async def test_tools_may_be_there_for_some_people_only(tmp_path: Path) -> None:
    async with house_in(tmp_path, people=["discord:owner"]) as house:
        assert house.names() == set()
        assert (await house.box.call("mcp_home_tide", {"harbour": "x"}, asks())).kind is ResultKind.UNUSABLE
        assert len(house.box.specs({Permission.OUTSIDE}, "discord:owner")) == len(READS)


async def test_a_server_that_cannot_be_started_is_an_outage_and_nothing_more(tmp_path: Path) -> None:
    failed = asyncio.Event()

    class Noting(Outages):
        def failed(self, part: str, error: BaseException) -> None:
            assert part == "mcp gone"
            failed.set()

    file = tmp_path / "mcp.json"
    file.write_text('{"servers": {"gone": {"command": "/nowhere/at-all", "allow": ["x"]}}}')
    source = McpTools(read_servers(file), Noting(), SystemClock())
    await source.start()
    async with asyncio.timeout(30):
        await failed.wait()
    assert list(source.tools()) == []
    await source.close()
