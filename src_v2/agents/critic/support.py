"""Whether sources bear out a clause: every number and name in a source about the right one, most of the plain words."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from src_v2.agents.critic import vocabulary as words
from src_v2.agents.critic.counting import Counting
from src_v2.agents.critic.findings import Kind, Lack
from src_v2.agents.critic.persons import Clause
from src_v2.agents.critic.sources import Sources, Unit, holds
from src_v2.agents.critic.tokens import Sort, Token
from src_v2.knowledge import speech
from src_v2.knowledge.models import CHARACTER, USER

ENOUGH = 0.5
"""How many of a clause's plain words must stand in the sources; models put things in other words."""
_TELLING = 2
"""Plain words that a sentence about something that happened must hold before it counts as a claim."""

_DENIES = re.compile(
    r"\b(?:nicht|kein\w{0,2}|nie(?:mals)?|ne\s|n['’]\w+\s+(?:pas|plus|jamais)|no\s+(?:te|me|le|se)?\s*\w+|don['’]?t"
    r"|never|not|nunca|isn['’]?t|aren['’]?t)",
    re.IGNORECASE,
)
_IS_OVER = re.compile(
    r"\b(?:used to|lived|before|until|back then|formerly|once|previously|were|had|was|ago|vivías|vivía|antes|hasta"
    r"|früher|damals|wohntest"
    r"|bis|avant|habitais|habitait|jusqu|autrefois|moved|left|gewohnt|viviste)",
    re.IGNORECASE,
)
_PLACE_DE = re.compile(r"\b(?:in|nach|aus|bei)\s+$", re.IGNORECASE)


class Support:
    """Holds clauses against the sources of one review."""

    def __init__(self, sources: Sources, today: date, spoken: str) -> None:
        self._sources = sources
        self.counting = Counting(sources, today, spoken)
        self._spoken = spoken
        heard = [unit.spoken for unit in sources.units if unit.speaker == USER and unit.said_at is not None]
        self._is_foreign = heard.count(spoken) * 2 < len(heard)

    def lack(self, clause: Clause, first_word_at: int) -> Lack | None:
        """Return what is missing for a clause; None when its sources bear it out, or it needs none."""
        same = self._sources.same(clause.about) if clause.about != "user" else frozenset({USER})
        rest = [t for t in clause.tokens if t.key not in same and t.raw not in same and not _is_of(t, same)]
        exact = [t for t in rest if t.is_exact]
        named = [t for t in rest if not t.is_exact and self._is_name(t, clause, first_word_at)]
        plain = [t for t in rest if t not in exact and t not in named and t.raw not in words.EMPTY]
        if not (exact or named or ((clause.strong or clause.past) and plain)):
            return None
        pool = self._pool(same)
        lack = self._names(clause, rest, named, pool) or self._numbers(clause, rest, exact, pool)
        lack = lack or self._plain(clause, rest, plain, pool)
        return lack or self._turned_round(clause, [*named, *plain], pool)

    def _numbers(
        self, clause: Clause, rest: Sequence[Token], exact: Sequence[Token], pool: Sequence[Unit]
    ) -> Lack | None:
        lack = self.counting.lack(clause, rest, exact, pool)
        return Lack(self._speaker(lack.kind, rest, clause), lack.claim) if lack else None

    def _pool(self, same: frozenset[str]) -> list[Unit]:
        return [unit for unit in self._sources.units if not unit.about or unit.about & same]

    def _is_name(self, token: Token, clause: Clause, first_word_at: int) -> bool:
        if self._is_person(token) or token.key.startswith("place:"):
            return True
        if token.sort is not Sort.WORD or not token.capital:
            return False
        if self._spoken == "de":
            return bool(_PLACE_DE.search(clause.text[: token.start]))
        return token.start > first_word_at

    def _names(
        self, clause: Clause, rest: Sequence[Token], named: Sequence[Token], pool: Sequence[Unit]
    ) -> Lack | None:
        predicates = _predicates(rest)
        for token in named:
            holding = [unit for unit in pool if holds(unit, token) and not unit.asked]
            fitting = [unit for unit in holding if _fits(predicates, unit)]
            if self._is_swapped(token, rest, holding, pool):
                return Lack(Kind.CONTRADICTED, clause.text[token.start : token.end])
            if fitting and (not all(unit.over for unit in fitting) or _IS_OVER.search(clause.text)):
                continue
            if not predicates and not clause.strong and any(holds(unit, token) for unit in self._sources.units):
                continue
            otherwise = any(predicates & unit.keys for unit in pool if unit not in holding)
            kind = Kind.CONTRADICTED if fitting or (otherwise and predicates & words.SINGLE) else Kind.UNSUPPORTED
            return Lack(self._speaker(kind, [token, *rest], clause), clause.text[token.start : token.end])
        return None

    def _is_swapped(self, token: Token, rest: Sequence[Token], holding: Sequence[Unit], pool: Sequence[Unit]) -> bool:
        """Whether all that is said with a name stands in the sources with another person's name instead."""
        things = [t for t in rest if t.key != token.key and not t.is_exact and t.sort is not Sort.ROLE]
        things = [t for t in things if not self._is_person(t)]
        if not self._is_person(token) or not things or any(holds(u, thing) for u in holding for thing in things):
            return False
        others = [unit for unit in pool if any(self._is_person(t) for t in unit.tokens)]
        return any(sum(holds(unit, thing) for thing in things) / len(things) > ENOUGH for unit in others)

    def _is_person(self, token: Token) -> bool:
        return token.raw in self._sources.people or token.raw.removesuffix("s") in self._sources.people

    def _plain(
        self, clause: Clause, rest: Sequence[Token], plain: Sequence[Token], pool: Sequence[Unit]
    ) -> Lack | None:
        if not clause.strong and not clause.past:
            return None
        things = [t for t in plain if t.key not in words.VERBS and t.start != clause.owned_at] or list(plain)
        if self._is_foreign:
            things = [t for t in things if t.sort is not Sort.WORD]  # its translation is not in the vocabulary
        if not clause.strong:
            things = [t for t in things if t.sort is not Sort.ROLE]
        if not things:
            return None
        there = [t for t in things if self._is_role_there(t) or any(holds(unit, t) for unit in pool if not unit.asked)]
        if len(there) / len(things) >= ENOUGH:
            return None
        if not clause.strong and (there or len(things) < _TELLING):
            return None
        single = _predicates(rest) & words.SINGLE
        otherwise = single and any(single & unit.keys for unit in pool if not unit.asked)
        kind = self._speaker(Kind.CONTRADICTED if otherwise else Kind.UNSUPPORTED, things, clause)
        return Lack(kind, " ".join(clause.text[t.start : t.end] for t in things if t not in there))

    def _is_role_there(self, token: Token) -> bool:
        return token.sort is Sort.ROLE and token.key in self._sources.names_of

    def _speaker(self, kind: Kind, wanted: Sequence[Token], clause: Clause) -> Kind:
        """Return that somebody else said it, when one of their sentences bears all of it out."""
        if clause.about != "user":
            return kind
        others = (u for u in self._sources.units if u.speaker not in {USER, CHARACTER, ""} and USER not in u.about)
        if len(wanted) > 1 and any(all(holds(unit, token) for token in wanted) for unit in others):
            return Kind.WRONG_SPEAKER
        return kind

    def _turned_round(self, clause: Clause, things: Sequence[Token], pool: Sequence[Unit]) -> Lack | None:
        """Return that the sources say the opposite, of everything that the clause speaks of."""
        own = _predicates(clause.tokens)
        objects = [t for t in things if t.key not in words.PREDICATES]
        if not own or not objects:
            return None
        holding = [u for u in pool if all(holds(u, t) for t in objects) and is_one_sided(u.tokens) and not u.asked]
        if not holding or not is_one_sided(clause.tokens):
            return None
        wanted = side(clause.text, clause.tokens)
        if all(side(unit.text, unit.tokens) != wanted for unit in holding):
            return Lack(Kind.CONTRADICTED, " ".join(clause.text[t.start : t.end] for t in things))
        return None


_SIDED = {"like": 1, "dislike": -1, "allergic": 1}


def is_one_sided(found: Iterable[Token]) -> bool:
    """Whether tokens speak for something or against something, and not of both."""
    return len({_SIDED[token.key] for token in found if token.key in _SIDED}) == 1


def side(text: str, found: Iterable[Token]) -> int:
    """Return 1 for what is liked or so, -1 for what is disliked or not so."""
    sign = next((_SIDED[token.key] for token in found if token.key in _SIDED), 1)
    denied = (speech.denies(text) or bool(_DENIES.search(text))) and not re.search(r"\bstand\b|soport", text)
    return -sign if denied else sign


def _is_of(token: Token, same: frozenset[str]) -> bool:
    return token.raw.endswith("s") and token.raw[:-1] in same


def _predicates(found: Iterable[Token]) -> frozenset[str]:
    return frozenset(token.key for token in found if token.key in words.PREDICATES)


def _fits(predicates: frozenset[str], unit: Unit) -> bool:
    """Whether a source is about the same relation: living somewhere is not having been there."""
    theirs = unit.keys & words.PREDICATES
    if not predicates or not theirs or predicates & theirs:
        return True
    both = {"like", "dislike"}
    if predicates & both and theirs & both:
        return True
    return any(
        pair & predicates and pair & theirs and len(pair & (predicates | theirs)) > 1 for pair in words.COMPATIBLE
    )
