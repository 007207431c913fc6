"""Fetching from a model hub: a small one on loopback, none at all, and one that never answers."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from src_v2.memory.embeddings.steps import run_step

STEP = "src_v2.memory.embeddings.hub"
COMMIT = "0" * 40
FILES = {
    "config.json": b"{}",
    "tokenizer_config.json": b"{}",
    "1_Pooling/config.json": b"{}",
    "model.safetensors": b"weights" * 1000,
    "pytorch_model.bin": b"the same weights again",
    "onnx/model.onnx": b"and again",
}


class FakeHub:
    """Speaks as much of the hub's protocol as a download needs, for the one model acme/tiny."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path == "/":
            return web.Response()
        if "acme/tiny" not in path:
            return web.Response(status=404, headers={"X-Error-Code": "RepoNotFound"})
        if path.startswith("/api/"):
            siblings = [{"rfilename": name, "size": len(content)} for name, content in FILES.items()]
            return web.json_response({"id": "acme/tiny", "sha": COMMIT, "siblings": siblings})
        name = path.split(f"/resolve/{COMMIT}/")[-1]
        if request.method == "GET":
            self.fetched.append(name)
        headers = {"ETag": f'"{hashlib.sha256(FILES[name]).hexdigest()}"', "X-Repo-Commit": COMMIT}
        return web.Response(body=FILES[name], headers=headers)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeHub]:
    hub = FakeHub()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", hub.answer)
    async with TestServer(application) as server:
        monkeypatch.setenv("HF_ENDPOINT", str(server.make_url("")).rstrip("/"))
        yield hub


async def fetch(*arguments: str) -> dict[str, str]:
    return await run_step(STEP, ["--model", *arguments], lambda *_: None)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_a_model_is_fetched_once_in_one_format_and_then_comes_from_the_cache(hub: FakeHub) -> None:
    folder = Path((await fetch("acme/tiny"))["folder"])
    expected = sorted(set(FILES) - {"pytorch_model.bin", "onnx/model.onnx"})
    assert files_in(folder) == expected
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    fetched = len(hub.fetched)
    assert Path((await fetch("acme/tiny", "--offline"))["folder"]) == folder
    assert len(hub.fetched) == fetched


async def test_a_model_that_the_hub_does_not_know_is_said_to_be_unknown(hub: FakeHub) -> None:
    assert await fetch("acme/nothing") == {"refused": "the model hub knows no model acme/nothing"}


async def test_without_a_hub_the_answer_comes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert await fetch("acme/tiny") == {"refused": "the model hub could not be reached"}
    assert "may not be asked" in (await fetch("acme/tiny", "--offline"))["refused"]


@pytest.mark.slow
async def test_a_hub_that_never_answers_costs_about_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
    start = time.monotonic()
    assert await fetch("acme/tiny") == {"refused": "the model hub could not be reached"}
    assert time.monotonic() - start < 6
    silent.close()
