"""What it saves to know how a question was answered before: the same kinds of questions, asked twice.

A scripted model stands for a real one: it tries one tool after the other, and follows an example that is of the problem
at hand. What it cannot show is whether a real model would try as much at first, or follow as well.
"""

import re
from collections.abc import Callable, Sequence

from benchmarks.agent_scripts import ARGUMENTS, MODEL_MS, SINGLE, ask, content, thoughts, tool_script
from benchmarks.traces_kinds import HELD_BACK
from src_v2.app import App
from tests.support.llm import LocalLLM, ReceivedRequest, Script

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
REWORDED = [kind.questions[:2] for kind in HELD_BACK.values()]
"""Kinds that come again with other details and in other words; thought about on request."""
EXAMPLE = re.compile(r"^- \[t\d+\] ", re.MULTILINE)
GAVE = re.compile(r"(\w+)\([^)]*\) -> ok")
WARM_UP = ("Who taught me to sail, and when did I tell you?", "Who taught me to swim, and when did I tell you?")
"""What is found out about the embedding model only once is found out before the clock runs."""


def learner(problems: Sequence[Sequence[str]], *, at_once: bool = True) -> Callable[[ReceivedRequest], Script]:
    """Return a model that tries one tool after the other, and follows an example of how the same problem went before.

    It then calls what gave something, all of it at once or one a step. Examples of other problems tell it nothing.
    """

    def reply(request: ReceivedRequest) -> Script:
        called = sum(part["role"] == "tool" for part in request.messages)
        useful = followed(problems, request)
        if request.body.get("tool_choice") == "none" or called >= (len(useful) or len(SINGLE)):
            return Script("That is what I know.", first_token_delay_s=MODEL_MS / 1000)
        if useful:
            return tool_script(*(useful if at_once else useful[called : called + 1]))
        return tool_script(SINGLE[called])

    return reply


def followed(problems: Sequence[Sequence[str]], request: ReceivedRequest) -> list[str]:
    """Return the tools that gave something in the example of the problem that is asked about."""
    asked = next(str(part["content"]) for part in reversed(request.messages) if part["role"] == "user")
    own = {text for problem in problems if problem[1] in asked for text in problem}
    examples = EXAMPLE.split(str(request.messages[0]["content"]))[1:]
    of_it = [example for example in examples if any(text in example.partition("\n")[0] for text in own)]
    gave = dict.fromkeys(name for example in of_it for name in GAVE.findall(example))
    return [name for name in gave if name in ARGUMENTS]


async def second_encounter(app: App, llm: LocalLLM) -> dict[str, float]:
    """Return model calls and seconds of recurring problems, the second time as a share of the first."""
    llm.reply = content(learner([WARM_UP]))
    for text in WARM_UP:
        await ask(app, "warm", text, reflect_on_it=True)
        await app.jobs.idle()
    calls, seconds = await encounters(app, llm, PROBLEMS, "problems")
    one_by_one, _ = await encounters(app, llm, PROBLEMS, "slow problems", at_once=False)
    reworded, _ = await encounters(app, llm, REWORDED, "reworded", reflect_on_it=True)
    return {
        "first_calls": sum(calls[0]) / len(PROBLEMS), "second_calls": sum(calls[1]) / len(PROBLEMS),
        "second_calls_share": sum(calls[1]) / sum(calls[0]), "second_latency_share": sum(seconds[1]) / sum(seconds[0]),
        "second_calls_share_one_by_one": sum(one_by_one[1]) / sum(one_by_one[0]),
        "second_calls_share_reworded": sum(reworded[1]) / sum(reworded[0]),
    }  # fmt: skip


async def encounters(
    app: App,
    llm: LocalLLM,
    problems: Sequence[Sequence[str]],
    user: str,
    *,
    at_once: bool = True,
    reflect_on_it: bool = False,
) -> tuple[list[list[int]], list[list[float]]]:
    """Return model calls and seconds of each problem, for the first encounter and for the second."""
    llm.reply = content(learner(problems, at_once=at_once))
    calls: list[list[int]] = [[], []]
    seconds: list[list[float]] = [[], []]
    for encounter in (0, 1):
        for problem in problems:
            before = thoughts(llm)
            seconds[encounter].append(await ask(app, user, problem[encounter], reflect_on_it=reflect_on_it))
            calls[encounter].append(thoughts(llm) - before)
        await app.jobs.idle()
    return calls, seconds
