"""The embedded vector store: Qdrant Edge, in this process, one shard folder per collection. Needs no server.

The library is synchronous, so every call runs in a thread: reads on the loop's default executor, writes on one thread
of our own. That thread is the write lock; unlike an asyncio one it also holds when a caller is cancelled half-way.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import qdrant_edge as edge

from src_v2.core.errors import StoreError, StoreUnavailable
from src_v2.core.filters import Filter
from src_v2.storage.vectors.base import (
    CollectionSpec,
    Hit,
    Leg,
    PayloadValue,
    Point,
    finds,
    given_payload,
    narrowed,
)
from src_v2.storage.vectors.edge_files import REWRITTEN, UNFINISHED, empty_shard, stored_size, take_place
from src_v2.storage.vectors.edge_shapes import EdgeForms, edge_filter, edge_points, hits, request
from src_v2.storage.vectors.filters_qdrant import to_qdrant

SEARCH_THREADS = 4
_DELETED_AT_ONCE = 500
_COPIED_AT_ONCE = 100
"""Some milliseconds in which the interpreter is held."""
_LOCKED = "WouldBlock"
_T = TypeVar("_T")


class EdgeVectorStore:
    """A `VectorStore` in the folder `path`, which belongs to one process at a time."""

    def __init__(self, path: Path) -> None:
        self.round_trips = 0
        self._path = path
        self._shards: dict[str, edge.EdgeShard] = {}
        self._opening = Lock()
        self._searchers = ThreadPoolExecutor(max_workers=SEARCH_THREADS, thread_name_prefix="vectors-search")
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vectors-write")

    async def ensure(self, spec: CollectionSpec) -> None:
        """Make the collection exist; see VectorStore."""
        await self._write(lambda: self._ensure(spec))

    async def upsert(self, name: str, points: Sequence[Point]) -> None:
        """Store points; see VectorStore."""
        if points:
            await self._write(lambda: self._update(name, edge.UpdateOperation.upsert_points(edge_points(points))))

    async def search(self, name: str, legs: Sequence[Leg], condition: Filter, limit: int) -> list[list[Hit]]:
        """Search; see VectorStore."""
        return await self._read(lambda: self._search(name, legs, condition, limit))

    async def delete(self, name: str, ids: Sequence[str]) -> None:
        """Delete by id; see VectorStore."""
        await self._write(lambda: self._update(name, edge.UpdateOperation.delete_points(list(ids))))

    async def delete_where(self, name: str, condition: Filter) -> None:
        """Delete by filter; see VectorStore."""
        await self._write(lambda: self._delete_where(name, edge_filter(condition)))

    async def count(self, name: str, condition: Filter) -> int:
        """Count; see VectorStore."""
        wanted = edge.CountRequest(exact=True, filter=to_qdrant(condition, EdgeForms()))
        return await self._read(lambda: self._shard(name).count(wanted))

    async def payloads(self, name: str, ids: Sequence[str]) -> dict[str, Mapping[str, PayloadValue]]:
        """Return payloads; see VectorStore."""
        held = await self._read(lambda: self._shard(name).retrieve(list(ids), with_payload=True, with_vector=False))
        return {str(record.id): given_payload(record.payload) for record in held}

    async def missing(self, name: str, ids: Sequence[str]) -> list[str]:
        """Return unknown ids; see VectorStore."""
        held = await self._read(lambda: self._shard(name).retrieve(list(ids), with_payload=False, with_vector=False))
        known = {str(record.id) for record in held}
        return [wanted for wanted in ids if wanted not in known]

    async def ids(self, name: str, *, start: str | None = None, limit: int = 1000) -> tuple[list[str], str | None]:
        """Return a page of ids; see VectorStore."""
        page = edge.ScrollRequest(offset=start, limit=limit, with_payload=False, with_vector=False)
        records, after = await self._read(lambda: self._shard(name).scroll(page))
        return [str(record.id) for record in records], None if after is None else str(after)

    async def collections(self) -> list[str]:
        """Return the names; see VectorStore."""
        return await asyncio.to_thread(self._folders)

    async def settle(self) -> None:
        """Copy every collection into new files: the library only marks what is deleted. Some seconds per 50,000 points.

        Searches go on meanwhile, writes wait.
        """
        for name in await asyncio.to_thread(self._folders):
            await self._write(lambda name=name: self._rewrite(name))  # type: ignore[misc]

    async def drop(self, name: str) -> None:
        """Delete a collection; see VectorStore."""
        await self._write(lambda: self._drop(name))

    async def check(self) -> None:
        """Open every collection: finds a folder that another process uses, and broken files."""
        await self._read(lambda: [self._shard(name).count(edge.CountRequest(exact=False)) for name in self._folders()])

    async def close(self) -> None:
        """Flush and close every shard, after the writes under way. The store cannot be used afterwards."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._close)
        self._writer.shutdown(wait=False)
        self._searchers.shutdown(wait=False)

    async def _read(self, call: Callable[[], _T]) -> _T:
        self.round_trips += 1
        return await asyncio.to_thread(_translated, call)

    async def _write(self, call: Callable[[], _T]) -> _T:
        self.round_trips += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, _translated, call)
        except RuntimeError as error:
            raise StoreUnavailable("the vector store is closed") from error

    def _folders(self) -> list[str]:
        if not self._path.is_dir():
            return []
        with self._opening:
            for rewritten in self._path.glob(f"*{REWRITTEN}"):
                take_place(rewritten)  # a crash came between two renames
        return sorted(item.name for item in self._path.iterdir() if item.is_dir() and item.suffix != UNFINISHED)

    def _rewrite(self, name: str) -> None:
        """Copy what a collection holds into a new folder, which takes the place of the old one."""
        old = self._shard(name)
        aside = self._path / f"{name}{UNFINISHED}"
        new = empty_shard(aside, CollectionSpec(name, stored_size(self._path / name)))
        start: Any = None
        while True:
            page = edge.ScrollRequest(offset=start, limit=_COPIED_AT_ONCE, with_payload=True, with_vector=True)
            records, start = old.scroll(page)
            copies = [edge.Point(one.id, one.vector or {}, one.payload) for one in records]
            new.update(edge.UpdateOperation.upsert_points(copies))
            if start is None:
                break
        new.flush()
        new.close()
        with self._opening:
            # Whoever still searches the old one keeps it; its files go when the last has let go of it.
            del self._shards[name]
            take_place(aside.rename(self._path / f"{name}{REWRITTEN}"))

    def _shard(self, name: str) -> edge.EdgeShard:
        with self._opening:
            if name not in self._shards:
                if not (self._path / name).is_dir():
                    raise StoreError(f"there is no vector collection {name}")
                self._shards[name] = edge.EdgeShard.load(str(self._path / name))
            return self._shards[name]

    def _search(self, name: str, legs: Sequence[Leg], condition: Filter, limit: int) -> list[list[Hit]]:
        shard = self._shard(name)
        asked = {
            place: request(leg, edge_filter(narrowed(condition, leg)), limit)
            for place, leg in enumerate(legs)
            if finds(leg) and not leg.rescores
        }
        # The library lets go of the interpreter while it searches, so the legs can use several cores.
        answers = self._searchers.map(lambda one: hits(shard.query(one)), asked.values())
        found = dict(zip(asked, answers, strict=True))
        ids: set[int | UUID | str] = {hit.id for leg_hits in found.values() for hit in leg_hits}
        among = edge.Filter(must=[edge.HasIdCondition(ids)])
        for place, leg in enumerate(legs):
            if leg.rescores and finds(leg) and ids:
                found[place] = hits(shard.query(request(leg, among, len(ids))))
        return [found.get(place, []) for place in range(len(legs))]

    def _update(self, name: str, operation: edge.UpdateOperation) -> None:
        # Acknowledged means: in the shard's write-ahead log, from which `load` recovers after a kill.
        self._shard(name).update(operation)

    def _delete_where(self, name: str, wanted: edge.Filter | None) -> None:
        """Delete a page at a time: one call for many thousands would hold the interpreter for as long as it takes."""
        page = edge.ScrollRequest(limit=_DELETED_AT_ONCE, filter=wanted, with_payload=False, with_vector=False)
        while records := self._shard(name).scroll(page)[0]:
            self._update(name, edge.UpdateOperation.delete_points([record.id for record in records]))

    def _ensure(self, spec: CollectionSpec) -> None:
        if not (self._path / spec.name).is_dir():
            self._create(spec)
        self._shard(spec.name)
        size = stored_size(self._path / spec.name)
        if size != spec.size:
            raise StoreError(f"vector collection {spec.name} holds vectors of size {size}, not {spec.size}")

    def _create(self, spec: CollectionSpec) -> None:
        """Build the shard aside and rename it, so that a kill in between leaves nothing half-made behind."""
        aside = self._path / f"{spec.name}{UNFINISHED}"
        shard = empty_shard(aside, spec)
        shard.flush()
        shard.close()
        aside.rename(self._path / spec.name)

    def _drop(self, name: str) -> None:
        with self._opening:
            shard = self._shards.pop(name, None)
            if shard is not None:
                shard.close()
            folder = self._path / name
            if folder.is_dir():
                shutil.rmtree(folder.rename(folder.with_name(name + UNFINISHED)))

    def _close(self) -> None:
        with self._opening:
            while self._shards:
                _, shard = self._shards.popitem()
                shard.flush()
                shard.close()


def _translated(call: Callable[[], _T]) -> _T:
    try:
        return call()
    except StoreError:
        raise
    except Exception as error:  # the library raises plain Exception for everything
        if _LOCKED in str(error):
            raise StoreError("another WhisperEngine uses this data folder: stop it, or set another DATA_DIR") from error
        raise StoreError(f"the vector store refused ({error})") from error
