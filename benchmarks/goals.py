"""How well goals that people state outright are noticed: `python -m benchmarks.goals [--json PATH] [--misses]`.

Three sets of labelled sentences in six languages (`tests/data/goals`): `seen`, with which the rules were made, the
third that was held back, and what was written later. Prints precision and recall of noticing a goal at all, how often
the words are exactly the labelled ones, and the time per message. `--misses` shows what was taken wrong: then it is no
longer unseen.
"""

import time
from collections.abc import Sequence

from benchmarks.support import arguments, percentile, report
from src_v2.evolution.goals.stating import intentions
from tests.support.goals import Sentence, sentences

SETS = ("seen", "held_back", "later")
BUDGETS = {"read_ms_p95": 2.0, "long_read_ms_max": 50.0}
LONG = ("I had a quiet day at work and the tram was late again, but what can you do. " * 100)[:8000]
HOSTILE = ("I want to learn " * 500, "help me " * 1000, "my goal is " * 720, "je veux apprendre " * 440, "a," * 4000)


def figures_of(name: str, said: Sequence[Sentence]) -> dict[str, object]:
    """Return precision and recall of noticing, and how often the words are those of the label."""
    found = {one.text: intentions(one.text) for one in said}
    meant = [one for one in said if one.goal]
    noticed = [one for one in said if found[one.text]]
    right = [one for one in noticed if one.goal]
    exact = [one for one in right if found[one.text][0].description == one.goal]
    return {
        f"{name}.sentences": len(said),
        f"{name}.goals": len(meant),
        f"{name}.false": len(noticed) - len(right),
        f"{name}.missed": len(meant) - len(right),
        f"{name}.precision": len(right) / len(noticed),
        f"{name}.recall": len(right) / len(meant),
        f"{name}.exact_words_share": len(exact) / len(right),
    }


def times(said: Sequence[Sentence], rounds: int = 20) -> dict[str, object]:
    """Return milliseconds per message: usual ones, one of 8,000 characters, and hostile ones."""
    usual = [_ms(one.text) for _ in range(rounds) for one in said]
    return {
        "read_ms_p50": percentile(usual, 0.5),
        "read_ms_p95": percentile(usual, 0.95),
        "long_read_ms_max": max(_ms(LONG) for _ in range(rounds)),
        "hostile_read_ms_max": max(_ms(text) for text in HOSTILE for _ in range(3)),
    }


def _ms(text: str) -> float:
    begin = time.perf_counter()
    intentions(text)
    return (time.perf_counter() - begin) * 1000


def show_misses(name: str, said: Sequence[Sentence]) -> None:
    """Print what was taken wrong."""
    for one in said:
        taken = [intention.description for intention in intentions(one.text)]
        if taken != ([one.goal] if one.goal else []):
            print(f"{name}: {one.text} -> {taken}")


def main() -> None:
    """Measure, print, and write the figures when asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--misses", action="store_true", help="show what was taken wrong")
    options = parser.parse_args()
    sets = {name: sentences(name) for name in SETS}
    figures = times([one for said in sets.values() for one in said])
    for name, said in sets.items():
        figures = figures_of(name, said) | figures
        if options.misses:
            show_misses(name, said)
    report("Goals stated outright", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
