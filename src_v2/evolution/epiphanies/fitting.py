"""What an epiphany is about, in stems, and whether a message is about the same: no model and no embedding."""

from collections.abc import Iterable

from src_v2.memory.lexical import terms

_SAYS_NOTHING = frozenset(
    stem
    for text in (
        "user person character you they he she talk speak say tell mention bring come bring up feel feeling seem sound",
        "often usually mostly always never sometimes whenever when while after before about again more most much many",
        "day time week thing something anything someone conversation topic mood like get go make want need think know",
        "if not no yes what who how why where which new good",
    )
    for stem in terms(text)
)


def stems(*texts: str) -> frozenset[str]:
    """Return the stems of texts that say what they are about; words such as "talk" and "often" do not."""
    return frozenset(
        stem for text in texts for stem in terms(text) if stem not in _SAYS_NOTHING and (len(stem) > 1 or stem > "\x7f")
    )


def fits(words: Iterable[str], message: str) -> bool:
    """Whether a message touches what an epiphany is about; `words` are the stems that are stored with it."""
    wanted = frozenset(words)
    return bool(wanted) and not wanted.isdisjoint(terms(message))
