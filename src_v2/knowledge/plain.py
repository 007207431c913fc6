"""Reads conversations back without any model: what the rules of `statements` understand, and an honest summary.

For the offline demonstration, and for whoever names no model. A summary quotes the user's most telling sentences; it
understands nothing and pretends nothing.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from src_v2.core.fence import clean_name, one_line
from src_v2.knowledge import speech
from src_v2.knowledge.drafts import Asked, Told
from src_v2.knowledge.extraction import (
    MOST_IMPORTANCE,
    ExtractedFact,
    ExtractedPreference,
    ExtractedSummary,
    Extraction,
    Said,
)
from src_v2.knowledge.models import USER, Transcript, TranscriptLine
from src_v2.knowledge.names import fold
from src_v2.knowledge.roles import word_set
from src_v2.knowledge.statements import CONFIDENCE, drafts

MOST_SENTENCES = 3
MOST_TOPICS = 4
LONGEST_SENTENCE_CHARS = 220
SHORTEST_TOPIC = 4
SHORTEST_TELLING_CHARS = 15

_WORD = re.compile(r"[^\W\d_]+")
_TELLING = re.compile(
    r"\b(?:i|i['’]m|i['’]ve|my|me|we|our|yo|mi|mis|estoy|soy|tengo|he|never|always|finally|today"
    r"|because|nunca|siempre|hoy"
    r"|porque|moved|lost|died|married|born|started|quit|afraid|happy|sad|love|hate|mudé|murió|nació|feliz|triste)\b",
    re.IGNORECASE,
)
_GRAVE = re.compile(
    r"\b(?:died|death|passed away|funeral|cancer|hospital|surgery|pregnant|divorce\w*|broke up|married"
    r"|wedding|got engaged"
    r"|was born|lost my|fired|suicid\w*|depress\w*|diagnos\w*|murió|muerte|falleció|cáncer|embarazad\w*|divorci\w*|boda"
    r"|nació|despedid\w*|operaci[oó]n)\b",
    re.IGNORECASE,
)
_EMOTIONS = {
    "happy": word_set("happy glad delighted thrilled excited joy feliz contento contenta alegre encantada encantado"),
    "sad": word_set("sad unhappy crying cried heartbroken miss grief triste lloro lloré extraño"),
    "angry": word_set("angry furious annoyed mad enfadado enfadada furioso furiosa"),
    "afraid": word_set("afraid scared worried anxious nervous fear miedo preocupado preocupada nervioso nerviosa"),
    "tired": word_set("tired exhausted burned sleepy cansado cansada agotado agotada"),
    "proud": word_set("proud orgulloso orgullosa"),
    "grateful": word_set("grateful thankful agradecido agradecida"),
    "lonely": word_set("lonely alone solitario"),
}
_COMMON = word_set(
    """
    about above after again against because been before being below between both could does doing down during each few
    from further have having here himself into itself just more most myself nothing once only other ours over please
    really same should some something such than thank thanks that their theirs them then there these they thing things
    think this those through today tomorrow tonight under until very want wanted well were what when where which while
    will with would yesterday your yours know like love hate feel felt going gone good great hello make much still
    never always maybe even also back came come said says told tell time year years week weeks month months day days
    people person always little long keep kind life live lives lived work works name called
    para pero porque como cuando donde este esta estos estas ese esa eso esto muy mucho mucha muchos muchas también
    tengo tiene estoy está soy eres hace hacer todo toda todos todas algo nada siempre nunca desde hasta sobre entre
    hola gracias bien vivo llamo gusta quiero ahora ayer mañana años semana
    """
)


class PlainExtractor:
    """Implements `Extractor` with rules alone."""

    async def extract(self, transcript: Transcript) -> Extraction:
        """Return what the user's lines state outright, and a summary in the user's own words."""
        return await asyncio.to_thread(_read, transcript)


def _read(transcript: Transcript) -> Extraction:
    said = [line for line in transcript.lines if line.speaker == USER]
    drafted = [(draft, line.number) for line in said for draft in drafts(line.text)]
    return Extraction(
        facts=[_fact(draft, number) for draft, number in drafted if isinstance(draft, Told)],
        preferences=[_preference(draft, number) for draft, number in drafted if isinstance(draft, Asked)],
        summary=_summary(said),
    )


def _fact(draft: Told, source: int) -> ExtractedFact:
    return ExtractedFact(
        subject=draft.subject, subject_kind=draft.subject_kind, predicate=draft.predicate, object=draft.object,
        object_kind=draft.object_kind, source=source, stance=Said(draft.stance), confidence=CONFIDENCE,
        valid_from=draft.when or None,
    )  # fmt: skip


def _preference(draft: Asked, source: int) -> ExtractedPreference:
    return ExtractedPreference(name=draft.name, value=draft.value, source=source, stance=Said(draft.stance))


def _summary(said: Sequence[TranscriptLine]) -> ExtractedSummary:
    """Return what the user said, at its most telling."""
    spoken = (one_line(one.text) for line in said for one in speech.sentences(speech.own_words(line.text)))
    sentences = list(dict.fromkeys(spoken))
    topics = _topics(sentences)
    telling = sorted(range(len(sentences)), key=lambda n: -_weight(sentences[n], topics))[:MOST_SENTENCES]
    quoted = " ".join(sentences[n][:LONGEST_SENTENCE_CHARS] for n in sorted(telling))
    name = clean_name(said[-1].name) if said else "someone"
    text = " ".join(sentences)
    return ExtractedSummary(
        text=f"{name} said: {quoted}" if quoted else f"{name} said nothing in words.",
        topics=topics, emotions=_emotions(text), importance=_importance(text, len(sentences)),
    )  # fmt: skip


def _weight(sentence: str, topics: Iterable[str]) -> float:
    """Return how much a sentence tells: about the speaker, about what was spoken of most; questions tell little."""
    if len(sentence) < SHORTEST_TELLING_CHARS:
        return 0.0
    folded = set(_WORD.findall(fold(sentence)))
    weight = len(_TELLING.findall(sentence)) + 2.0 * len(_GRAVE.findall(sentence)) + len(folded.intersection(topics))
    return weight / 2 if sentence.endswith("?") else weight


def _topics(sentences: Iterable[str]) -> list[str]:
    """Return the words that came up most often."""
    counted = Counter(
        word
        for sentence in sentences
        for word in set(_WORD.findall(fold(sentence)))
        if len(word) >= SHORTEST_TOPIC and word not in _COMMON
    )
    return [word for word, _ in counted.most_common(MOST_TOPICS)]


def _emotions(text: str) -> list[str]:
    heard = set(_WORD.findall(text.casefold()))
    return [emotion for emotion, words in _EMOTIONS.items() if not heard.isdisjoint(words)]


def _importance(text: str, sentences: int) -> int:
    """Return 1..5: grave things count most, then strong feelings, then how much was said."""
    grave = min(2, len({match.casefold() for match in _GRAVE.findall(text)}))
    long = 8
    return min(MOST_IMPORTANCE, 1 + 2 * (grave > 0) + (grave > 1) + bool(_emotions(text)) + (sentences >= long))
