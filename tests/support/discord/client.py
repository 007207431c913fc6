"""How the real discord.py is led to the local Discord: a connector that resolves Discord's hosts to one loopback port.

Production code stays unchanged; its client takes a connector. One connector serves one client.
"""

import socket
import ssl
from collections.abc import Callable
from functools import lru_cache

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

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the local address for a Discord host; OSError for any other."""
        if not host.endswith(_SUFFIXES):
            raise OSError(f"{host} (port {port}) is not Discord")
        return [
            ResolveResult(
                hostname=host, host=self._host, port=self._port, family=socket.AF_INET, proto=0,
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


def connector_factory(port: int, authority_pem: str, host: str = "127.0.0.1") -> Callable[[], aiohttp.BaseConnector]:
    """Return what makes a connector to the local Discord on `port`; each client needs its own."""
    context = ssl.create_default_context(cadata=authority_pem)

    def connector() -> aiohttp.BaseConnector:
        resolver = LoopbackResolver(port, host)
        return aiohttp.TCPConnector(resolver=resolver, ssl=context, use_dns_cache=False, limit=0)

    return connector
