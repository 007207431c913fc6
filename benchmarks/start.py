"""How long one waits for WhisperEngine: `python -m benchmarks.start [--json PATH] [--clone]`.

From the start of the process to `/readyz`, to the demonstration's first reply over HTTP and to the embedding model;
with an empty data folder, and `again` with the one that this left. `--clone` adds the newcomer's way: a bare clone of
what was committed last, `make run` with nothing in the installers' caches, to the first reply.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil

from benchmarks.support import arguments, report

REPOSITORY = Path(__file__).parents[1]
BUDGETS = {"ready_s": 5.0, "ready_s_again": 5.0, "clone_to_first_reply_s": 120.0}
LOOK_EVERY_S = 0.02
PATIENCE_S = 180.0
CLONE_PATIENCE_S = 900.0
STOP_S = 60.0
HTTP_OK = 200

Figures = dict[str, float]


@dataclass(frozen=True)
class Started:
    """A command that is to bring up a process at `url`. `since` is on the clock of `time.perf_counter`."""

    command: subprocess.Popen[bytes]
    url: str
    data_dir: Path
    since: float
    patience_s: float

    @property
    def process_id(self) -> int:
        """The id of the process that listens; `make` is not that process itself."""
        return int(json.loads((self.data_dir / "running.json").read_bytes())["pid"])

    def seconds_until(self, path: str, holds: Callable[[int, bytes], bool]) -> float:
        """Look at `path` until its answer is as it should be; return the seconds since the start."""
        while not holds(*answer_of(self.url + path)):
            if self.command.poll() is not None:
                raise RuntimeError(f"it ended with code {self.command.returncode}")
            if time.perf_counter() - self.since > self.patience_s:
                raise TimeoutError(f"{path} was not as it should be within {self.patience_s:g} s")
            time.sleep(LOOK_EVERY_S)
        return time.perf_counter() - self.since

    def seconds_until_reply(self) -> float:
        """Say something, see that a reply comes, and return the seconds since the start."""
        status, body = answer_of(self.url + "/api/chat", {"text": "Hello, who are you?", "stream": False})
        if status != HTTP_OK or not json.loads(body)["text"]:
            raise RuntimeError(f"the first message was answered with {status}")
        return time.perf_counter() - self.since

    def rss_mb(self) -> float:
        """Return the memory that the command itself holds now."""
        return float(psutil.Process(self.command.pid).memory_info().rss) / 2**20

    def stop(self) -> float:
        """Ask the process to stop, as an operator does; return the seconds until it has, cleanly."""
        asked = time.perf_counter()
        os.kill(self.process_id, signal.SIGTERM)
        if self.command.wait(STOP_S):
            raise RuntimeError(f"it stopped with code {self.command.returncode}")
        return time.perf_counter() - asked


def answer_of(url: str, body: object = None) -> tuple[int, bytes]:
    """Return the status and body of an answer; 0 when nobody listens. A `body` is posted as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - only loopback comes here
    try:
        with urlopen(request, timeout=PATIENCE_S) as response:  # noqa: S310
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def is_ready(status: int, _: bytes) -> bool:
    """Whether this is `/readyz` of a process that can be talked to."""
    return status == HTTP_OK


def has_its_model(status: int, body: bytes) -> bool:
    """Whether this is `/healthz` of a process whose embedding model is loaded; only then its size is told."""
    checks = json.loads(body)["checks"] if status == HTTP_OK else []
    return any(check["name"] == "embeddings" and "dimensions" in check["detail"] for check in checks)


@contextmanager
def started(
    command: Sequence[str], folder: Path, data_dir: Path, more: Mapping[str, str], patience_s: float
) -> Iterator[Started]:
    """Start `command` in `folder` on a free port, as the demonstration; whatever is left of it is killed at the end."""
    port = free_port()
    own = {"WEB_PORT": str(port), "DATA_DIR": str(data_dir), "LLM_MODEL": "offline:demo", "DISCORD_TOKEN": ""}
    own |= {"LOG_LEVEL": "WARNING"}
    since = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **own, **more}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Started(process, f"http://127.0.0.1:{port}", data_dir, since, patience_s)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def one_start(folder: Path) -> Figures:
    """Start once with the data in `folder`, and stop."""
    command = [str(Path(sys.executable).with_name("whisperengine")), "run"]
    more = {"CHARACTERS_DIR": str(REPOSITORY / "characters")}
    with started(command, folder, folder / "data", more, PATIENCE_S) as process:
        ready_s = process.seconds_until("/readyz", is_ready)
        rss_mb = process.rss_mb()
        return {
            "ready_s": ready_s,
            "first_reply_s": process.seconds_until_reply(),
            "embedding_model_s": process.seconds_until("/healthz", has_its_model),
            "rss_mb_when_ready": rss_mb,
            "rss_mb_with_model": process.rss_mb(),
            "stop_s": process.stop(),
        }


def from_a_clone(folder: Path) -> Figures:
    """Clone, `make run`, say hello, and stop."""
    begun = time.perf_counter()
    clone = folder / "whisperengine"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(clone)], check=True)
    cloned_s = time.perf_counter() - begun
    more = {"UV_CACHE_DIR": str(folder / "uv-cache"), "PIP_CACHE_DIR": str(folder / "pip-cache")}
    with started(["make", "run"], clone, clone / "data", more, CLONE_PATIENCE_S) as process:
        ready_s = process.seconds_until("/readyz", is_ready)
        reply_s = process.seconds_until_reply()
        process.stop()
    return {"clone_s": cloned_s, "clone_to_ready_s": cloned_s + ready_s, "clone_to_first_reply_s": cloned_s + reply_s}


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--clone", action="store_true", help="also clone and install, which takes a minute or two")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whisperengine-bench-") as folder:
        figures = one_start(Path(folder))
        figures |= {f"{name}_again": value for name, value in one_start(Path(folder)).items()}
        if options.clone:
            figures |= from_a_clone(Path(folder))
    report("Start: an empty data folder, then again", figures, options.json, BUDGETS)


if __name__ == "__main__":
    main()
