"""What thinking costs and saves: `python -m benchmarks.agent [--json PATH] [--quick]`.

Scripted models that answer at once stand for real ones, so that what is left is ours: model calls per kind of message,
what the loop adds per step, what it saves to call tools side by side, to ask one composite tool instead of several, and
to know how a question was answered before; how soon a run is over that nobody wants any more; how routing fares.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks.agent_models import ReadyModel, call_of, said
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
MODEL_MS = 300
"""How long the scripted model takes where the time of a whole answer is compared: quick for a real one."""
NOTHING_TO_OBJECT = '{"objections": []}'
PROBLEMS = (
    (
        "Which boats did I mention in May, and who owned them?",
        "Which boats did I mention in August, and who owned them?",
    ),
    (
        "What did I say about money before and after the storm?",
        "What did I say about sleep before and after the storm?",
    ),
    (
        "How often did I mention Ana in March, and in what mood?",
        "How often did I mention Tom in April, and in what mood?",
    ),
    (
        "Compare what I told you about Bergen with what I told you about Galicia last year.",
        "Compare what I told you about Lisbon with what I told you about Galicia last year.",
    ),
    (
        "Go through everything I said about the harbour this year and list what changed and when.",
        "Go through everything I said about the lighthouse this year and list what changed and when.",
    ),
)
"""Kinds of questions that come again with other details; the router sends each of them into reflective mode."""
WARM_UP = ("Who taught me to sail, and when did I tell you?", "Who taught me to swim, and when did I tell you?")
"""What is found out about the embedding model only once is found out before the clock runs."""


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


def thoughts(llm: LocalLLM) -> int:
    """Return how many model calls answers took, those of the critic aside."""
    return sum("response_format" not in request.body for request in llm.requests)


def content(model: Callable[[ReceivedRequest], Script]) -> Callable[[ReceivedRequest], Script]:
    """Return `model` with a critic that has nothing to object."""

    def reply(request: ReceivedRequest) -> Script:
        if "response_format" in request.body:
            return Script(NOTHING_TO_OBJECT, first_token_delay_s=MODEL_MS / 1000)
        return model(request)

    return reply


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


async def ask(app: App, user: str, text: str, *, reflect_on_it: bool = False) -> float:
    """Ask and return the seconds until the whole reply was there."""
    listener = Listener()
    started = time.perf_counter()
    await app.lanes.submit(replace(message(app, user, text), reflect=reflect_on_it), listener)
    await listener.done.wait()
    assert listener.answered, "a turn failed"
    return time.perf_counter() - started


SINGLE = ("search_messages", "search_summaries", "look_up_facts", "walk_relationships")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "search_messages": {"query": "the lighthouse"}, "search_summaries": {"query": "the lighthouse"},
    "look_up_facts": {"about": "user"}, "walk_relationships": {"about": "user"},
    "analyze_topic": {"topic": "the lighthouse"},
}  # fmt: skip


def one_after_the_other(names: Sequence[str]) -> Callable[[ReceivedRequest], Script]:
    """Return a model that calls these tools, one a step, then answers."""

    def reply(request: ReceivedRequest) -> Script:
        called = sum(part["role"] == "tool" for part in request.messages)
        if called >= len(names) or request.body.get("tool_choice") == "none":
            return Script("That is what I know.")
        return tool_script(names[called])

    return reply


def tool_script(*names: str) -> Script:
    """Return the calls of these tools, side by side."""
    calls = [ToolCall(name, orjson.dumps(ARGUMENTS[name]).decode(), f"call_{name}") for name in names]
    return Script(tool_calls=calls, first_token_delay_s=MODEL_MS / 1000)


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


def learner(request: ReceivedRequest) -> Script:
    """Try one tool after the other; with an example of how it went before, call at once what gave something then."""
    called = sum(part["role"] == "tool" for part in request.messages)
    shown = re.findall(r"(\w+)\([^)]*\) -> ok", str(request.messages[0]["content"]))
    useful = [name for name in dict.fromkeys(shown) if name in ARGUMENTS]
    if request.body.get("tool_choice") == "none" or called >= (len(useful) or len(SINGLE)):
        return Script("That is what I know.", first_token_delay_s=MODEL_MS / 1000)
    return tool_script(*useful) if useful else tool_script(SINGLE[called])


async def second_encounter(app: App, llm: LocalLLM) -> dict[str, float]:
    """Return model calls and seconds of recurring problems, the second time as a share of the first."""
    llm.reply = content(learner)
    calls: list[list[int]] = [[], []]
    seconds: list[list[float]] = [[], []]
    for text in WARM_UP:
        await ask(app, "warm", text, reflect_on_it=True)
        await app.jobs.idle()
    for encounter in (0, 1):
        for problem in PROBLEMS:
            before = thoughts(llm)
            seconds[encounter].append(await ask(app, "problems", problem[encounter]))
            calls[encounter].append(thoughts(llm) - before)
        await app.jobs.idle()
    return {
        "first_calls": sum(calls[0]) / len(PROBLEMS), "second_calls": sum(calls[1]) / len(PROBLEMS),
        "second_calls_share": sum(calls[1]) / sum(calls[0]), "second_latency_share": sum(seconds[1]) / sum(seconds[0]),
    }  # fmt: skip


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
        for user in ("kinds", "topics", "warm", "problems"):
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
