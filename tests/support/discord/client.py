"""How the real discord.py is led to the local Discord: a connector that resolves Discord's hosts to one loopback port.

Production code stays unchanged; its client takes a connector. One connector serves one client.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import aiohttp
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

CERTIFIED = (
    "discord.com",
    "*.discord.com",
    "*.discord.gg",
    "*.discord.media",
    "*.discordapp.com",
    "*.discordapp.net",
)
_SUFFIXES = ("discord.com", ".discord.gg", ".discord.media", ".discordapp.com", ".discordapp.net")


class LoopbackResolver(AbstractResolver):
    """Sends every Discord host to one local port and refuses all others."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the local address for a Discord host; OSError for any other."""
        if not host.endswith(_SUFFIXES):
            raise OSError(f"{host} (port {port}) is not Discord")
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self._port, family=socket.AF_INET, proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]  # fmt: skip

    async def close(self) -> None:
        """Hold nothing."""


@lru_cache(maxsize=1)
def authority() -> trustme.CA:
    """Return the certificate authority of this process."""
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """Return the TLS context of the local Discord."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(*CERTIFIED).configure_cert(context)
    return context


def authority_pem() -> str:
    """Return the authority's certificate, for a process that shall trust it."""
    return authority().cert_pem.bytes().decode()


def environment(port: int, authority_file: Path) -> dict[str, str]:
    """Return the variables that lead another process here; writes the authority's certificate to `authority_file`."""
    authority_file.write_text(authority().cert_pem.bytes().decode(), encoding="ascii")
    return {"LOCAL_DISCORD_PORT": str(port), "LOCAL_DISCORD_CA": str(authority_file)}


def from_environment(variables: Mapping[str, str]) -> Callable[[], aiohttp.BaseConnector]:
    """Return the connector factory that those variables describe. KeyError when they are not there."""
    trusted = Path(variables["LOCAL_DISCORD_CA"]).read_text(encoding="ascii")
    return connector_factory(int(variables["LOCAL_DISCORD_PORT"]), trusted)


def connector_factory(port: int, authority_pem: str) -> Callable[[], aiohttp.BaseConnector]:
    """Return what makes a connector to the local Discord on `port`; each client needs its own."""
    context = ssl.create_default_context(cadata=authority_pem)

    def connector() -> aiohttp.BaseConnector:
        return aiohttp.TCPConnector(resolver=LoopbackResolver(port), ssl=context, use_dns_cache=False, limit=0)

    return connector
