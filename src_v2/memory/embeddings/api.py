"""Embeddings from an OpenAI-compatible `/v1/embeddings` server. It never retries: what waits for a vector is in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
import numpy as np
import orjson

from src_v2.core.errors import EmbeddingError, StoreUnavailable
from src_v2.memory.embeddings.base import EmbeddingSpec, Readiness, TextKind, Vectors, normalised
from src_v2.memory.embeddings.once import Once

API_PREFIX = "openai:"
"""`EMBEDDING_MODEL=openai:<model>` asks for this embedder."""

OPENAI_URL = "https://api.openai.com/v1"

_MAX_CHARACTERS = 8_000
"""The usual limit is 8,191 tokens, and a longer text is an error there instead of being cut."""

_RESIZABLE = "text-embedding-3"
"""Only this family takes `dimensions`; other servers refuse the key."""


@dataclass(frozen=True, slots=True)
class ApiModelConfig:
    """`model` as the server calls it; `size` of its vectors; `batch` texts per request; `timeout_s` per request."""

    model: str
    size: int
    api_key: str = field(default="", repr=False)
    base_url: str = OPENAI_URL
    batch: int = 128
    timeout_s: float = 30.0


def api_model(setting: str) -> str | None:
    """Return the server's model name when the setting asks for an API, else None."""
    return setting.removeprefix(API_PREFIX) if setting.startswith(API_PREFIX) else None


class ApiEmbedder:
    """The `Embedder` port over HTTP."""

    def __init__(self, config: ApiModelConfig) -> None:
        self.spec = EmbeddingSpec(f"{API_PREFIX}{config.model}", config.size)
        self.ready = Readiness()
        self.ready.set()
        self._config = config
        self._url = f"{config.base_url.rstrip('/')}/embeddings"
        self._session: aiohttp.ClientSession | None = None
        self._questions = Once(lambda text: self._encode_batch([text]))

    def start(self) -> None:
        """Do nothing: there is no model to load here."""

    async def encode(self, texts: Sequence[str], *, kind: TextKind) -> Vectors:
        """Return one unit vector per text; `kind` makes no difference to these servers."""
        await self.ready.wait()
        if kind == "query" and len(texts) == 1:
            return await self._questions.vectors(texts[0])
        batches = [texts[start : start + self._config.batch] for start in range(0, len(texts), self._config.batch)]
        parts = [await self._encode_batch(batch) for batch in batches]
        return np.concatenate(parts) if parts else np.empty((0, self.spec.size), dtype=np.float32)

    async def close(self) -> None:
        """Close the connections; later requests get an EmbeddingError."""
        self.ready.fail(EmbeddingError("the embedder is closed"))
        if self._session is not None:
            await self._session.close()

    async def _encode_batch(self, texts: Sequence[str]) -> Vectors:
        # Servers refuse an empty text.
        body: dict[str, Any] = {"model": self._config.model, "input": [text[:_MAX_CHARACTERS] or " " for text in texts]}
        if self._config.model.startswith(_RESIZABLE):
            body["dimensions"] = self._config.size
        answer = await self._post(body)
        return self._vectors(answer, len(texts))

    async def _post(self, body: dict[str, Any]) -> bytes:
        try:
            async with self._open().post(self._url, data=orjson.dumps(body)) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreUnavailable(f"the embeddings API did not answer ({type(error).__name__})") from error
        _refuse(response.status)
        return answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._config.api_key:
                headers["Authorization"] = f"Bearer {self._config.api_key}"
            timeout = aiohttp.ClientTimeout(total=self._config.timeout_s)
            self._session = aiohttp.ClientSession(headers=headers, timeout=timeout)
        return self._session

    def _vectors(self, answer: bytes, count: int) -> Vectors:
        try:
            items = sorted(orjson.loads(answer)["data"], key=lambda item: item["index"])
            vectors = np.array([item["embedding"] for item in items], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingError("the embeddings API sent an answer that cannot be read") from error
        if len(vectors) != count or vectors.ndim != 2:  # noqa: PLR2004 - rows of numbers
            raise EmbeddingError(f"the embeddings API sent {len(vectors)} vectors for {count} texts")
        if vectors.shape[1] != self.spec.size:
            raise EmbeddingError(
                f"EMBEDDING_DIMENSIONS is {self.spec.size}, but {self.spec.model} makes vectors of {vectors.shape[1]}: "
                f"set EMBEDDING_DIMENSIONS={vectors.shape[1]}"
            )
        return normalised(vectors)


def _refuse(status: int) -> None:
    """Raise the error that fits an HTTP status; the body is left out, it may quote the texts."""
    if status < HTTPStatus.BAD_REQUEST:
        return
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN}:
        raise EmbeddingError(f"the embeddings API refused the key ({status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.REQUEST_TIMEOUT,
    }:
        raise StoreUnavailable(f"the embeddings API is overloaded or broken ({status})")
    raise EmbeddingError(f"the embeddings API refused the request ({status})")
