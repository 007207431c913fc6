"""Decides what is kept of what a model took from a conversation: nothing is believed without a look at the lines.

Only the user's own lines are sources; the words of a claim must be in them; what is asked, imagined, joked, quoted or
only wanted is no claim; what a line denies is taken back; and the speaker is not the subject. Pure: no model, no store.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC

from src_v2.core.audience import Audience, Visibility
from src_v2.core.fence import one_line
from src_v2.core.ids import derived_id
from src_v2.knowledge.drafts import without_article
from src_v2.knowledge.extraction import ExtractedFact, ExtractedName, ExtractedPreference, Extraction, Said
from src_v2.knowledge.judging import ALSO_KNOWN_AS, Judge
from src_v2.knowledge.models import (
    CHARACTER,
    USER,
    Claim,
    EntityKind,
    PreferenceName,
    Stance,
    Summary,
    Transcript,
    TranscriptLine,
    Wish,
)
from src_v2.knowledge.names import fold
from src_v2.knowledge.predicates import canonical
from src_v2.knowledge.roles import word_set
from src_v2.knowledge.statements import Origin, Statements, from_drafts, taken_back
from src_v2.knowledge.verdicts import Verdict
from src_v2.knowledge.wishes import asks_for, takes_wish_back

SURE_OF_NAMES = 0.9
_NARROWER = (Visibility.PRIVATE, Visibility.CHANNEL, Visibility.GUILD)
_FIRST_PERSON = word_set(
    """
    user i me my myself mine yo mi we us
    """
) | {"the user", "el usuario", "la usuaria"}
_SECOND_PERSON = word_set(
    """
    character you your yourself assistant tu
    """
) | {"the character"}


@dataclass(frozen=True, slots=True)
class Learned:
    """What a stretch of conversation leaves behind. `audience` is that of the summary."""

    claims: tuple[Claim, ...]
    preferences: tuple[Wish, ...]
    summary: Summary
    audience: Audience


def admit(extraction: Extraction, transcript: Transcript) -> Learned:
    """Return what may be kept of an extraction. The same two give the same ids."""
    own, character = _names(transcript, USER), _names(transcript, CHARACTER)
    said = [*extraction.facts, *map(_as_fact, extraction.also_called)]
    facts = [fact for one in said if (fact := _with_parties(one, own, character)) is not None]
    judge = Judge(facts, extraction.also_called, transcript)
    claims = [_claim(transcript, verdict, fact) for fact in facts for verdict in judge.verdicts(fact)]
    wishes = [wish for asked in extraction.preferences if (wish := _wish(transcript, asked)) is not None]
    for taken in _taken_back(transcript):
        claims += taken.claims
        wishes += taken.preferences
    return Learned(
        tuple({claim.id: claim for claim in claims}.values()), tuple({wish.id: wish for wish in wishes}.values()),
        _summary(extraction, transcript), narrowest(line.audience for line in transcript.lines),
    )  # fmt: skip


def narrowest(audiences: Iterable[Audience]) -> Audience:
    """Return the most restrictive of the audiences that one session has had."""
    return min(audiences, key=lambda audience: _NARROWER.index(audience.visibility))


def _names(transcript: Transcript, speaker: str) -> frozenset[str]:
    """Return what stands for the user, or for the character."""
    words = _FIRST_PERSON if speaker == USER else _SECOND_PERSON
    return words | {fold(line.name) for line in transcript.lines if line.speaker == speaker and line.name}


def _as_fact(names: ExtractedName) -> ExtractedFact:
    """Return two names for the same as what it is: something that somebody said."""
    return ExtractedFact(
        subject=names.name, predicate=ALSO_KNOWN_AS, object=names.other, source=names.source, confidence=SURE_OF_NAMES
    )


def _with_parties(fact: ExtractedFact, own: frozenset[str], character: frozenset[str]) -> ExtractedFact | None:
    """Return a fact with USER and CHARACTER where these are meant; None when it is about the character, or nothing."""
    subject, thing = (_party(name, own, character) for name in (fact.subject, fact.object))
    predicate = canonical(fact.predicate)
    if not subject or not predicate or subject == CHARACTER or (subject == USER and thing == USER):
        return None
    return fact.model_copy(update={"subject": subject, "object": thing, "predicate": predicate})


def _party(name: str, own: frozenset[str], character: frozenset[str]) -> str:
    """Return USER, CHARACTER, or the name on one line; a column mark in it could pose as another column."""
    folded = fold(name)
    if folded in own:
        return USER
    return CHARACTER if folded in character else one_line(name.replace("|", " "))


def _claim(transcript: Transcript, verdict: Verdict, fact: ExtractedFact) -> Claim:
    line = verdict.line
    kind = EntityKind.PERSON if verdict.subject == USER else fact.subject_kind
    names = (line.message_id, verdict.subject, verdict.predicate, verdict.object, verdict.stance)
    return Claim(
        derived_id(line.said_at, "claim", transcript.id, *names), line.audience, line.speaker_id, verdict.subject,
        verdict.predicate, verdict.object, line.message_id, line.said_at.astimezone(UTC), kind, fact.object_kind,
        verdict.stance, fact.confidence, transcript.id, verdict.valid_from, verdict.valid_until,
    )  # fmt: skip


def _wish(transcript: Transcript, asked: ExtractedPreference) -> Wish | None:
    """Return what the user asked for, when they did."""
    value = one_line(asked.value.replace("|", " "))
    line = next((one for one in transcript.lines if one.number == asked.source and one.speaker == USER), None)
    if line is None or asked.stance not in {Said.STATED, Said.RETRACTED} or not value:
        return None
    if asked.name is PreferenceName.AVOID:
        value = without_article(value)
    if not asks_for(line.text, asked.name, value):
        return None
    taken = takes_wish_back(asked.name, line.text) or asked.stance is Said.RETRACTED
    stance = Stance.RETRACTED if taken else Stance.STATED
    names = (line.message_id, asked.name, value, stance)
    return Wish(
        derived_id(line.said_at, "wish", transcript.id, *names), line.audience, line.speaker_id, asked.name, value,
        line.message_id, line.said_at.astimezone(UTC), stance, transcript.id,
    )  # fmt: skip


def _taken_back(transcript: Transcript) -> Iterator[Statements]:
    """Yield what lines such as "just kidding" take back of what the line before them had stated outright."""
    previous: TranscriptLine | None = None
    for line in transcript.lines:
        if line.speaker != USER:
            continue
        if previous is not None and (drafts := taken_back(line.text, previous.text)):
            found = from_drafts(drafts, Origin(line.message_id, line.audience, line.speaker_id, line.said_at))
            yield Statements(
                tuple(replace(claim, learned_in=transcript.id) for claim in found.claims),
                tuple(replace(wish, learned_in=transcript.id) for wish in found.preferences),
            )
        previous = line


def _summary(extraction: Extraction, transcript: Transcript) -> Summary:
    said = extraction.summary
    moments = [line.said_at.astimezone(UTC) for line in transcript.lines]
    return Summary(
        transcript.id, transcript.session_id, one_line(said.text), _words(said.topics), _words(said.emotions),
        said.importance, min(moments), max(moments),
    )  # fmt: skip


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in texts if (word := one_line(text))))
