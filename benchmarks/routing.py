"""How well messages are routed, and how fast: `python -m benchmarks.routing [--json PATH] [--data-dir DIR] [--misses]`.

Two sets that nothing was made with (`tests/data/routing`): the fifth that is held back, and what was written later.
Prints how often mode and complexity are right, how much small talk is thought about, and what a route takes, with the
packaged embedding model and with rules and signals alone. Without
`--data-dir` the model is exported into a temporary folder.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support import arguments, loop_watch, percentile, report
from src_v2.agents.routing.examples import Example, load_examples
from src_v2.agents.routing.router import UNSURE, Router
from src_v2.core.clock import SystemClock
from src_v2.core.routes import Complexity, Mode, Route
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL

DATA = Path(__file__).parents[1] / "tests" / "data" / "routing"
SETS = ("held_back", "written_later")
PATIENT_S = 5.0
"""How long an embedding may take here: a busy machine must not change what is right, only how long it took."""
TALK = frozenset({"small_talk", "look_alike"})
BUDGETS = {f"meaning.{name}.small_talk_thought_about_share": 0.02 for name in SETS}
Figures = dict[str, float | int]


@dataclass(frozen=True, slots=True)
class Routed:
    """An utterance, where it went and how long that took."""

    example: Example
    route: Route
    ms: float

    @property
    def mode_is_right(self) -> bool:
        """Whether it was answered at once when it should be, and thought about when it should be."""
        return (self.example.complexity is Complexity.SIMPLE) == (self.route.mode is Mode.FAST)


async def routed(router: Router, examples: Sequence[Example]) -> list[Routed]:
    """Route every example, one after the other."""
    done = []
    for example in examples:
        begin = time.perf_counter()
        route = await router.route(example.text)
        done.append(Routed(example, route, (time.perf_counter() - begin) * 1000))
    return done


def figures_of(done: Sequence[Routed]) -> Figures:
    """Return how many were routed right: shares 0..1, times in ms."""
    talk = [one for one in done if one.example.kind in TALK]
    slow = sum(one.route.mode is Mode.REFLECTIVE for one in talk)
    return {
        "utterances": len(done),
        "mode_right": sum(one.mode_is_right for one in done) / len(done),
        "complexity_right": sum(one.route.complexity is one.example.complexity for one in done) / len(done),
        "small_talk": len(talk),
        "small_talk_thought_about": slow,
        "small_talk_thought_about_share": slow / len(talk),
        "unsure_share": sum(one.route.confidence < UNSURE for one in done) / len(done),
        "route_ms_p50": percentile([one.ms for one in done], 0.5),
        "route_ms_p95": percentile([one.ms for one in done], 0.95),
    }


async def measure(data_dir: Path, *, misses: bool) -> Figures:
    """Return all figures: `<by what>.<set>.<figure>`."""
    figures: Figures = {}
    embedder = LocalEmbedder(LocalModelConfig(data_dir, model=PACKAGED_MODEL, size=None))
    embedder.start()
    await embedder.ready.wait()
    for way, router in (
        ("signals", Router(None, clock=SystemClock())),
        ("meaning", Router(embedder, clock=SystemClock(), keep_in=data_dir / "routing", embedding_budget_s=PATIENT_S)),
    ):
        figures |= await _measured(way, router, misses=misses)
    again = Router(embedder, clock=SystemClock(), keep_in=data_dir / "routing")
    figures["meaning.learn_again_s"] = await _learned_s(again)
    await again.close()
    await embedder.close()
    return figures


async def _measured(way: str, router: Router, *, misses: bool) -> Figures:
    async with loop_watch() as watch:
        figures: Figures = {f"{way}.learn_s": await _learned_s(router)}
    figures[f"{way}.learn_stall_ms_max"] = watch.longest_s * 1000
    for name in SETS:
        done = await routed(router, load_examples(DATA / f"{name}.yaml"))
        figures |= {f"{way}.{name}.{figure}": value for figure, value in figures_of(done).items()}
        if misses and way == "meaning":
            _show_misses(name, done)
    await router.close()
    return figures


async def _learned_s(router: Router) -> float:
    begin = time.perf_counter()
    router.start()
    await router.learned()
    return time.perf_counter() - begin


def _show_misses(name: str, done: Sequence[Routed]) -> None:
    for one in done:
        if not one.mode_is_right:
            print(f"{name}: {one.example.complexity} -> {one.route}: {one.example.text}")


def main() -> None:
    """Measure, print, and write the figures when asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--data-dir", type=Path, help="where the embedding model is, or is exported to")
    parser.add_argument("--misses", action="store_true", help="show what was routed wrong: then it is no longer unseen")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, suppress(KeyboardInterrupt):
        figures = asyncio.run(measure(options.data_dir or Path(temporary), misses=options.misses))
        report("Routing", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
