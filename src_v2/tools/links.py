"""Which web addresses may be read in a turn: those that the person wrote, and those that a search of this turn found.

Nothing else: an address that a model makes up could carry what it knows to whoever owns that address.
"""

import re
from collections.abc import Iterable, Iterator

from yarl import URL

from src_v2.core.markers import own_words

LONGEST_ADDRESS_CHARS = 2_000
MOST_WRITTEN = 20
"""Addresses of one message that are looked at."""

_WRITTEN = re.compile(r"https?://[^\s<>\"\x00-\x1f]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?'*_~|"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_SHORT_ID = re.compile(r"\s*\[?\s*w([1-9][0-9]{0,2})\s*\]?\s*", re.IGNORECASE | re.ASCII)


class Links:
    """The addresses that searches of one turn found, numbered w1, w2, ..."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._found: dict[int, str] = {}

    def show(self, address: str) -> str:
        """Return the short id of an address, the same every time."""
        number = self._numbers.setdefault(same(address), len(self._numbers) + 1)
        self._found.setdefault(number, address)
        return f"w{number}"

    def allowed(self, named: str, written: Iterable[str]) -> str | None:
        """Return the address that a model means by a short id or by the address itself, None for any other.

        `written` are the person's messages; what they passed on, and captions, are not written by them.
        """
        if match := _SHORT_ID.fullmatch(named):
            return self._found.get(int(match[1]))
        wanted = same(named.strip())
        if wanted in self._numbers:
            return self._found[self._numbers[wanted]]
        own = (address for text in written for address in addresses_in(own_words(text)))
        return next((address for address in own if same(address) == wanted), None)


def addresses_in(text: str) -> Iterator[str]:
    """Yield the web addresses in a message, without the punctuation after them."""
    for number, match in enumerate(_WRITTEN.finditer(text)):
        if number >= MOST_WRITTEN:
            return
        yield _trimmed(match.group())


def same(address: str) -> str:
    """Return the form in which two spellings of one address are equal; what is no address equals only itself."""
    try:
        url = URL(address[:LONGEST_ADDRESS_CHARS])
        return f"{url.origin()}{url.raw_path_qs}"
    except ValueError:
        return address


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        unopened = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _AFTER and not unopened:
            break
        address = address[:-1]
    return address
