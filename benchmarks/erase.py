"""How long it takes to forget somebody: `python -m benchmarks.erase [--memories N] [--database-url URL] [--json PATH]`.

One person with that many memories and half as many of somebody else, facts, summaries and jobs about both, on the whole
process. Erased while nothing else happens, and while the person talks and is being read back. Vectors are random: what
an erasure costs does not depend on what they mean.
"""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.recall import RandomVectors
from benchmarks.support import arguments, loop_watch, report
from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.core.scope import Scope
from src_v2.memory.embeddings.base import EmbeddingSpec
from src_v2.memory.rows import message_rows, session_row
from src_v2.observability.logging import configure_logging
from src_v2.privacy.models import ErasureState, Whose
from src_v2.storage.tables import messages
from tests.support.house import Reply, make_settings
from tests.support.traces import rows_with

SIZE = 384
SESSION_MESSAGES = 20
ROWS_AT_ONCE = 500
LOOK_S = 0.05
BUDGETS = {"erase_s": 60.0, "erase_while_talking_s": 60.0, "left": 0.0}
FACTS = ("My name is {}.", "I live in town {}.", "My sister is called Ana{}.", "I work as a baker in street {}.")


def said(app: App, user: str, text: str, ago: timedelta = timedelta()) -> IncomingMessage:
    """Return a direct message of `user` to elena."""
    audience = Audience("elena", f"bench:{user}", f"bench:dm-{user}", Visibility.PRIVATE)
    return IncomingMessage(new_id(), Author(audience.user_id, user), audience, text, app.clock.now() - ago, "bench")


async def fill(app: App, user: str, memories: int) -> None:
    """Store and index what a person said, and what follows from some of it."""
    rows: list[Any] = []
    for number in range(memories):
        fact = FACTS[number % len(FACTS)].format(number) if number % 50 == 0 else ""
        text = f"{fact} On day {number} I walked to lighthouse {number % 97} and met {number % 43} gulls.".strip()
        message = said(app, user, text, timedelta(minutes=memories - number))
        session = f"{user}-{number // SESSION_MESSAGES}"
        if number % SESSION_MESSAGES == 0:
            rows.append(session_row(session, message.audience, message.sent_at))
        rows += message_rows([message], session, f"{user}-turn-{number}")
        if len(rows) >= ROWS_AT_ONCE:
            await app.store.apply(rows)
            rows = []
    await app.store.apply(rows)
    await app.background.learning.sweep()
    await app.jobs.idle()
    await app.indexer.sweep()
    await app.jobs.idle()


async def erase(app: App, user_id: str) -> float:
    """Erase somebody as a person would; return the seconds until it is done."""
    started = time.perf_counter()
    erasure = await app.own_data.erase(user_id)
    while erasure.state is not ErasureState.DONE:
        await asyncio.sleep(LOOK_S)
        erasure = await app.own_data.erasure(erasure.id)
    return time.perf_counter() - started


async def talk(app: App, user: str, until: asyncio.Event) -> None:
    """Say one thing after the other."""
    number = 0
    while not until.is_set():
        number += 1
        reply = Reply()
        await app.lanes.submit(said(app, user, f"And another thing, number {number}: I saw a seal."), reply)
        await reply.finished.wait()


async def measure(folder: Path, memories: int, **variables: Any) -> dict[str, float]:
    """Return all figures."""
    vectors = RandomVectors(EmbeddingSpec("random", SIZE))
    app = App(make_settings(folder, None, **variables), doors=False, embedder=vectors)
    await app.start()
    figures: dict[str, float] = {"memories": float(memories)}
    try:
        await fill(app, "other", memories // 2)
        other = await app.eraser.left(Scope(user_id="bench:other"))
        await fill(app, "quiet", memories)
        figures["held"] = float(await app.eraser.left(Scope(user_id="bench:quiet")))
        started = time.perf_counter()
        taken = await app.own_data.export("bench:quiet")
        figures["export_s"] = time.perf_counter() - started
        async with loop_watch() as watch:
            figures["erase_s"] = await erase(app, "bench:quiet")
        figures["loop_stall_ms"] = watch.longest_s * 1000
        figures["left"] = float(await app.eraser.left(Scope(user_id="bench:quiet")))
        figures["rows_left"] = float(len(await rows_with(app.stores.database, "bench:quiet")))
        started = time.perf_counter()
        brought = await app.own_data.bring_in(Whose("elena", "bench:quiet"), taken.content, ZoneInfo("UTC"))
        figures |= {"import_s": time.perf_counter() - started, "imported": float(brought.added)}
        await app.jobs.idle()

        done = asyncio.Event()
        talking = asyncio.create_task(talk(app, "quiet", done))
        await app.background.learning.sweep()
        figures["erase_while_talking_s"] = await erase(app, "bench:quiet")
        done.set()
        await talking
        await app.jobs.idle()
        figures["old_rows_left"] = float(await old_rows(app, "bench:quiet"))
        figures["of_others_lost"] = float(other - await app.eraser.left(Scope(user_id="bench:other")))
        return figures
    finally:
        await app.stop()


async def old_rows(app: App, user_id: str) -> int:
    """Count the messages of a person from before they were erased."""
    held = select(func.count()).select_from(messages).where(messages.c.user_id == user_id)
    async with app.stores.database.read() as connection:
        old = await connection.execute(held.where(messages.c.text.contains("lighthouse")))
        return int(old.scalar_one())


def main() -> int:
    """Measure and show."""
    parser = arguments(__doc__)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--database-url", default="", help="PostgreSQL instead of SQLite")
    chosen = parser.parse_args()
    configure_logging("WARNING", "json")
    variables = {"database_url": chosen.database_url} if chosen.database_url else {}
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), chosen.memories, **variables))
    report("Forgetting somebody", figures, chosen.json, BUDGETS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
