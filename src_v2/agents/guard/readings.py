"""The ways to read a message: folded to plain letters, and, when it looks like it, decoded.

Only what looks encoded is decoded, so that ordinary messages cost one reading.
"""

import base64
import binascii
import codecs
import re
import unicodedata

LONGEST_CHARS = 6000
"""Of a message, its beginning and its end: an attempt that is longer still has to say what it wants at one of them."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e007f]"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_PLAIN_QUOTES = dict.fromkeys(map(ord, "“”„‟＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛´`＇"), "'")
_LOOKALIKES = str.maketrans("аеоргсухіјѕһԁԛԝкмтвнαεικνορτυχϲ", "aeoprcyxijshdqwkmtbhaeikvoptuxc")
_MIXED = re.compile(r"[a-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][a-z]")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LOOKS_LEET = re.compile(r"[a-z][013457@$!|][a-z]|(?<!\w)[013457@$!|][a-z]{2,}")
_SPACED = re.compile(r"(?<!\w)(?:\w[ \t._*\-]){5,}\w(?!\w)")
_BETWEEN = re.compile(r"(?<=\b\w)[ \t._*\-](?=\w\b)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ ]?){12,}")
_ROT13_STEMS = ("vtaber", "cebzcg", "vafgehpg", "qvfertneq", "eriryn", "erirny", "qrirybcre", "flfgrz")
_BACKWARDS_STEMS = ("erongi", "tpmorp", "snoitcurtsni", "laever", "metsys")
MOST_DECODED = 8
_GAP = re.compile(r"[ \t]{2,}")
_BLANKS = re.compile(r"[ \t\u00a0]+")


def folded(text: str) -> str:
    """Return text in lower case, without accents and invisible characters, with plain quotes and apostrophes."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).translate(_PLAIN_QUOTES))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain)).lower().translate(_PLAIN_QUOTES)


def shortened(text: str) -> str:
    """Return a text's beginning and end, when it is too long to be looked at whole."""
    if len(text) <= LONGEST_CHARS:
        return text
    half = LONGEST_CHARS // 2
    return f"{text[:half]}\n{text[-half:]}"


def spaced_once(text: str) -> str:
    """Return text with one blank where there are several."""
    return _BLANKS.sub(" ", text)


def hidden(text: str, plain: str) -> list[str]:
    """Return what a text says behind an encoding, folded; nothing for nearly all texts. `plain` is it folded."""
    found = []
    if _MIXED.search(plain):
        plain = plain.translate(_LOOKALIKES)
        found.append(plain)
    if _LOOKS_LEET.search(plain):
        found.append(plain.translate(_LEET))
    if _SPACED.search(plain):
        found.append(_GAP.sub(" ", _BETWEEN.sub("", _GAP.sub("   ", plain))))
        found.append(re.sub(r"[^a-z0-9]+", "", plain))
    if any(stem in plain for stem in _ROT13_STEMS):
        found.append(codecs.decode(plain, "rot13"))
    if any(stem in plain for stem in _BACKWARDS_STEMS):
        found.append(plain[::-1])
    return found + _decoded(text)


def _decoded(text: str) -> list[str]:
    """Return the words behind base64 and hexadecimal."""
    found = []
    for match in list(_BASE64.finditer(text))[:MOST_DECODED]:
        coded = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            found.append(base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True))
        except (ValueError, binascii.Error):
            continue
    found += [bytes.fromhex(match[0]) for match in list(_HEX.finditer(text))[:MOST_DECODED]]
    said = (piece.decode("utf-8", errors="replace") for piece in found)
    return [folded(one) for one in said if _is_language(one)]


def _is_language(text: str) -> bool:
    """Whether decoded bytes look like words rather than chance."""
    letters = sum(char.isalpha() or char in " .,!?'\n" for char in text)
    return " " in text and letters >= len(text) * 0.9
