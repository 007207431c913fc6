"""Takes the main text out of a page. Trafilatura's parsing is CPU work on text from strangers: in a thread, bounded."""

import asyncio
import re
from dataclasses import dataclass
from itertools import islice

import orjson

from src_v2.core.fence import one_line
from src_v2.tools.web.fetching import Page, Unreadable

MOST_HTML_CHARS = 500_000
"""Given to the parser: it takes about a second for that."""
MOST_TAGS = 30_000
DEEPEST = 250
MOST_TEXT_CHARS = 60_000
LONGEST_TITLE_CHARS = 200
LONGEST_LINE_CHARS = 2_000
DEEPEST_INDENTED = 20
"""Of JSON: every level makes each line of it longer."""
TIMEOUT_S = 8.0

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,400})", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_BRACKET = re.compile(r"[\[{\]}]")
_KNOWN_CHARSET = re.compile(
    r"utf[-_]?(?:8|16|32)(?:[-_]?(?:le|be))?|(?:us-)?ascii|(?:iso[-_]?8859|latin)[-_]?\d{1,2}"
    r"|(?:windows|cp)[-_]?125\d|koi8[-_]?[ru]|gb[-_]?2312|gbk|gb18030|big5|shift[-_]?jis|euc[-_]?(?:jp|kr)",
    re.IGNORECASE,
)
"""What a page may name: not every codec of Python, some of which take a time that grows with the square."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a page says, line by line, each clean. `title` is empty when it has none."""

    title: str
    lines: tuple[str, ...]


class Extractor:
    """Extracts one page at a time: a page that takes too long holds up other pages and nothing else."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._one = asyncio.Semaphore(1)
        self._timeout_s = timeout_s

    async def text(self, page: Page) -> Text:
        """Return a page's text; raises Unreadable when there is none, or when it takes too long."""
        await asyncio.wait_for(self._one.acquire(), self._timeout_s)
        work = asyncio.ensure_future(asyncio.to_thread(_extracted, page))
        work.add_done_callback(self._done)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(work)
        except TimeoutError:
            raise Unreadable("The page is too complicated to be read.") from None

    def _done(self, work: "asyncio.Future[Text]") -> None:
        """Let the next page in only when the thread is through with this one."""
        self._one.release()
        if not work.cancelled():
            work.exception()


def _extracted(page: Page) -> Text:
    text = _decoded(page)
    if page.content_type == "text/plain":
        return Text("", _lines(text))
    if page.content_type == "application/json":
        return Text("", _lines(_indented(text)))
    title = _TITLE.search(text)
    found = _main_text(text[:MOST_HTML_CHARS])
    lines = _lines(found)
    if not lines:
        raise Unreadable("There is no text on that page that could be read.")
    return Text(_unescaped(title[1])[:LONGEST_TITLE_CHARS] if title else "", lines)


def _main_text(html: str) -> str:
    from trafilatura import extract, html2txt
    from trafilatura.utils import load_html

    html = _beginning(html)
    tree = load_html(html)
    if tree is None or _depth(tree) > DEEPEST:
        raise Unreadable("There is no text on that page that could be read.")
    try:
        found = extract(tree, include_comments=False, include_tables=True, include_links=False, fast=True)
        return found or str(html2txt(html))
    except Exception:  # noqa: BLE001 - an edge: whatever a parser makes of what strangers wrote
        raise Unreadable("There is no text on that page that could be read.") from None


def _beginning(html: str) -> str:
    """Return as much of a page as holds `MOST_TAGS`: time grows with tags rather than with text."""
    last = next(islice(re.finditer("<", html), MOST_TAGS, None), None)
    return html[: last.start()] if last else html


def _depth(tree: "object") -> int:
    """Return how deep elements lie within each other; stops counting soon after `DEEPEST`."""
    deepest, level = 0, [tree]
    while level and deepest <= DEEPEST:
        deepest += 1
        level = [child for element in level for child in element]  # type: ignore[attr-defined]
    return deepest


def _decoded(page: Page) -> str:
    """Return a page's text in the first charset that fits; where none does, what is wrong in it is replaced."""
    named = _CHARSET.search(page.body[:4096])
    declared = (page.charset, named[1].decode("ascii") if named else "")
    charsets = [charset for charset in declared if _KNOWN_CHARSET.fullmatch(charset)]
    for charset in (*charsets, "utf-8"):
        try:
            return page.body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return page.body.decode("utf-8", "replace")


def _indented(text: str) -> str:
    """Return JSON line by line; what is long or deep, and would grow manifold, is only cut into pieces."""
    if len(text) <= MOST_TEXT_CHARS and _nesting(text) <= DEEPEST_INDENTED:
        try:
            return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return text
    size = LONGEST_LINE_CHARS
    lines = text[:MOST_TEXT_CHARS].splitlines()
    return "\n".join(line[at : at + size] for line in lines for at in range(0, len(line), size))


def _nesting(text: str) -> int:
    """Return how deep brackets lie within each other, those in strings counted too."""
    deepest = level = 0
    for found in _BRACKET.finditer(text):
        level += 1 if found.group() in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def _lines(text: str) -> tuple[str, ...]:
    cleaned = (one_line(line)[:LONGEST_LINE_CHARS] for line in text[:MOST_TEXT_CHARS].splitlines())
    return tuple(line for line in cleaned if line)


def _unescaped(text: str) -> str:
    from html import unescape

    return one_line(unescape(text))
