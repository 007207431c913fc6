"""Whether somebody asks to be reminded of something, of what, and when. Patterns only: what is not clear is asked back.

Only a clause of its own that asks for it counts: "this song reminds me of summer" and "remind me what I said" do not,
neither does what is quoted or passed on.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from src_v2.core.fence import one_line
from src_v2.core.markers import own_words
from src_v2.evolution.reminders.times import Problem, When, understand
from src_v2.evolution.reminders.tongues import TONGUES, Found, Kind, Tongue
from src_v2.evolution.reminders.tongues.base import Trigger, folded

LONGEST_READ_CHARS = 2_000
"""Of one message; whoever pastes more is not asking for a reminder."""
LONGEST_ANSWER_CHARS = 60
"""Of an answer that says nothing but when."""
LONGEST_WORDS_CHARS = 500
"""Of what somebody is reminded of."""

_MAY_ASK = re.compile(
    r"remind|recu[eé]rd|record|acu[eé]rd|erinner|rappel|lembr|forget|olvid|vergess|oubli|esquec|avis|wake|weck|nudge|ping"
    r"|penser|acord|reveille|réveille|previens|préviens",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{0,400}`|^[ \t]*>[^\n]*", re.DOTALL | re.MULTILINE)
_QUOTES = re.compile(r"[\"“«„][^\"“”«»„\n]{1,400}[\"”»“]")
_ENDS = re.compile(r"[!?\n]+|\.(?=\s+[A-ZÀ-ÝÄÖÜ¿¡])|\.\s*$|[…;]")
_NO_END = re.compile(r"(?:\b(?:dr|mr|mrs|ms|st|prof|sra?|hr|fr|[ap]\.?\s?m)|\d)$", re.IGNORECASE)
_SAID = re.compile(r"\b(?:sa(?:id|ys|ying)|told|wrote|dijo|dice|sagte|sagt|dit|disse|diz)\b.*:\s*$")
_CLAUSE_END = re.compile(r"(?:^|[,:–—-]|\s-)\s*(?:¿|¡)?\s*$")
_PLEASE = (
    r"please|pls|plz|thanks|thank you|por favor|porfa|gracias|bitte|danke|s'il te plait|s'il vous plait|stp|svp|merci"
    r"|obrigad[oa]"
)
_TAIL = re.compile(rf"(?:[\s,]*\b(?:{_PLEASE})\b)?[\s.!?,:;¿¡]*$")
_HEAD = re.compile(rf"^[\s,.:;–—-]*(?:(?:{_PLEASE})\b[\s,.:;–—-]*)?")
_UNTIL = re.compile(r"\b(?:until|till|bis(?: zum| zur)?|hasta(?: el| la)?|jusqu'(?:a|au|en|a la)?|ate(?: o| a)?)\s*$")
_BEFORE = re.compile(
    r"\b(?:minutes?|mins?|hours?|days?|weeks?|minuten|stunden?|tage?|wochen?|minutos?|horas?|dias?|heures?|jours?)\s"
    r"(?:before|ahead of|vorher|vor|antes|avant)\b"
)
_TIMES_OF_DAY = frozenset({Kind.CLOCK, Kind.HALF, Kind.QUARTER, Kind.PART})


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to be reminded of; `what` is empty when they did not say, `when` may tell why it is open.

    `language` is that of the words that ask, such as `en`.
    """

    what: str
    when: When | Problem
    language: str


def may_ask(text: str) -> bool:
    """Whether it is worth looking: costs microseconds, and says no to nearly everything."""
    return len(text) <= LONGEST_READ_CHARS and _MAY_ASK.search(text) is not None


def asked_for(text: str, now: datetime, called: str = "") -> Request | None:
    """Return what a message asks to be reminded of, None when it does not; `now` is the person's wall clock, naive.

    `called` is the name by which whoever is asked may be called first.
    """
    if not may_ask(text):
        return None
    text = unicodedata.normalize("NFC", own_words(text))
    text = _NOT_OWN.sub(lambda code: " " * len(code[0]), text)
    low = folded(_QUOTES.sub(lambda quoted: '"' * len(quoted[0]), text))
    for start, end in _sentences(text):
        for tongue in TONGUES:
            request = _in_sentence(text[start:end], low[start:end], tongue, now, folded(called))
            if request is not None:
                return request
    return None


def read_order(text: str, now: datetime) -> Request:
    """Return what an order says that is known to ask for a reminder: "tomorrow at 5 call my mum", in any language."""
    text = one_line(unicodedata.normalize("NFC", text))[:LONGEST_READ_CHARS]
    asked = asked_for(text, now)
    if asked is not None:
        return asked
    low = folded(text)
    read = [_request(text, low, tongue, (0, 0), None, now) for tongue in TONGUES]
    timed = [one for one in read if isinstance(one.when, When)]
    told = [one for one in read if one.when is not Problem.MISSING]
    return min(timed or told or read, key=lambda one: len(one.what))


def completed(text: str, before: str, now: datetime) -> Request | None:
    """Return the request of the message before, whose time was open, with the time that this message says alone."""
    if not may_ask(before) or len(text) > LONGEST_ANSWER_CHARS:
        return None
    asked = asked_for(before, now)
    if asked is None or not isinstance(asked.when, Problem) or not asked.what:
        return None
    answer = read_order(_QUOTES.sub(" ", own_words(text)), now)
    return (
        Request(asked.what, answer.when, asked.language) if not answer.what and isinstance(answer.when, When) else None
    )


def _sentences(text: str) -> list[tuple[int, int]]:
    start, found = 0, []
    for end in _ENDS.finditer(text):
        if (
            end[0].startswith(".")
            and _NO_END.search(text, max(0, end.start() - 8), end.start())
            and end.end() < len(text)
        ):
            continue
        found.append((start, end.end()))
        start = end.end()
    return [*found, (start, len(text))]


def _in_sentence(text: str, low: str, tongue: Tongue, now: datetime, called: str) -> Request | None:
    for trigger in tongue.triggers:
        for match in re.finditer(rf"(?<![\w'-])(?:{trigger.pattern})(?!\w)".replace(" ", r"\s{1,3}"), low):
            if not _is_called(low[: match.start()], called) and not _stands_alone(low[: match.start()], tongue):
                continue
            request = _asked_by(trigger, match, text, low, tongue, now)
            if request is not None:
                return request
    return None


def _asked_by(
    trigger: Trigger, match: re.Match[str], text: str, low: str, tongue: Tongue, now: datetime
) -> Request | None:
    if _is_refused(match.end(), text, low, tongue):
        return None
    closing = re.search(trigger.closing, low[match.end() :]) if trigger.closing else None
    if trigger.closing and closing is None:
        return None
    cut = (match.end() + closing.start(), match.end() + closing.end()) if closing else None
    request = _request(text, low, tongue, match.span(), cut, now)
    if request.when is Problem.MISSING:
        after = low[match.end() :].strip(" ,")
        if trigger.needs_time or re.match(rf"(?:{tongue.weak})", after):
            return None
    return request


def _is_called(before: str, called: str) -> bool:
    """Whether nothing but the name of whoever is asked stands before."""
    return bool(called) and before.strip(" @,:!") == called


def _stands_alone(before: str, tongue: Tongue) -> bool:
    """Whether a clause begins here; what stands before it in the sentence may be the time."""
    if _SAID.search(before):
        return False
    if _CLAUSE_END.search(before) or re.search(
        rf"(?:^|[\s,:¿¡]){tongue.lead}[\s,:]*$".replace("(?: ", r"(?:\s"), before
    ):
        return True
    groups = _groups(before, list(tongue.found(before)), tongue)
    return (
        bool(groups)
        and not before[: groups[-1][0].start].strip(" ,¿¡")
        and not before[groups[-1][-1].end :].strip(" ,")
    )


def _is_refused(end: int, text: str, low: str, tongue: Tongue) -> bool:
    after, written = low[end:].lstrip(" ,:"), text[end:].lstrip(" ,:").lower()
    return bool(re.match(rf"(?:{tongue.refusals})", after) or re.match(rf"(?:{tongue.refusals_as_written})", written))


def _request(
    text: str, low: str, tongue: Tongue, core: tuple[int, int], cut: tuple[int, int] | None, now: datetime
) -> Request:
    """Return what is said around the words that ask (`core`); `cut` is where their verb ends."""
    inner = [_moved(one, core[0]) for one in tongue.found(low[core[0] : core[1]])]
    body_end = cut[0] if cut else len(low)
    before = _groups(low[: core[0]], list(tongue.found(low[: core[0]])), tongue)
    after = [_moved(one, core[1]) for one in tongue.found(low[core[1] : body_end])]
    chosen = _chosen(low, core, body_end, before, _groups(low, after, tongue), tongue)
    when = Problem.MISSING if _is_unclear(low, chosen) else understand([*inner, *chosen], tongue, now)
    what = _what(text, low, tongue, (core[1], body_end), chosen)
    rest = _bare(text[cut[1] :], tongue) if cut else ""
    return Request(" ".join(part for part in (what, one_line(rest)) if part), when, tongue.code)


def _is_unclear(low: str, chosen: list[Found]) -> bool:
    """Whether a time is the end of something, or so long before something: that is asked back."""
    return bool(_BEFORE.search(low)) or any(_UNTIL.search(low[: one.start]) for one in chosen)


def _moved(found: Found, offset: int) -> Found:
    """Return an expression as it stands in the whole text of which a part was read."""
    return Found(found.kind, found.start + offset, found.end + offset, found.parts)


def _groups(low: str, found: list[Found], tongue: Tongue) -> list[list[Found]]:
    """Return expressions that stand together as one time."""
    groups: list[list[Found]] = []
    for one in found:
        between = low[groups[-1][-1].end : one.start] if groups else ""
        if groups and re.fullmatch(rf"[\s,]*(?:(?:{tongue.glue})[\s,]*){{0,2}}", between):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _chosen(
    low: str, core: tuple[int, int], end: int, before: list[list[Found]], after: list[list[Found]], tongue: Tongue
) -> list[Found]:
    """Return the expressions that say when: those beside the words that ask, or at the end; the others are of it."""
    nothing = rf"[\s,:]*(?:(?:{tongue.connectors}|{tongue.glue}|about it|daran)[\s,:]*){{0,2}}"
    leading = after[0] if after and re.fullmatch(nothing, low[core[1] : after[0][0].start]) else None
    trailing = after[-1] if after and _TAIL.fullmatch(low[after[-1][-1].end : end]) else None
    earlier = before[-1] if before and not low[before[-1][-1].end : core[0]].strip(" ,") else None
    main = earlier or leading or trailing or (after[-1] if after else None)
    if main is None:
        return []
    other = next((one for one in (leading, trailing) if one is not None and one is not main), None)
    if other is not None and _says_time(main) != _says_time(other) and (_only_time(main) or _only_time(other)):
        return sorted([*main, *other], key=lambda one: one.start)
    return main


def _says_time(group: list[Found]) -> bool:
    return any(one.kind in _TIMES_OF_DAY for one in group)


def _only_time(group: list[Found]) -> bool:
    return all(one.kind in _TIMES_OF_DAY for one in group)


def _what(text: str, low: str, tongue: Tongue, body: tuple[int, int], chosen: list[Found]) -> str:
    """Return what is left of the body without the time: the person's own words."""
    pieces, at = [], body[0]
    for one in [one for one in chosen if one.start >= body[0]]:
        glue = re.search(rf"(?:[\s,]*\b(?:{tongue.glue}))?[\s,]*$", low[at : one.start])
        pieces.append(text[at : at + glue.start() if glue else one.start])
        at = one.end
    pieces.append(text[at : body[1]])
    said = [piece for piece in (_bare(piece, tongue) for piece in pieces) if piece]
    return one_line(" ".join(said))[:LONGEST_WORDS_CHARS].strip()


def _bare(piece: str, tongue: Tongue) -> str:
    """Return words without what joins them to the rest of the sentence."""
    for _ in range(2):
        piece = piece[_HEAD.match(folded(piece)).end() :]  # type: ignore[union-attr] # it matches the empty text
        joined = re.match(rf"(?:{tongue.connectors})(?:(?<=')|\b(?!'))".replace(" ", r"\s{1,3}"), folded(piece))
        if joined is None:
            break
        piece = piece[joined.end() :]
    tail = _TAIL.search(folded(piece))
    return piece[_HEAD.match(folded(piece)).end() : tail.start() if tail else len(piece)].strip()  # type: ignore[union-attr]
