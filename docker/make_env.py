"""Writes `.env` for docker compose: a copy of `.env.example` with random passwords. `make env` calls it.

Only fills what is empty: a value that is there stays, so running it again changes nothing. Needs nothing but Python.
Not for the application, which reads `.env` through `src_v2.config`.
"""

import os
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

PRIVATE_FILE_MODE = 0o600
SECRET_BYTES = 32
SETTINGS = ("QDRANT_API_KEY", "NEO4J_PASSWORD", "INFLUX_TOKEN", "WEB_TOKEN")
"""Secrets that are also settings of the application; `.env.example` has a line for each."""
COMPOSE_SECRETS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "INFLUX_ADMIN_PASSWORD", "GRAFANA_ADMIN_PASSWORD")
COMPOSE_CHOICES = {
    "WEB_BIND": ("127.0.0.1", "Address of this machine on which compose publishes the web page."),
    "GRAFANA_PORT": ("3000", "Port of Grafana on 127.0.0.1."),
    "TORCH_INDEX": ("", "Index with torch's CPU wheels, for a small image; see docker/Dockerfile."),
}
COMPOSE_HEADER = """
# --- Docker compose only ---
# Passwords consist of letters, digits, - and _: they become part of addresses. A server takes its password when its
# volume is made and keeps it: changing a line here later changes nothing there.
"""


def write_env(folder: Path) -> list[str]:
    """Bring `.env` in `folder` up to date and return what was done, line by line, without any secret.

    Raises FileNotFoundError when neither `.env` nor `.env.example` is there.
    """
    target = (folder / ".env").resolve()
    done = []
    if target.exists():
        before = target.read_text(encoding="utf-8")
    else:
        before = (folder / ".env.example").read_text(encoding="utf-8")
        done.append("Wrote .env from .env.example.")
    text, filled = _with_secrets(before)
    text = _with_choices(text)
    _write_privately(target, text)
    done.append(f"Made random values for {', '.join(filled)}." if filled else "Every secret was set already.")
    return [*done, "Only you can read .env; keep a copy where you keep passwords."]


def _with_secrets(text: str) -> tuple[str, list[str]]:
    """Return the text with every empty secret filled, and the names of those."""
    filled = [name for name in (*SETTINGS, *COMPOSE_SECRETS) if not _value(text, name)]
    for name in filled:
        text = _with_value(text, name, _password())
    return text, filled


def _password() -> str:
    """Return a random password that no server's own set-up tool takes for an option."""
    return secrets.token_urlsafe(SECRET_BYTES).lstrip("-")


def _with_choices(text: str) -> str:
    for name, (default, meaning) in COMPOSE_CHOICES.items():
        if _value(text, name) is None:
            text = _with_value(f"{_sectioned(text)}# {meaning}\n", name, default)
    return text


def _line(name: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=(.*)$", re.MULTILINE)


def _value(text: str, name: str) -> str | None:
    """Return the value of the last line that sets `name`, as readers of the file do; None without one."""
    values = _line(name).findall(text)
    if not values:
        return None
    value: str = values[-1].strip()
    return "" if value.startswith("#") else value.strip("'\"")


def _with_value(text: str, name: str, value: str) -> str:
    """Return the text with `name` set: in its last line, or in the section at the end when it has none."""
    lines = list(_line(name).finditer(text))
    if lines:
        return f"{text[: lines[-1].start()]}{name}={value}{text[lines[-1].end() :]}"
    return f"{_sectioned(text)}{name}={value}\n"


def _sectioned(text: str) -> str:
    """Return the text with the section for compose at its end."""
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    return ended if COMPOSE_HEADER in ended else ended + COMPOSE_HEADER


def _write_privately(target: Path, text: str) -> None:
    """Replace the file in one step, so that a crash leaves the old one whole; nobody else can read either."""
    draft = target.with_name(f"{target.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(target)


def main(arguments: Sequence[str]) -> int:
    """Write `.env` in the given folder, the repository's own by default; return the exit code."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    try:
        done = write_env(folder)
    except OSError as error:
        sys.stderr.write(f"make env: {error.strerror}: {error.filename}\n")
        return 1
    sys.stdout.write("\n".join(done) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
