"""Looks a fact up in the line that it is said to come from, and says what that line does with it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from src_v2.knowledge import retreats, speech
from src_v2.knowledge.evidence import is_of_the_speaker, is_only_a_twins, speaks_for_oneself_too
from src_v2.knowledge.extraction import ExtractedFact, ExtractedName, Said
from src_v2.knowledge.grounding import found_in, names_role, words
from src_v2.knowledge.models import CHARACTER, USER, EntityKind, Stance, Transcript, TranscriptLine
from src_v2.knowledge.names import fold
from src_v2.knowledge.predicates import ROLES_BY_WORD, meaning, role_of
from src_v2.knowledge.roles import word_set
from src_v2.knowledge.subjects import Somebody, about_at
from src_v2.knowledge.verdicts import AFFIRMATIONS, Spot, Verdict, period, with_stance

LEAST_CONFIDENCE = 0.5
LINES_AROUND = 2
"""How far from the line that a model names its words may really stand: answers follow questions, models miscount."""
PARTIES = frozenset((USER, CHARACTER))
ALSO_KNOWN_AS = "also_known_as"

_INTENTION = re.compile(
    r"plan|want|wish|hope|consider|dream|intend|might|would|like|lov|appl|look|think|interest|goal"
    r"|future|aim|quier|desea"
)
_WISHING = re.compile(r"want|wish|dream|hope|imagin|quier|desea|sueña")

_KNOWS_BETTER = re.compile(
    r"\b(?:doctor|dentist|therapist|vet|optician|test|médic[oa]|doctora|dentista)\b", re.IGNORECASE
)
_NAMING = re.compile(
    r"\W*(?:['’]s)?\W*(?:(?:full |first )?name(?:['’]s)?|is|are|was|called|named|se llama|es|nombre|\W)*\W*",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(?:my|our|mi|mis|nuestr[oa]s?)\b", re.IGNORECASE)
_OF_ONESELF = word_set(
    """
    is_named also_known_as age birthday lives_in is_from born_in works_as works_at studies studies_at gender
    pronouns is
    """
)


class Judge:
    """Judges the facts of one extraction; USER stands for the user in them."""

    def __init__(
        self, facts: Sequence[ExtractedFact], also_called: Iterable[ExtractedName], transcript: Transcript
    ) -> None:
        self._facts = facts
        self._transcript = transcript
        self._lines = {line.number: line for line in transcript.lines}
        self._own_words = {line.number: speech.own_words(line.text) for line in transcript.lines}
        self._subjects = _subjects(facts, also_called)
        known = {name for fact in transcript.known for name in (fact.subject, *fact.also)}
        self._people = frozenset(
            word.text for name in (*self._subjects, *known, *_beings(facts)) for word in words(name)
        ) - frozenset(word for line in transcript.lines for word in fold(line.name).split())
        self._known = known

    def verdicts(self, fact: ExtractedFact) -> Iterator[Verdict]:
        """Yield what may be claimed of a fact: one thing or nothing."""
        if fact.confidence < LEAST_CONFIDENCE or fact.stance not in {Said.STATED, Said.RETRACTED}:
            return
        if not self._is_known_subject(fact):
            return
        found = [verdict for spot in self._spots(fact) if (verdict := self._judged(fact, spot)) is not None]
        # What is said plainly somewhere outweighs where the same words are denied.
        found.sort(key=lambda verdict: verdict.stance is Stance.RETRACTED)
        yield from found[:1]

    def _near(self, source: int) -> Iterator[TranscriptLine]:
        """Yield the user's line of that number, then those around it."""
        for distance in (0, *(step for n in range(1, LINES_AROUND + 1) for step in (-n, n))):
            line = self._lines.get(source + distance)
            if line is not None and line.speaker == USER and self._same_place(line, source):
                yield line

    def _same_place(self, line: TranscriptLine, source: int) -> bool:
        """Whether both lines were heard by the same: what was said elsewhere proves nothing here."""
        other = self._lines.get(source)
        return other is not None and other.audience == line.audience

    def _spots(self, fact: ExtractedFact) -> list[Spot]:
        """Return where the nearest line of the user says the words of a fact, by sentence.

        What a model took from a line of the character is nobody's fact, even where the user uses the same words.
        """
        wanted = _wanted(fact)
        source = self._lines.get(fact.source)
        if source is None or source.speaker != USER:
            return []
        if not fact.object and fact.stance is Said.RETRACTED:
            return _everything_taken_back(source)
        for line in self._near(fact.source):
            text = line.text if fact.subject != USER else self._own_words[line.number]
            if spots := _in_line(line, text, wanted):
                return spots
        if fact.stance is Said.RETRACTED and self._is_the_only_one(fact):
            return _everything_taken_back(source)
        return self._agreed(fact.source, wanted)

    def _is_the_only_one(self, fact: ExtractedFact) -> bool:
        """Whether it is already known and can be so with one thing only: an end of it need not say of which."""
        held = (one for one in self._transcript.known if one.predicate == fact.predicate and one.object == fact.object)
        return meaning(fact.predicate).single and any(
            one.subject == fact.subject or fact.subject in one.also for one in held
        )

    def _agreed(self, source: int, wanted: str) -> list[Spot]:
        """Return the user's "yes" to what the character asked just before."""
        line, asked = self._lines.get(source), self._lines.get(source - 1)
        if line is None or asked is None or line.speaker != USER or asked.speaker != CHARACTER:
            return []
        said = found_in(wanted, asked.text) is not None and self._same_place(asked, source)
        plain = speech.agrees(line.text) and not speech.denies(line.text)
        return [Spot(line, None)] if said and plain else []

    def _is_known_subject(self, fact: ExtractedFact) -> bool:
        """Whether a third person is one of whom the user spoke, here or before."""
        if fact.subject == USER:
            return True
        until = fact.source + LINES_AROUND
        said = [line for line in self._transcript.lines if line.speaker == USER and line.number <= until]
        if any(found_in(fact.subject, line.text) or names_role(fact.subject, line.text) for line in said):
            return True
        return any(found_in(fact.subject, name) or found_in(name, fact.subject) for name in self._known)

    def _judged(self, fact: ExtractedFact, spot: Spot) -> Verdict | None:
        """Return what the words mean where they stand; None when they claim nothing."""
        subject: str | None = fact.subject
        if spot.place is not None:
            if self._is_not_meant(fact, spot, spot.place):
                return None
            subject = self._subject(fact, spot, spot.place)
        if subject is None or (subject == USER and not self._is_said_of_user(fact, spot)):
            return None
        said_from, said_until = period(fact, spot)
        plain = Verdict(spot.line, subject, fact.predicate, fact.object, Stance.STATED, said_from, said_until)
        return with_stance(plain, fact, spot)

    def _is_not_meant(self, fact: ExtractedFact, spot: Spot, place: speech.Place) -> bool:
        """Whether a sentence asks, imagines, quotes or only wants what it says, or a joke is made of it."""
        asks = speech.is_question(place.sentence) or (
            speech.asks_at_its_end(place.sentence) and place.sentence.rstrip().endswith(place.clause.rstrip())
        )
        behind = place.sentence[len(place.before) :]
        joked = fact.stance is Said.STATED and (
            retreats.jokes(behind)
            or retreats.only_takes_back(place.following)
            or retreats.turns_serious(behind)
            or retreats.turns_serious(place.following)
            or self._laughed_off(spot, place)
        )
        imagined = speech.imagines(place.before) and not _WISHING.search(fact.predicate)
        reported = fact.subject == USER and speech.reports(place.before) and not _KNOWS_BETTER.search(place.before)
        unsure = speech.is_unsure(place.clause_before) and not _INTENTION.search(fact.predicate)
        return asks or imagined or joked or reported or unsure

    def _laughed_off(self, spot: Spot, place: speech.Place) -> bool:
        """Whether the user's next line says that the end of this one was a joke or untrue."""
        if place.following:
            return False
        later = (line for line in self._transcript.lines if line.number > spot.line.number and line.speaker == USER)
        following = next(later, None)
        opening = next(iter(speech.sentences(following.text)), None) if following is not None else None
        if opening is None or not (retreats.jokes(opening.text) or retreats.takes_back(opening.text)):
            return False
        if retreats.only_takes_back(opening.text):
            return True
        said = spot.place.sentence[spot.start : spot.end] if spot.place else ""
        return found_in(said, opening.text) is not None

    def _subject(self, fact: ExtractedFact, spot: Spot, place: speech.Place) -> str | None:
        """Return whom the fact is really about: what a sentence says of somebody else is no fact about the user."""
        if fact.subject != USER or fact.object in PARTIES:
            return fact.subject
        somebody = about_at(place.sentence, spot.start, self._people)
        if somebody is None or speaks_for_oneself_too(place.sentence):
            return USER
        if _is_relation(fact, place.sentence, somebody, spot):
            return USER
        if somebody.is_pronoun:
            return None
        return next((name for name in self._subjects if _names(name, somebody.text)), None)

    def _is_said_of_user(self, fact: ExtractedFact, spot: Spot) -> bool:
        text = self._own_words[spot.line.number]
        return is_of_the_speaker(fact, spot, self._transcript) and not (
            fact.object not in PARTIES and is_only_a_twins(fact, self._facts, text, self._people)
        )


def _subjects(facts: Iterable[ExtractedFact], also_called: Iterable[ExtractedName]) -> tuple[str, ...]:
    """Return the third persons that the extraction names."""
    names = [fact.subject for fact in facts if fact.predicate != ALSO_KNOWN_AS]
    names += [name for pair in also_called for name in (pair.other, pair.name)]
    return tuple(dict.fromkeys(name for name in names if fold(name) not in {USER, CHARACTER, "i", "the user"}))


def _beings(facts: Iterable[ExtractedFact]) -> list[str]:
    """Return the names of people and animals that things are said to do with."""
    kinds = {EntityKind.PERSON, EntityKind.ANIMAL}
    return [fact.object for fact in facts if fact.object_kind in kinds and fact.object[:1].isupper()]


def _wanted(fact: ExtractedFact) -> str:
    """Return the words that a line must hold: the object's, or those that stand in for it."""
    if fact.object in PARTIES:
        return fact.subject
    if fold(fact.object) in AFFIRMATIONS:
        return fact.predicate.removeprefix("is_").removeprefix("has_").replace("_", " ")
    return fact.object


def _in_line(line: TranscriptLine, text: str, wanted: str) -> list[Spot]:
    """Return every sentence of a line that holds the words; the first of them when only the whole line holds all."""
    spots: list[Spot] = []
    for sentence in speech.sentences(text):
        if (span := found_in(wanted, sentence.text)) is not None:
            start = sentence.start + span[0]
            spots.append(Spot(line, speech.place_of(text, start), *span))
    if not spots and (span := found_in(wanted, text)) is not None:
        place = speech.place_of(text, span[0])
        spots.append(Spot(line, place, len(place.before), len(place.sentence)))
    return spots


def _everything_taken_back(line: TranscriptLine) -> list[Spot]:
    """Return the sentence of a line that takes back everything of a kind, naming nothing."""
    for sentence in speech.sentences(line.text):
        if retreats.speaks_of_an_end(sentence.text):
            place = speech.place_of(line.text, sentence.start + len(sentence.text) - 1)
            return [Spot(line, place, len(place.before), len(sentence.text))]
    return []


def _is_relation(fact: ExtractedFact, sentence: str, somebody: Somebody, spot: Spot) -> bool:
    """Whether a sentence about somebody of the user's tells whom the user has: my sister Ana, my dog is called Rex."""
    if fact.predicate in _OF_ONESELF:
        return False
    role = role_of(fact.predicate)
    if role and any(ROLES_BY_WORD.get(word.text) == role for word in words(somebody.text)):
        return True
    is_mine = bool(_OWNED.match(somebody.text))
    covered = somebody.start <= spot.start < somebody.end
    named = _NAMING.fullmatch(sentence[somebody.end : spot.start]) is not None and spot.start >= somebody.end
    return (is_mine and covered) or ((is_mine or somebody.is_pronoun) and named)


def _names(name: str, text: str) -> bool:
    """Whether a name of the extraction names the same as the words of a sentence."""
    return found_in(name, text) is not None or names_role(name, text)
