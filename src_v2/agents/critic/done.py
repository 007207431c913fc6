"""What a draft says it has done: kept, changed, sent, booked, looked up. Only a tool can have done that."""

import re
from collections.abc import Sequence

_DONE_WORDS = (
    "made|taken|added|set|scheduled|booked|created|put in|ordered|sent|updated|deleted|removed|erased|changed|corrected"
)
_NOTE = r"(?:notes?|reminder|alarm|timer|appointment|calendar|diary|profile|entry|settings?|preferences?|database)"
_MESSAGE = r"(?:message|email|e-mail|mail|text|list|file|ticket|table|record|invitation)s?"
_KEPT = "noted|saved|stored|recorded|logged|jotted|bookmarked|filed"
_ADVERBS = "(?: just| now| already| also| gone ahead and)*"
_PERFECT = rf"\bi(?:['’]ve| have){_ADVERBS} "
_ANY_PAST = rf"\bi(?:['’]ve| have)?{_ADVERBS} "
_YOURS = r"(?:that|this|it|them|you|your)"
_DONE = re.compile(
    rf"{_ANY_PAST}(?:{_KEPT})(?: {_YOURS}| down| everything)\b"
    rf"|{_ANY_PAST}(?:written|wrote|put|added) (?:that|this|it|them|your \w+)(?: \w+)? (?:down|in|into|on|to)\b"
    rf"|{_PERFECT}(?:{_DONE_WORDS}) (?:up )?(?:\w+ ){{0,4}}{_NOTE}\b"
    rf"|{_PERFECT}(?:{_DONE_WORDS}) (?:\w+ ){{0,2}}{_YOURS} (?:\w+ ){{0,3}}(?:{_NOTE}|{_MESSAGE})\b"
    rf"|{_ANY_PAST}(?:updated|deleted|removed|erased|corrected|changed) {_YOURS}\b"
    rf"|{_PERFECT}(?:sent|emailed|texted|messaged|called|phoned) (?:him|her|them|your \w+|(?-i:[A-Z])\w+)\b"
    rf"|{_ANY_PAST}(?:sent|booked|ordered|reserved|bought) (?:that|it|you|them|your)\b"
    rf"|{_ANY_PAST}(?:looked (?:it|that|this) up|searched (?:the web|online|the internet)|checked (?:online|the web))"
    r"|\b(?:it['’]s|that['’]s|all) (?:now |been )?(?:saved|noted|stored)\b"
    r"|\b(?:reminder|alarm|appointment) (?:is|has been|was) (?:set|made|booked)\b"
    r"|\b(?:ya |acabo de )?(?:lo |la |te lo |te la |te )?he (?:anotado|apuntado|guardado|registrado|actualizado|"
    r"borrado"
    r"|puesto un recordatorio|puesto una alarma|programado|reservado|enviado|corregido)\b"
    r"|\b(?:lo|la|te lo) (?:anoté|apunté|guardé|actualicé|borré|reservé|envié)\b|\bqueda (?:anotado|guardado|"
    r"registrado)\b"
    r"|\b(?:ich habe?|habe? ich) (?:\w+ ){0,5}(?:notiert|gespeichert|aufgeschrieben|vermerkt|eingetragen|gelöscht"
    r"|aktualisiert|gebucht|verschickt|geschickt|korrigiert)\b|\bist (?:notiert|gespeichert|vermerkt)\b"
    r"|\b(?:j['’]ai|je l['’]ai|je t['’]ai) (?:bien |déjà |juste )?(?:tout )?(?:noté|enregistré|sauvegardé|mis à jour"
    r"|supprimé|effacé|réservé|envoyé|programmé|mis un rappel|corrigé)\b|\bc['’]est (?:noté|enregistré)\b",
    re.IGNORECASE,
)
_SUCCESS = re.compile(
    r"^\W*(?:noted|corrected|taken back|saved|done|set|sent|booked|created|updated|deleted|removed|added|ok|"
    r"success)\b",
    re.IGNORECASE,
)
_LOOKED = re.compile(r"\b(?:looked|searched|checked)\b", re.IGNORECASE)
_ERRAND = re.compile(
    r"sent|mail|messag|text|call|phon|book|order|reserv|bought|remind|alarm|calendar|appointment|schedul|envi|"
    r"recordatorio"
    r"|gebucht|schick|kalender|réserv|envoy|rappel",
    re.IGNORECASE,
)


def claims_done(sentence: str) -> str:
    """Return the words that say that something was done with a tool; "" without any."""
    match = _DONE.search(sentence)
    return match.group() if match else ""


def was_done(claim: str, observations: Sequence[str]) -> bool:
    """Whether what a tool returned can be what was done: an errand takes a tool that speaks of it."""
    if _LOOKED.search(claim):
        return bool(observations)
    did = [observation for observation in observations if _SUCCESS.search(observation)]
    errand = {word.casefold() for word in _ERRAND.findall(claim)}
    return any(not errand or any(word in observation.casefold() for word in errand) for observation in did)
