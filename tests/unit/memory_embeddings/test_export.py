"""The packaged model, exported for real and served: as good as the original, and off the event loop."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import EmbeddingSpec
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.manifest import Parity
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from src_v2.memory.embeddings.parity import MIN_COSINE, QUESTIONS, SENTENCES, holds, measure
from src_v2.memory.embeddings.steps import run_step


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder per session: the first test exports, the others find the export on the shelf."""
    return tmp_path_factory.mktemp("embeddings")


async def started(data_dir: Path) -> LocalEmbedder:
    embedder = LocalEmbedder(LocalModelConfig(data_dir, model=PACKAGED_MODEL, size=384))
    embedder.start()
    await embedder.ready.wait()
    return embedder


@pytest.mark.slow
async def test_the_packaged_model_is_exported_once_and_is_as_good_as_the_original(data_dir: Path) -> None:
    seen: list[float] = []
    first = LocalEmbedder(
        LocalModelConfig(data_dir, model=PACKAGED_MODEL, size=384), on_progress=lambda done, _: seen.append(done)
    )
    first.start()
    await first.ready.wait()
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    described = first.describe()
    assert described.active == EmbeddingSpec(PACKAGED_MODEL, 384)
    assert described.precision in {"int8", "fp32"}
    assert described.parity is not None
    assert holds(described.parity)
    await first.close()
    assert [path.name[:21] for path in (data_dir / "models").iterdir()] == ["all-minilm-l6-v2-384-"]

    second = await started(data_dir)
    assert second.describe().parity == described.parity
    await second.close()


@pytest.mark.slow
async def test_meaning_is_found_in_other_words(data_dir: Path) -> None:
    embedder = await started(data_dir)
    stored = await embedder.encode(SENTENCES, kind="document")
    asked = await embedder.encode([question for question, _ in QUESTIONS], kind="query")
    best = np.argsort(-(asked @ stored.T), axis=1)[:, :3]
    found = [right in row for row, (_, right) in zip(best, QUESTIONS, strict=True)]
    assert sum(found) / len(found) >= 0.9
    await embedder.close()


@pytest.mark.slow
async def test_the_event_loop_runs_on_while_texts_are_encoded(data_dir: Path) -> None:
    embedder = await started(data_dir)
    encoding = asyncio.create_task(embedder.encode(SENTENCES * 5 + ("word " * 100_000,), kind="document"))
    begin = last = time.monotonic()
    stalled = 0.0
    while not encoding.done():
        await asyncio.sleep(0)
        now = time.monotonic()
        stalled += now - last if now - last > 0.05 else 0.0
        last = now
    # Other processes may take the core away for a moment; encoding on the loop would be one stall from end to end.
    assert stalled < 0.2 * (last - begin)
    assert (await encoding).shape == (301, 384)
    await embedder.close()


@pytest.mark.slow
async def test_a_folder_that_is_no_model_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "nothing"}')
    arguments = ["--source", str(tmp_path), "--name", "nothing", "--models-dir", str(tmp_path / "models")]
    with pytest.raises(EmbeddingError):
        await run_step("src_v2.memory.embeddings.export", arguments, lambda *_: None)
    assert list((tmp_path / "models").iterdir()) == []


def test_parity_fails_for_one_sentence_that_moved_or_one_answer_lost() -> None:
    assert holds(Parity(MIN_COSINE, 1.0, 0.9, 1.0, 0.9, 1.0))
    assert not holds(Parity(MIN_COSINE - 0.001, 1.0, 0.9, 1.0, 0.9, 1.0))
    assert not holds(Parity(1.0, 1.0, 0.9, 0.99, 0.9, 1.0))


def test_parity_is_measured_alone_and_in_batches() -> None:
    rng = np.random.default_rng(3)
    table = {text: rng.normal(size=16) for text in (*SENTENCES, *(question for question, _ in QUESTIONS))}
    table = {text: vector / np.linalg.norm(vector) for text, vector in table.items()}

    def original(texts: object, _kind: object) -> np.ndarray:
        return np.array([table[text] for text in texts], dtype=np.float32)  # type: ignore[attr-defined]

    def worse_in_batches(texts: object, kind: object) -> np.ndarray:
        vectors = original(texts, kind)
        return vectors if len(vectors) == 1 else -vectors

    assert measure(original, original).cosine_min == pytest.approx(1.0, abs=1e-4)
    assert measure(original, worse_in_batches).cosine_min == pytest.approx(-1.0, abs=1e-4)
