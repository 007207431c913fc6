"""What holds: the facts that follow from the claims that one audience may know of. Pure, in whatever order they come.

A retraction without an end says that something never held: it vanishes, and what it had closed is current again. One
with an end (`valid_until`), like a predicate that says so (no_longer_has), closes what held. Claims of which only one
can hold close each other: by the dates since when they hold when both say one, else in the order of saying.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from src_v2.knowledge.aliases import Names
from src_v2.knowledge.joining import ALIAS_PREDICATES
from src_v2.knowledge.models import USER, Claim, EntityKind, Fact, Stance
from src_v2.knowledge.names import canonical, display, role_word
from src_v2.knowledge.predicate_words import STRENGTH
from src_v2.knowledge.predicates import Meaning, inverse, meaning
from src_v2.knowledge.timeline import Episode, Statement, episodes


@dataclass(frozen=True, slots=True)
class Resolution:
    """What follows from some claims: facts, who is who, and the fact that a claim became a part of, by its id."""

    facts: tuple[Fact, ...]
    names: Names
    fact_of: Mapping[str, Fact]


def resolve(claims: Iterable[Claim], *, now: datetime | None = None) -> list[Fact]:
    """Return current and closed facts, by subject and predicate; see `resolution`."""
    return list(resolution(claims, now=now).facts)


def resolution(claims: Iterable[Claim], *, now: datetime | None = None) -> Resolution:
    """Return what follows from the claims of one user with one character.

    What is announced for a date after `now` has not come; without `now` all that was announced has come.
    """
    known = {claim.id: claim for claim in claims}.values()
    names = Names(known)
    facts: dict[str, Fact] = {}
    fact_of: dict[str, Fact] = {}
    for lane, back in _lanes(known, names):
        for episode in episodes(lane, back, now.date().isoformat() if now else None):
            fact = _fact(episode, names)
            if not _is_empty(fact, episode.last, names):
                facts[fact.id] = fact
                fact_of |= dict.fromkeys((said.claim.id for said in episode.statements), fact)
    ordered = sorted(facts.values(), key=lambda fact: (fact.subject, fact.predicate, fact.said_at, fact.id))
    return Resolution(tuple(ordered), names, fact_of)


def _lanes(claims: Collection[Claim], names: Names) -> Iterable[tuple[list[Statement], list[Statement]]]:
    """Yield (what was stated, what was taken back) for everything that can only hold one at a time."""
    stated: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    backs: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for claim in claims:
        said = _statement(claim, names)
        if said.takes_back or (said.past and not said.value):
            backs[said.subject, said.topic, said.value].append(said)
        else:
            stated[said.subject, said.topic, "" if said.single else said.value].append(said)
    named = {(subject, topic, said.value) for (subject, topic, _), lane in stated.items() for said in lane}
    for key in [key for key in backs if key[2] and key not in named]:
        if nearest := _nearly(key, named):
            backs[nearest] += [back.about(nearest[2]) for back in backs.pop(key)]
    for (subject, topic, _), lane in stated.items():
        values = {said.value for said in lane} | {""}
        meant = [back for value in values for back in backs.get((subject, topic, value), ())]
        yield _with_one_spelling(lane), meant


def _nearly(key: tuple[str, str, str], named: Iterable[tuple[str, str, str]]) -> tuple[str, str, str] | None:
    """Return the only thing said whose words hold those of what is taken back, or are among them."""
    words = set(key[2].split())
    near = [one for one in named if one[:2] == key[:2] and _overlaps(words, set(one[2].split()))]
    return near[0] if len(near) == 1 else None


def _overlaps(words: set[str], others: set[str]) -> bool:
    return bool(words and others) and (words <= others or others <= words)


def _statement(claim: Claim, names: Names) -> Statement:
    said, subject, value = _said(claim, names)
    flipped = _is_flipped(said, subject, value)
    if flipped:
        said = meaning(inverse(said.predicate) or said.predicate)
        subject, value = value, subject
    denies = said.single and not said.affirms
    is_over = said.past or (claim.stance is Stance.RETRACTED and claim.valid_until is not None)
    return Statement(
        claim=claim, subject=subject, topic=said.topic, predicate=said.predicate, value=value,
        affirms=said.affirms or denies, single=said.single, past=is_over, flipped=flipped,
        takes_back=denies or (claim.stance is Stance.RETRACTED and (said.past or not is_over)),
        strength=STRENGTH.get(said.predicate, 0),
    )  # fmt: skip


def _said(claim: Claim, names: Names) -> tuple[Meaning, str, str]:
    """Return what a claim says, of whom, and what: a name for the sister says that there is one, and who she is."""
    if filled := names.filled(claim):
        whose, role, who = filled
        return meaning(f"has_{role}"), whose, who
    if named := names.named(claim):
        return meaning("is_named"), f"{_WORD}{named[0]}", named[1]
    said = meaning(claim.predicate)
    return said, names.entity(claim.subject, claim.said_at), _object(claim, said, names)


def _object(claim: Claim, said: Meaning, names: Names) -> str:
    """Return what a claim's object stands for; a role is somebody only where somebody can be meant."""
    entity = names.entity(claim.object, claim.said_at)
    if entity == USER and said.predicate in ALIAS_PREDICATES:
        return canonical(claim.object)  # the user's own name, as a name
    if role_word(display(claim.object)) is None:
        return entity
    relates = said.topic in {"have", "partner"} or inverse(said.predicate) or said.predicate in ALIAS_PREDICATES
    meant = claim.object_kind in {EntityKind.PERSON, EntityKind.ANIMAL} and not said.single
    return entity if relates or meant else f"{_WORD}{entity}"


_WORD = "the word "
"""Before what is meant as a word and not as whoever it stands for: who works as a teacher is not their own teacher."""


def _is_flipped(said: Meaning, subject: str, value: str) -> bool:
    """Whether a relation is to be told from its other end: from the user's, else from that of whoever has someone."""
    other = inverse(said.predicate)
    if other is None or not value or said.past:
        return False
    if USER in {subject, value}:
        return subject != USER
    if other == said.predicate:
        return value < subject
    return other.startswith("has_") or (not said.predicate.startswith("has_") and other < said.predicate)


def _with_one_spelling(lane: list[Statement]) -> list[Statement]:
    """Let "Oslo, Norway" be Oslo where just Oslo was said too."""
    values = {said.value for said in lane}
    shorter = {value: value.partition(",")[0].strip() for value in values if "," in value}
    same = {value: short for value, short in shorter.items() if short in values}
    return [said.about(same[said.value]) if said.value in same else said for said in lane] if same else lane


def _fact(episode: Episode, names: Names) -> Fact:
    last, claims = episode.last, [said.claim for said in episode.statements]
    claim = last.claim
    subject, value = names.best(last.subject).removeprefix(_WORD), _called(last, names)
    return Fact(
        id=claim.id, subject=subject, predicate=_predicate(episode.fullest, value), object=value,
        speaker_id=claim.speaker_id, speaker_name=claim.speaker_name, source_message_id=claim.source_message_id,
        said_at=min(one.said_at for one in claims), confidence=max(one.confidence for one in claims),
        also=names.also(last.subject), valid_from=episode.begins, valid_until=episode.until,
    )  # fmt: skip


def _called(said: Statement, names: Names) -> str:
    written = said.claim.subject if said.flipped else said.claim.object
    if said.value == USER or (said.value in names.entities() and not said.value.startswith(_WORD)):
        return names.best(said.value)
    return display(written)


def _predicate(said: Statement, called: str) -> str:
    """Return has_sister for "has", when what is had was called a sister and has a name."""
    role = role_word(display(said.claim.object))
    if said.predicate == "has" and role and role_word(called) is None:
        return f"has_{role}"
    return said.predicate


def _is_empty(fact: Fact, said: Statement, names: Names) -> bool:
    """Whether a fact only joins two names of its subject, which stand beside each other anyway, or says nothing."""
    if not fact.object or not fact.subject:
        return True
    return said.subject == said.value
