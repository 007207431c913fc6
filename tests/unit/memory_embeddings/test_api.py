"""Embeddings over HTTP, against a small server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from src_v2.core.errors import EmbeddingError, StoreUnavailable, WhisperEngineError
from src_v2.memory.embeddings.api import ApiEmbedder, ApiModelConfig, api_model


class FakeServer:
    """Answers like an OpenAI-compatible server: vectors [length of the text, 1, 0, ...], in reverse order."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.size = 4
        self.body: Any = None
        self.stalls = False

    async def embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization"))
        if self.stalls:
            await asyncio.Event().wait()
        if self.status != 200:
            return web.json_response({"error": {"message": f"refused: {body['input']}"}}, status=self.status)
        rows = [
            {"index": index, "embedding": [len(text), 1.0] + [0.0] * (self.size - 2)}
            for index, text in enumerate(body["input"])
        ]
        return web.json_response(self.body or {"data": rows[::-1]})


@pytest.fixture
async def fake() -> AsyncIterator[tuple[FakeServer, str]]:
    fake = FakeServer()
    application = web.Application()
    application.router.add_post("/v1/embeddings", fake.embeddings)
    async with TestServer(application) as server:
        yield fake, str(server.make_url("/v1/"))


@pytest.fixture
async def embedder_of(fake: tuple[FakeServer, str]) -> AsyncIterator[Callable[..., Awaitable[ApiEmbedder]]]:
    made: list[ApiEmbedder] = []

    async def make(**settings: Any) -> ApiEmbedder:
        config = {"model": "tiny", "size": 4, "api_key": "secret", "base_url": fake[1], **settings}
        made.append(ApiEmbedder(ApiModelConfig(**config)))
        return made[-1]

    yield make
    for embedder in made:
        await embedder.close()


Make = Callable[..., Awaitable[ApiEmbedder]]


def test_the_setting_says_whether_an_api_is_meant() -> None:
    assert api_model("openai:text-embedding-3-small") == "text-embedding-3-small"
    assert api_model("BAAI/bge-base-en-v1.5") is None


async def test_many_texts_go_in_batches_and_come_back_in_order(fake: tuple[FakeServer, str], embedder_of: Make) -> None:
    server, _ = fake
    embedder = await embedder_of(batch=3)
    vectors = await embedder.encode(["a" * length for length in (5, 1, 4, 2)], kind="document")
    assert [len(request["input"]) for request in server.requests] == [3, 1]
    assert server.keys == ["Bearer secret"] * 2
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(vectors[:, 0] / vectors[:, 1], [5, 1, 4, 2], rtol=1e-5)
    assert (await embedder.encode([], kind="query")).shape == (0, 4)
    assert embedder.spec.collection_name("messages") == "messages-openai-tiny-4"


async def test_an_empty_text_is_not_refused_and_an_endless_one_is_cut(
    fake: tuple[FakeServer, str], embedder_of: Make
) -> None:
    await (await embedder_of()).encode(["", "x" * 50_000], kind="document")
    assert [len(text) for text in fake[0].requests[0]["input"]] == [1, 8_000]


async def test_only_models_that_can_be_resized_are_asked_for_a_size(
    fake: tuple[FakeServer, str], embedder_of: Make
) -> None:
    await (await embedder_of()).encode(["a"], kind="query")
    await (await embedder_of(model="text-embedding-3-small")).encode(["a"], kind="query")
    assert [request.get("dimensions") for request in fake[0].requests] == [None, 4]


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (401, EmbeddingError, False),
        (400, EmbeddingError, False),
        (429, StoreUnavailable, True),
        (503, StoreUnavailable, True),
    ],
)
async def test_refusals_become_our_errors_without_the_text(
    fake: tuple[FakeServer, str], embedder_of: Make, status: int, kind: type[WhisperEngineError], retryable: bool
) -> None:
    fake[0].status = status
    with pytest.raises(kind, match=str(status)) as caught:
        await (await embedder_of()).encode(["my secret"], kind="query")
    assert caught.value.retryable is retryable
    assert "my secret" not in str(caught.value)


async def test_a_server_that_is_silent_or_gone_is_unavailable(fake: tuple[FakeServer, str], embedder_of: Make) -> None:
    fake[0].stalls = True
    with pytest.raises(StoreUnavailable, match="TimeoutError"):
        await (await embedder_of(timeout_s=0.05)).encode(["a"], kind="query")
    with pytest.raises(StoreUnavailable):
        await (await embedder_of(base_url="http://127.0.0.1:9")).encode(["a"], kind="query")


async def test_a_wrong_size_names_both_numbers(fake: tuple[FakeServer, str], embedder_of: Make) -> None:
    fake[0].size = 6
    with pytest.raises(EmbeddingError, match=r"is 4, .* vectors of 6: set EMBEDDING_DIMENSIONS=6"):
        await (await embedder_of()).encode(["a"], kind="query")


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{"index": 0}]}, {"error": "x"}, [1]])
async def test_an_answer_that_makes_no_sense_is_an_error(
    fake: tuple[FakeServer, str], embedder_of: Make, body: Any
) -> None:
    fake[0].body = body
    with pytest.raises(EmbeddingError):
        await (await embedder_of()).encode(["a"], kind="query")
