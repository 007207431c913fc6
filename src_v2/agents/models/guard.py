"""The switch that forbids real model calls, so that no test can ever spend money or send text out.

Inside `no_real_models()` building or probing a model that is not on this machine raises. The test suite turns it on
for every test; production code never does.
"""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from src_v2.agents.models.spec import ModelSpec
from src_v2.core.errors import SettingsError

TRACING_VARIABLES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")

_forbidden = False


def forbid_tracing() -> None:
    """Keep LangChain from sending every prompt to a tracing service that was set up for some other program."""
    for name in TRACING_VARIABLES:
        os.environ.pop(name, None)


@contextmanager
def no_real_models() -> Iterator[None]:
    """Forbid models that are not on a loopback address until the block ends; may be nested."""
    global _forbidden  # noqa: PLW0603 - one switch for the process, whatever thread or task builds a model
    before, _forbidden = _forbidden, True
    try:
        yield
    finally:
        _forbidden = before


def require_allowed(spec: ModelSpec) -> None:
    """Raise SettingsError when real models are forbidden and `spec` is one."""
    if _forbidden and spec.base_url and not is_loopback(spec.base_url):
        raise SettingsError(f"{spec} is a real model, and these are forbidden here: use offline: or a local server")


def is_loopback(url: str) -> bool:
    """Say whether `url` names this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
