"""Exporting a sentence-transformers model to ONNX, once: `python -m src_v2.memory.embeddings.export`.

Runs in a process of its own (see `steps`): it is the only place where torch and sentence-transformers are imported. It
reads a folder on disk and never the network. Not for serving.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.fingerprint import fingerprint
from src_v2.memory.embeddings.manifest import (
    TOKENIZER,
    ExportedModel,
    Manifest,
    Parity,
    Pooling,
    read_export,
    write_manifest,
)
from src_v2.memory.embeddings.onnx import OnnxModel
from src_v2.memory.embeddings.parity import Encode, holds, measure
from src_v2.memory.embeddings.steps import report_progress, report_result

FP32_FILE = "model.onnx"
INT8_FILE = "model-int8.onnx"

# Which matrix products stay fp32, from the fastest candidate to the most careful one. The feed-forward outputs and the
# attention's values carry the outliers that 8 bits cannot hold. The names are those of BERT-like encoders.
INT8_CANDIDATES = (r"(?!)", r"\d/output/dense/MatMul$|/value/MatMul$", r"\d/(output|intermediate)/dense/MatMul$")

KNOWN_PREFIXES = (
    (r"(^|/)bge-(small|base|large)-en", "Represent this sentence for searching relevant passages: ", ""),
    (r"(^|/)(multilingual-)?e5-", "query: ", "passage: "),
)
"""Model name, query prefix, document prefix: of families that do not state their prompts in their own files."""

_MODULES = ["Transformer", "Pooling", "Normalize"]
_ABANDONED_AFTER_S = 3_600


def export_model(source: Path, name: str, models_dir: Path) -> Path:
    """Export the model in `source` under `name`; return the finished folder, which appears all at once."""
    mark = fingerprint(source)
    models_dir.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(models_dir) as folder:
        manifest = _export_into(folder, source, name, mark)
        target = models_dir / f"{manifest.spec.slug}-{mark}"
        return _moved(folder, target)


def _export_into(folder: Path, source: Path, name: str, mark: str) -> Manifest:
    report_progress(0.05, "Loading sentence-transformers")
    import sentence_transformers

    report_progress(0.4, f"Loading {name}")
    original = sentence_transformers.SentenceTransformer(str(source), device="cpu", local_files_only=True)
    pooling = _pooling(original)
    report_progress(0.5, f"Exporting {name} to ONNX")
    _write_fp32(sentence_transformers, source, folder)
    tokens = _write_tokenizer(original, folder)
    query_prefix, document_prefix = _prefixes(original, name)
    draft = Manifest(
        model=name,
        size=int(original.get_embedding_dimension()),
        pooling=pooling,
        max_tokens=tokens,
        precision="fp32",
        onnx_file=FP32_FILE,
        fingerprint=mark,
        query_prefix=query_prefix,
        document_prefix=document_prefix,
        parity=Parity(0, 0, 0, 0, 0, 0),
        files={},
    )
    manifest = _best_precision(folder, draft, _original_encode(original, query_prefix, document_prefix))
    manifest = replace(manifest, files=_kept_files(folder, manifest))
    write_manifest(folder, manifest)
    return manifest


def _pooling(model: Any) -> Pooling:
    """Return how the model pools; refuse what serving does not implement."""
    kinds = [type(module).__name__ for module in model]
    if kinds != _MODULES[: len(kinds)]:
        raise EmbeddingError(f"a model made of {', '.join(kinds)} is not supported, only transformer and pooling")
    mode = model[1].get_config_dict()["pooling_mode"]
    if mode not in {"mean", "cls"}:
        raise EmbeddingError(f"pooling {mode!r} is not supported, only mean and cls")
    return "cls" if mode == "cls" else "mean"


def _write_fp32(library: Any, source: Path, folder: Path) -> None:
    """Export `source` and keep the ONNX file alone."""
    arguments = {"provider": "CPUExecutionProvider", "export": True}
    exported = library.SentenceTransformer(
        str(source), backend="onnx", device="cpu", model_kwargs=arguments, local_files_only=True
    )
    with tempfile.TemporaryDirectory(dir=folder) as saved:
        exported.save_pretrained(saved, create_model_card=False)
        for file in Path(saved, "onnx").iterdir():
            # Models beyond 2 GB keep their weights in files beside the graph, under names that the graph holds.
            shutil.move(file, folder / file.name)


def _write_tokenizer(original: Any, folder: Path) -> int:
    """Write `tokenizer.json` with truncation and padding set; return the model's limit in tokens."""
    from tokenizers import Tokenizer

    wrapped = original.tokenizer
    limit = int(original.max_seq_length or 512)
    with tempfile.TemporaryDirectory(dir=folder) as saved:
        wrapped.save_pretrained(saved)
        tokenizer = Tokenizer.from_file(str(Path(saved, TOKENIZER)))
    tokenizer.enable_truncation(limit)
    tokenizer.enable_padding(pad_id=wrapped.pad_token_id, pad_token=wrapped.pad_token)
    tokenizer.save(str(folder / TOKENIZER))
    return limit


def _prefixes(model: Any, name: str) -> tuple[str, str]:
    """Return the prefixes for queries and documents: the model's own prompts, else what its family is known for."""
    own = (model.prompts.get("query", ""), model.prompts.get("document", ""))
    if any(own):
        return own
    matching = (known[1:] for known in KNOWN_PREFIXES if re.search(known[0], name.lower()))
    return next(matching, ("", ""))


def _original_encode(model: Any, query_prefix: str, document_prefix: str) -> Encode:
    """Return the original as a function that encodes each set of texts once: every candidate is compared with it."""

    @lru_cache
    def encoded(texts: tuple[str, ...], kind: TextKind) -> Vectors:
        prefix = query_prefix if kind == "query" else document_prefix
        vectors = model.encode([prefix + text for text in texts], prompt="", normalize_embeddings=True)
        return np.asarray(vectors, dtype=np.float32)

    return lambda texts, kind: encoded(tuple(texts), kind)


def _best_precision(folder: Path, draft: Manifest, original: Encode) -> Manifest:
    """Return the manifest of the fastest export that keeps parity; an fp32 export without parity is an error."""
    report_progress(0.7, "Comparing the export with the original")
    exact = _measured(folder, draft, original)
    if not holds(exact.parity):
        raise EmbeddingError(f"the ONNX export differs from the original: cosine {exact.parity.cosine_min}")
    for number, excluded in enumerate(_distinct_exclusions(folder)):
        report_progress(0.75 + 0.08 * number, "Trying 8 bits")
        _write_int8(folder, excluded)
        quantised = _measured(folder, replace(draft, precision="int8", onnx_file=INT8_FILE), original)
        if holds(quantised.parity):
            return quantised
    return exact


def _measured(folder: Path, manifest: Manifest, original: Encode) -> Manifest:
    exported = OnnxModel(ExportedModel(folder, manifest))
    return replace(manifest, parity=measure(original, exported.encode))


def _distinct_exclusions(folder: Path) -> Iterator[list[str]]:
    import onnx

    graph = onnx.load(folder / FP32_FILE, load_external_data=False).graph
    products = [node.name for node in graph.node if node.op_type == "MatMul"]
    seen: list[list[str]] = []
    for pattern in INT8_CANDIDATES:
        excluded = [name for name in products if re.search(pattern, name)]
        if excluded not in seen:
            seen.append(excluded)
            yield excluded


def _write_int8(folder: Path, excluded: list[str]) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        folder / FP32_FILE,
        folder / INT8_FILE,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=excluded,
    )


def _kept_files(folder: Path, manifest: Manifest) -> dict[str, int]:
    """Remove the export that was not chosen; return name and size of what stays."""
    if manifest.precision == "int8":
        kept = {TOKENIZER, INT8_FILE}
    else:
        kept = {path.name for path in folder.iterdir()} - {INT8_FILE}
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
    return {name: (folder / name).stat().st_size for name in sorted(kept)}


@contextmanager
def _temporary_folder(models_dir: Path) -> Iterator[Path]:
    """Yield a new folder beside the final one; also clear away what a killed export left behind."""
    for leftover in models_dir.glob(".export-*"):
        if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER_S:
            shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".export-", dir=models_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _moved(folder: Path, target: Path) -> Path:
    """Rename `folder` to `target`; when another process was quicker, its whole result is as good."""
    if target.exists() and read_export(target) is None:
        shutil.rmtree(target)
    try:
        folder.rename(target)
    except OSError:
        if read_export(target) is None:
            raise
    return target


def main(arguments: Sequence[str]) -> None:
    """Export and report the folder, or the reason why it cannot be done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--models-dir", type=Path, required=True)
    options = parser.parse_args(arguments)
    # Read by the libraries when they are imported: this step never asks the network.
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    try:
        folder = export_model(options.source, options.name, options.models_dir)
    except EmbeddingError as error:
        report_result(refused=str(error))
    else:
        report_result(folder=str(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
