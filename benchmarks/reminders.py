"""How well requests for reminders are understood, and what waiting ones cost.

`python -m benchmarks.reminders [--waiting N] [--json PATH]`. Accuracy is of the labelled sentences in
`tests/data/reminders`, of which every third is held back from tuning. The looks are those of every minute, on SQLite,
with so many reminders of 2,000 people (100,000 in all) of which none is due.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.support import arguments, percentile, report
from src_v2.evolution.reminders.asking import asked_for
from src_v2.evolution.reminders.store import reminder_row
from src_v2.storage import migrate
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter
from tests.support.reminders import DM, Stage
from tests.unit.reminders.test_asking import NOW, fits, sentences

PEOPLE = 2_000
LOOKS = 100
REPEATS = 20
PLAIN = "hi there, how was your day?"


def understanding() -> dict[str, float]:
    """Return how many sentences are understood, 0..1, and what that costs."""
    tuned, held = sentences(held_back=False), sentences(held_back=True)
    costs_ms = [_cost_s(lambda text=row[3]: asked_for(text, NOW)) * 1000 for row in tuned + held]  # type: ignore[misc]
    return {
        "sentences": len(tuned) + len(held),
        "tuned_accuracy": sum(map(fits, tuned)) / len(tuned),
        "held_back_accuracy": sum(map(fits, held)) / len(held),
        "understanding_ms_p50": percentile(costs_ms, 0.5),
        "understanding_ms_p95": percentile(costs_ms, 0.95),
        "plain_message_us": _cost_s(lambda: asked_for(PLAIN, NOW)) * 1e6,
    }


async def looking(folder: Path, waiting: int) -> dict[str, float]:
    """Return what a look costs while many wait."""
    database = Database(f"sqlite:///{folder / 'reminders.db'}")
    await migrate.upgrade(database)
    try:
        stage = Stage(database)
        await stage.says("remind me in 20 minutes to check the oven")
        (one,) = await stage.kept()
        for batch in range(waiting // PEOPLE):
            later = one.due_at + timedelta(days=1 + batch)
            await RowWriter(database).apply([
                reminder_row(
                    replace(one, id=f"{batch}-{person}", audience=replace(DM, user_id=f"discord:{person}"),
                            due_at=later + timedelta(seconds=person), source_message_id=""),
                    stage.clock.now(),
                )
                for person in range(PEOPLE)
            ])  # fmt: skip
        costs_ms = []
        for _ in range(LOOKS):
            begun = time.perf_counter()
            await stage.delivery.sweep()
            costs_ms.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        await stage.pass_time(minutes=20)
        said_ms = (time.perf_counter() - begun) * 1000
    finally:
        await database.close()
    return {
        "look_ms_p50": percentile(costs_ms, 0.5),
        "look_ms_p95": percentile(costs_ms, 0.95),
        "saying_one_ms": said_ms,
    }


def _cost_s(what: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(REPEATS):
        what()
    return (time.process_time() - begun) / REPEATS


def main() -> None:
    """Measure and report."""
    parser = arguments(__doc__)
    parser.add_argument("--waiting", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = understanding() | asyncio.run(looking(Path(folder), options.waiting))
    report("Reminders", figures, options.json)


if __name__ == "__main__":
    main()
