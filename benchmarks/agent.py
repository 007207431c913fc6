"""What thinking costs and saves: `python -m benchmarks.agent [--json PATH] [--quick]`.

Scripted models that answer at once stand for real ones, so that what is left is ours: model calls per kind of message,
what the loop adds per step, what it saves to call tools side by side, to ask one composite tool instead of several, and
to know how a question was answered before; how soon a run is over that nobody wants any more; how routing fares.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from benchmarks.agent_models import ReadyModel, call_of, said
from benchmarks.agent_scripts import SINGLE, ask, content, thoughts, tool_script
from benchmarks.agent_traces import second_encounter
from benchmarks.routing import DATA, figures_of, routed
from benchmarks.support import arguments, percentile, report
from benchmarks.turn import Listener, message, running_app
from src_v2.agents.limits import Limits
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.reflective import Reflection, Thought
from src_v2.agents.routing.examples import load_examples
from src_v2.app import App
from src_v2.characters.models import ThinkingIndicators
from src_v2.core.clock import SystemClock
from src_v2.core.messages import IncomingMessage
from src_v2.core.routes import Complexity, Route
from src_v2.observability.logging import configure_logging
from src_v2.observability.outages import Outages
from src_v2.tools.arguments import Arguments
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.results import ok
from src_v2.tools.toolbox import ToolBox
from tests.support.llm import LocalLLM, ReceivedRequest, Script, ToolCall

BUDGETS = {
    "calls_small_talk": 1.0, "calls_simple_memory": 1.0, "stopped_ms_max": 200.0, "deleted_ms_max": 200.0,
    "composite_calls_share": 0.6, "second_calls_share": 0.5, "second_latency_share": 0.5,
}  # fmt: skip
KINDS = {
    "small_talk": "hey, how was your day?",
    "simple_memory": "what is my dog called?",
    "sum": "What is 17.5 % of 2,340, plus 12 times 19?",
    "several_parts": (
        "Compare what I told you about Galicia in March with what I said about Bergen in June: where was I happier, "
        "who was with me each time, and what should I plan for next summer with 900 euros?"
    ),
}
TOOL_MS = 50
"""How long each of the tools takes that run side by side."""


class Nowhere(Arguments):
    """No arguments."""


def waiting_tool(name: str, seconds: float) -> Tool[Nowhere]:
    """Return a tool that takes `seconds` and finds something."""

    async def run(_wanted: Nowhere, _context: ToolContext) -> ToolResult:
        await asyncio.sleep(seconds)
        return ok("There are gulls.")

    return Tool(name, "Look somewhere.", Nowhere, run, Permission.READ, Cost.CHEAP)


async def reflect(app: App, model: ReadyModel, tools: Sequence[Tool[Any]], steps: int) -> float:
    """Return the seconds that one answer took."""
    models = LanguageModels(
        [ModelSpec("openai-compatible", "ready", "http://127.0.0.1:1")], build=lambda _spec: model, clock=SystemClock()
    )
    asked = message(app, "thinker", "Where are the gulls?")
    context = ToolContext(asked, app.clock.now(), "Elena", app.characters.get("elena").core.timezone)
    prompt = model.prompt(app.characters.get("elena").text, asked.text)
    thought = Thought(prompt, Route(Complexity.HIGH, steps, 1.0), context, ThinkingIndicators(), [])
    reflection = Reflection(ToolBox(tools, Outages()), Limits(tokens=10**7))
    started = time.perf_counter()
    async with aclosing(reflection.answer(models, thought)) as events:
        async for _ in events:
            pass
    return time.perf_counter() - started


async def per_step(app: App, rounds: int) -> dict[str, float]:
    """Return what the loop adds to each step, the model and the tool taking no time."""
    took = []
    for _ in range(rounds):
        for steps in (5, 10, 15):
            model = ReadyModel(script=[call_of("look")] * (steps - 1) + [said("At the pier.")])
            took.append(await reflect(app, model, [waiting_tool("look", 0)], steps) / steps * 1000)
    return {"overhead_ms_per_step_p50": percentile(took, 0.5), "overhead_ms_per_step_p95": percentile(took, 0.95)}


async def side_by_side(app: App) -> dict[str, float]:
    """Return how much faster four tools are when the model asks for them in one step."""
    names = ["north", "south", "east", "west"]
    tools = [waiting_tool(name, TOOL_MS / 1000) for name in names]
    one_by_one = ReadyModel(script=[*(call_of(name) for name in names), said("Everywhere.")])
    at_once = ReadyModel(script=[call_of(*names), said("Everywhere.")])
    slow, fast = [await reflect(app, model, tools, 10) for model in (one_by_one, at_once)]
    return {
        "four_tools_one_by_one_ms": slow * 1000,
        "four_tools_at_once_ms": fast * 1000,
        "parallel_speed_up": slow / fast,
    }


def eager(request: ReceivedRequest) -> Script:
    """Look something up once when there are tools, then answer."""
    offered = [tool["function"]["name"] for tool in request.body.get("tools", ())]
    looked = any(part["role"] == "tool" for part in request.messages)
    if not offered or looked or request.body.get("tool_choice") == "none":
        return Script("It is called Miso.")
    return Script(tool_calls=[ToolCall("search_messages", '{"query": "Miso"}')])


async def calls_per_kind(app: App, llm: LocalLLM) -> dict[str, float]:
    """Return how many model calls a message of each kind takes."""
    llm.reply = content(eager)
    figures = {}
    for kind, text in KINDS.items():
        before = thoughts(llm)
        await ask(app, "kinds", text)
        figures[f"calls_{kind}"] = float(thoughts(llm) - before)
    return figures


def one_after_the_other(names: Sequence[str]) -> Callable[[ReceivedRequest], Script]:
    """Return a model that calls these tools, one a step, then answers."""

    def reply(request: ReceivedRequest) -> Script:
        called = sum(part["role"] == "tool" for part in request.messages)
        if called >= len(names) or request.body.get("tool_choice") == "none":
            return Script("That is what I know.")
        return tool_script(names[called])

    return reply


async def composite(app: App, llm: LocalLLM) -> dict[str, float]:
    """Return the model calls for all about a topic: with single tools one after the other, and with one for all."""
    counts = []
    for names in (SINGLE, ("analyze_topic",)):
        llm.reply = content(one_after_the_other(names))
        before = thoughts(llm)
        await ask(app, "topics", "Tell me all about the lighthouse.", reflect_on_it=True)
        counts.append(thoughts(llm) - before)
    single, one = counts
    return {
        "topic_calls_single": float(single),
        "topic_calls_composite": float(one),
        "composite_calls_share": one / single,
    }


async def routing(app: App) -> dict[str, float]:
    """Return how often utterances that nothing was made with are routed right."""
    found = figures_of(await routed(app.replying.router, load_examples(DATA / "held_back.yaml")))
    wanted = ("mode_right", "small_talk_thought_about_share")
    return {f"routing_{name}": float(found[name]) for name in wanted}


async def nobody_wants_it(app: App, llm: LocalLLM, rounds: int) -> dict[str, float]:
    """Return how soon the model's connection is closed after stop, and after the question was deleted."""
    took: dict[str, list[float]] = {"stopped": [], "deleted": []}
    for number in range(rounds):
        for way, times in took.items():
            llm.reply = lambda _: Script("Well, you see", hold=asyncio.Event(), hold_before=2)
            asked, listener = message(app, f"{way}{number}", "Hello"), Listener()
            await app.lanes.submit(asked, listener)
            await listener.first_text.wait()
            request = llm.requests[-1]
            started = time.perf_counter()
            ending = asyncio.create_task(end(app, way, asked))
            await request.disconnected.wait()
            times.append(time.perf_counter() - started)
            await ending
    return {f"{way}_ms_max": max(times) * 1000 for way, times in took.items()}


async def end(app: App, way: str, asked: IncomingMessage) -> None:
    """Stop the reply to a message, or delete the message."""
    if way == "stopped":
        await app.lanes.stop("elena", asked.audience.channel_id)
    else:
        await app.lanes.delete("elena", asked.audience.channel_id, asked.platform_message_id or "")


async def measure(folder: Path, *, quick: bool) -> dict[str, float]:
    """Return every figure; `quick` takes fewer rounds."""
    async with LocalLLM() as llm, running_app(folder, llm.openai_url) as app:
        for user in ("kinds", "topics", "warm", "problems", "slow problems", "reworded"):
            for text in (
                "My dog is called Miso.",
                "My sister Ana keeps the lighthouse of Galicia.",
                "I sail with Tom.",
            ):
                await ask(app, user, text)
        await app.jobs.idle()
        app.replying.router.start()
        await app.replying.router.learned()
        figures = await routing(app)
        figures |= await calls_per_kind(app, llm)
        figures |= await per_step(app, 3 if quick else 20)
        figures |= await side_by_side(app)
        figures |= await composite(app, llm)
        figures |= await second_encounter(app, llm)
        figures |= await nobody_wants_it(app, llm, 3 if quick else 20)
    return figures


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a look")
    options = parser.parse_args()
    configure_logging("WARNING", "json")
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), quick=options.quick))
    report("Thinking", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
