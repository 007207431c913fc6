"""Preparation that runs in a process of its own: fetching and exporting a model.

Such a step is a module with a `main`, run as `python -m <module>`. It writes one JSON object per line on stdout, either
progress or its result; anything else on stdout is ignored. So torch never enters the serving process, and a crash in
there is an error here. Not for serving.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson

from src_v2.core.errors import EmbeddingError
from src_v2.memory.embeddings.base import ProgressCallback

_STDERR_TAIL_BYTES = 2_000


def report_progress(fraction: float, text: str) -> None:
    """Say how far this step is, 0..1, and what it is doing. Called inside the step's process."""
    _write({"progress": round(fraction, 3), "text": text})


def report_result(**fields: str) -> None:
    """Hand the step's result to the process that started it. Called inside the step's process, once."""
    _write({"result": fields})


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(line).decode() + "\n")
    sys.stdout.flush()


async def run_step(module: str, arguments: Sequence[str], on_progress: ProgressCallback) -> dict[str, str]:
    """Run a step to its end and return its result; raise EmbeddingError when it ends without one.

    Cancelling the caller kills the process.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.TaskGroup() as group:
            result = group.create_task(_read_lines(process, on_progress))
            tail = group.create_task(_read_tail(process))
        code = await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if (fields := result.result()) is None:
        raise EmbeddingError(f"{module} ended with code {code}: {tail.result() or 'it said nothing'}")
    return fields


async def _read_lines(process: asyncio.subprocess.Process, on_progress: ProgressCallback) -> dict[str, str] | None:
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    result: dict[str, str] | None = None
    async for raw in process.stdout:
        line = _parsed(raw)
        if "progress" in line:
            on_progress(float(line["progress"]), str(line.get("text", "")))
        elif "result" in line:
            result = line["result"]
    return result


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        line = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return line if isinstance(line, dict) else {}


async def _read_tail(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None  # noqa: S101 - it was asked for as a pipe
    tail = b""
    while chunk := await process.stderr.read(8_192):
        tail = (tail + chunk)[-_STDERR_TAIL_BYTES:]
    lines = tail.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
