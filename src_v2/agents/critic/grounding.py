"""The first judge: rules that hold each sentence of a draft against the sources. No model; rather silent than wrong.

Only what is said about the person, theirs, what was talked about and what was done needs a source. Questions, wishes,
conditions, opinions, general knowledge and the character's own life do not.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.concepts import CONCEPTS
from src_v2.agents.critic.done import claims_done, was_done
from src_v2.agents.critic.findings import Finding, Kind
from src_v2.agents.critic.language import hedges, imagines, is_question, language, suggests, supposes
from src_v2.agents.critic.material import Material
from src_v2.agents.critic.passages import Passage, clauses, passages
from src_v2.agents.critic.persons import owned, read_clause, telling
from src_v2.agents.critic.shared import SharedPast, reminds, speaks_of_earlier
from src_v2.agents.critic.sources import Sources, holds, sources
from src_v2.agents.critic.support import Support
from src_v2.agents.critic.tokens import alike, tokens
from src_v2.knowledge.models import CHARACTER, USER
from src_v2.knowledge.names import fold

LONGEST_DRAFT_CHARS = 8_000
_ADDED = re.compile(
    r"^\W*(?:but |and |though )?(?:i\b|if i\b|correct me|as far|creo|supongo|si no|que yo sepa|glaube|soweit|je "
    r"|si je|à ma)",
    re.I,
)
_CONCERNS = re.compile(
    r"\b(?:you|your|yours|you['’]\w+|we|our|i['’]ve|i have|tú|tus?|te|ti|tienes|eres|hemos|he|du|dich|dir"
    r"|dein\w{0,2}|wir|habe|toi|ton|ta|tes|t['’]|nous|on|j['’]ai)(?!\w)",
    re.IGNORECASE,
)
_COUNTS_FOR_THEM = re.compile(
    r"\b(?:you|your|tú|te|tu|tus|du|dich|dir|dein\w{0,2}|toi|ton|ta|tes)\b"
    r"|^\W*(?:with|in|for|after|about|con|en|tras|mit|nach|avec|après)?\W*(?:the |el |la )?\w+\W+\w+\W*$",
    re.IGNORECASE,
)
"""What speaks to the person without having them for a subject, or is no whole sentence."""
_DEFINITE = re.compile(
    r"^\W*(?:(?:and|but|so|y|pero|und|aber|et|mais) )?(?:the|el|la|der|die|das|le|l['’])(?!\w)", re.IGNORECASE
)
"""What speaks of one thing that both know of."""
_QUOTED_ENOUGH = 0.6
_QUOTES_THEM = re.compile(
    r"\b(?:you (?:\w+ )?(?:said|wrote|called|told me)|(?:me )?dijiste|du (?:hast )?(?:\w+ )?(?:gesagt|sagtest)"
    r"|tu (?:m['’])?as dit)[^\"“”«»\n]{0,40}[\"“«„](?P<quote>[^\"“”«»\n]{6,300})[\"”»“]",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\W*")


class Standing(Enum):
    """How a sentence stands after it was looked at."""

    FREE = "free"
    """It claims nothing that needs a source."""
    BORNE_OUT = "borne out"
    """It claims something, and the sources say so."""
    LACKING = "lacking"
    """It claims something that no source says."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One sentence of a draft and what the rules made of it. `tells` is False for what asks, doubts or imagines."""

    passage: Passage
    standing: Standing
    finding: Finding | None = None
    tells: bool = True


def look(draft: str, material: Material) -> list[Looked]:
    """Return what the rules make of every sentence of a draft, in order. Takes milliseconds of CPU."""
    return _Look(draft[:LONGEST_DRAFT_CHARS], material).all()


class _Look:
    """One draft, one material."""

    def __init__(self, draft: str, material: Material) -> None:
        self._material = material
        self._passages = passages(draft)
        self._spoken = language(draft)
        self._sources: Sources = sources(material)
        today = material.now.astimezone(material.timezone).date()
        self._support = Support(self._sources, today, self._spoken)
        self._past = SharedPast(self._sources, material.now, material.timezone, self._spoken)
        self._everything = {token.raw for unit in self._sources.units for token in unit.tokens}
        self._last = ""

    def all(self) -> list[Looked]:
        """Return every sentence with its standing."""
        return [self._one(passage) for passage in self._passages]

    def _one(self, passage: Passage) -> Looked:
        text = passage.text
        kind_and_claim = self._done(text) or self._quoted(passage.shown) or self._stranger(text)
        asks = text.rstrip(" )\"”'’*_").endswith("?")
        doubts = _doubts(text)
        told = "" if doubts or supposes(text) else _what_is_told(text) if asks else text
        claimed = False
        if kind_and_claim is None and told:
            kind_and_claim, claimed = self._told(told)
        self._remember(text)
        if kind_and_claim is None:
            return Looked(passage, Standing.BORNE_OUT if claimed else Standing.FREE, tells=not asks and not doubts)
        kind, claim = kind_and_claim
        return Looked(passage, Standing.LACKING, Finding(passage.shown, claim, kind, passage.start))

    def _done(self, text: str) -> tuple[Kind, str] | None:
        claim = claims_done(text)
        if claim and not was_done(claim, self._material.observations):
            return Kind.NOT_DONE, claim
        return None

    def _quoted(self, shown: str) -> tuple[Kind, str] | None:
        """Return words that are put into the person's mouth."""
        match = _QUOTES_THEM.search(shown)
        if match is None:
            return None
        found = tokens(match["quote"], language(match["quote"]))
        theirs = [unit for unit in self._sources.units if unit.speaker in {USER, ""}]
        there = [t for t in found if any(alike(t, other) for unit in theirs for other in unit.tokens)]
        return (Kind.SHARED_PAST, match["quote"]) if len(there) < len(found) * _QUOTED_ENOUGH else None

    def _stranger(self, text: str) -> tuple[Kind, str] | None:
        """Return somebody of the person's of whom nobody ever spoke, or who is somebody else to them."""
        if hedges(text) or imagines(text):
            return None
        for role, name in owned(text):
            raw = fold(name)
            raw = raw if raw in self._everything else raw.removesuffix("s") if raw.endswith("s") else raw
            if name and raw not in words.EMPTY and raw not in CONCEPTS and raw not in words.MONTHS:
                roles = self._sources.roles_of.get(raw, set())
                if roles and f"role:{role}" not in roles and role in words.FAMILY:
                    return Kind.CONTRADICTED, f"{role} {name}"
                if raw not in self._everything or (role in words.FAMILY and not self._are_one(role, raw)):
                    return Kind.UNSUPPORTED, f"{role} {name}"
            elif not name and self._is_presumed(role, text) and not self._has_role(role):
                return Kind.UNSUPPORTED, role
        return None

    def _is_presumed(self, role: str, text: str) -> bool:
        """Whether a sentence that speaks of somebody in a role takes it for granted that there is one."""
        if text.rstrip().endswith("?"):
            return False
        return role in words.CHOSEN

    def _are_one(self, role: str, name: str) -> bool:
        """Whether any source names somebody and their role in one breath."""
        if f"role:{role}" in self._sources.roles_of.get(name, ()):
            return True
        alike = (name, f"{name}s", name.removesuffix("s"))
        return any(
            f"role:{role}" in unit.keys and any(token.raw in alike for token in unit.tokens)
            for unit in self._sources.units
        )

    def _has_role(self, role: str) -> bool:
        key = f"role:{role}"
        wider = {f"role:{one}" for one in words.WIDER_ROLES.get(role, "").split()}
        return key in self._sources.names_of or any(
            token.key == key or token.key in wider
            for unit in self._sources.units
            for token in unit.tokens
            if unit.speaker in {USER, CHARACTER, ""}
        )

    def _told(self, text: str) -> tuple[tuple[Kind, str] | None, bool]:
        """Return what is wrong with a sentence that tells something, and whether it claims anything at all."""
        claimed, before = False, ""
        earlier = speaks_of_earlier(text)
        if earlier:
            claimed = True
            if missing := self._past.missing(text):
                return (self._whose(missing), missing), True
        for part in clauses(text):
            if imagines(part) or suggests(part) or hedges(part):
                before = ""
                continue
            clause = read_clause(part, self._spoken, self._sources.people, self._last, before, told=earlier)
            if earlier and clause.about and not telling(part):
                clause = replace(clause, strong=True)
            before = clause.about
            self._remember(part)
            if not clause.about:
                lack = self._support.counting.miscounted(part) if _COUNTS_FOR_THEM.search(part) else None
                lack = lack or (self._support.counting.misdated(clause) if _DEFINITE.search(part) else None)
                if lack:
                    return (lack.kind, lack.claim), True
                continue
            first = _FIRST.match(part)
            lack = self._support.lack(clause, first.end() if first else 0)
            if lack:
                return (lack.kind, lack.claim), True
            claimed = claimed or clause.strong
        return None, claimed

    def _whose(self, missing: str) -> Kind:
        """Return that somebody else said it, when one of them did."""
        wanted = tokens(missing, self._spoken)
        others = (unit for unit in self._sources.units if unit.speaker not in {USER, CHARACTER, ""})
        shares = (sum(holds(unit, token) for token in wanted) / len(wanted) for unit in others if wanted)
        return Kind.WRONG_SPEAKER if max(shares, default=0.0) >= _QUOTED_ENOUGH else Kind.SHARED_PAST

    def _remember(self, text: str) -> None:
        """Keep who was spoken of last, for "she" in the next sentence."""
        found = [fold(word) for word in re.findall(r"[^\W\d_]+", text)]
        people = [word for word in found if word in self._sources.people]
        if people:
            self._last = people[-1]
        elif roles := [role for role, _ in owned(text)]:
            self._last = f"role:{roles[-1]}"


def _doubts(sentence: str) -> bool:
    """Whether a sentence is unsure of all it says: from its beginning on, or by what the character adds at its end."""
    parts = list(clauses(sentence))
    return any(hedges(part) and (number == 0 or _ADDED.search(part)) for number, part in enumerate(parts))


def _what_is_told(question: str) -> str:
    """Return what a question tells before it asks, or takes for granted; "" when it only asks."""
    if reminds(question):
        return question
    told = list(takewhile(lambda part: not is_question(part), clauses(question)))
    asked = len(told) < len(list(clauses(question)))
    return question[: question.index(told[-1]) + len(told[-1])] if told and asked else ""


def concerns_person(sentence: str, material: Material) -> bool:
    """Whether a sentence speaks to or of the person, their people, or of what the character did."""
    if _CONCERNS.search(sentence):
        return True
    spoken = {fold(word) for word in re.findall(r"[^\W\d_]+", sentence)}
    people = {fold(fact.subject) for fact in material.facts} | {
        fold(fact.object) for fact in material.facts if fact.predicate.startswith("has_")
    }
    return bool(spoken & ({fold(material.user_name)} | people))
