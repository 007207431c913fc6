"""Which machines may be talked to: those of the public internet, and no other.

The check is made on the addresses that a connection is opened to, by the resolver that the connector uses for it: what
a name says at another time does not matter, so a name that changes its mind (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from aiohttp.resolver import DefaultResolver

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allows = Callable[[Address], bool]

_NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Every network of IANA's special-purpose registries, the forms of IPv6 that hold an IPv4 address (mapped, compatible,
translated, 6to4, Teredo: refused as a whole), and Azure's wire server, which has a public address."""
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")


MOST_CONNECTIONS = 20


class Refused(OSError):
    """An address that may not be talked to."""

    def __init__(self) -> None:
        super().__init__("not an address of the public internet")


def is_public(address: Address) -> bool:
    """Whether an address belongs to a machine of the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_V6:
        return False
    return address.is_global and not any(address in network for network in _NEVER if network.version == address.version)


def literal(host: str) -> Address | None:
    """Return the address that a host is when it is no name, in whatever way it is written; None for a name.

    Takes what resolvers and browsers take: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
    """
    bare = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare)) if bare[:1].isdigit() else None
    except OSError:
        return None


class PublicResolver(AbstractResolver):
    """Resolves names, and gives none of the addresses when one of them may not be talked to."""

    def __init__(self, allows: Allows = is_public, inner: AbstractResolver | None = None) -> None:
        self._allows = allows
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises Refused, or OSError when there is none."""
        found = await self._inner.resolve(host, port, family)
        if not found:
            raise OSError(None, "no address")
        for one in found:
            address = literal(one["host"])
            if address is None or not self._allows(address):
                raise Refused
        return found

    async def close(self) -> None:
        """Release the resolver."""
        await self._inner.close()


def public_connector(allows: Allows = is_public, resolver: AbstractResolver | None = None) -> aiohttp.TCPConnector:
    """Return a connector that opens connections to public machines only; nothing that a name means is kept.

    The resolver looks at what names mean, and every socket at the address that it is opened to: also at one that was
    never a name. `allows` and `resolver` are for tests, whose machines are all on loopback.
    """

    def opened(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        address = literal(str(where[0]))
        if address is None or not allows(address):
            raise Refused
        return socket.socket(family=family, type=kind, proto=protocol)

    return aiohttp.TCPConnector(
        resolver=PublicResolver(allows, resolver), use_dns_cache=False, limit=MOST_CONNECTIONS, force_close=True,
        socket_factory=opened,
    )  # fmt: skip
