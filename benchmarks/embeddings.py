"""What a vector costs: `python -m benchmarks.embeddings [--json PATH] [--data-dir DIR] [--model NAME]`.

Prints a table: first load (export included), later load, memory, one short text, batches, a question during a
re-index, the longest event-loop stall, parity with the original. Without `--data-dir` it exports into a temporary one.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from src_v2.memory.embeddings.parity import SENTENCES

ROUNDS = 200
SHORT_TEXT = "Do you remember what my dog is called?"
DOCUMENTS = SENTENCES * 5

Figures = dict[str, float | str]


async def measure(config: LocalModelConfig) -> Figures:
    """Return every figure; times in ms unless their name says otherwise."""
    first_load_s = await _load_s(config)
    embedder = LocalEmbedder(config)
    figures: Figures = {"first_load_s": first_load_s, "later_load_s": await _start_s(embedder)}
    async with _longest_stall() as stall:
        figures |= await _one_text(embedder)
        figures["documents_per_s"] = len(DOCUMENTS) / await _seconds(
            lambda: embedder.encode(DOCUMENTS, kind="document")
        )
        figures["query_during_reindex_ms_max"] = await _query_during_reindex(embedder)
        figures["concurrent_queries_per_s"] = await _concurrent_queries(embedder)
    figures["loop_stall_ms_max"] = stall[0] * 1000
    figures["rss_mb"] = psutil.Process().memory_info().rss / 2**20
    figures |= _described(embedder) | _import_cost()
    await embedder.close()
    return figures


async def _load_s(config: LocalModelConfig) -> float:
    embedder = LocalEmbedder(config)
    seconds = await _start_s(embedder)
    await embedder.close()
    return seconds


async def _start_s(embedder: LocalEmbedder) -> float:
    async def start() -> None:
        embedder.start()
        await embedder.ready.wait()

    return await _seconds(start)


async def _seconds(action: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await action()
    return time.perf_counter() - start


async def _one_text(embedder: LocalEmbedder) -> Figures:
    questions = _questions("alone")
    times = sorted([await _seconds(lambda: embedder.encode([next(questions)], kind="query")) for _ in range(ROUNDS)])
    return {"short_text_ms_p50": median(times) * 1000, "short_text_ms_p95": times[int(ROUNDS * 0.95)] * 1000}


async def _query_during_reindex(embedder: LocalEmbedder) -> float:
    """Return the slowest of the questions asked while documents are encoded, in ms; one about every 20 ms."""
    reindex = asyncio.create_task(embedder.encode(DOCUMENTS, kind="document"))
    slowest = 0.0
    questions = _questions("meanwhile")
    while not reindex.done():
        slowest = max(slowest, await _seconds(lambda: embedder.encode([next(questions)], kind="query")))
        await asyncio.sleep(0.02)
    await reindex
    return slowest * 1000


async def _concurrent_queries(embedder: LocalEmbedder) -> float:
    questions = _questions("together")

    async def ask_all() -> None:
        await asyncio.gather(*(embedder.encode([next(questions)], kind="query") for _ in range(ROUNDS)))

    return ROUNDS / await _seconds(ask_all)


def _questions(word: str) -> Iterator[str]:
    """Yield short questions of the same length without end: the same one is embedded only once."""
    return (f"{SHORT_TEXT} {word} {number:05}" for number in count())


@asynccontextmanager
async def _longest_stall() -> AsyncIterator[list[float]]:
    """Yield a list whose one number grows to the longest time that the event loop did not come round, in seconds."""
    longest = [0.0]

    async def watch() -> None:
        pause = 0.002
        while True:
            start = time.perf_counter()
            await asyncio.sleep(pause)
            longest[0] = max(longest[0], time.perf_counter() - start - pause)

    watching = asyncio.create_task(watch())
    try:
        yield longest
    finally:
        watching.cancel()


def _described(embedder: LocalEmbedder) -> Figures:
    described = embedder.describe()
    assert described.parity is not None
    return {
        "model": embedder.spec.model,
        "size": embedder.spec.size,
        "precision": described.precision,
        "cosine_min": described.parity.cosine_min,
        "cosine_mean": described.parity.cosine_mean,
        "recall_at_3": described.parity.recall_at_3,
        "original_recall_at_3": described.parity.original_recall_at_3,
    }


def _import_cost() -> Figures:
    """Return time and memory of importing the serving code, in a fresh process."""
    code = (
        "import time, psutil; start = time.perf_counter(); import src_v2.memory.embeddings.loading;"
        "print(time.perf_counter() - start, psutil.Process().memory_info().rss / 2**20)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return {"import_s": float(printed[0]), "import_rss_mb": float(printed[1])}


def _print(figures: Figures) -> None:
    table = Table("figure", "value", title="Embeddings")
    for name, value in figures.items():
        table.add_row(name, value if isinstance(value, str) else f"{value:,.3f}".rstrip("0").rstrip("."))
    Console().print(table)


def main() -> None:
    """Measure, print, and write the figures when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--model", default=PACKAGED_MODEL)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        config = LocalModelConfig(options.data_dir or Path(temporary), model=options.model, size=None)
        figures = asyncio.run(measure(config))
    _print(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
