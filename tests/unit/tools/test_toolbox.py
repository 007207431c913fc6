"""The toolbox: what it offers, and that every call ends with a result, whatever the model or a store does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_openai import ChatOpenAI

from src_v2.core.errors import EmbeddingError, StoreError, StoreUnavailable
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Arguments, Unfit
from src_v2.tools.base import EVERYONE, UNREMEMBERED, Cost, Permission, ResultKind, Tool, ToolContext, ToolResult
from src_v2.tools.results import ok
from src_v2.tools.toolbox import ToolBox
from tests.support.clock import VirtualClock
from tests.unit.tools.shelves import Shelves, asks, box_of

NAMES = [
    "search_messages", "search_summaries", "look_up_facts", "walk_relationships", "correct_fact", "retract_fact",
    "read_preferences", "set_preference", "analyze_topic", "recall_period", "search_channel", "calculator",
    "current_time",
]  # fmt: skip
WITHOUT_READING = {"search_channel", "calculator", "current_time"}
WRITING = {"correct_fact", "retract_fact", "set_preference"}


class Nothing(Arguments):
    """No arguments."""


def tool(
    run: Callable[[Nothing, ToolContext], Awaitable[ToolResult]],
    name: str = "try_it",
    permission: Permission = Permission.READ,
) -> Tool[Nothing]:
    return Tool(name, "Try it.", Nothing, run, permission, Cost.CHEAP)


def raising(error: Exception) -> Callable[[Nothing, ToolContext], Awaitable[ToolResult]]:
    async def run(_nothing: Nothing, _context: ToolContext) -> ToolResult:
        raise error

    return run


def test_every_tool_is_offered_in_a_form_that_providers_take() -> None:
    specs = box_of(Shelves()).specs(EVERYONE)
    assert [spec["function"]["name"] for spec in specs] == NAMES
    for spec in specs:
        function = spec["function"]
        Draft202012Validator.check_schema(function["parameters"])
        assert convert_to_openai_tool(spec) == spec
        assert len(function["description"]) > 40
        for argument in function["parameters"]["properties"].values():
            assert argument["description"]
            assert "anyOf" not in argument
            assert "$ref" not in argument
    model = ChatOpenAI(model="none", api_key="none", base_url="http://localhost:1")
    assert model.bind_tools(specs).kwargs["tools"] == specs  # type: ignore[attr-defined]


def test_all_tools_together_leave_room_for_a_prompt() -> None:
    assert sum(len(str(spec)) for spec in box_of(Shelves()).specs(EVERYONE)) / 4 < 2_300


def test_permissions_decide_what_is_offered() -> None:
    box = box_of(Shelves())
    offered = {spec["function"]["name"] for spec in box.specs({Permission.READ})}
    assert offered == set(NAMES) - WRITING - WITHOUT_READING
    unremembered = {spec["function"]["name"] for spec in box.specs(UNREMEMBERED)}
    assert unremembered == WITHOUT_READING
    assert box.specs(()) == []


def test_what_a_call_costs_is_known_beforehand() -> None:
    box = box_of(Shelves())
    assert box.cost("search_messages") is Cost.SEARCH
    assert box.cost("set_preference") is Cost.CHEAP
    assert box.cost("rm") is None


@pytest.mark.parametrize("name", sorted(WRITING))
async def test_what_is_not_allowed_does_not_run(name: str) -> None:
    shelves = Shelves()
    context = asks(permissions=frozenset({Permission.READ}))
    result = await box_of(shelves).call(name, {"fact": "f1", "new_object": "Bergen"}, context)
    assert result.kind is ResultKind.REFUSED
    assert result.failed
    assert shelves.asked == []


@pytest.mark.parametrize("name", ["", "rm -rf", "__init__", "search_messages ", "SEARCH_MESSAGES", "x" * 100_000])
async def test_a_tool_that_does_not_exist_is_told_with_those_that_do(name: str) -> None:
    result = await box_of(Shelves()).call(name, {}, asks())
    assert result.kind is ResultKind.UNUSABLE
    assert "search_messages" in result.text
    assert "xxx" not in result.text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "arguments", ["{", "[]", "x" * 100_000, {"depth": {}, "fact": [], "query": 7, "name": "pin", "expression": 0}]
)
async def test_arguments_that_do_not_fit_reach_no_tool(name: str, arguments: Any) -> None:
    shelves = Shelves()
    result = await box_of(shelves).call(name, arguments, asks())
    assert result.kind is ResultKind.UNUSABLE
    assert shelves.asked == []


@pytest.mark.parametrize("error", [StoreUnavailable("away"), EmbeddingError("no model"), TimeoutError()])
async def test_a_store_that_is_away_is_told_as_such(error: Exception) -> None:
    result = await ToolBox([tool(raising(error))], Outages()).call("try_it", "", asks())
    assert result.kind is ResultKind.AWAY
    assert "cannot look that up right now" in result.text


@pytest.mark.parametrize("error", [StoreError("refused"), ValueError("secret words"), ZeroDivisionError()])
async def test_a_tool_that_breaks_ends_its_call_and_nothing_else(error: Exception) -> None:
    result = await ToolBox([tool(raising(error))], Outages()).call("try_it", "", asks())
    assert result.kind is ResultKind.AWAY
    assert "secret" not in result.text


async def test_a_change_that_failed_is_not_to_be_claimed() -> None:
    change = tool(raising(StoreUnavailable("away")), permission=Permission.WRITE_OWN)
    result = await ToolBox([change], Outages()).call("try_it", "", asks())
    assert result.kind is ResultKind.AWAY
    assert "Do not claim" in result.text


async def test_advice_of_a_tool_is_a_result() -> None:
    result = await ToolBox([tool(raising(Unfit("Another one.")))], Outages()).call("try_it", "", asks())
    assert result == ToolResult(ResultKind.UNUSABLE, "Another one.")


async def test_a_call_that_takes_too_long_ends() -> None:
    ended = asyncio.Event()

    async def hang(_nothing: Nothing, _context: ToolContext) -> ToolResult:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    box = ToolBox([tool(hang)], Outages(), timeouts_s={Cost.CHEAP: 0.01})
    async with asyncio.timeout(5):
        result = await box.call("try_it", "", asks())
    assert result.kind is ResultKind.AWAY
    assert ended.is_set()


async def test_a_turn_that_is_stopped_stops_its_calls() -> None:
    began = asyncio.Event()

    async def hang(_nothing: Nothing, _context: ToolContext) -> ToolResult:
        began.set()
        await asyncio.Event().wait()
        raise AssertionError

    call = asyncio.create_task(ToolBox([tool(hang)], Outages()).call("try_it", "", asks()))
    async with asyncio.timeout(5):
        await began.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_an_outage_is_noted_once_and_its_end_too() -> None:
    noted: list[tuple[str, str]] = []

    class Noting(Outages):
        def failed(self, part: str, error: BaseException) -> None:
            noted.append(("failed", part))

        def worked(self, part: str) -> None:
            noted.append(("worked", part))

    answers = [raising(StoreUnavailable("away")), raising(StoreUnavailable("still away")), _fine]

    async def run(nothing: Nothing, context: ToolContext) -> ToolResult:
        return await answers.pop(0)(nothing, context)

    box = ToolBox([tool(run)], Noting(), clock=VirtualClock(auto_advance=True))
    await box.call("try_it", "", asks())
    assert (await box.call("try_it", "", asks())).text == "Fine."
    assert noted == [("failed", "tool try_it"), ("worked", "tool try_it")]


async def test_calls_of_one_turn_run_side_by_side() -> None:
    together = asyncio.Barrier(2)

    async def meet(_nothing: Nothing, _context: ToolContext) -> ToolResult:
        await together.wait()
        return ok("Met.")

    box = ToolBox([tool(meet), tool(meet, "try_that")], Outages())
    context = asks()
    async with asyncio.timeout(5):
        results = await asyncio.gather(box.call("try_it", "", context), box.call("try_that", "", context))
    assert [result.text for result in results] == ["Met.", "Met."]


async def _fine(_nothing: Nothing, _context: ToolContext) -> ToolResult:
    return ok("Fine.")
