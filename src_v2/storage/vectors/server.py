"""The served vector store: a Qdrant server over HTTP. For tests, ":memory:" runs the client's own imitation.

Importing this module is heavy (the client brings grpc and pydantic models): import it only when a server is configured.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.core.filters import EVERYTHING, Filter
from src_v2.storage.vectors.base import (
    DENSE,
    KEYWORD_FIELDS,
    PARTS,
    SPARSE,
    TENANT_FIELD,
    TIME_FIELD,
    TOGETHER_FIELD,
    CollectionSpec,
    Dense,
    Hit,
    Leg,
    PayloadValue,
    Point,
    SparseVector,
    finds,
    given_payload,
    narrowed,
    stored_payload,
)
from src_v2.storage.vectors.filters_qdrant import to_qdrant

READ_TIMEOUT_S = 2.0
WRITE_TIMEOUT_S = 10
"""Making an index or deleting by filter may take its time on a busy server; nobody waits for it in a turn."""
_CONFLICT = 409
_FIRST_SERVER_ERROR = 500
_T = TypeVar("_T")


class ServerVectorStore:
    """A `VectorStore` on the Qdrant server at `url`."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        self.round_trips = 0
        self._client = _client(url, api_key)
        self._in_memory = url == ":memory:"

    async def ensure(self, spec: CollectionSpec) -> None:
        """Make the collection exist; see VectorStore."""
        if not await self._call(self._client.collection_exists(spec.name)):
            await self._create(spec)
        info = await self._call(self._client.get_collection(spec.name))
        size = _dense_size(info)
        if size != spec.size:
            raise StoreError(f"vector collection {spec.name} holds vectors of size {size}, not {spec.size}")
        if not self._in_memory:
            await self._index(spec.name, info.payload_schema)

    async def upsert(self, name: str, points: Sequence[Point]) -> None:
        """Store points; see VectorStore."""
        if points:
            structs = [
                models.PointStruct(id=point.id, vector=_vectors(point), payload=stored_payload(point.payload))
                for point in points
            ]
            await self._call(self._client.upsert(name, structs, wait=True))

    async def search(self, name: str, legs: Sequence[Leg], condition: Filter, limit: int) -> list[list[Hit]]:
        """Search; see VectorStore."""
        stages = {
            place: _stage(leg, _filter(narrowed(condition, leg)), limit)
            for place, leg in enumerate(legs)
            if finds(leg) and not leg.rescores
        }
        if not stages:
            return [[] for _ in legs]
        requests = {place: _request(stage) for place, stage in stages.items()}
        for place, leg in enumerate(legs):
            if finds(leg) and leg.rescores:
                requests[place] = _rescoring(leg, list(stages.values()), limit)
        answers = await self._read(self._client.query_batch_points(name, list(requests.values())))
        found = dict(zip(requests, answers, strict=True))
        return [_hits(found[place].points) if place in found else [] for place in range(len(legs))]

    async def delete(self, name: str, ids: Sequence[str]) -> None:
        """Delete by id; see VectorStore."""
        if ids:
            await self._call(self._client.delete(name, models.PointIdsList(points=list(ids)), wait=True))

    async def delete_where(self, name: str, condition: Filter) -> None:
        """Delete by filter; see VectorStore."""
        selector = models.FilterSelector(filter=to_qdrant(condition, ClientForms()))
        await self._call(self._client.delete(name, selector, wait=True))

    async def count(self, name: str, condition: Filter) -> int:
        """Count; see VectorStore."""
        wanted = to_qdrant(condition, ClientForms())
        return (await self._read(self._client.count(name, count_filter=wanted, exact=True))).count

    async def payloads(self, name: str, ids: Sequence[str]) -> dict[str, Mapping[str, PayloadValue]]:
        """Return payloads; see VectorStore."""
        held = await self._read(self._client.retrieve(name, list(ids), with_payload=True, with_vectors=False))
        return {str(record.id): given_payload(record.payload) for record in held}

    async def missing(self, name: str, ids: Sequence[str]) -> list[str]:
        """Return unknown ids; see VectorStore."""
        held = await self._read(self._client.retrieve(name, list(ids), with_payload=False, with_vectors=False))
        known = {str(record.id) for record in held}
        return [wanted for wanted in ids if wanted not in known]

    async def ids(self, name: str, *, start: str | None = None, limit: int = 1000) -> tuple[list[str], str | None]:
        """Return a page of ids; see VectorStore."""
        page = self._client.scroll(name, offset=start, limit=limit, with_payload=False, with_vectors=False)
        records, after = await self._read(page)
        return [str(record.id) for record in records], None if after is None else str(after)

    async def collections(self) -> list[str]:
        """Return the names; see VectorStore."""
        found = await self._read(self._client.get_collections())
        return sorted(collection.name for collection in found.collections)

    async def settle(self) -> None:
        """Do nothing: the server's optimizers rewrite segments that hold much that was deleted."""

    async def drop(self, name: str) -> None:
        """Delete a collection; see VectorStore."""
        await self._call(self._client.delete_collection(name))

    async def check(self) -> None:
        """Ask the server for its collections: needs the server, and the right key."""
        await self.collections()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _create(self, spec: CollectionSpec) -> None:
        try:
            await self._call(
                self._client.create_collection(
                    spec.name,
                    vectors_config=_dense_config(spec.size),
                    sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                )
            )
        except StoreError as error:
            if getattr(error.__cause__, "status_code", None) != _CONFLICT:  # another process was faster
                raise

    async def _index(self, name: str, existing: dict[str, Any]) -> None:
        for field, schema in _indexes().items():
            if field not in existing:
                await self._call(self._client.create_payload_index(name, field, schema, wait=True))

    async def _read(self, call: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await self._call(call)
        except TimeoutError as error:
            raise StoreUnavailable(f"the vector store did not answer within {READ_TIMEOUT_S:g} s") from error

    async def _call(self, call: Awaitable[_T]) -> _T:
        self.round_trips += 1
        try:
            return await call
        except ResourceExhaustedResponse as error:
            raise StoreUnavailable("the vector store has too much to do") from error
        except UnexpectedResponse as error:
            raise _refusal(error) from error
        except ApiException as error:
            raise StoreUnavailable(f"the vector store cannot be reached ({error})") from error
        except ValueError as error:  # how the in-memory imitation refuses
            raise StoreError(f"the vector store refused ({error})") from error


class ClientForms:
    """Makes the Qdrant client's conditions."""

    def texts(self, key: str, values: list[str]) -> models.FieldCondition:
        """See Forms."""
        return models.FieldCondition(key=key, match=models.MatchAny(any=values))

    def number(
        self, key: str, *, gte: float | None = None, lt: float | None = None, lte: float | None = None
    ) -> models.FieldCondition:
        """See Forms."""
        return models.FieldCondition(key=key, range=models.Range(gte=gte, lt=lt, lte=lte))

    def group(
        self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()
    ) -> models.Filter:
        """See Forms."""
        return models.Filter(must=list(must) or None, should=list(should) or None, must_not=list(must_not) or None)

    def nothing(self) -> models.HasIdCondition:
        """See Forms."""
        return models.HasIdCondition(has_id=[])


def _client(url: str, api_key: str | None) -> AsyncQdrantClient:
    if url == ":memory:":
        return AsyncQdrantClient(":memory:")
    # The compatibility check would block the event loop with a request of its own.
    return AsyncQdrantClient(url, api_key=api_key, timeout=WRITE_TIMEOUT_S, check_compatibility=False)


def _refusal(error: UnexpectedResponse) -> StoreError:
    status = error.status_code or 0
    kind = StoreUnavailable if status >= _FIRST_SERVER_ERROR else StoreError
    return kind(f"the vector store answered {status} {error.reason_phrase}")


def _dense_size(info: models.CollectionInfo) -> int | None:
    vectors = info.config.params.vectors
    return vectors[DENSE].size if isinstance(vectors, dict) and DENSE in vectors else None


def _dense_config(size: int) -> dict[str, models.VectorParams]:
    several = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
    # Parts rescore what others found, or are looked for among few: a graph to find them by would cost much.
    no_graph = models.HnswConfigDiff(m=0)
    return {
        DENSE: models.VectorParams(size=size, distance=models.Distance.COSINE),
        PARTS: models.VectorParams(
            size=size, distance=models.Distance.COSINE, multivector_config=several, hnsw_config=no_graph
        ),
    }


def _indexes() -> dict[str, Any]:
    keywords = dict.fromkeys(KEYWORD_FIELDS, models.PayloadSchemaType.KEYWORD)
    tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
    together = models.PayloadSchemaType.KEYWORD
    return keywords | {TOGETHER_FIELD: together, TENANT_FIELD: tenant, TIME_FIELD: models.PayloadSchemaType.INTEGER}


def _vectors(point: Point) -> dict[str, Any]:
    vectors: dict[str, Any] = {DENSE: _floats(point.dense)} if len(point.dense) else {}
    if len(point.parts):
        vectors[PARTS] = [_floats(part) for part in point.parts]
    if point.sparse.indices:
        vectors[SPARSE] = _sparse(point.sparse)
    return vectors


def _floats(dense: Dense) -> list[float]:
    return np.asarray(dense, dtype=np.float32).tolist()  # type: ignore[no-any-return]


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))


def _filter(condition: Filter) -> models.Filter | None:
    return None if condition == EVERYTHING else to_qdrant(condition, ClientForms())


def _near(leg: Leg) -> Any:
    if isinstance(leg.query, SparseVector):
        return _sparse(leg.query)
    return [_floats(leg.query)] if leg.using == PARTS else _floats(leg.query)


def _stage(leg: Leg, wanted: models.Filter | None, limit: int) -> models.Prefetch:
    return models.Prefetch(query=_near(leg), using=leg.using, filter=wanted, limit=limit)


def _request(stage: models.Prefetch) -> models.QueryRequest:
    return models.QueryRequest(
        query=stage.query, using=stage.using, filter=stage.filter, limit=stage.limit, with_payload=True
    )


def _rescoring(leg: Leg, stages: list[models.Prefetch], limit: int) -> models.QueryRequest:
    return models.QueryRequest(query=_near(leg), using=leg.using, prefetch=stages, limit=limit * len(stages))


def _hits(found: Sequence[models.ScoredPoint]) -> list[Hit]:
    return [Hit(str(point.id), point.score, given_payload(point.payload)) for point in found]
