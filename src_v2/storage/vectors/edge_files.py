"""The folders and shards of the embedded vector store: how one is made, and how a copy takes its place."""

import json
import shutil
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from src_v2.storage.vectors.base import (
    DENSE,
    KEYWORD_FIELDS,
    PARTS,
    SPARSE,
    TENANT_FIELD,
    TIME_FIELD,
    TOGETHER_FIELD,
    CollectionSpec,
)

UNFINISHED, REWRITTEN = ".unfinished", ".rewritten"
_NEVER_KB = 10**8
"""Building an HNSW index holds the interpreter for up to a minute; scanning 100,000 points takes half a millisecond."""
_SCANNED = edge.VectorStorageDatatype.Turbo4  # type: ignore[attr-defined, unused-ignore] # the stubs lack it
"""Four bits per number for what is searched through: a scan takes a third of the time of one over floats."""
_RESCORED = edge.VectorStorageDatatype.Turbo8
"""Eight bits for what only scores some hundred candidates, where time matters less than the order."""


def empty_shard(folder: Path, spec: CollectionSpec) -> edge.EdgeShard:
    """Return a new shard in `folder`, in the place of whatever a crash left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shard = edge.EdgeShard.create(str(folder), _config(spec))
    for name, index in _indexes().items():
        shard.update(edge.UpdateOperation.create_field_index(name, index))
    return shard


def take_place(rewritten: Path) -> None:
    """Let a complete copy take the place of the collection that it was made of; may be done again after a crash."""
    place = rewritten.with_suffix("")
    old = place.with_name(place.name + UNFINISHED)
    if place.is_dir():
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
    rewritten.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def stored_size(folder: Path) -> int:
    """Read the dense vectors' size from the shard's own description; the library does not tell it."""
    config = json.loads((folder / "edge_config.json").read_text(encoding="utf-8"))
    return int(config["vectors"][DENSE]["size"])


def _config(spec: CollectionSpec) -> edge.EdgeConfig:
    return edge.EdgeConfig(
        vectors={DENSE: _dense_config(spec.size), PARTS: _dense_config(spec.size, several=True)},
        sparse_vectors={SPARSE: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=_NEVER_KB),
    )


def _dense_config(size: int, *, several: bool = False) -> edge.EdgeVectorParams:
    cosine = edge.Distance.Cosine
    if not several:
        return edge.EdgeVectorParams(size, cosine, datatype=_SCANNED)
    best_counts = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim)
    return edge.EdgeVectorParams(size, cosine, multivector_config=best_counts, datatype=_RESCORED)


def _indexes() -> dict[str, Any]:
    keywords = dict.fromkeys(KEYWORD_FIELDS, edge.PayloadSchemaType.Keyword)
    return keywords | {
        TOGETHER_FIELD: edge.PayloadSchemaType.Keyword,
        TENANT_FIELD: edge.KeywordIndexParams(is_tenant=True),
        TIME_FIELD: edge.PayloadSchemaType.Integer,
    }
