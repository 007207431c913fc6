"""A model small enough to build in a test: a graph that looks words up in a table, in a folder like a real export."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from src_v2.memory.embeddings.base import EmbeddingSpec
from src_v2.memory.embeddings.manifest import ExportedModel, Manifest, Parity, write_manifest

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "ask:", "dog", "cat", "sea", "moon", "bread", "rain")
MAX_TOKENS = 8


def tiny_export(models_dir: Path, model: str = "acme/tiny", size: int = 8, **changes: object) -> ExportedModel:
    """Write a whole export; `changes` are fields of its manifest."""
    folder = models_dir / f"{EmbeddingSpec(model, size).slug}-0123456789ab"
    folder.mkdir(parents=True)
    _write_graph(folder / "model.onnx", size)
    _write_tokenizer(folder / "tokenizer.json")
    files = {name: (folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json")}
    parity = Parity(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    manifest = Manifest(
        model, size, "mean", MAX_TOKENS, "fp32", "model.onnx", "0123456789ab", "", "", parity, files
    )  # fmt: skip
    manifest = replace(manifest, **changes)  # type: ignore[arg-type]
    write_manifest(folder, manifest)
    return ExportedModel(folder, manifest)


def _write_graph(path: Path, size: int) -> None:
    table = np.random.default_rng(7).normal(size=(len(WORDS), size)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", size])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)


def _write_tokenizer(path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    tokenizer.save(str(path))
