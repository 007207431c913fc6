"""What the words of a fact become where they stand: a claim that holds, is over, or never held; and since when."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from src_v2.knowledge import dates, retreats, speech
from src_v2.knowledge.extraction import ExtractedFact, Said
from src_v2.knowledge.models import Stance, TranscriptLine
from src_v2.knowledge.names import fold
from src_v2.knowledge.predicates import OVER, meaning

AFFIRMATIONS = frozenset(("", "true", "yes", "sí"))
"""Objects that say nothing but that the predicate holds."""

_TO_COME = re.compile(
    r"\b(?:will|going to|gonna|starts?|starting|next|soon|tomorrow|from now|as of|until|by|['’]ll|voy a|va a|empiez\w+"
    r"|mañana|próxim[oa]|pronto|desde)\b",
    re.IGNORECASE,
)
_BEGAN = re.compile(
    r"\b(?:moved|started|began|begun|joined|since|became|mudé|mudado|empecé|empezado|desde)\b", re.IGNORECASE
)


class Verdict(NamedTuple):
    """What a line says, as a claim in the making."""

    line: TranscriptLine
    subject: str
    predicate: str
    object: str
    stance: Stance
    valid_from: str | None
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fact was found: the line, its sentence, and the span of its words there. None: a "yes" to a question."""

    line: TranscriptLine
    place: speech.Place | None
    start: int = 0
    end: int = 0

    @property
    def said_on(self) -> date:
        """The day, where the user lives."""
        return self.line.said_at.date()


def with_stance(plain: Verdict, fact: ExtractedFact, spot: Spot) -> Verdict | None:
    """Return what the line does with what it says: it holds, is over, or never held."""
    place = spot.place
    today = spot.said_on.isoformat()
    over = plain._replace(stance=Stance.RETRACTED, valid_from=None, valid_until=plain.valid_until or today)
    never = plain._replace(stance=Stance.RETRACTED, valid_from=None, valid_until=None)
    about = meaning(plain.predicate)
    sentence, clause = (place.sentence, place.clause) if place else ("", "")
    ahead = place.clause_before if place else ""
    denied = speech.denies(clause) or speech.denies_ahead(ahead) or retreats.takes_back(ahead)
    if fact.stance is Said.RETRACTED:
        was_never = retreats.takes_back(sentence) or retreats.jokes(sentence) or (denied and not speech.ended(clause))
        return never if was_never and not fact.valid_until else over
    if fold(fact.object) in AFFIRMATIONS and not place:
        return None
    if about.past or not about.affirms:
        return plain
    if denied and speech.ended(clause):
        return plain if plain.valid_until else over
    if denied:
        return never
    if place and speech.is_over(place.clause_before) and plain.valid_until is None:
        return plain._replace(predicate=OVER + plain.predicate)
    return plain


def period(fact: ExtractedFact, spot: Spot) -> tuple[str | None, str | None]:
    """Return since and until when it holds, without what cannot be meant."""
    sentence = spot.place.sentence if spot.place else ""
    since, until = (dates.partial(text, spot.said_on) for text in (fact.valid_from, fact.valid_until))
    if since and dates.is_after(since, spot.said_on) and not _TO_COME.search(sentence):
        since = None
    clause = spot.place.clause if spot.place else ""
    if not since and (fact.valid_from or _BEGAN.search(clause)):  # there is a date that the model got wrong, or missed
        told = dates.partial(clause, spot.said_on)
        since = told if told and told != until and not dates.is_after(told, spot.said_on) else None
    if since and until and until[: len(since)] < since[: len(until)]:
        return None, None
    return since, until
