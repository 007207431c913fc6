"""What a question says about what it looks for: its meaning without names, who is meant, which time it speaks of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from src_v2.core.audience import Audience
from src_v2.memory.lexical import encode_query, terms
from src_v2.memory.when import spans
from src_v2.storage.vectors.base import SparseVector

TOLD_WITHIN = timedelta(days=7)
"""What happened is often told some days later, so a time that a question names reaches this far beyond its end."""

Times = tuple[tuple[float, float], ...]
"""Half open ranges of epoch milliseconds."""

_FRAMES = re.compile(
    r"\b(?:(?:do|did|can|could|would|will) you (?:still |ever |please )?(?:remember|recall|know|tell me|remind me)"
    r"|(?:what )?did I (?:ever |once )?(?:tell|say|mention)(?: to)? ?you|I (?:told|asked) you|remind me|tell me"
    r"|te acuerdas|recuerdas|sabes|dime|te (?:dije|conté))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_ME = frozenset(["i", "my", "me", "mine", "myself", "yo", "mi", "mis", "mío", "mía"])
_YOU = frozenset(["you", "your", "yours", "yourself", "tú", "tu", "tus", "tuyo", "tuya"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be looked for. `named` are the terms of the words in it: names among them say who is meant.

    `of_user` and `of_character` say whether it is about the one who asks or the one who is asked.
    """

    meaning: str
    words: SparseVector
    named: frozenset[str]
    user_id: str
    of_user: bool
    of_character: bool
    times: Times


def asked(
    audience: Audience, text: str, names: Sequence[str], *, now: datetime, zone: ZoneInfo, told_within: timedelta
) -> Asked:
    """Return what `text` looks for; `names` are those of the people (and characters) who speak here."""
    said = set(_WORD.findall(_FRAMES.sub(" ", text).casefold()))
    me, you = bool(said & _ME), bool(said & _YOU)
    times = tuple(
        (span.start.timestamp() * 1000, (span.end + told_within).timestamp() * 1000) for span in spans(text, now, zone)
    )
    return Asked(
        without_names(text, [*names, audience.character]), encode_query(text), frozenset(terms(text)),
        audience.user_id, me and not you, you and not me, times,
    )  # fmt: skip


def without_names(text: str, names: Iterable[str]) -> str:
    """Return `text` without `names` and their parts, or as it is when nothing else is in it.

    Everything here was said by these people, so their names tell nothing apart, yet a sentence's vector leans on them.
    """
    parts = {part for name in names for part in (name.strip(), *name.split()) if _WORD.search(part)}
    if not parts:
        return text
    longest_first = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    left = re.sub(rf"(?<!\w)(?:{longest_first})(?:['’]s)?(?!\w)", "", text, flags=re.IGNORECASE)
    left = " ".join(left.split())
    return left if _WORD.search(left) else text
