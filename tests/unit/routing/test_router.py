"""What is answered at once and what is thought about, and that routing never costs more than it may."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src_v2.agents.models.records import CallRecord, Payer, Recorder
from src_v2.agents.routing.examples import load_examples
from src_v2.agents.routing.router import Router, forced_text
from src_v2.agents.routing.signals import read
from src_v2.core.clock import SystemClock
from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.core.routes import STEPS, Complexity, Mode
from src_v2.memory.asking import without_names
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.support.clock import VirtualClock
from tests.unit.routing.conftest import Noting

LONG_TASK = (
    "Go through everything I told you about my work this year, collect what I said about my boss and about money, "
    "compare it with last year, find patterns and write a detailed report with a plan for the next six months."
)
DOUBTFUL = "hat die Bibliothek heute offen? kannst du nachschauen"


@pytest.mark.parametrize(
    "text",
    [
        "hi", "", "   ", "😂😂", "?!", "make me smile", "I love to read before bed", "I plan to sleep", "search me!",
        "calculate my chances, haha", "*sits down by the fire* hey", "what's 2+2", "hola", "danke dir!",
        "do you remember my dog's name?", "I moved to Leeds in March and my sister came along",
    ],
)  # fmt: skip
async def test_talk_is_answered_at_once(wordy: Router, text: str) -> None:
    route = await wordy.route(text)
    assert route.mode is Mode.FAST
    assert route.max_steps == 1


@pytest.mark.parametrize(
    "text",
    [
        "what's 17.5% of 2340?", "348 * 27", "what did I tell you about my job in March?",
        "plan a 3 day trip to Rome for two, budget 600 euros", LONG_TASK,
        "¿cuántas veces te he hablado de mi jefe este año?", "rechne mal 1240 geteilt durch 16",
        "what did I say about moving in March and how does it fit with what I said last week?",
    ],
)  # fmt: skip
async def test_what_needs_tools_is_thought_about(wordy: Router, text: str) -> None:
    route = await wordy.route(text)
    assert route.mode is Mode.REFLECTIVE
    assert route.max_steps == STEPS[route.complexity]


async def test_the_more_is_asked_for_the_more_steps(wordy: Router) -> None:
    sum_, plan, study = [
        (await wordy.route(text)).complexity
        for text in ("348 * 27", "plan a 3 day trip to Rome for two, budget 600 euros", LONG_TASK)
    ]
    assert (sum_, plan, study) == (Complexity.LOW, Complexity.MID, Complexity.HIGH)


async def test_a_picture_without_a_task_is_looked_at_at_once(wordy: Router) -> None:
    route = await wordy.route("what's that on the left there?", pictures=1)
    assert (route.mode, route.reasons) == (Mode.FAST, ("about_a_picture",))


async def test_whoever_forces_it_gets_the_most(router: Router, embedder: Noting) -> None:
    route = await router.route("hi", forced=True)
    assert (route.complexity, route.confidence, route.max_steps) == (Complexity.HIGH, 1.0, 15)
    assert embedder.asked == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("!reflect why is that", "why is that"), ("  !REFLECT\nwhy", "why"), ("!reflect", None), ("!reflect  ", None),
        ("!reflecting on life", None), ("well, !reflect why", None), ("why", None), ("", None),
    ],
)  # fmt: skip
def test_the_prefix_is_taken_off(text: str, rest: str | None) -> None:
    assert forced_text(text) == rest


async def test_plain_talk_costs_no_embedding_and_anything_else_one_at_most(router: Router, embedder: Noting) -> None:
    await router.route("hi")
    await router.route("good night, sleep tight")
    assert embedder.asked == []
    await router.route(DOUBTFUL)
    assert embedder.asked == [([DOUBTFUL], "query")]


async def test_the_text_is_the_one_that_recall_looks_for(router: Router, embedder: Noting) -> None:
    text, names = "Luna, what did Sam tell you about the flat last week?", ("Sam Reed", "Luna", "luna")
    await router.route(text, names=names)
    assert embedder.asked == [([without_names(text, names)], "query")]


async def test_the_examples_are_asked_for_as_questions_and_never_bind_the_memory(embedder: Noting) -> None:
    router = Router(embedder, clock=VirtualClock(auto_advance=True))
    router.start()
    await router.learned()
    assert {kind for _, kind in embedder.asked} == {"query"}
    assert max(len(texts) for texts, _ in embedder.asked) <= 4
    await router.close()


async def test_rules_decide_before_anything_is_learned(embedder: Noting) -> None:
    router = Router(embedder, clock=VirtualClock())
    assert (await router.route("how are you?")).mode is Mode.FAST
    thought = await router.route(LONG_TASK)
    assert thought.mode is Mode.REFLECTIVE
    assert "at_a_glance" in thought.reasons
    assert embedder.asked == []


class Stuck(HashingEmbedder):
    """Answers what the router learns from, and nothing afterwards."""

    stuck = False

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        if self.stuck:
            await asyncio.get_running_loop().create_future()
        return await super().encode(texts, kind=kind)


async def test_a_slow_embedder_is_not_waited_for() -> None:
    embedder = Stuck()
    router = Router(embedder, clock=SystemClock(), embedding_budget_s=0.01)
    router.start()
    await router.learned()
    embedder.stuck = True
    async with asyncio.timeout(5):
        route = await router.route(LONG_TASK)
    assert route.mode is Mode.REFLECTIVE
    assert "signals" in route.reasons
    await router.close()


@pytest.mark.parametrize("error", [EmbeddingError("no"), StoreUnavailable("down"), RuntimeError("odd")])
async def test_a_broken_embedder_breaks_nothing(router: Router, embedder: Noting, error: Exception) -> None:
    embedder.broken = error
    route = await router.route(LONG_TASK)
    assert route.reasons[0] in {"signals", "failed"}


async def test_an_embedder_that_is_down_at_the_start_is_asked_again(embedder: Noting) -> None:
    clock = VirtualClock()
    embedder.broken = StoreUnavailable("down")
    router = Router(embedder, clock=clock)
    router.start()
    async with asyncio.timeout(30):
        await clock.wait_for_sleepers()
    assert "signals" in (await router.route(LONG_TASK)).reasons
    embedder.broken = None
    clock.advance(30)
    await router.learned()
    assert "meaning" in (await router.route(LONG_TASK)).reasons
    await router.close()


async def test_an_embedder_that_never_gets_ready_is_not_asked() -> None:
    embedder = Noting()
    embedder.ready.reset()
    router = Router(embedder, clock=VirtualClock())
    router.start()
    async with asyncio.timeout(30):
        while "signals" not in (await router.route(LONG_TASK)).reasons:
            await asyncio.to_thread(lambda: None)
    assert embedder.asked == []
    await router.close()


class Adviser:
    """A small model's opinion, scripted; notes what it is asked."""

    def __init__(self, says: Complexity | None, *, late: bool = False) -> None:
        self.says = says
        self.late = late
        self.asked: list[str] = []
        self.on_behalf: list[tuple[Payer | None, str]] = []

    async def __call__(
        self, text: str, record: Recorder, *, payer: Payer | None = None, character: str = ""
    ) -> Complexity | None:
        self.asked.append(text)
        self.on_behalf.append((payer, character))
        if self.late:
            await asyncio.get_running_loop().create_future()
        return self.says


async def advised(adviser: Adviser) -> Router:
    router = Router(None, clock=SystemClock(), opinion=adviser, opinion_budget_s=0.01)
    router.start()
    await router.learned()
    return router


async def doubtful_text() -> str:
    """Return a message of the examples about which the signals alone are in doubt."""
    router = await advised(Adviser(None))
    for example in load_examples():
        if (await router.route(example.text)).confidence < 0.55:
            await router.close()
            return example.text
    raise AssertionError("nothing is in doubt")


async def test_a_small_model_is_asked_only_in_doubt_and_only_when_its_call_is_noted() -> None:
    adviser = Adviser(Complexity.MID)
    router = await advised(adviser)
    text = await doubtful_text()
    calls: list[CallRecord] = []
    for plain in ("hi", "thank you so much", LONG_TASK):
        await router.route(plain, record=calls.append)
    await router.route(text)
    assert adviser.asked == []
    route = await router.route(text, record=calls.append, payer=Payer("sam"), character="elena")
    assert adviser.asked == [text]
    assert adviser.on_behalf == [(Payer("sam"), "elena")]
    assert route.complexity is Complexity.MID
    assert route.reasons[-1] == "small_model"
    await router.close()


@pytest.mark.parametrize("adviser", [Adviser(None), Adviser(Complexity.HIGH, late=True)])
async def test_an_opinion_that_does_not_come_changes_nothing(adviser: Adviser) -> None:
    router = await advised(adviser)
    text = await doubtful_text()
    calls: list[CallRecord] = []
    async with asyncio.timeout(5):
        assert await router.route(text, record=calls.append) == await router.route(text)
    await router.close()


async def test_reasons_are_names_of_ours_and_hold_nothing_that_was_said(router: Router) -> None:
    examples = load_examples()
    ours = {
        "no_words", "acts", "handy_sum", "brief", "about_a_picture", "signals", "meaning", "plain_meaning", "tells",
        "numbers", "several_questions", "many_parts", "link", "code", "sum", *(f"like_{one.kind}" for one in examples),
    }  # fmt: skip
    for example in examples[::7]:
        assert set((await router.route(example.text)).reasons) <= ours


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), max_size=400), pictures=st.integers(0, 20))
async def test_no_text_is_too_odd(router: Router, text: str, pictures: int) -> None:
    route = await router.route(text, pictures=pictures)
    assert 0.0 <= route.confidence <= 1.0
    assert "failed" not in route.reasons
    assert 1 <= route.max_steps <= STEPS[route.complexity]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "1, " * 60_000,
        "?" * 200_000,
        "```" * 60_000,
        "\n- " * 60_000,
        "i told you " * 20_000,
        "é́" * 90_000,
    ],
)
def test_a_wall_of_text_takes_no_longer_than_a_page(text: str) -> None:
    begin = time.perf_counter()
    read(text)
    assert time.perf_counter() - begin < 0.25


async def test_a_route_takes_next_to_no_time(wordy: Router) -> None:
    texts = [example.text for example in load_examples()[::5]]
    begin = time.perf_counter()
    for text in texts:
        await wordy.route(text)
    assert (time.perf_counter() - begin) / len(texts) < 0.01
