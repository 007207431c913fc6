"""How well feelings are read off a text, and what it costs: `python -m benchmarks.feelings [--json PATH]`.

Shares of the labelled sentences in tests/data/sentiment whose sign is right, and the mean error on the scale of -2..2:
those the word lists were made with (`tuned`, `chat`), those held back from before the first list, and those written
after the last change (`unseen`).
"""

import time
from collections.abc import Callable

from benchmarks.support import arguments, percentile, report
from src_v2.evolution.feelings.regard import regard
from src_v2.evolution.feelings.sentiment import sentiment
from tests.support.sentences import SETS, Sentence, right, sentences

BUDGETS: dict[str, float] = {"sentiment_ms_p95": 1.0, "regard_ms_p95": 1.0}
ROUNDS = 10
LONG_CHARS = 4000


def shares() -> dict[str, float]:
    """Return how many signs are right, and by how much numbers are off."""
    figures: dict[str, float] = {}
    for name in SETS:
        found = sentences(name)
        figures[f"{name}_sentences"] = len(found)
        figures |= _of(f"{name}_sentiment", sentiment, found, lambda one: one.feels)
        figures |= _of(f"{name}_regard", regard, found, lambda one: one.treats)
    return figures


def times() -> dict[str, float]:
    """Return what reading an ordinary sentence costs, and a long text."""
    texts = [one.text for name in SETS for one in sentences(name)]
    long = " ".join(texts)[:LONG_CHARS]
    figures: dict[str, float] = {}
    for name, read in (("sentiment", sentiment), ("regard", regard)):
        took_ms = [_ms(read, text) for text in texts * ROUNDS]
        figures[f"{name}_ms_p50"], figures[f"{name}_ms_p95"] = percentile(took_ms, 0.5), percentile(took_ms, 0.95)
        figures[f"{name}_long_ms_p50"] = percentile([_ms(read, long) for _ in range(ROUNDS)], 0.5)
    return figures


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__).parse_args()
    report("Feelings", shares() | times(), options.json, BUDGETS)


def _of(
    name: str, read: Callable[[str], float], found: list[Sentence], wanted: Callable[[Sentence], float]
) -> dict[str, float]:
    off = [abs(read(one.text) - wanted(one)) for one in found]
    hits = [right(read(one.text), wanted(one)) for one in found]
    return {f"{name}_sign_right": sum(hits) / len(hits), f"{name}_mean_error": sum(off) / len(off)}


def _ms(read: Callable[[str], float], text: str) -> float:
    began = time.perf_counter()
    read(text)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
