"""How well drafts are reviewed by rules alone: planted claims caught, sound drafts touched, time per review."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchmarks.support import arguments, loop_watch, percentile, report
from src_v2.agents.critic import Critic, Finding, Kind, Material
from src_v2.agents.critic.grounding import look
from tests.unit.critic import cases

BUDGETS = {
    "sound_touched_share": 0.05,
    "held_back_touched_share": 0.05,
    "later_touched_share": 0.05,
    "review_ms_p95": 50.0,
    "long_review_ms_p95": 50.0,
    "loop_stall_ms": 50.0,
}
LONG_WORDS = 300
LONG_SOURCES = 40


def found(case: cases.Case) -> list[Finding]:
    """Return what the rules find in a draft."""
    return [looked.finding for looked in look(case.draft, cases.material(case)) if looked.finding]


def shares(prefix: str, names: Sequence[str]) -> dict[str, object]:
    """Return how many planted claims are caught in some files, and how many sound drafts are touched."""
    planted, sound = cases.planted(*names), cases.sound(*names)
    caught = [case for case in planted if any(case.lie in finding.sentence for finding in found(case))]
    touched = [case for case in sound if found(case)]
    return {
        f"{prefix}planted": len(planted),
        f"{prefix}caught_share": len(caught) / len(planted),
        f"{prefix}sound": len(sound),
        f"{prefix}touched_share" if prefix else "sound_touched_share": len(touched) / len(sound),
    }


def per_kind(planted: Iterable[cases.Case]) -> dict[str, object]:
    """Return caught of planted for every kind, and how often the kind was named right."""
    there: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    named = 0
    for case in planted:
        there[case.kind] += 1
        hit = next((finding for finding in found(case) if case.lie in finding.sentence), None)
        caught[case.kind] += hit is not None
        named += hit is not None and hit.kind == case.kind
    figures: dict[str, object] = {f"caught_{kind.value}": f"{caught[kind]} of {there[kind]}" for kind in Kind}
    return figures | {"kind_named_right": f"{named} of {caught.total()}"}


def long_case() -> tuple[str, Material]:
    """Return a draft of 300 words and 40 sources, made of the sound ones of one world."""
    sound = [case for case in cases.sound(*cases.SEEN) if case.world == "sam"]
    draft = " ".join(" ".join(case.draft for case in sound).split()[:LONG_WORDS])
    material = cases.material(sound[0])
    memories = [*material.memories] * LONG_SOURCES
    return draft, replace(material, memories=memories[: LONG_SOURCES - len(material.facts)])


async def times(rounds: int) -> dict[str, object]:
    """Return milliseconds per review, and the longest stall of the event loop meanwhile."""
    critic = Critic()
    files = (*cases.SEEN, cases.HELD_BACK, *cases.LATER)
    every = [(case.draft, cases.material(case)) for case in (*cases.planted(*files), *cases.sound(*files))]
    longest = long_case()
    async with loop_watch() as watch:
        usual = [await _timed(critic, *one) for _ in range(rounds) for one in every]
        long = [await _timed(critic, *longest) for _ in range(20 * rounds)]
    return {
        "review_ms_p50": percentile(usual, 0.5),
        "review_ms_p95": percentile(usual, 0.95),
        "long_review_ms_p50": percentile(long, 0.5),
        "long_review_ms_p95": percentile(long, 0.95),
        "loop_stall_ms": watch.longest_s * 1000,
    }


async def _timed(critic: Critic, draft: str, material: Material) -> float:
    before = time.perf_counter()
    await critic.review(draft, material)
    return (time.perf_counter() - before) * 1000


def main() -> int:
    """Measure and show."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    files = (*cases.SEEN, cases.HELD_BACK, *cases.LATER)
    figures = (
        shares("", files)
        | shares("held_back_", (cases.HELD_BACK,))
        | shares("later_", cases.LATER)
        | per_kind(cases.planted(*files))
        | asyncio.run(times(chosen.rounds))
    )
    report("Drafts reviewed by rules alone", figures, chosen.json, BUDGETS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
