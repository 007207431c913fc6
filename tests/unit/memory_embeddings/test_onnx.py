"""Serving an export: pooling, prefixes, limits, and what is never imported."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from src_v2.memory.embeddings.manifest import find_export, read_export
from src_v2.memory.embeddings.onnx import OnnxEmbedder, OnnxModel
from tests.unit.memory_embeddings.tiny import tiny_export


async def test_texts_become_unit_vectors_whatever_they_are_batched_with(tmp_path: Path) -> None:
    embedder = await OnnxEmbedder.load(tiny_export(tmp_path))
    together = await embedder.encode(["dog", "the moon over the sea", "", "😀"], kind="document")
    alone = await embedder.encode(["dog"], kind="document")
    assert together.dtype == np.float32
    assert together.shape == (4, 8)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(alone[0], together[0], atol=1e-6)
    await embedder.close()


def test_the_manifest_says_how_to_pool(tmp_path: Path) -> None:
    mean = OnnxModel(tiny_export(tmp_path / "a"))
    cls = OnnxModel(tiny_export(tmp_path / "b", pooling="cls"))
    assert not np.allclose(*mean.encode(["dog", "cat"], "query"))
    # The tiny graph knows no attention: its first token is the same whatever follows.
    np.testing.assert_allclose(*cls.encode(["dog", "cat"], "query"))


def test_only_queries_get_the_query_prefix(tmp_path: Path) -> None:
    model = OnnxModel(tiny_export(tmp_path, query_prefix="ask: "))
    asked, said, spelled_out = (
        model.encode(["dog"], "query"),
        model.encode(["dog"], "document"),
        model.encode(["ask: dog"], "document"),
    )
    assert not np.allclose(asked, said)
    np.testing.assert_allclose(asked, spelled_out)


def test_text_beyond_the_limit_is_left_out(tmp_path: Path) -> None:
    model = OnnxModel(tiny_export(tmp_path))
    whole = model.encode(["dog cat sea moon bread rain"], "document")
    np.testing.assert_allclose(model.encode(["dog cat sea moon bread rain " + "dog " * 100_000], "document"), whole)


def test_a_broken_export_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    exported = tiny_export(tmp_path)
    assert find_export(tmp_path, "acme/tiny") == exported
    assert find_export(tmp_path, "acme/tiny", "another") is None
    assert find_export(tmp_path, "acme/ti") is None
    (exported.folder / "model.onnx").write_bytes(b"half")
    assert find_export(tmp_path, "acme/tiny") is None
    for content in (b"", b"[]", b"{}", b'{"format": 1, "parity": 3, "files": {}}'):
        (exported.folder / "manifest.json").write_bytes(content)
        assert read_export(exported.folder) is None


@pytest.mark.parametrize("module", ["loading", "api", "hashing"])
def test_serving_imports_neither_torch_nor_transformers(module: str) -> None:
    heavy = "torch transformers sentence_transformers optimum onnx huggingface_hub"
    code = f"import sys, src_v2.memory.embeddings.{module}; print([m for m in {heavy.split()!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
