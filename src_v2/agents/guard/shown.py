"""Watches what a model says while it is shown: no secret passes, no rule is recited, no mention reaches a crowd.

Text goes on at once. Held back is only an end that may be the beginning of a mention or of a secret.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable

from src_v2.agents.guard.private_words import FENCE_MARK, LEAKED_WORDS, WORD, Run

HEAD_CHARS = 4
"""Of a secret, what may be seen of it before the rest is held back; so little gives nothing away."""
LONGEST_MENTION_CHARS = 9

_MENTION = re.compile(r"@(?=everyone)|(?<!\w)@(?=here)|(?<=<)@(?=[!&]?\d)", re.IGNORECASE)
_HARMLESS_AT = "@\u200b"
_CROWDS = ("everyone", "here")
_LAST_WORD = re.compile(r"\w+\Z")


class Secrets:
    """Values that must not be said: keys, tokens, passwords, and the mark of a prompt's fences."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(sorted({FENCE_MARK, *values}, key=len, reverse=True))
        self.longest = len(self.values[0])
        self._found = re.compile("|".join(re.escape(value) for value in self.values))
        heads = {value[:HEAD_CHARS] for value in self.values}
        self._head = re.compile(f"(?=(?:{'|'.join(re.escape(head) for head in sorted(heads))}))")

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in `text`, whole."""
        return self._found.search(text) is not None

    def begin_at(self, text: str) -> int:
        """Return where the end of `text` may be the beginning of one of them; its length when nowhere."""
        for found in self._head.finditer(text, max(0, len(text) - self.longest + 1)):
            rest = text[found.start() :]
            if any(value.startswith(rest) for value in self.values):
                return found.start()
        return len(text)


class Filter:
    """One reply's filter. Feed it pieces; once `leaks` is set, nothing that was said may stand."""

    def __init__(self, secrets: Secrets, private: Collection[Run]) -> None:
        self._secrets = secrets
        self._private = private
        self._words: deque[str] = deque(maxlen=LEAKED_WORDS)
        self._word = ""
        self._seen = ""
        self._held = ""
        self.leaks = False

    def take(self, piece: str) -> str:
        """Return what may be shown now: `piece` with what was held back before, without what is held back now."""
        text = self._held + piece
        window = self._seen + text
        self.leaks = self.leaks or self._secrets.are_in(window) or self._recites(piece)
        if self.leaks:
            self._held = ""
            return ""
        keep = min(self._secrets.begin_at(window) - len(self._seen), _mention_begins(window) - len(self._seen))
        keep = max(0, keep)
        shown, self._held = text[:keep], text[keep:]
        before, self._seen = self._seen, (self._seen + shown)[-self._secrets.longest :]
        return _harmless(shown, before, self._held)

    def rest(self) -> str:
        """Return what is still held back, at the end of the reply."""
        shown, self._held = self._held, ""
        self.leaks = self.leaks or self._recites(" ")
        return "" if self.leaks else _harmless(shown, self._seen, "")

    def _recites(self, piece: str) -> bool:
        """Whether the words so far, with those of `piece` that are complete, hold a run of private ones."""
        text = self._word + piece
        last = _LAST_WORD.search(text)
        self._word = last[0] if last else ""
        for found in WORD.finditer(text, 0, last.start() if last else len(text)):
            self._words.append(found[0].lower())
            if len(self._words) == LEAKED_WORDS and tuple(self._words) in self._private:
                return True
        return False


def _harmless(shown: str, before: str, after: str) -> str:
    """Return text whose mentions of crowds, roles and people are only words; `before` and `after` stand around it."""
    if "@" not in shown:
        return shown
    whole = before[-1:] + shown
    start = len(whole) - len(shown)
    pieces, at = [], start
    for found in _MENTION.finditer(whole + after, start):
        if found.start() < len(whole):
            pieces += [whole[at : found.start()], _HARMLESS_AT]
            at = found.end()
    return "".join([*pieces, whole[at:]])


def _mention_begins(text: str) -> int:
    """Return where the end of `text` may be the beginning of a mention; its length when nowhere."""
    at = text.rfind("@", max(0, len(text) - LONGEST_MENTION_CHARS))
    if at < 0:
        return len(text)
    rest = text[at + 1 :].lower()
    is_crowd = any(crowd.startswith(rest) and crowd != rest for crowd in _CROWDS)
    is_mark = text[at - 1 : at] == "<" and rest in {"", "!", "&"}
    return at if is_crowd or is_mark else len(text)
