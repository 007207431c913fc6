"""What could not be written waits safely on disk: `src_v2.memory.spool`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from src_v2.memory.rows import RefChange
from src_v2.memory.spool import Spool
from src_v2.storage.rows import RowWrite

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def row(text: str) -> RowWrite:
    return RowWrite("v2_messages", {"id": text, "text": text, "created_at": NOON, "edited_at": None}, ("text",))


async def test_what_was_added_is_there_after_a_restart_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    assert spool.empty
    await spool.add([row("one"), row("two")])
    await spool.add([row("three")])
    await spool.add(RefChange("elena", "m1", None))
    again = Spool(tmp_path / "spool.jsonl")
    assert not again.empty
    assert await again.take() == [[row("one"), row("two")], [row("three")], RefChange("elena", "m1", None)]


async def test_clearing_drops_what_was_written_and_keeps_the_rest(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for text in ("one", "two", "three"):
        await spool.add([row(text)])
    await spool.clear(2)
    assert await spool.take() == [[row("three")]]
    await spool.clear(1)
    assert spool.empty
    assert not (tmp_path / "spool.jsonl").exists()


async def test_what_is_kept_instead_takes_the_place_of_what_was_dropped(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for text in ("one", "two", "three"):
        await spool.add([row(text)])
    await spool.clear(2, [[row("two")], RefChange("elena", "m1", None)])
    assert await spool.take() == [[row("two")], RefChange("elena", "m1", None), [row("three")]]
    assert b"one" not in (tmp_path / "spool.jsonl").read_bytes()


async def test_a_line_torn_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "spool.jsonl"
    spool = Spool(path)
    await spool.add([row("one")])
    with path.open("ab") as file:
        file.write(b'\n[{"table": "v2_mess')
    await spool.add([row("two")])
    assert [rows for rows in await spool.take() if rows] == [[row("one")], [row("two")]]


async def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    await spool.add([row("secret")])
    assert (tmp_path / "spool.jsonl").stat().st_mode & 0o077 == 0


async def test_a_cancelled_clearing_costs_nothing_that_is_added_meanwhile(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for number in range(200):
        await spool.add([row(str(number))])
    clearing = asyncio.create_task(spool.clear(200))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clearing.cancel()
    await asyncio.gather(clearing, return_exceptions=True)
    await spool.add([row("new")])
    assert await Spool(tmp_path / "spool.jsonl").take() == [[row("new")]]


async def test_what_was_set_aside_is_out_of_the_way_and_not_lost(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    await spool.set_aside([row("refused")])
    assert spool.empty
    aside = tmp_path / "spool.refused.jsonl"
    assert b"refused" in aside.read_bytes()
    assert aside.stat().st_mode & 0o077 == 0
