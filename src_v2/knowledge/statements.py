"""What a message states so outright that the very next reply shall know it. English and Spanish, rules without a model.

Precision before everything: what is asked, imagined, quoted, joked or somebody else's says nothing here. Whatever needs
understanding is left to the reading back of the whole conversation.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from types import ModuleType

from src_v2.core.audience import Audience
from src_v2.core.ids import derived_id
from src_v2.core.messages import IncomingMessage
from src_v2.knowledge import dates, retreats, speech, statements_en, statements_es
from src_v2.knowledge.drafts import Asked, Draft, Rule, Told, sober
from src_v2.knowledge.models import Claim, EntityKind, Stance, Wish
from src_v2.knowledge.predicates import canonical
from src_v2.knowledge.roles import word_set
from src_v2.knowledge.statement_words import OCCUPATIONS

CONFIDENCE = 0.9
MOST_DRAFTS = 20
MOST_SENTENCES = 16
MOST_CLAUSES = 10
LONGEST_SENTENCE_CHARS = 500
"""Nobody states more about themselves in one message or sentence; a hostile one could."""

_LANGUAGES: tuple[ModuleType, ...] = (statements_en, statements_es)
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WORD = re.compile(r"[^\W\d_]+")
_KEYWORDS = word_set(
    """
    name named called call calling live living based moved from born work working job started turned years old
    yo have got own adopted allergic vegan vegetarian pescatarian diabetic coeliac celiac lactose gluten blind
    deaf like enjoy adore love prefer dislike hate detest loathe stand married want birthday date favourite
    favorite short shorter brief briefer briefly concise long longer detailed length sentence sentences words
    lines formal informal casual formally informally casually serious playful gentle gently direct blunt polite
    politely friendly funny sarcastic cheerful kind emoji emojis exclamation slang sarcasm jokes pet swear
    swearing answer reply speak talk talking speaking write respond switch mention mentioning bring bringing ask
    asking remind joke joking remember forget mind note llamo nombre llama vivo viviendo mudado mudé trasladado
    trasladé soy vengo nací trabajo trabajando tengo cumplir cumplido cumplí adoptado adopté cumpleaños alérgico
    alérgica vegetariano vegetariana vegano vegana diabético diabética celíaco celíaca intolerante casado casada
    quiero gusta gustan encanta encantan odio detesto llamar llamarme llámame llamame dime llames llamarme digas
    breve brevemente conciso concisa responde respóndeme contesta contéstame escribe respuestas mensajes hazlo
    háblame habla hablemos sin uses usar pongas hables menciones preguntes saques hablar hablarme mencionar
    preguntarme recuerda acuérdate olvides olvida cuenta
    """
)
_KEYWORDS |= frozenset(_WORD.findall(OCCUPATIONS))
"""What every rule asks for at least one of: most sentences hold none, and cost next to nothing."""
_ASKING_POLITELY = re.compile(r"\b(?:can|could|would|will) you\b|\b(?:me )?(?:puedes|podrías)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statements:
    """What one message states, and how its speaker asks to be spoken with."""

    claims: tuple[Claim, ...] = ()
    preferences: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The message that something was said in."""

    message_id: str
    audience: Audience
    speaker_id: str
    said_at: datetime


def read(message: IncomingMessage, previous: str = "") -> Statements:
    """Return what `message` states. The same message gives the same ids, however often it is read.

    `previous` is what the same person said before: a message such as "just kidding" takes that back.
    """
    origin = Origin(message.id, message.audience, message.author.user_id, message.sent_at)
    return from_drafts(drafts(message.text, previous), origin)


def drafts(text: str, previous: str = "") -> list[Draft]:
    """Return what a text states, in order, each thing once; and what it takes back of the `previous` one."""
    text = text.replace("|", " ")  # it would pose as the end of a column wherever facts are listed
    found: dict[Draft, None] = {}
    if previous:
        found.update(dict.fromkeys(taken_back(text, previous)))
    if _worth_reading(text[: speech.LONGEST_READ_CHARS]):
        for draft in _stated(speech.own_words(text)):
            found[draft] = None
            if len(found) >= MOST_DRAFTS:
                break
    return list(found)


def taken_back(text: str, previous: str) -> list[Draft]:
    """Return the end of what `previous` stated, turned round, when `text` begins by calling it a joke or untrue."""
    opening = next(iter(speech.sentences(speech.own_words(text))), None)
    if opening is None or not retreats.only_takes_back(opening.text):
        return []
    said = speech.sentences(speech.own_words(previous))
    return [replace(draft, stance=Stance.RETRACTED) for draft in _stated(said[-1].text)] if said else []


def from_drafts(found: Iterable[Draft], origin: Origin) -> Statements:
    """Return the claims and wishes that drafts become in one message."""
    claims = tuple(_claim(draft, origin) for draft in found if isinstance(draft, Told))
    wishes = tuple(_wish(draft, origin) for draft in found if isinstance(draft, Asked))
    return Statements(claims, wishes)


def _stated(text: str) -> Iterator[Draft]:
    """Yield what the sentences of a text state."""
    found = speech.sentences(text)
    promising = [number for number, sentence in enumerate(found) if _worth_reading(sentence.text)]
    for number in promising[:MOST_SENTENCES]:
        following = found[number + 1].text if number + 1 < len(found) else ""
        if retreats.only_takes_back(following) or retreats.turns_serious(following):
            continue
        yield from _from_sentence(found[number].text)


def _from_sentence(sentence: str) -> list[Draft]:
    """Return what one sentence states or requests. The cheap question, whether it says anything, comes first."""
    sentence = sentence[:LONGEST_SENTENCE_CHARS]
    asks = speech.asks_at_its_end(sentence)
    said: list[Draft] = []
    for clause in islice(speech.clauses(sentence), MOST_CLAUSES):
        found = _from_clause(clause.text, requests_only=asks) if _worth_reading(clause.text) else []
        if found and not speech.reports(sentence[: clause.start]) and not retreats.jokes(sentence[clause.start :]):
            said += found
    if not said and not asks:
        said = _to_remember(sentence)
    if not said or speech.imagines(sentence):
        return []
    return said if _ASKING_POLITELY.search(sentence) or not speech.is_question(sentence) else []


def _from_clause(clause: str, *, requests_only: bool) -> list[Draft]:
    """Return what one clause says, by the first rule that understands it."""
    clause = sober(" ".join(clause.split()))
    for language in _LANGUAGES:
        for start in (0, _skipped(language.POLITE, clause)):
            if said := _applied(language.REQUESTING, clause[start:]):
                return said
        if requests_only:
            continue
        turned = language.TAKING_BACK.match(clause)
        own = clause[turned.end() :] if turned else clause
        if speech.is_unsure(own):
            continue
        if said := _stated_in(language, own):
            if turned:
                return [replace(draft, stance=Stance.RETRACTED) for draft in said]
            return [_ended(draft) for draft in said] if speech.ended(own) else said
    return []


def _stated_in(language: ModuleType, clause: str) -> list[Draft]:
    """Return what a clause says about its speaker, with or without the words that lead up to it."""
    for start in (0, _skipped(language.FILLERS, clause)):
        own = clause[start:].lstrip(" \t\"'*_(-–—¡.,:")
        first = _FIRST_WORD.match(own)
        rules = language.STATING.get(first.group().casefold()) if first else None
        if rules and (said := _applied(rules, own)):
            return said
    return []


def _applied(rules: Iterable[Rule], clause: str) -> list[Draft]:
    """Return what the first rule that understands a clause makes of it."""
    for rule in rules:
        match = rule.pattern.match(clause)
        if match and (said := list(rule.make(match))):
            return said
    return []


def _worth_reading(text: str) -> bool:
    """Whether any rule could understand a part of a text."""
    return not _KEYWORDS.isdisjoint(_WORD.findall(text.casefold()))


def _to_remember(sentence: str) -> list[Draft]:
    """Return what the speaker asks to be kept in mind, in their own words."""
    for language in _LANGUAGES:
        if match := language.REMEMBER.match(sentence):
            what = " ".join(match.group("what").split()).rstrip(" .!")
            return [Told("asked_to_remember", what, object_kind=EntityKind.VALUE)]
    return []


def _ended(draft: Draft) -> Draft:
    """Return a retraction as the end of something that was so; anything else as it is."""
    return replace(draft, ended=True) if isinstance(draft, Told) and draft.stance is Stance.RETRACTED else draft


def _skipped(lead: re.Pattern[str], clause: str) -> int:
    """Return where a clause begins behind a lead."""
    match = lead.match(clause)
    return match.end() if match else 0


def _claim(draft: Told, origin: Origin) -> Claim:
    predicate = canonical(draft.predicate)
    names = (origin.message_id, draft.subject, predicate, draft.object, draft.stance)
    return Claim(
        derived_id(origin.said_at, "statement", *names), origin.audience, origin.speaker_id, draft.subject,
        predicate, draft.object, origin.message_id, origin.said_at.astimezone(UTC), draft.subject_kind,
        draft.object_kind, draft.stance, CONFIDENCE,
        valid_from=dates.partial(draft.when, origin.said_at.date()),
        valid_until=origin.said_at.date().isoformat() if draft.ended else None,
    )  # fmt: skip


def _wish(draft: Asked, origin: Origin) -> Wish:
    names = (origin.message_id, draft.name, draft.value, draft.stance)
    return Wish(
        derived_id(origin.said_at, "wish", *names), origin.audience, origin.speaker_id, draft.name, draft.value,
        origin.message_id, origin.said_at.astimezone(UTC), draft.stance,
    )  # fmt: skip
