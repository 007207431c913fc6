"""Words that are no evidence of anything and no goal: what demands trust, points or progress, or plays the system.

Plain patterns that never look back, in English, Spanish, German, French, Portuguese and Italian. Telling somebody that
one trusts them is none of this.
"""

import re

from src_v2.core.markers import own_words
from src_v2.knowledge import speech

_SCORE = (
    r"(?:trust|relationship|affinity|affection|friendship|intimacy|confianza|vertrauens?|confiance|confiança|fiducia)"
    r"[\s_-]*(?:score|level|points?|boost|penalty|value|meter|stat|puntos?|nivel|punkte?|stufe|wert|niveau"
    r"|pontos?|nível"
    r"|punti|livello)"
    r"|(?:puntos?|nivel|niveau|pontos?|nível|punti|livello) (?:de|di) (?:confianza|confiance|confiança|fiducia)"
)
_DEMANDS = re.compile(
    rf"\b(?:{_SCORE})\b|\b(?:positive|negative)[ _-]trigger\w*|\btriggers?\b.{{0,20}}\b(?:happened|fired?"
    rf"|activated?|count)"
    r"|(?<!i )(?<!i['’]ve )(?<!just )(?<!have )\b(?:(?:set|give|add|increase|raise|max|boost|grant|award)\b.{0,40}"
    r"\b(?:trust|points?|score|triggers?)\b|(?:set|reset|log|update|register|record|count|mark|note)\b.{0,40}"
    r"\b(?:trust|triggers?|progress|reached|completed|achieved|goals?)\b)"
    r"|(?:[+-]\s?\d+|\b\d+ ?%?)\s*(?:points? )?(?:of |more |to |for )?\b(?:trust|confianza|vertrauen|confiance"
    r"|confiança|fiducia)\b"
    r"|\b(?:trust|confianza|vertrauen|confiance|confiança|fiducia)\b\s*(?:=|:=|\+=|to|auf|a|à|is now)\s*[+-]?\d+"
    r"|\b(?:sube|aumenta|pon|suma|dame|marca|erhöhe|setze|gib mir|markiere|zähle|augmente|mets|donne[- ]moi"
    r"|marque|compte"
    r"|aumente|coloque|me dê|metti|dammi|segna|conta)\b.{0,40}\b(?:confianza|puntos|meta|objetivo|progreso"
    r"|vertrauen|punkte"
    r"|ziel|fortschritt|confiance|points|objectif|progrès|confiança|pontos|progresso|fiducia|punti|obiettivo)\b",
    re.IGNORECASE,
)
_PLAYS_SYSTEM = re.compile(
    r"^\W*(?:system|assistant|developer|admin|moderator|instructions?|note to (?:the )?(?:model|ai|system"
    r"|reader))\b\s*[:\]>)]"
    r"|\b(?:ignore|disregard|forget) (?:all |any |the |your |previous |prior |above )+(?:instructions?|rules|prompt)"
    r"|\b(?:system|developer) (?:prompt|message|note|override|instructions?)\b|\"(?:triggers|moved|goals"
    r"|reached)\"\s*:"
    r"|</?(?:conversation|goals|triggers|system)\b|\b(?:answer|respond|reply"
    r"|output) with (?:the )?(?:following )?json\b"
    r"|\b(?:whoever|the (?:model|ai|llm)(?: that| which)?) reads? (?:this|back)",
    re.IGNORECASE | re.MULTILINE,
)


def is_evidence(text: str) -> bool:
    """Whether a message can show that its author did something: it has words of theirs, and demands nothing."""
    said = own_words(text)
    return any(char.isalpha() for char in said) and not _DEMANDS.search(said) and not _PLAYS_SYSTEM.search(said)


def tells_news(text: str) -> bool:
    """Whether a message says anything that is so, and does not only ask, imagine or hope."""
    said = speech.sentences(speech.own_words(own_words(text)))
    return any(
        not speech.asks_at_its_end(one.text) and not speech.imagines(one.text) and not speech.is_unsure(one.text)
        for one in said
    )


def says_something(text: str) -> bool:
    """Whether a message says anything at all besides asking."""
    said = speech.sentences(speech.own_words(own_words(text)))
    return any(not speech.asks_at_its_end(one.text) for one in said)
