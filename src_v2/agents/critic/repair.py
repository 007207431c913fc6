"""The last resort after the rounds: without asking anybody, a draft loses or marks what nothing bears out."""

import re

from src_v2.agents.critic.findings import Finding, Kind, Review
from src_v2.agents.critic.language import hedges, language
from src_v2.agents.critic.passages import passages
from src_v2.knowledge.names import fold

_UNSURE = {
    "en": "I'm not sure, but ", "es": "No estoy seguro, pero ", "de": "Ich bin nicht sicher, aber ",
    "fr": "Je ne suis pas sûr, mais ",
}  # fmt: skip
_NOTHING_LEFT = {
    "en": "I'm not sure about that, and I don't want to make something up. Can you tell me more?",
    "es": "No lo sé con certeza y no quiero inventar nada. ¿Me cuentas más?",
    "de": "Da bin ich mir nicht sicher, und ich will nichts erfinden. Erzählst du mir mehr?",
    "fr": "Je ne sais pas vraiment, et je ne veux rien inventer. Tu m'en dis plus ?",
}
_SMALL = re.compile(
    r"^(?:your?|you['’]\w+|he|she|they|tu|tus|te|tú|du|dein\w{0,2}|deine|ton|ta|tes|la|el|der|die|das|the|er|sie"
    r"|elle|il|ella|él)$",
    re.IGNORECASE,
)
_LEAN_ON = re.compile(
    r"^\W*(?:(?:and|so) )?(?:that(?:['’]s| is| was)? (?:why|how|when|where|what|must|makes|also)|which"
    r"|because of that|that['’]s|therefore|hence|por eso|así que|eso"
    r"|deshalb|deswegen|darum|das ist|c['’]est (?:pour|pourquoi|ce)|voilà pourquoi|du coup)\b",
    re.IGNORECASE,
)
_MARKABLE = frozenset({Kind.UNSUPPORTED})
"""What may be so, as far as anybody knows; everything else is known to be wrong, and goes."""
_SPACES = re.compile(r"[ \t]{2,}")
_BLANK_LINES = re.compile(r"\n{3,}")
_EMPTY_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]*$\n?", re.MULTILINE)


def repaired(draft: str, review: Review) -> str:
    """Return `draft` without what the findings name: taken out, or marked as unsure where it may be so.

    Never empty for a draft that was not. Findings that do not stand in the draft change nothing.
    """
    found = {finding.start: finding for finding in review.findings if _stands(finding, draft)}
    if not found:
        return draft
    spoken = language(draft)
    pieces: list[str] = []
    at, dropped = 0, False
    for passage in passages(draft):
        between = draft[at : passage.start]
        pieces.append(between.lstrip(" ") if dropped and pieces[-2].endswith("\n") else between)
        finding, sentence = found.get(passage.start), passage.shown
        kept = (
            _kept(sentence, finding, spoken) if finding else "" if dropped and _LEAN_ON.search(sentence) else sentence
        )
        dropped = not kept
        pieces.append(kept)
        at = passage.end
    text = _tidied("".join([*pieces, draft[at:]]))
    return text if any(c.isalnum() for c in text) else _NOTHING_LEFT[spoken]


def _stands(finding: Finding, draft: str) -> bool:
    return draft.startswith(finding.sentence, finding.start)


def _kept(sentence: str, finding: Finding, spoken: str) -> str:
    """Return a sentence marked as unsure, or "" when it has to go."""
    if finding.kind not in _MARKABLE or sentence.rstrip().endswith(("?", ":")) or "\n" in sentence.strip():
        return ""
    first = re.match(r"[^\W\d_]+(?:['’][^\W\d_]+)?", sentence)
    if first is None or not _SMALL.match(fold(first.group())):
        return ""
    marked = f"{_UNSURE[spoken]}{sentence[0].lower()}{sentence[1:]}"
    return marked if hedges(marked) else ""


def _tidied(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _EMPTY_ITEM.sub("", _SPACES.sub(" ", text))).strip()
