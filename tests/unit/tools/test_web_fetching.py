"""Fetching a page: what is reached, what never is, and within which limits."""

import asyncio
import gzip
import zlib
from typing import Any

import pytest
from aiohttp import web

from src_v2.tools.web.addresses import public_connector
from src_v2.tools.web.fetching import MOST_BYTES, PORTS, Fetcher, Unreadable
from tests.unit.tools.web_stage import Names, fetcher, site

HTML = "<html><head><title>Ferries</title></head><body><p>The ferry leaves at nine.</p></body></html>"


async def page(_request: web.Request) -> web.StreamResponse:
    return web.Response(text=HTML, content_type="text/html")


HERE = {"good.example": [["127.0.0.1"]]}


async def test_a_page_is_fetched_without_cookies_or_credentials() -> None:
    async def sets_cookies(_request: web.Request) -> web.StreamResponse:
        response = web.Response(text=HTML, content_type="text/html")
        response.set_cookie("seen", "1")
        return response

    async with site(sets_cookies) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        for _ in range(2):
            found = await fetching.page(f"http://good.example:{one.port}/times?day=1#top")
    assert found.body.decode() == HTML
    assert found.address == f"http://good.example:{one.port}/times?day=1"
    for request in one.seen:
        assert "Cookie" not in request.headers
        assert "Authorization" not in request.headers
        assert "Referer" not in request.headers


@pytest.mark.parametrize("address", [
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/", "http://127.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://0.0.0.0:{port}/", "http://[::]:{port}/", "http://127.0.0.1.:{port}/", "http://good.example:{port}/",
    "http://169.254.169.254/latest/meta-data/", "http://metadata.example/", "http://１２７.0.0.1:{port}/",
    "http://[fe80::1%25lo]:{port}/", "http://127。0。0。1:{port}/",
])  # fmt: skip
async def test_the_private_network_is_never_reached(address: str) -> None:
    names = Names({**HERE, "localhost": [["127.0.0.1", "::1"]], "metadata.example": [["169.254.169.254"]]})
    async with site(page) as one, fetcher(names) as fetching:
        with pytest.raises(Unreadable) as refusal:
            await fetching.page(address.format(port=one.port))
        assert one.seen == []
    assert "127" not in str(refusal.value)


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "ftp://good.example/", "gopher://good.example/", "http://user:pw@good.example/",
    "http://user@good.example/", "javascript:alert(1)", "data:text/html,hi", "//good.example/", "good.example", "",
    "http://", "http:///etc/passwd", "http://good.example:99999/", "http://[::1", "http://\x00/",
])  # fmt: skip
async def test_other_addresses_are_not_read(address: str) -> None:
    names = Names(HERE)
    async with fetcher(names, reach_loopback=True) as fetching:
        with pytest.raises(Unreadable):
            await fetching.page(address)
    assert names.asked == []


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 9200])
async def test_unusual_ports_are_not_read(port: int) -> None:
    fetching = Fetcher(lambda: public_connector(resolver=Names({"good.example": [["93.184.216.34"]]})))
    with pytest.raises(Unreadable, match="port"):
        await fetching.page(f"http://good.example:{port}/")
    assert port not in PORTS
    await fetching.close()


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """The first answer is public, the second is not: every connection is judged by its own."""
    names = Names({"rebound.example": [["93.184.216.34"], ["127.0.0.1"]]})
    async with site(page) as one, fetcher(names, total_s=2.0) as fetching:
        await names.resolve("rebound.example")
        with pytest.raises(Unreadable, match="public"):
            await fetching.page(f"http://rebound.example:{one.port}/")
        assert one.seen == []


@pytest.mark.parametrize("target", [
    "http://127.0.0.2:{port}/secret", "http://[::1]:{port}/secret", "file:///etc/passwd", "http://private.example/secret",
    "http://a:b@good.example:{port}/secret", "//127.0.0.2:{port}/secret", "http://2130706434:{port}/secret",
    "http://169.254.169.254/secret",
])  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_judged_again(target: str, status: int) -> None:
    async def leads_on(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": target.format(port=request.url.port)})

    names = Names({**HERE, "private.example": [["10.0.0.1"]]})
    async with site(leads_on) as one, fetcher(names, reach_loopback=True) as fetching:
        with pytest.raises(Unreadable):
            await fetching.page(f"http://good.example:{one.port}/")
        assert [request.path for request in one.seen] == ["/"]


async def test_a_few_redirects_are_followed_and_no_more() -> None:
    async def leads_on(request: web.Request) -> web.StreamResponse:
        left = int(request.path.strip("/"))
        return web.Response(status=302, headers={"Location": f"/{left - 1}"}) if left else await page(request)

    async with site(leads_on) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        found = await fetching.page(f"http://good.example:{one.port}/5")
        assert found.address.endswith("/0")
        with pytest.raises(Unreadable, match="too many times"):
            await fetching.page(f"http://good.example:{one.port}/6")


async def _endless(request: web.Request, first: bytes, chunk: bytes, **headers: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html", **headers})
    await response.prepare(request)
    await response.write(first)
    while True:
        await response.write(chunk)
        await asyncio.sleep(0)


async def test_a_huge_page_is_given_up_soon() -> None:
    async def huge(request: web.Request) -> web.StreamResponse:
        return await _endless(request, b"<p>", b"x" * 65_536)

    async with site(huge) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        with pytest.raises(Unreadable, match="2 MB"):
            await fetching.page(f"http://good.example:{one.port}/")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_small_page_that_unpacks_to_a_huge_one_is_given_up(encoding: str) -> None:
    bomb = b"\x00" * (50 * MOST_BYTES)
    packed = gzip.compress(bomb) if encoding == "gzip" else zlib.compress(bomb)

    async def small(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Type": "text/html", "Content-Encoding": encoding})

    async with site(small) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        with pytest.raises(Unreadable, match="2 MB"):
            await fetching.page(f"http://good.example:{one.port}/")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_packed_page_is_unpacked(encoding: str) -> None:
    packed = gzip.compress(HTML.encode()) if encoding == "gzip" else zlib.compress(HTML.encode())

    async def small(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Type": "text/html", "Content-Encoding": encoding})

    async with site(small) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        assert (await fetching.page(f"http://good.example:{one.port}/")).body.decode() == HTML


@pytest.mark.parametrize(("headers", "reason"), [
    ({"Content-Type": "image/png"}, "no page of text"), ({"Content-Type": "application/pdf"}, "no page of text"),
    ({"Content-Type": "text/html", "Content-Encoding": "br"}, "packed"),
    ({"Content-Type": "text/html", "Content-Encoding": "gzip"}, "broken"),
    ({"Content-Type": "application/zip"}, "text"),
])  # fmt: skip
async def test_what_is_no_text_is_not_read(headers: dict[str, str], reason: str) -> None:
    async def odd(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x89PNG and so on", headers=headers)

    async with site(odd) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        with pytest.raises(Unreadable, match=reason):
            await fetching.page(f"http://good.example:{one.port}/")


async def _drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.01)


async def _says_nothing(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    await asyncio.Event().wait()
    return response


@pytest.mark.parametrize("slow", [_drips, _says_nothing])
async def test_a_slow_page_is_given_up(slow: Any) -> None:
    async with site(slow) as one, fetcher(Names(HERE), reach_loopback=True, total_s=0.3, read_s=0.2) as fetching:
        async with asyncio.timeout(5):
            with pytest.raises(Unreadable):
                await fetching.page(f"http://good.example:{one.port}/")


async def test_an_error_and_a_name_that_is_none_are_told() -> None:
    async def missing(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    async with site(missing) as one, fetcher(Names(HERE), reach_loopback=True) as fetching:
        with pytest.raises(Unreadable, match="error 404"):
            await fetching.page(f"http://good.example:{one.port}/")
        with pytest.raises(Unreadable, match="could not be reached"):
            await fetching.page("http://nowhere.example/")
