"""The marks by which a message's text names what came with it: files, stickers, pictures, messages passed on.

They are made and recognised here, because what stands in them was not written by whoever sent the message: a file's
name, a model's word about a picture, what somebody else said elsewhere. `own_words` is the text without them.
"""

import re

from src_v2.core.fence import one_line

PICTURE, FILE, VIDEO, SOUND, STICKER = "a picture", "a file", "a video", "a sound", "a sticker"
"""What can have been sent along."""
BARE_MENTION = "(says your name)"
NO_WORDS = "[sent something without words]"
LONGEST_NAME_CHARS = 60
NOT_IN_MARKERS = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")", "|": "/"})
"""What could end a mark, or pose as one."""

_PASSED_ON = "[passed on a message: "
_BRACKETS = str.maketrans({"[": "(", "]": ")"})
_SENT = re.compile(
    rf"\[sent (?:{'|'.join((PICTURE, FILE, VIDEO, SOUND, STICKER))}): [^\]]*\]|{re.escape(NO_WORDS)}"
    rf"|^{re.escape(BARE_MENTION)}$",
    re.MULTILINE,
)
_FORWARDS = re.compile(rf"^{re.escape(_PASSED_ON)}.*\Z", re.MULTILINE | re.DOTALL)
"""To the end of the text, whatever stands there: forwards come last, and what is in them may pose as their end."""


def sent(what: str, name: str, *, more: str = "") -> str:
    """Return what stands for something that was sent along; `more` is clean already."""
    return f"[sent {what}: {sent_name(name, what.rpartition(' ')[2])}{more}]"


def sent_name(name: str, otherwise: str) -> str:
    """Return a file's name as it may stand in a mark; it is text from outside. `otherwise` is for one that is empty."""
    clean = one_line(name.replace("\\", "/").rpartition("/")[2].replace(";", ",")).translate(NOT_IN_MARKERS)
    return clean[:LONGEST_NAME_CHARS].strip() or otherwise


def passed_on(text: str) -> str:
    """Return what stands for a message that somebody passed on; it belongs at the end of theirs."""
    return f"{_PASSED_ON}{text.translate(_BRACKETS)}]"


def without_passed_on(text: str) -> str:
    """Return a message's text with no more of what it passed on than that it did."""
    return _FORWARDS.sub("[passed on a message]", text)


def own_words(text: str) -> str:
    """Return a message's text without what its sender did not write."""
    return _SENT.sub(" ", _FORWARDS.sub("", text)).strip()
