"""Names of collections, and readiness that can fail."""

import asyncio

import pytest

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import EmbeddingSpec, Readiness
from src_v2.memory.embeddings.hashing import HashingEmbedder


def test_a_collection_carries_model_and_size_in_its_name() -> None:
    assert EmbeddingSpec("all-MiniLM-L6-v2", 384).collection_name("messages") == "messages-all-minilm-l6-v2-384"
    assert EmbeddingSpec("BAAI/bge-base-en-v1.5", 768).collection_name("facts") == "facts-baai-bge-base-en-v1-5-768"


def test_models_of_two_makers_never_share_a_collection() -> None:
    assert EmbeddingSpec("ann/tiny", 8).collection_name("m") != EmbeddingSpec("bob/tiny", 8).collection_name("m")


async def test_everybody_who_waits_hears_of_a_failure_and_may_wait_for_another_attempt() -> None:
    ready = Readiness()
    waiting = [asyncio.create_task(ready.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    ready.fail(EmbeddingError("no model"))
    assert [str(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == ["no model"] * 2
    with pytest.raises(EmbeddingError, match="no model"):
        await ready.wait()
    assert not ready.is_set()
    ready.reset()
    again = asyncio.create_task(ready.wait())
    await asyncio.sleep(0)
    assert not again.done()
    ready.set()
    await again
    assert ready.is_set()


async def test_the_hashing_embedder_brings_texts_near_that_share_words() -> None:
    embedder = HashingEmbedder(128)
    dog, same, sea, nothing = await embedder.encode(
        ["my dog barks", "The dogs barked!", "waves on the sea", ""], kind="document"
    )
    assert dog @ same > 0.9
    assert abs(dog @ sea) < 0.5
    for vector in (dog, same, sea, nothing):
        assert vector @ vector == pytest.approx(1.0)
    (query,) = await HashingEmbedder(128).encode(["my dog barks"], kind="query")
    assert (query == dog).all(), "the same words give the same vector in every process"
