"""Within one turn: a second try where it can help, and no call carried out twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from src_v2.core.errors import ServiceUnavailable, StoreUnavailable
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Arguments, MaybeQuery
from src_v2.tools.base import Cost, Permission, ResultKind, Tool, ToolContext, ToolResult
from src_v2.tools.results import ok
from src_v2.tools.toolbox import RETRY_AFTER_S, SAME_CALL, ToolBox
from tests.support.clock import VirtualClock
from tests.unit.tools.shelves import asks


class Wanted(Arguments):
    """Something, or nothing."""

    query: MaybeQuery = None


class Shaky:
    """A tool that fails as often as it is told to."""

    def __init__(self, *errors: Exception, permission: Permission = Permission.READ) -> None:
        self.errors = list(errors)
        self.runs = 0
        self.clock = VirtualClock(auto_advance=True)
        self.tool: Tool[Any] = Tool("try_it", "Try it.", Wanted, self._run, permission, Cost.CHEAP)
        self.box = ToolBox([self.tool], Outages(), clock=self.clock)

    async def _run(self, _wanted: Wanted, _context: ToolContext) -> ToolResult:
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        return ok(f"Run {self.runs}.")


@pytest.mark.parametrize("error", [StoreUnavailable("away"), ServiceUnavailable("busy")])
async def test_what_was_away_for_a_moment_is_asked_once_more(error: Exception) -> None:
    shaky = Shaky(error)
    assert (await shaky.box.call("try_it", {}, asks())).text == "Run 2."
    assert shaky.clock.slept == [RETRY_AFTER_S]


async def test_it_is_asked_no_more_than_twice() -> None:
    shaky = Shaky(*(StoreUnavailable("away") for _ in range(3)))
    assert (await shaky.box.call("try_it", {}, asks())).kind is ResultKind.AWAY
    assert shaky.runs == 2


async def test_a_change_is_never_tried_twice() -> None:
    shaky = Shaky(StoreUnavailable("away"), permission=Permission.WRITE_OWN)
    assert (await shaky.box.call("try_it", {}, asks())).kind is ResultKind.AWAY
    assert shaky.runs == 1


@pytest.mark.parametrize("error", [ServiceUnavailable("401", retryable=False), ValueError("bug"), TimeoutError()])
async def test_what_does_not_pass_by_itself_is_not_asked_again(error: Exception) -> None:
    shaky = Shaky(error)
    await shaky.box.call("try_it", {}, asks())
    assert shaky.runs == 1


async def test_the_same_call_is_carried_out_once_in_a_turn_and_the_model_is_told() -> None:
    shaky, context = Shaky(), asks()
    assert (await shaky.box.call("try_it", {"query": "a"}, context)).text == "Run 1."
    again = await shaky.box.call("try_it", '{"query": " a "}', context)
    assert again == ToolResult(ResultKind.OK, SAME_CALL)
    assert (await shaky.box.call("try_it", {"query": "b"}, context)).text == "Run 2."
    assert (await shaky.box.call("try_it", {"query": "a"}, asks())).text == "Run 3."  # another turn


async def test_the_same_call_side_by_side_is_carried_out_once() -> None:
    shaky, context = Shaky(), asks()
    results = await asyncio.gather(*(shaky.box.call("try_it", {}, context) for _ in range(3)))
    assert [result.text for result in results] == ["Run 1.", SAME_CALL, SAME_CALL]
    assert shaky.runs == 1


async def test_a_call_that_failed_may_be_made_again() -> None:
    shaky, context = Shaky(StoreUnavailable("a"), StoreUnavailable("b")), asks()
    assert (await shaky.box.call("try_it", {}, context)).kind is ResultKind.AWAY
    assert (await shaky.box.call("try_it", {}, context)).text == "Run 3."


async def test_a_call_whose_twin_was_stopped_is_carried_out() -> None:
    shaky, context, began = Shaky(), asks(), asyncio.Event()
    usual: Callable[..., Any] = shaky.tool.run

    async def hang_once(wanted: Wanted, context: ToolContext) -> ToolResult:
        if not began.is_set():
            began.set()
            await asyncio.Event().wait()
        return await usual(wanted, context)  # type: ignore[no-any-return]

    box = ToolBox([Tool("try_it", "Try it.", Wanted, hang_once, Permission.READ, Cost.CHEAP)], Outages())
    first = asyncio.create_task(box.call("try_it", {}, context))
    async with asyncio.timeout(5):
        await began.wait()
        second = asyncio.create_task(box.call("try_it", {}, context))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).text == "Run 1."


async def test_a_look_after_a_change_is_taken_anew() -> None:
    looks = Shaky()
    change: Tool[Any] = Tool("change", "Change.", Wanted, looks.tool.run, Permission.WRITE_OWN, Cost.CHEAP)
    box, context = ToolBox([looks.tool, change], Outages()), asks()
    await box.call("try_it", {}, context)
    await box.call("change", {}, context)
    assert (await box.call("try_it", {}, context)).text == "Run 3."
