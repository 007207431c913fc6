"""What the benchmarks share: a model server as a process of its own, a watch on the event loop, tables and JSON."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

Figures = Mapping[str, object]
TICK_S = 0.005


@contextmanager
def llm_process(*, first_token_ms: float, tokens_per_s: float, tokens: int, packets: bool = False) -> Iterator[str]:
    """Run the local model server and give its OpenAI-compatible address. `tokens_per_s` 0 sends all at once."""
    command = [
        sys.executable, "-m", "tests.support.llm", "--first-token-ms", str(first_token_ms),
        "--tokens-per-s", str(tokens_per_s), "--tokens", str(tokens), *(["--packet-per-token"] if packets else []),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)


class LoopWatch:
    """How late the event loop was at worst, in seconds."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def watch(self) -> None:
        """Tick until cancelled and note the longest delay beyond a tick."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - before - TICK_S)


@asynccontextmanager
async def loop_watch() -> AsyncIterator[LoopWatch]:
    """Watch the event loop while the block runs."""
    watch = LoopWatch()
    task = asyncio.create_task(watch.watch())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def percentile(values: Sequence[float], fraction: float) -> float:
    """Return the value below which `fraction` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows `--json PATH`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def report(title: str, figures: Figures, json_path: Path | None, budgets: Mapping[str, float] | None = None) -> None:
    """Print the figures as a table, with the budget where there is one, and write them as JSON when asked to."""
    table = Table(title=title)
    for column in ("figure", "value", "budget"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, value in figures.items():
        budget = (budgets or {}).get(name)
        shown = f"{value:,.3f}" if isinstance(value, float) else str(value)
        missed = budget is not None and isinstance(value, int | float) and value > budget
        table.add_row(name, f"[red]{shown}[/]" if missed else shown, "" if budget is None else f"<= {budget:g}")
    Console().print(table)
    if json_path:
        json_path.write_text(json.dumps(figures, indent=2) + "\n")
