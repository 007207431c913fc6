"""Pictures that came with a message, and the words that stand for them in its text.

A picture itself lives as long as its turn, or until it was described; what stays is its marker in the message:
`[sent a picture: NAME]`, later `[sent a picture: NAME; it shows: WORDS]`. Everything that reads messages reads that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from src_v2.core.fence import one_line
from src_v2.core.markers import NOT_IN_MARKERS, PICTURE, sent, sent_name

MOST_PICTURES = 4
"""Of one turn: a few snapshots, not an album."""
LONGEST_DESCRIPTION_CHARS = 400

_SHOWS = "; it shows: "
_UNOPENED = "; it could not be opened: "
_MARKER = re.compile(r"\[sent a picture: (?P<name>[^\];]*)(?:; it shows: (?P<shown>[^\]]*))?\]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to show to a model: small, upright, re-encoded, nothing in it but pixels.

    `media_type` is `image/jpeg` or `image/png`; `name` is clean. Neither is ever logged, nor are its bytes.
    """

    media_type: str
    data: bytes = field(repr=False)
    width: int
    height: int
    name: str


def picture_name(name: str) -> str:
    """Return a file's name as it may stand in a marker; it is text from outside."""
    return sent_name(name, "picture")


def marker(name: str) -> str:
    """Return what stands for a picture in a message."""
    return sent(PICTURE, name)


def unopened(name: str, why: str) -> str:
    """Return what stands for a picture that was not taken; `why` is our own sentence."""
    return sent(PICTURE, name, more=f"{_UNOPENED}{why}")


def with_markers(text: str, pictures: Iterable[Picture]) -> str:
    """Return what was said together with the pictures that were sent along."""
    return "\n".join([*([text] if text else []), *(marker(picture.name) for picture in pictures)])


def described(text: str, descriptions: Sequence[str]) -> str:
    """Return `text` with descriptions in its markers, in their order; an empty one leaves its marker as it is.

    A description is a model's word about somebody's picture: it becomes one bounded line that cannot end the marker.
    """
    waiting = iter(descriptions)

    def fill(found: re.Match[str]) -> str:
        if found["shown"] is not None:
            return found[0]
        words = _clean(next(waiting, ""))
        return f"[sent a picture: {found['name']}{_SHOWS}{words}]" if words else found[0]

    return _MARKER.sub(fill, text)


def carried_over(new: str, old: str) -> str:
    """Return an edited text whose pictures keep the descriptions that they had."""
    known: dict[str, list[str]] = {}
    for found in _MARKER.finditer(old):
        if found["shown"]:
            known.setdefault(found["name"], []).append(found["shown"])

    def fill(found: re.Match[str]) -> str:
        if found["shown"] is not None or not known.get(found["name"]):
            return found[0]
        return f"[sent a picture: {found['name']}{_SHOWS}{known[found['name']].pop(0)}]"

    return _MARKER.sub(fill, new)


def has_marker(text: str) -> bool:
    """Whether a text names a picture."""
    return _MARKER.search(text) is not None


def has_descriptions(text: str) -> bool:
    """Whether every picture in a text has been described, and there is one."""
    found = [one["shown"] for one in _MARKER.finditer(text)]
    return bool(found) and all(found)


def without_descriptions(text: str) -> str:
    """Return a text without what pictures show: those are not the person's own words, so nothing is learned of them."""
    return _MARKER.sub(lambda found: f"[sent a picture: {found['name']}]", text)


def _clean(words: str) -> str:
    line = one_line(words).translate(NOT_IN_MARKERS)
    if len(line) <= LONGEST_DESCRIPTION_CHARS:
        return line
    return line[: LONGEST_DESCRIPTION_CHARS - 1].rpartition(" ")[0] + "…"
