"""Which model is used, and that it stays that one until memory is re-indexed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import EmbeddingSpec
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.shelf import ModelShelf, Pin
from tests.unit.memory_embeddings.tiny import tiny_export

WANTED = "BAAI/bge-base-en-v1.5"
PACKAGED = "all-MiniLM-L6-v2"
Started = Callable[..., Awaitable[LocalEmbedder]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Started]:
    embedders: list[LocalEmbedder] = []

    async def started(*, reindexing: bool = False, **settings: object) -> LocalEmbedder:
        config = LocalModelConfig(data_dir=tmp_path, **settings)  # type: ignore[arg-type]
        embedders.append(LocalEmbedder(config, reindexing=reindexing))
        embedders[-1].start()
        return embedders[-1]

    yield started
    for embedder in embedders:
        await embedder.close()


def no_hub(tmp_path: Path) -> None:
    """Let the shelf remember that the hub was asked a moment ago, in vain."""
    ModelShelf(tmp_path / "models").remember_refusal(WANTED, "no hub", datetime.now(UTC))


async def test_an_export_on_the_shelf_is_used(tmp_path: Path, start: Started) -> None:
    tiny_export(tmp_path / "models", WANTED, 768)
    embedder = await start()
    with pytest.raises(EmbeddingError, match="not loaded yet"):
        embedder.spec  # noqa: B018 - reading it is the point
    assert embedder.describe().state == "loading"
    assert (await embedder.encode(["dog"], kind="query")).shape == (1, 768)
    described = embedder.describe()
    assert (described.state, described.fallback_reason, described.progress) == ("ready", "", 1.0)
    assert embedder.spec == described.active == EmbeddingSpec(WANTED, 768)


async def test_an_export_that_an_earlier_version_described_in_more_words_is_used(
    tmp_path: Path, start: Started
) -> None:
    manifest = tiny_export(tmp_path / "models", WANTED, 768).folder / "manifest.json"
    manifest.write_bytes(orjson.dumps(orjson.loads(manifest.read_bytes()) | {"normalise": True}))
    embedder = await start()
    await embedder.ready.wait()
    assert embedder.spec == EmbeddingSpec(WANTED, 768)


async def test_the_packaged_model_steps_in_and_says_why(tmp_path: Path, start: Started) -> None:
    no_hub(tmp_path)
    tiny_export(tmp_path / "models", PACKAGED, 384)
    embedder = await start()
    await embedder.ready.wait()
    assert embedder.spec == EmbeddingSpec(PACKAGED, 384)
    assert embedder.describe().wanted == WANTED
    assert embedder.fallback_reason == "no hub"


async def test_offline_needs_no_memory_of_refusals_and_leaves_none(tmp_path: Path, start: Started) -> None:
    tiny_export(tmp_path / "models", PACKAGED, 384)
    embedder = await start(offline=True, model="nobody/nothing")
    await embedder.ready.wait()
    assert "the model hub may not be asked" in embedder.fallback_reason
    assert ModelShelf(tmp_path / "models").refusal("nobody/nothing", datetime.now(UTC)) is None


async def test_nothing_is_decided_before_memory_is_written(tmp_path: Path, start: Started) -> None:
    no_hub(tmp_path)
    tiny_export(tmp_path / "models", PACKAGED, 384)
    first = await start()
    await first.encode(["dog"], kind="query")
    tiny_export(tmp_path / "models", WANTED, 768)
    second = await start()
    await second.ready.wait()
    assert second.spec.model == WANTED


async def test_once_memory_is_written_the_model_stays(tmp_path: Path, start: Started) -> None:
    no_hub(tmp_path)
    tiny_export(tmp_path / "models", PACKAGED, 384)
    first = await start()
    await first.encode(["dog"], kind="document")
    tiny_export(tmp_path / "models", WANTED, 768)
    second = await start()
    await second.ready.wait()
    assert second.spec == EmbeddingSpec(PACKAGED, 384)
    assert second.fallback_reason.startswith("no hub; ")
    assert "whisperengine memory reindex" in second.fallback_reason


async def test_reindexing_tries_the_wanted_model_and_pins_it_only_when_told(tmp_path: Path, start: Started) -> None:
    shelf = ModelShelf(tmp_path / "models")
    old = Pin(PACKAGED, 384, WANTED, "no hub")
    shelf.set_pin(old)
    tiny_export(tmp_path / "models", PACKAGED, 384)
    tiny_export(tmp_path / "models", WANTED, 768)
    embedder = await start(reindexing=True)
    await embedder.encode(["dog"], kind="document")
    assert embedder.spec.model == WANTED
    assert shelf.pin() == old
    await embedder.pin()
    assert shelf.pin() == Pin(WANTED, 768, WANTED)


async def test_a_pinned_model_that_is_gone_is_an_error_and_not_another_model(tmp_path: Path, start: Started) -> None:
    ModelShelf(tmp_path / "models").set_pin(Pin(WANTED, 768, WANTED))
    no_hub(tmp_path)
    tiny_export(tmp_path / "models", PACKAGED, 384)
    embedder = await start()
    with pytest.raises(EmbeddingError, match="no hub"):
        await embedder.encode(["dog"], kind="query")
    described = embedder.describe()
    assert (described.state, described.error) == ("failed", "no hub")
    assert embedder.ready.error is not None
    assert embedder.ready.error.retryable


async def test_a_size_that_does_not_fit_names_both_numbers(tmp_path: Path, start: Started) -> None:
    tiny_export(tmp_path / "models", PACKAGED, 384)
    embedder = await start(model=f"sentence-transformers/{PACKAGED}")
    with pytest.raises(EmbeddingError, match=r"is 768, .* vectors of 384: set EMBEDDING_DIMENSIONS=384"):
        await embedder.ready.wait()
    anything = await start(model=PACKAGED, size=None)
    await anything.ready.wait()
    assert anything.spec.size == 384


async def test_a_damaged_file_fails_and_a_second_start_tries_again(tmp_path: Path, start: Started) -> None:
    exported = tiny_export(tmp_path / "models", WANTED, 768)
    whole = (exported.folder / "model.onnx").read_bytes()
    (exported.folder / "model.onnx").write_bytes(b"x" * len(whole))
    embedder = await start()
    with pytest.raises(EmbeddingError, match="no embedding model"):
        await embedder.encode(["dog"], kind="query")
    (exported.folder / "model.onnx").write_bytes(whole)
    embedder.start()
    assert (await embedder.encode(["dog"], kind="query")).shape == (1, 768)


async def test_closing_while_loading_leaves_nobody_waiting(tmp_path: Path, start: Started) -> None:
    tiny_export(tmp_path / "models", WANTED, 768)
    embedder = await start()
    await embedder.close()
    assert embedder.describe().state == "closed"
    with pytest.raises(EmbeddingError, match="closed"):
        await embedder.encode(["dog"], kind="query")


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path, start: Started) -> None:
    tiny_export(tmp_path / "models", PACKAGED, 384)
    embedder = await start(model=str(tmp_path / "nowhere"))
    await embedder.ready.wait()
    assert "there is no model in the folder" in embedder.fallback_reason
