"""What was learned is kept between starts, and never taken from a file that another model or a broken disk left."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from src_v2.agents.guard import kept, meaning
from src_v2.agents.guard.cues import COUNT
from src_v2.agents.guard.examples import LESSONS, SHIPPED, Example, Label, Lessons
from src_v2.agents.guard.likelihood import Likelihood
from src_v2.agents.guard.meaning import PROBE, Meaning
from src_v2.memory.embeddings.base import EmbeddingSpec, TextKind, Vectors
from tests.support.clock import VirtualClock
from tests.unit.agents.guard.test_meaning import FEW, IN_NEED
from tests.unit.routing.conftest import Noting


class Lesson:
    """Lessons that count how often somebody learned from them."""

    def __init__(self, digest: str = "few") -> None:
        self.learned = 0
        self.lessons = Lessons(self._read, lambda: digest)

    def _read(self) -> Sequence[Example]:
        self.learned += 1
        return FEW


class Other(Noting):
    """Another model behind the same name."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        return np.roll(await super().encode(texts, kind=kind), 7, axis=1)


async def started(folder: Path, lesson: Lesson, embedder: Noting | None = None) -> frozenset[Label]:
    """Start and stop once; return what is seen in somebody's need."""
    one = Meaning(embedder or Noting(), VirtualClock(auto_advance=True), folder, lessons=lesson.lessons)
    one.start()
    await one.learned()
    seen = await one.seen(f"{IN_NEED} again", "Elena", ())
    await one.close()
    return seen


def suffixes(folder: Path) -> list[str]:
    return sorted(file.suffix for file in folder.iterdir())


def only_solution(folder: Path) -> Path:
    (file,) = folder.glob("*.npz")
    return file


async def test_a_second_start_learns_nothing_and_asks_for_one_vector(tmp_path: Path) -> None:
    lesson, embedder = Lesson(), Noting()
    assert await started(tmp_path, lesson) == {Label.CRISIS}
    written = only_solution(tmp_path).stat().st_mtime_ns
    clock = VirtualClock()  # stands still: what is kept is not waited for
    one = Meaning(embedder, clock, tmp_path, lessons=lesson.lessons)
    one.start()
    async with asyncio.timeout(20):
        await one.learned()
    assert embedder.asked == [([PROBE], "query")]
    assert await one.seen(f"{IN_NEED} again", "Elena", ()) == {Label.CRISIS}
    assert lesson.learned == 1
    assert only_solution(tmp_path).stat().st_mtime_ns == written
    await one.close()


async def test_what_is_loaded_sees_as_what_was_learned(tmp_path: Path) -> None:
    await started(tmp_path, Lesson())
    found = kept.load(only_solution(tmp_path), 64)
    assert found is not None
    learned, probe = found
    np.testing.assert_array_equal(probe, (await Noting().encode([PROBE], kind="query"))[0])
    path = tmp_path / "elsewhere" / "solution-x.npz"
    kept.keep(path, learned, probe)
    again = kept.load(path, 64)
    assert again is not None
    for name in ("rows", "lengths", "pulls", "usual", "seen_from"):
        np.testing.assert_array_equal(getattr(again[0], name), getattr(learned, name))


def broken_files(good: bytes, folder: Path) -> dict[str, bytes]:
    with np.load(only_solution(folder)) as file:
        arrays = dict(file)
    alien = folder / "alien"

    def of(**changed: object) -> bytes:
        with alien.open("wb") as file:
            np.savez(file, **{**arrays, **changed})
        content = alien.read_bytes()
        alien.unlink()
        return content

    return {
        "empty": b"", "no_archive": b"no arrays", "half": good[: len(good) // 2], "flipped": _flipped(good),
        "one_array": b"\x93NUMPY\x01\x00", "other_size": of(rows=arrays["rows"][:, 1:]),
        "other_count": of(pulls=arrays["pulls"][1:]), "no_numbers": of(pulls=np.full_like(arrays["pulls"], np.nan)),
        "other_numbers": of(usual=arrays["usual"].astype(np.float64)),
        "objects": of(usual=np.array([{}, {}], dtype=object)), "older_limits": of(seen_from=arrays["seen_from"][0]),
    }  # fmt: skip


def _flipped(good: bytes) -> bytes:
    middle = len(good) // 4
    return good[:middle] + bytes([good[middle] ^ 0xFF]) + good[middle + 1 :]


async def test_a_broken_or_foreign_file_is_learned_anew(tmp_path: Path) -> None:
    lesson = Lesson()
    await started(tmp_path, lesson)
    file = only_solution(tmp_path)
    good = file.read_bytes()
    files = broken_files(good, tmp_path)
    for number, (name, content) in enumerate(files.items(), start=2):
        file.write_bytes(content)
        assert await started(tmp_path, lesson) == {Label.CRISIS}, name
        assert lesson.learned == number, name
        assert kept.load(file, 64) is not None, name


async def test_another_model_of_the_same_name_learns_anew(tmp_path: Path) -> None:
    lesson = Lesson()
    await started(tmp_path, lesson)
    await started(tmp_path, lesson, Other())
    assert lesson.learned == 2
    await started(tmp_path, lesson, Other())
    assert lesson.learned == 2


async def test_files_of_older_examples_go_and_other_files_stay(tmp_path: Path) -> None:
    await started(tmp_path, Lesson("older"))
    older = only_solution(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    lesson = Lesson("newer")
    await started(tmp_path, lesson)
    assert lesson.learned == 1
    assert only_solution(tmp_path) != older
    assert suffixes(tmp_path) == [".npy", ".npz", ".txt"]


async def test_what_cannot_be_written_is_learned_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    assert await started(tmp_path, Lesson()) == {Label.CRISIS}
    assert suffixes(tmp_path) == [".npy"]


def test_the_name_says_model_examples_cues_and_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = EmbeddingSpec("BAAI/bge-base-en-v1.5", 768).slug
    names = {kept.path_in(tmp_path, model, "a"), kept.path_in(tmp_path, model, "b"), kept.path_in(tmp_path, "m", "a")}
    monkeypatch.setattr(kept, "cues_digest", lambda: "other cues")
    names.add(kept.path_in(tmp_path, model, "a"))
    monkeypatch.setattr(kept, "LEARNED_WITH", ())
    names.add(kept.path_in(tmp_path, model, "a"))
    assert len(names) == 5
    assert all(name.parent == tmp_path for name in names)


def test_the_digest_of_the_lessons_is_that_of_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = LESSONS.digest()
    changed = tmp_path / "examples.yaml"
    changed.write_bytes(SHIPPED.read_bytes() + b"# one more\n")
    monkeypatch.setattr("src_v2.agents.guard.examples.SHIPPED", changed)
    assert LESSONS.digest() != shipped


async def test_looking_goes_on_while_it_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Learning is in a thread: the loop answers while the thread is held."""
    may_learn = asyncio.Event()
    loop = asyncio.get_running_loop()
    in_thread = asyncio.Event()

    def slow(*given: object) -> Likelihood:
        loop.call_soon_threadsafe(in_thread.set)
        asyncio.run_coroutine_threadsafe(may_learn.wait(), loop).result(20)
        return learn(*given)  # type: ignore[arg-type]

    learn = meaning._learned_from
    monkeypatch.setattr(meaning, "_learned_from", slow)
    one = Meaning(Noting(), VirtualClock(auto_advance=True), tmp_path, lessons=Lesson().lessons)
    one.start()
    async with asyncio.timeout(20):
        await in_thread.wait()
        assert await one.seen(f"{IN_NEED} again", "Elena", ()) == frozenset()
        may_learn.set()
        await one.learned()
    assert await one.seen(f"{IN_NEED} again", "Elena", ()) == {Label.CRISIS}
    await one.close()


def test_a_solution_has_a_column_for_every_cue(tmp_path: Path) -> None:
    rows = np.zeros((3, COUNT + 4), dtype=np.float32)
    one = Likelihood(rows, rows[:, 0], rows[:, :2], rows[0, :2], rows[:2, :2])
    path = tmp_path / "solution-a.npz"
    kept.keep(path, one, rows[0, :4])
    assert kept.load(path, 4) is not None
    assert kept.load(path, 5) is None
