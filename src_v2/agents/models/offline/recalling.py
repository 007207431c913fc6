"""Chooses what is worth recalling for a message, and puts it into words."""

import re
from collections.abc import Iterable
from datetime import date

from src_v2.agents.models.offline.reading import Reading, Saying
from src_v2.agents.models.offline.words import WEAK, content_words, meanings, owned

WEAK_WEIGHT = 0.4
ORDER_WEIGHT = 0.9
"""What being ranked first by the real retrieval is worth, in matching words. It decides where words do not."""
OWNED_WEIGHT = 0.5
"""What it is worth that both speak of `my name`, not of `my dog's name`."""
MAX_QUOTE_CHARS = 300
_INNER_QUOTES = str.maketrans({"“": "'", "”": "'"})
_QUESTION = re.compile(
    r"^(?:so |and |but |then |well,? |hey,? |hi,? |hello,? )*"
    r"(?:what|who|whose|where|when|why|how|which|do|does|did|can|could|would|is|are|was|were|have|has|am"
    r"|tell me|remind me|guess)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_REQUEST = re.compile(r"^\W*(?:(?:can|could|would|will) you|tell me (?:a|an|some|another)\b)", re.IGNORECASE)
_RECALLS = re.compile(r"\b(?:remember|recall|remind|know)\b", re.IGNORECASE)
_ABOUT_US = re.compile(r"\b(?:i|me|my|mine|we|us|our|ours|remember|recall|again|know)\b", re.IGNORECASE)


def is_question(sentence: str) -> bool:
    """Say whether a sentence asks for something."""
    return sentence.rstrip().endswith("?") or bool(_QUESTION.match(sentence.strip()))


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, their marks included."""
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def best_answer(reading: Reading, question: str) -> Saying | None:
    """Return what answers `question` best, None when nothing does.

    Shared meanings count most; the retrieval's own order decides among memories that share none, as long as the
    question is about the people who speak. History has no such order: it must share a meaning.
    """
    trusted = bool(_ABOUT_US.search(question)) and not (_REQUEST.match(question) and not _RECALLS.search(question))
    scored: list[tuple[float, Saying]] = []
    for rank, saying in enumerate(tellable(reading.memories, reading.message)):
        overlap = _overlap(question, saying)
        if overlap or trusted:
            scored.append((overlap + ORDER_WEIGHT / (1 + rank) - (1.5 if saying.by_me else 0), saying))
    for saying in tellable(reversed(reading.history), reading.message):
        overlap = _overlap(question, saying)
        if overlap and not saying.by_me:
            scored.append((overlap + ORDER_WEIGHT / 2, saying))
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def tellable(sayings: Iterable[Saying], message: str) -> list[Saying]:
    """Return what states something: neither questions nor what was said this very moment."""
    now = message.strip()
    return [
        saying
        for saying in sayings
        if saying.text != now and content_words(saying.text) and not all(map(is_question, sentences(saying.text)))
    ]


def quoted(saying: Saying) -> str:
    """Return the words of a saying in quotation marks, shortened when long."""
    text = " ".join(saying.text.split()).translate(_INNER_QUOTES)
    if len(text) > MAX_QUOTE_CHARS:
        text = text[:MAX_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
    return f"“{text}”"


def told(saying: Saying, reading: Reading) -> str:
    """Return who told it, when, and the words: `You told me on 2 November: “...”`.

    In private everything comes from the one who asks, under whatever name they had then.
    """
    if saying.by_me:
        return f"I said {when(saying)}: {quoted(saying)}"
    named = saying.speaker and reading.user_name and not reading.is_private
    teller = saying.speaker if named and saying.speaker != reading.user_name else "You"
    return f"{teller} told me {when(saying)}: {quoted(saying)}"


def when(saying: Saying) -> str:
    """Return the day in words, such as `on 2 November`."""
    try:
        day = date.fromisoformat(saying.day)
    except ValueError:
        return "just now"
    return f"on {day.day} {day:%B}"


def _overlap(question: str, saying: Saying) -> float:
    """Return how much a question and a saying share: words that many memories share count little beside others."""
    asked = meanings(question)
    weak_weight = WEAK_WEIGHT if asked - WEAK else 1.0
    shared = sum(weak_weight if meaning in WEAK else 1.0 for meaning in asked & meanings(saying.text))
    return shared + OWNED_WEIGHT * len(owned(question) & owned(saying.text))
