"""Which addresses may be talked to: none but those of the public internet, however they are written."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.tools.web.addresses import PublicResolver, Refused, is_public, literal, public_connector
from tests.unit.tools.web_stage import Names

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "100.127.255.255", "169.254.169.254", "169.254.0.1", "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1", "fe80::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1", "3fff::1",
    "5f00::1", "4000::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700:4700::1111",
          "2a00:1450:4001:82b::200e"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_special_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_rest_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_what_python_knows_as_special_is_never_public(address: ipaddress.IPv4Address) -> None:
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
    ):
        assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_hides_in_ipv6(address: ipaddress.IPv4Address) -> None:
    for hidden in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"):
        assert not is_public(ipaddress.ip_address(hidden))


@pytest.mark.parametrize(("host", "address"), [
    ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"),
    ("127.1", "127.0.0.1"), ("0", "0.0.0.0"), ("127.0.0.1.", "127.0.0.1"), ("[::1]", "::1"),
    ("fe80::1%eth0", "fe80::1"),
    ("017700000001", "127.0.0.1"), ("0x7f.1", "127.0.0.1"),
])  # fmt: skip
def test_numbers_are_seen_in_every_spelling(host: str, address: str) -> None:
    assert str(literal(host)) == address


@pytest.mark.parametrize("host", ["example.com", "localhost", "1.example", "deadbeef.example", ""])
def test_names_are_names(host: str) -> None:
    assert literal(host) is None


async def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    resolver = PublicResolver(inner=Names({"mixed.example": [["93.184.216.34", "10.0.0.1"]]}))
    with pytest.raises(Refused):
        await resolver.resolve("mixed.example", 80)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1"], ["fe80::1%2"], ["::ffff:169.254.169.254"], ["nonsense"]])
async def test_a_name_that_means_a_private_address_is_refused(addresses: list[str]) -> None:
    with pytest.raises(Refused):
        await PublicResolver(inner=Names({"rebound.example": [addresses]})).resolve("rebound.example", 80)


async def test_a_public_name_is_resolved() -> None:
    found = await PublicResolver(inner=Names({"good.example": [["93.184.216.34"]]})).resolve("good.example", 80)
    assert [one["host"] for one in found] == ["93.184.216.34"]


async def test_no_socket_is_opened_to_a_private_address_whatever_was_asked_before() -> None:
    connector = public_connector()
    opened = connector._socket_factory
    assert opened is not None
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254"):
        with pytest.raises(Refused):
            opened((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))
    opened((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("93.184.216.34", 80))).close()
    await connector.close()
