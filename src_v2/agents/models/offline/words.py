"""Words as the demonstration model sees them: stripped of endings, grouped by a few everyday meanings."""

import re
from itertools import pairwise

WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")

_STOP_WORDS = (
    "a an and are am as at be been but by can could did do does for from had has have having he her here hers him "
    "his how i i'm i've i'd i'll if in into is it it's its just me mine my of on or our please re really s "
    "say she so some t than that that's the their them then there these they this those to too us very was we "
    "were what what's when where which who who's whose why will with would you you're your yours yes no not okay "
    "well also about again ever remember recall know tell told think thing things something anything mean still "
    "today now"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

_MEANINGS = (
    "dog puppy pup hound doggy",
    "cat kitten kitty",
    "pet animal",
    "name call",
    "mother mum mom mama",
    "father dad papa",
    "sister brother sibling",
    "wife husband partner spouse",
    "job work profession career employ",
    "home live house flat apartment city town",
    "birthday born birth",
    "food eat meal dish cook",
    "colour color",
    "favourite favorite love prefer best like enjoy",
    "child kid son daughter",
    "music song band play instrument",
    "car drive vehicle",
    "afraid fear scare",
)
_GROUP_OF = {word: words.split()[0] for words in _MEANINGS for word in words.split()}
BROADER = {"dog": "pet", "cat": "pet"}
"""A question for the wider word finds the narrower one too."""
WEAK = frozenset({"name", "favourite", "home", "job"})
"""Meanings that many memories share; alone they decide little."""


def words_of(text: str) -> list[str]:
    """Return the words of `text` in order, as written."""
    return WORD.findall(text)


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, as written."""
    return [word for word in words_of(text) if _bare(word) not in STOP_WORDS]


def meanings(text: str) -> frozenset[str]:
    """Return what `text` is about: each content word's meaning."""
    found = {_meaning(word) for word in content_words(text)}
    return frozenset(found | {BROADER[word] for word in found if word in BROADER})


def owned(text: str) -> frozenset[str]:
    """Return what the speaker calls theirs: the meanings of the words right after `my` and `our`."""
    words = words_of(text)
    after = (word for before, word in pairwise(words) if _bare(before) in {"my", "our"})
    return frozenset(_meaning(word) for word in after)


def _bare(word: str) -> str:
    return word.lower().replace("\u2019", "'")


def _meaning(word: str) -> str:
    """Return the group a word belongs to, or its stem."""
    bare = _bare(word).removesuffix("'s").rstrip("'")
    for form in (bare, *_shorter(bare)):
        if form in _GROUP_OF:
            return _GROUP_OF[form]
    return next(iter(_shorter(bare)), bare)


def _shorter(word: str) -> list[str]:
    """Return plausible stems of an English word, likeliest first."""
    for ending, instead in (("ies", ("y",)), ("ing", ("", "e")), ("ed", ("", "e")), ("es", ("e", "")), ("s", ("",))):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):  # noqa: PLR2004 - a stem
            return [word[: -len(ending)] + letters for letters in instead]
    return []
