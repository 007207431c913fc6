"""How soon a saved character file counts: `python -m benchmarks.hot_reload [--json PATH] [--quick]`.

A running application watches a copy of the characters. A line in elena's character.md is changed in the ways in which
editors save; measured is the time from the end of the save until the new version is the one that the next turn takes,
and whether that turn's prompt then says the new line.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from benchmarks.support import arguments, loop_watch, percentile, report
from src_v2.characters.service import Characters
from src_v2.observability.logging import configure_logging
from tests.support.house import CHARACTERS, House
from tests.support.llm import LocalLLM

BUDGETS = {"seconds_max": 1.0, "prompts_without_the_new_line": 0.0, "loop_stall_ms": 50.0}
SAVES = 24
LOOK_EVERY_S = 0.002
PATIENCE_S = 10.0

Figures = dict[str, float]


def in_place(file: Path, text: str) -> None:
    """Write over the file, as nano and `echo >` do."""
    file.write_text(text)


def in_pieces(file: Path, text: str) -> None:
    """Write over the file bit by bit, as a slow network folder does."""
    with file.open("w") as opened:
        for start in range(0, len(text), 512):
            opened.write(text[start : start + 512])
            opened.flush()


def rename_over(file: Path, text: str) -> None:
    """Write aside and rename, as most editors do."""
    aside = file.with_suffix(".tmp")
    aside.write_text(text)
    aside.replace(file)


def keep_a_copy(file: Path, text: str) -> None:
    """Move the old file away and write a new one, as vim does."""
    file.rename(file.with_suffix(".md~"))
    file.write_text(text)


def delete_first(file: Path, text: str) -> None:
    """Delete the file and make it anew, as a checkout does."""
    file.unlink()
    file.write_text(text)


def from_outside(file: Path, text: str) -> None:
    """Rename a file from another folder over this one, with an old date, as `rsync -t` does."""
    aside = file.parents[2] / "aside.md"
    aside.write_text(text)
    os.utime(aside, (0, 0))
    aside.replace(file)


WAYS: Mapping[str, Callable[[Path, str], None]] = {
    way.__name__: way for way in (in_place, in_pieces, rename_over, keep_a_copy, delete_first, from_outside)
}


async def seconds_until_live(characters: Characters, file: Path, save: Callable[[Path, str], None], line: str) -> float:
    """Save elena with `line` and return the seconds until her version changes."""
    before = characters.get("elena").version
    original = await asyncio.to_thread((CHARACTERS / "elena" / "character.md").read_text)
    await asyncio.to_thread(save, file, f"{original}\n{line}\n")
    saved = time.perf_counter()
    async with asyncio.timeout(PATIENCE_S):
        while characters.get("elena").version == before:  # noqa: ASYNC110 - the wait itself is measured
            await asyncio.sleep(LOOK_EVERY_S)
    return time.perf_counter() - saved


async def next_prompt(house: House, llm: LocalLLM) -> str:
    """Return all that the model is told in the next turn."""
    await house.hears(house.person("Sam").says("How is the tide?"))
    return str(llm.requests[-1].messages)


async def measure(folder: Path, saves: int) -> Figures:
    """Return every figure; the ways of saving take turns."""
    shutil.copytree(CHARACTERS, folder / "characters")
    file = folder / "characters" / "elena" / "character.md"
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    unsaid = 0
    async with LocalLLM() as llm, House(folder / "data", llm, characters_dir=folder / "characters") as house:
        await next_prompt(house, llm)
        async with loop_watch() as watch:
            for number, (name, save) in zip(range(saves), cycle(WAYS.items()), strict=False):
                line = f"Tide mark number {number} is under the pier."
                times[name].append(await seconds_until_live(house.app.characters, file, save, line))
                unsaid += line not in await next_prompt(house, llm)
    return figures_of(times) | {"prompts_without_the_new_line": unsaid, "loop_stall_ms": watch.longest_s * 1000}


def figures_of(times: Mapping[str, Sequence[float]]) -> Figures:
    """Return the spread of all times, and the longest for each way of saving."""
    every = [seconds for way in times.values() for seconds in way]
    figures: Figures = {"saves": len(every), "seconds_p50": percentile(every, 0.5), "seconds_max": max(every)}
    return figures | {f"seconds_max_{way}": max(seconds) for way, seconds in times.items() if seconds}


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="each way of saving once")
    options = parser.parse_args()
    configure_logging("WARNING", "json")
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), len(WAYS) if options.quick else SAVES))
    report("Hot reload: from the end of a save to the next turn", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
