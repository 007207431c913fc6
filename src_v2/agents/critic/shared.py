"""What a draft says that was talked about: claims about the conversation itself."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from src_v2.agents.critic.passages import clauses
from src_v2.agents.critic.persons import telling
from src_v2.agents.critic.sources import Sources, Unit
from src_v2.agents.critic.tokens import Sort, alike, tokens
from src_v2.knowledge.models import CHARACTER, USER
from src_v2.knowledge.roles import word_set
from src_v2.memory import when

_SLACK = timedelta(days=3)
"""People, and models, are not exact about when something was said."""
_ENOUGH = 0.5

_TALKED = re.compile(
    r"\b(?:last time we|the last time we|when we (?:last )?(?:talked|spoke|chatted|met|discussed)"
    r"|we (?:\w+ )?(?:talked|spoke|chatted|discussed)|remember when (?:we|you)|remember how we"
    r"|our (?:last |long |little )?(?:talk|chat|conversation|discussion)s? (?:about|on|last|yesterday)|you (?:once "
    r"|already )?(?:told|asked|wrote) me|you (?:once )?(?:said|mentioned)|you['’]ve (?:told|mentioned)"
    r"|la última vez que|cuando hablamos|hablamos (?:de|sobre)|me (?:dijiste|contaste|has dicho|has contado)"
    r"|mencionaste|como (?:dijiste|contaste)"
    r"|als wir (?:\w+ ){0,4}(?:geredet|gesprochen)|(?:wir haben|haben wir) (?:\w+ ){0,6}(?:geredet|gesprochen)"
    r"|letztes mal|hast du mir|du hast mir|wie du (?:mir )?(?:\w+ ){0,3}(?:gesagt|erzählt)"
    r"|la dernière fois|(?:on|nous) (?:a|avons) (?:parlé|discuté)|quand on a parlé|tu m['’]as (?:dit|raconté|parlé)"
    r"|comme tu (?:me )?l['’]as dit)\b",
    re.IGNORECASE,
)
_REMINDS = re.compile(
    r"\b(?:remember (?:when|how|that)|te acuerdas de|weißt du noch|erinnerst du dich|tu te souviens)\b", re.IGNORECASE
)


def reminds(sentence: str) -> bool:
    """Whether a sentence takes it for granted, even while it asks, that something was talked about."""
    return bool(_REMINDS.search(sentence) and _TALKED.search(sentence))


def speaks_of_earlier(sentence: str) -> bool:
    """Whether a sentence speaks of what was said before."""
    return bool(_TALKED.search(sentence))


class SharedPast:
    """Looks for the conversations that a draft speaks of."""

    def __init__(self, sources: Sources, now: datetime, zone: tzinfo, spoken: str) -> None:
        self._sources = sources
        self._now = now
        self._zone = zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
        self._spoken = spoken

    def missing(self, sentence: str) -> str:
        """Return the topic of which there is no trace, or none at that time; "" when all is well."""
        spans = when.spans(sentence, self._now, self._zone)
        bare = _what(sentence)
        for span in spans:
            bare = bare.replace(span.text, " " * len(span.text))
        topic = [
            t
            for t in tokens(bare, self._spoken)
            if t.key not in _GENERIC and t.sort is not Sort.WEEKDAY and t.raw not in _TALK
        ]
        if not topic:
            return ""
        cover = [
            (self._covered(unit, topic), unit)
            for unit in self._sources.units
            if not unit.asked and _is_between_us(unit)
        ]
        together = {
            n for _, unit in cover for n, t in enumerate(topic) if any(alike(t, other) for other in unit.tokens)
        }
        best = max((share for share, _ in cover), default=0.0)
        if len(together) / len(topic) < _ENOUGH or (best < _ENOUGH and best * len(topic) <= 1):
            return " ".join(sentence[t.start : t.end] for t in topic)
        dated = [
            unit for share, unit in cover if share >= min(best, _ENOUGH) and unit.said_at is not None and unit.speaker
        ]
        said_then = any(
            s.start - _SLACK <= unit.said_at <= s.end + _SLACK for s in spans for unit in dated if unit.said_at
        )
        is_about_telling = telling(sentence) or bool(spans)
        return (
            spans[0].text
            if spans and dated and is_about_telling and not said_then and self._names_when(sentence)
            else ""
        )

    def _covered(self, unit: Unit, topic: Sequence[object]) -> float:
        return sum(any(alike(t, other) for other in unit.tokens) for t in topic) / len(topic)  # type: ignore[arg-type]

    def _names_when(self, sentence: str) -> bool:
        """Whether the time stands right beside the words for talking: else it belongs to what was told."""
        return bool(_TIMED.search(sentence))


def _what(sentence: str) -> str:
    """Return the sentence without the clauses in which the character speaks of itself, of the same length."""
    bare, at = sentence, 0
    for clause in clauses(sentence):
        at = sentence.index(clause, at)
        if _OF_ITSELF.search(clause) and not _TALKED.search(clause):
            bare = bare[:at] + " " * len(clause) + bare[at + len(clause) :]
        at += len(clause)
    return bare


def _is_between_us(unit: Unit) -> bool:
    """Whether something was said by the person or the character, or looked up."""
    return unit.speaker in {USER, CHARACTER, ""}


_OF_ITSELF = re.compile(r"^\W*(?:(?:and|but|so|y|und|et) )?(?:i|i['’]\w+|yo|ich|je|j['’]\w+)\b|\bich\b", re.IGNORECASE)
_GENERIC = frozenset({"tell", "plan", "start", "like"})
_TIME = (
    r"(?:last (?:week|month|year|summer|winter|spring|autumn|night)|yesterday|the other day|back in \w+"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|(?:two|three|a few|\d+) (?:days|weeks|months) ago|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|ayer"
    r"|la semana pasada|el mes pasado)"
)
_TIMED = re.compile(
    rf"^\W*(?:and |but |as |like )?{_TIME},? (?:you (?:told|said|mentioned|asked)|we (?:talked|spoke|discussed))"
    rf"|you (?:told me|said|mentioned(?: to me)?|asked me) {_TIME}"
    rf"|we (?:talked|spoke|chatted|discussed) (?:\w+ ){{0,4}}{_TIME}|{_TIME} (?:hablamos|me (?:dijiste|contaste))"
    rf"|(?:hablamos|dijiste|contaste) {_TIME}",
    re.IGNORECASE,
)
_TALK = word_set(
    "talked talk spoke chat chatted conversation discussed discussion met asked hablamos geredet gesprochen parle "
    "discute wrote last time fois mal"
)
