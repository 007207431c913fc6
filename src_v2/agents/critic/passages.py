"""A draft as sentences, and sentences as clauses; what is quoted, acted or code is blanked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from src_v2.agents.critic import vocabulary as words
from src_v2.knowledge import speech
from src_v2.knowledge.names import fold

MOST_SENTENCES = 120
LONGEST_SENTENCE_CHARS = 800
"""What is read of one; whoever writes longer ones does not speak to anybody."""
_ACTED = re.compile(r"(?<![*\w])\*(?!\*)[^*\n]{1,300}\*(?![*\w])|(?<!\w)_[^_\n]{1,300}_(?!\w)")
_MARKS = re.compile(r"\*\*|__|^#{1,4} |^[ \t]*(?:[-*•]|\d+[.)]) ", re.MULTILINE)
_CLAUSE = re.compile(
    r"[;()]\s*|:\s+|,\s+(?!\d{4}\b)|\s+[-–—]+\s+|(?<!you)\s+(?=(?:(?:and|since|y|und|et)(?! \d)|but|because|so|if|that"
    r"|unless"
    r"|though|although|while|whereas|when|pero|porque|aunque|que|así que|si|aber|weil|denn|wenn|dass|mais|parce que|car"
    r"|puisque|donc)\b)",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(r"(?<!\d)\d{1,2}\.$")
_FIRST_WORD = re.compile(r"[\W\d_]*([^\W\d_]*)")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a draft: `text` as it is compared, `shown` as it stands in the draft from `start` on.

    `text` is no longer than `LONGEST_SENTENCE_CHARS`, `shown` is whole.
    """

    text: str
    shown: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the draft."""
        return self.start + len(self.shown)


def passages(draft: str) -> list[Passage]:
    """Return the sentences of a draft, in order."""
    bare = _ACTED.sub(_blank, _MARKS.sub(_blank, speech.own_words(draft)))
    found = sentences(bare)[:MOST_SENTENCES]
    return [_passage(one, draft) for one in found]


def _passage(sentence: speech.Sentence, draft: str) -> Passage:
    """Return a sentence without what is blank before it, such as the mark of a list."""
    start = sentence.start + len(sentence.text) - len(sentence.text.lstrip())
    shown = draft[start : sentence.start + len(sentence.text)]
    return Passage(sentence.text.lstrip()[:LONGEST_SENTENCE_CHARS], shown, start)


def sentences(text: str) -> list[speech.Sentence]:
    """Return the sentences of a text; the point of "am 3. Dezember" ends none."""
    found: list[speech.Sentence] = []
    for one in speech.sentences(text):
        first = _FIRST_WORD.match(one.text)
        if found and first and _DAY_OF_MONTH.search(found[-1].text) and fold(first[1]) in words.MONTHS:
            start = found[-1].start
            found[-1] = speech.Sentence(text[start : one.start + len(one.text)], start)
        else:
            found.append(one)
    return found


def clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence."""
    start = 0
    for match in _CLAUSE.finditer(sentence):
        if match.start() > start and sentence[start : match.start()].strip():
            yield sentence[start : match.start()]
        start = match.end()
    if sentence[start:].strip():
        yield sentence[start:]


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())
