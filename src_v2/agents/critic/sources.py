"""The sources as units: one sentence or fact each, with whom it is about, who said it, and what it speaks of."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.concepts import ROLE_WORDS
from src_v2.agents.critic.language import ENGLISH, language
from src_v2.agents.critic.material import Material
from src_v2.agents.critic.passages import sentences
from src_v2.agents.critic.tokens import BEGINNING, Sort, Token, alike, tokens
from src_v2.core.messages import Role
from src_v2.knowledge.models import CHARACTER, USER, Fact
from src_v2.knowledge.names import fold

MOST_UNITS = 600
LONGEST_SOURCE_CHARS = 4_000
"""Of one message, page or summary: what a model was shown of it is shorter still."""

_FIRST_PERSON = re.compile(
    r"\b(?:i|i['’]\w+|im|ive|me|my|mine|myself|we|us|our|ours|yo|mi|mis|mí|me|nos|nuestr[oa]s?|ich|mich|mir"
    r"|mein\w{0,2}|wir|uns"
    r"|unser\w{0,2}|je|j|moi|mon|ma|mes|nous|notre|nos)\b",
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(
    r"\b(?:you|your|yours|you['’]\w+|tú|tu|tus|te|ti|du|dich|dir|dein\w{0,2}|toi|ton|ta|tes)\b", re.IGNORECASE
)
_YES_NO = re.compile(
    r"^\W*(?:(?:and|so|but|y|und|et|hey|ok)\W+)?(?:do|does|did|am|is|are|was|were|have|has|had|isn|aren|doesn|didn"
    r"|es|tiene|tengo"
    r"|vive|está|hat|ist|habe|bin|wohnt|est|a|ai|suis|habite)\b",
    re.IGNORECASE,
)
_FACT_LINE = re.compile(r"^\W*(?:\[\w+\]\s*)?(?P<fact>[^|\n]{1,120}\|[^|\n]{1,60}\|[^\n]{1,400})$")
_SAID_LINE = re.compile(
    r"^\W*(?:\[\w+\]\s*)?(?P<day>\d{4}-\d\d-\d\d)\s*\|\s*(?P<who>[^|\n]{1,80}?) said\s*\|\s*(?P<text>[^\n]+)$"
)
_CALLED = r"(?:is |was |are )?(?:called|named|name is|se llama|heißt|s['’]appelle|is|es|ist|est|,)?"
_NAME = r"[^\W\d_a-zß-ÿ][^\W\d_]+"
_APPOSITION = re.compile(rf"\b(?P<role>[^\W\d_]+)(?:\s+mayor|\s+menor)?,?\s*{_CALLED}\s*(?P<name>{_NAME})")
_BEHIND = re.compile(rf"\b(?P<name>{_NAME}),? (?:is )?(?:my|mi|meine?|mon|ma) (?P<role>[^\W\d_]+)")
_PEOPLE_PREDICATES = ("has_", "married_to", "dating", "engaged_to", "parent_of", "child_of", "sibling_of")
_ROLE_OF_PREDICATE = {"married_to": "spouse", "dating": "partner", "engaged_to": "fiance", "parent_of": "child"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence or fact.

    `about` are keys of people (USER, CHARACTER, folded names, "role:sister"), empty for nobody in particular. `speaker`
    is USER, CHARACTER, a folded name, or "" for what no person said. `over` says that it no longer holds, `asked` that
    it only asks.
    """

    text: str
    tokens: tuple[Token, ...]
    about: frozenset[str]
    speaker: str
    keys: frozenset[str]
    """The keys of its tokens."""
    beginnings: frozenset[str]
    """How their words begin."""
    said_at: datetime | None = None
    over: bool = False
    asked: bool = False
    spoken: str = ENGLISH


@dataclass(slots=True)
class Sources:
    """All units of a material; who is whom to the person; and every word that occurs anywhere."""

    units: list[Unit] = field(default_factory=list)
    roles_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Folded name -> role keys."""
    names_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Role key -> folded names."""
    people: set[str] = field(default_factory=set)
    """Folded names of people and animals around the person."""

    def same(self, entity: str) -> frozenset[str]:
        """Return all keys that can stand for whoever `entity` is: a role shared by several stands for none of them."""
        found = {entity}
        for role in self.roles_of.get(entity, ()):
            if len(self.names_of[role]) == 1:
                found.add(role)
        if entity.startswith("role:") and len(self.names_of.get(entity, ())) == 1:
            found |= self.names_of[entity]
        return frozenset(found)


def sources(material: Material) -> Sources:
    """Return the sources of a material, ready to be compared with."""
    found = Sources()
    _learn_names(found, material)
    reader = _Reader(material, found)
    for unit in reader.read():
        found.units.append(unit)
        if len(found.units) >= MOST_UNITS:
            break
    return found


def _learn_names(found: Sources, material: Material) -> None:
    for fact in material.facts:
        role = _role_of(fact)
        if role and fact.subject == USER:
            _pair(found, fold(fact.object), f"role:{role}")
        if fact.subject not in {USER, CHARACTER} and fact.subject[:1].isupper():
            found.people.add(fold(fact.subject))
            for other in fact.also:
                key = ROLE_WORDS.get(fold(other))
                if key:
                    _pair(found, fold(fact.subject), f"role:{key}")
    own = fold(material.user_name)
    for text, speaker in _spoken(material):
        if speaker == own:
            for match in (*_APPOSITION.finditer(text), *_BEHIND.finditer(text)):
                role = ROLE_WORDS.get(fold(match["role"]), "")
                name = fold(match["name"])
                if role and name not in words.EMPTY and name not in words.MONTHS and name not in words.WEEKDAYS:
                    _pair(found, name, f"role:{role}")


def _spoken(material: Material) -> Iterator[tuple[str, str]]:
    own = fold(material.user_name)
    yield material.question, own
    for one in material.said:
        yield one.text, fold(one.speaker_name)
    for memory in material.memories:
        yield memory.text, fold(memory.speaker_name)


def _role_of(fact: Fact) -> str:
    if fact.predicate in _ROLE_OF_PREDICATE:
        return _ROLE_OF_PREDICATE[fact.predicate]
    return ROLE_WORDS.get(fact.predicate.removeprefix("has_").replace("_", " "), "") or (
        ROLE_WORDS.get(fact.predicate.removeprefix("has_"), "")
    )


def _pair(found: Sources, name: str, role: str) -> None:
    key = role.removeprefix("role:")
    for one in (key, *words.WIDER_ROLES.get(key, "").split()):
        found.roles_of[name].add(f"role:{one}")
        found.names_of[f"role:{one}"].add(name)
    found.people.add(name)


def holds(unit: Unit, token: Token) -> bool:
    """Whether a source speaks of what a token stands for."""
    if token.key in unit.keys:
        return True
    return token.raw[:BEGINNING] in unit.beginnings and any(alike(token, other) for other in unit.tokens)


class _Reader:
    """Reads one material into units."""

    def __init__(self, material: Material, found: Sources) -> None:
        self._material = material
        self._found = found
        self._own = fold(material.user_name)

    def read(self) -> Iterator[Unit]:
        """Yield what is nearest to the person first."""
        material = self._material
        yield from self._message(material.question, USER, material.now)
        for fact in material.facts:
            yield self._fact(fact)
        for memory in sorted(material.memories, key=lambda one: one.said_at, reverse=True):
            yield from self._message(memory.text, self._who(memory.speaker_name, memory.role), memory.said_at)
            if memory.before is not None:
                who = self._who(memory.before.speaker_name, memory.before.role)
                yield from self._message(memory.before.text, who, memory.before.created_at)
        for one in reversed(material.said):
            yield from self._message(one.text, self._who(one.speaker_name, one.role), one.said_at)
        for summary in material.summaries:
            yield from self._plain(summary.text, frozenset({USER}), "", summary.ended_at)
            yield from self._plain(", ".join(summary.topics), frozenset({USER}), "", summary.ended_at)
        for observation in material.observations:
            yield from self._observed(observation[:LONGEST_SOURCE_CHARS])
        yield from self._plain(material.own_facts[:LONGEST_SOURCE_CHARS], frozenset({CHARACTER}), "", None)

    def _who(self, name: str, role: Role) -> str:
        if role is Role.CHARACTER:
            return CHARACTER
        key = fold(name)
        return USER if key in {self._own, USER, ""} else key

    def _message(self, text: str, speaker: str, said_at: datetime | None) -> Iterator[Unit]:
        """Yield the sentences of a message; "she" is whoever was named last."""
        spoken = language(text[:LONGEST_SOURCE_CHARS])
        last: frozenset[str] = frozenset({speaker})
        for sentence in sentences(text[:LONGEST_SOURCE_CHARS]):
            found = tokens(sentence.text, spoken)
            people = self._people(found)
            about = set(people)
            if _FIRST_PERSON.search(sentence.text):
                about.add(speaker)
            if speaker == CHARACTER and _SECOND_PERSON.search(sentence.text):
                about.add(USER)
            about = about or set(last)
            last = frozenset(people or about)
            asked = sentence.text.rstrip().endswith("?") and bool(_YES_NO.search(sentence.text))
            yield self._unit(sentence.text, found, frozenset(about), speaker, said_at, asked=asked, spoken=spoken)

    def _people(self, found: Iterable[Token]) -> set[str]:
        people = {token.raw for token in found if token.raw in self._found.people}
        people |= {
            token.raw[:-1] for token in found if token.raw.endswith("s") and token.raw[:-1] in self._found.people
        }
        people |= {token.key for token in found if token.sort is Sort.ROLE}
        return {same for person in people for same in self._found.same(person)}

    def _fact(self, fact: Fact) -> Unit:
        subject = USER if fact.subject == USER else CHARACTER if fact.subject == CHARACTER else fold(fact.subject)
        parts = [fact.predicate.replace("_", " "), fact.object, fact.valid_from or "", fact.valid_until or ""]
        said = "" if subject in {USER, CHARACTER} else f"{fact.subject} "
        found = tokens(said + " | ".join(parts), ENGLISH)
        role = _role_of(fact)
        if role:
            found = (*found, Token(f"role:{role}", Sort.ROLE, role, 0, 0))
        about = {subject, *self._found.same(subject)}
        if fact.predicate.startswith(_PEOPLE_PREDICATES):
            about |= self._people(found)
        speaker = USER if fold(fact.speaker_name) in {self._own, ""} else fold(fact.speaker_name)
        return self._unit(" ".join(parts), found, frozenset(about), speaker, None, over=not fact.is_current)

    def _plain(self, text: str, about: frozenset[str], speaker: str, said_at: datetime | None) -> Iterator[Unit]:
        spoken = language(text)
        for sentence in sentences(text):
            found = tokens(sentence.text, spoken)
            yield self._unit(sentence.text, found, about | self._people(found), speaker, said_at)

    def _observed(self, observation: str) -> Iterator[Unit]:
        for line in observation.splitlines():
            if match := _SAID_LINE.match(line):
                day = datetime.fromisoformat(match["day"]).replace(hour=12, tzinfo=self._material.timezone)
                role = Role.CHARACTER if fold(match["who"]) == "you" else Role.USER
                yield from self._message(match["text"].split(" | ")[0], self._who(match["who"], role), day)
            elif _FACT_LINE.match(line):
                yield self._fact_line(line)
            else:
                yield from self._plain(line, frozenset(), "", None)

    def _fact_line(self, line: str) -> Unit:
        subject = fold(re.sub(r"^\W*(?:\[\w+\]\s*)?", "", line.split("|", maxsplit=1)[0]).split("(")[0])
        whose = USER if subject == self._own else subject
        found = tokens(line.split("| said by", maxsplit=1)[0], ENGLISH)
        over = "| no longer" in line or "| until" in line
        return self._unit(line, found, frozenset({whose}) | self._people(found), USER, None, over=over)

    def _unit(
        self, text: str, found: Sequence[Token], about: frozenset[str], speaker: str, said_at: datetime | None,
        *, over: bool = False, asked: bool = False, spoken: str = ENGLISH,
    ) -> Unit:  # fmt: skip
        keys = frozenset(token.key for token in found)
        beginnings = frozenset(token.raw[:BEGINNING] for token in found)
        return Unit(text, tuple(found), about, speaker, keys, beginnings, said_at, over, asked, spoken)
