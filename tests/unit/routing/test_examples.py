"""The labelled utterances, what is learned from them, and the vectors that are kept between starts."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.routing import figures_of, routed
from src_v2.agents.routing.examples import Example, Examples, load_examples, meanings_of
from src_v2.agents.routing.router import Router
from src_v2.agents.routing.words import NAMES, PHRASES, STEMS
from src_v2.core.clock import SystemClock
from src_v2.core.routes import Complexity
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from tests.unit.routing.conftest import Noting

DATA = Path(__file__).parents[2] / "data" / "routing"
HELD_BACK = DATA / "held_back.yaml"
WRITTEN_LATER = DATA / "written_later.yaml"
FEW = tuple(Example(text, "small_talk", Complexity.SIMPLE) for text in ("hi", "good night", "cats or dogs", "yo", "ok"))


def is_held_back(text: str) -> bool:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 == 0


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_a_fifth_is_held_back_by_its_hash_and_never_ships() -> None:
    shipped = {one.text for one in load_examples()}
    held_back = {one.text for one in load_examples(HELD_BACK)}
    assert len(shipped) + len(held_back) >= 450
    assert not any(map(is_held_back, shipped))
    assert all(map(is_held_back, held_back))
    assert not shipped & {one.text for one in load_examples(WRITTEN_LATER)}


@pytest.mark.parametrize("path", [HELD_BACK, WRITTEN_LATER])
def test_what_is_measured_with_has_every_kind_and_complexity(path: Path) -> None:
    shipped, measured = load_examples(), load_examples(path)
    assert {one.complexity for one in measured} == set(Complexity)
    assert {one.kind for one in measured} == {one.kind for one in shipped}


def test_no_utterance_is_there_twice() -> None:
    texts = [one.text.casefold() for path in (HELD_BACK, WRITTEN_LATER) for one in load_examples(path)]
    texts += [one.text.casefold() for one in load_examples()]
    assert len(texts) == len(set(texts))


def test_words_are_folded_as_messages_are() -> None:
    for entry in (*PHRASES, *STEMS):
        assert entry == entry.casefold()
        assert entry.isascii() or set(entry) & set("€£¥"), entry
    assert {number for numbers in (*PHRASES.values(), *STEMS.values()) for number in numbers} == set(range(len(NAMES)))


def test_the_examples_teach_each_other() -> None:
    every = load_examples()
    some = [one for number, one in enumerate(every) if number % 4]
    others = Examples(every[::4])
    learned = Examples(some).fitted(None)
    guessed = [tuple(Complexity)[int(learned.weigh(row, None)[0].argmax())] for row in others.signals]
    right = [guess is one.complexity for guess, one in zip(guessed, others.all, strict=True)]
    assert sum(right) / len(right) > 0.85


async def test_signals_alone_do_nearly_as_well() -> None:
    router = Router(None, clock=SystemClock())
    router.start()
    await router.learned()
    figures = figures_of(await routed(router, load_examples(HELD_BACK)))
    assert figures["mode_right"] >= 0.9
    assert figures["small_talk_thought_about_share"] <= 0.03
    await router.close()


@pytest.mark.slow
async def test_the_held_back_fifth_is_routed_right_with_the_packaged_model(tmp_path: Path) -> None:
    embedder = LocalEmbedder(LocalModelConfig(tmp_path, model=PACKAGED_MODEL, size=None))
    embedder.start()
    router = Router(embedder, clock=SystemClock(), keep_in=tmp_path / "routing", embedding_budget_s=10)
    router.start()
    await router.learned()
    figures = figures_of(await routed(router, load_examples(HELD_BACK)))
    assert figures["mode_right"] >= 0.92
    assert figures["small_talk_thought_about_share"] <= 0.02
    await router.close()
    await embedder.close()


async def test_meanings_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = Noting(), Noting()
    made = await meanings_of(FEW, first, tmp_path)
    kept = await meanings_of(FEW, second, tmp_path)
    np.testing.assert_array_equal(made, kept)
    assert sum(len(texts) for texts, _ in first.asked) == len(FEW)
    assert [texts for texts, _ in second.asked] == [[FEW[0].text]]


async def test_another_model_of_the_same_name_makes_them_anew(tmp_path: Path) -> None:
    embedder = Noting()
    made = await meanings_of(FEW, embedder, tmp_path)
    file = only_file(tmp_path)
    np.save(file, np.roll(made, 1, axis=1))
    np.testing.assert_array_equal(await meanings_of(FEW, embedder, tmp_path), made)


@pytest.mark.parametrize("content", [b"", b"no vectors", b"\x93NUMPY\x01\x00"])
async def test_a_broken_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    made = await meanings_of(FEW, Noting(), tmp_path)
    file = only_file(tmp_path)
    file.write_bytes(content)
    np.testing.assert_array_equal(await meanings_of(FEW, Noting(), tmp_path), made)
    np.testing.assert_array_equal(np.load(file), made)


async def test_files_of_other_examples_go(tmp_path: Path) -> None:
    await meanings_of(FEW, Noting(), tmp_path)
    await meanings_of(FEW[:3], Noting(), tmp_path)
    assert only_file(tmp_path).suffix == ".npy"
