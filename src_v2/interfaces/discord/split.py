"""Cuts a long text into Discord messages: at paragraphs, then lines, sentences and words; code fences stay whole.

Pure. Every character of the text is in exactly one piece; only fence lines are added, to close a code block at the end
of a piece and to open it again in the next one. A growing text keeps its earlier cuts, so a streamed reply does not
jump between messages.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MESSAGE_LIMIT = 2000
"""Characters that a bot may put into one message (Discord's API)."""

CLOSER = "\n```"
FENCE = re.compile(r"```(?:(?P<language>[\w+#.-]{0,30})\n)?")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
LINE = re.compile(r"\n")
SENTENCE = re.compile(r"[.!?…][\"'”’)\]*_]*\s+|[。！？]")
WORD = re.compile(r"\s+")
JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Piece:
    """One message's worth: `text` is a slice of the original, the other two keep a code block readable."""

    text: str
    opener: str = ""
    closer: str = ""

    @property
    def shown(self) -> str:
        """What to send. Discord strips blanks at both ends, so they are not there either; may be empty."""
        return f"{self.opener}{self.text}{self.closer}".strip()


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence mark at `start`; an opening mark reaches over its language line to `end`."""

    start: int
    end: int
    opens: bool
    language: str = ""


def split(text: str, limit: int = MESSAGE_LIMIT) -> list[Piece]:
    """Return the pieces of `text`, each of at most `limit` characters when shown; none for an empty text."""
    fences = _fences(text)
    pieces = []
    start = 0
    while start < len(text):
        opener = _opener(fences, start)
        end = _end(text, fences, start, limit - len(opener))
        body = text[start:end]
        pieces.append(Piece(body, opener, _closer(body) if _opener(fences, end) else ""))
        start = end
    return pieces


def _fences(text: str) -> list[Fence]:
    """Return all fence marks; every second one opens, and only an opening mark has a language line."""
    found: list[Fence] = []
    position = 0
    while match := FENCE.search(text, position):
        opens = len(found) % 2 == 0
        end = match.end() if opens else match.start() + 3
        found.append(Fence(match.start(), end, opens, (match["language"] or "") if opens else ""))
        position = end
    return found


def _opener(fences: Sequence[Fence], position: int) -> str:
    """Return the line that reopens the code block around `position`, or nothing when there is none."""
    before = [fence for fence in fences if fence.start < position]
    return f"```{before[-1].language}\n" if before and before[-1].opens else ""


def _closer(body: str) -> str:
    return CLOSER[1:] if body.endswith("\n") else CLOSER


def _end(text: str, fences: Sequence[Fence], start: int, room: int) -> int:
    """Return where the piece that begins at `start` ends."""
    rest = text[start:]
    open_at_end = bool(fences) and fences[-1].opens
    if len(rest) + (len(CLOSER) if open_at_end else 0) <= room:
        return len(text)
    if "```" in rest[: room + 2] or _opener(fences, start):
        room -= len(CLOSER)
    return _best_cut(text, fences, start, start + room)


def _best_cut(text: str, fences: Sequence[Fence], start: int, last: int) -> int:
    """Return the best border in (start, last]: a good one that is not too early, else a lesser one, else `last`."""
    blocks = [(a.start, b.end) for a, b in pairwise(fences) if a.opens]
    if fences and fences[-1].opens:
        blocks.append((fences[-1].start, len(text) + 1))
    room = last - start
    for border, least_fill, in_code in (
        (PARAGRAPH, 0.3, False),
        (PARAGRAPH, 0.5, True),
        (LINE, 0.5, True),
        (SENTENCE, 0.5, True),
        (WORD, 0.0, True),
    ):
        cuts = [match.end() for match in border.finditer(text, start, last)]
        fitting = [
            cut for cut in cuts
            if cut > start + room * least_fill and not _breaks_fence(fences, cut)
            and (in_code or not any(first < cut < end for first, end in blocks))
        ]  # fmt: skip
        if fitting:
            return fitting[-1]
    return _hard_cut(text, fences, start, last)


def _breaks_fence(fences: Sequence[Fence], cut: int) -> bool:
    """Whether a cut would tear a fence mark, or leave nothing of a code block on one of its sides."""
    return any(f.start < cut <= f.end if f.opens else f.start <= cut < f.end for f in fences)


def _hard_cut(text: str, fences: Sequence[Fence], start: int, last: int) -> int:
    """Return the last place up to `last` that tears neither a fence mark nor an emoji; `last` when there is none."""
    for cut in range(last, start, -1):
        if not _breaks_fence(fences, cut) and not _tears_cluster(text, cut):
            return cut
    return last


def _tears_cluster(text: str, cut: int) -> bool:
    after = text[cut : cut + 1]
    return text[cut - 1] == JOINER or after == JOINER or (after != "" and unicodedata.category(after) in {"Mn", "Me"})
