"""Who is who: which names stand for the same person or thing, as far as the claims say so.

"My sister Ana", "my sister is called Ana" and "Ana is my sister" join a role and a name. A role that two names fill is
nobody in particular, except where one person fills it at a time: then it is the one who was named last before.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from src_v2.knowledge.joining import ALIAS_PREDICATES, joined, own_names
from src_v2.knowledge.models import CHARACTER, USER, Claim, Stance
from src_v2.knowledge.names import (
    OWNED,
    canonical,
    display,
    fold,
    is_proper,
    role_key,
    role_of_key,
)
from src_v2.knowledge.predicates import meaning
from src_v2.knowledge.roles import ANIMALS, EXCLUSIVE, ONE_AT_A_TIME

_EXCLUSIVE = frozenset(map(role_key, EXCLUSIVE))
_ANIMALS = frozenset(map(role_key, ANIMALS))
_ONE_AT_A_TIME = frozenset(map(role_key, ONE_AT_A_TIME))


class _Joined(NamedTuple):
    """Somebody said at `at` that two names, as keys, mean the same."""

    first: str
    second: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Holders:
    """Who filled a role one after the other: since when, and who."""

    since: tuple[datetime, ...]
    names: tuple[str, ...]

    def at(self, moment: datetime) -> str:
        return self.names[max(0, bisect_right(self.since, moment) - 1)]


class Names:
    """What the names in some claims stand for. An entity is a key that all its names share."""

    def __init__(self, claims: Collection[Claim]) -> None:
        told = list(joined(claims))
        self.own = own_names(claims, told)
        self._words = self._role_words(told)
        self._parent: dict[str, str] = {}
        self._best: dict[str, str] = {}
        self._holders: dict[str, _Holders] = {}
        self._roles_of: dict[str, set[str]] = defaultdict(set)
        self._join([self._keyed(pair) for pair in told])
        self._keepers = self._kept_animals(claims)
        self._forms = self._written_forms(claims)

    def entity(self, name: str, at: datetime) -> str:
        """Return the entity that a name stood for when it was used at `at`; empty for a name without words."""
        key = self._with_owner(canonical(name, self.own))
        holders = self._holders.get(key)
        return self._find(holders.at(at) if holders else key)

    def best(self, entity: str) -> str:
        """Return the name to call an entity by: a proper name before a role, the usual before the rare."""
        if entity in {USER, CHARACTER}:
            return entity
        if entity not in self._best:
            forms = self._forms.get(entity)
            self._best[entity] = min(forms, key=lambda form: _worth(form, forms[form])) if forms else entity
        return self._best[entity]

    def also(self, entity: str) -> tuple[str, ...]:
        """Return the other names of an entity, roles included; none for the user and the character."""
        if entity in {USER, CHARACTER}:
            return ()
        forms = {_also_form(form) for form in self._forms.get(entity, ())} | self._roles_of.get(entity, set())
        others = {fold(form): form for form in sorted(forms, reverse=True)}
        others.pop(fold(self.best(entity)), None)
        return tuple(sorted(others.values()))

    def filled(self, claim: Claim) -> tuple[str, str, str] | None:
        """Return (whose, role, by whom) when a claim only names who fills a role: my sister is called Ana."""
        if meaning(claim.predicate).predicate not in ALIAS_PREDICATES:
            return None
        role, name = self._role_first(*self._keys(claim))
        if not role_of_key(role) or role_of_key(name):
            return None
        whose, _, what = role.rpartition(OWNED)
        entity = self._find(name)
        if what in _ANIMALS and not whose and USER not in self._keepers[entity]:
            return None  # "the cat is called Miez" does not say whose it is: see `named`
        if not name or (entity != self._find(role) and role not in self._roles_of.get(entity, ())):
            return None  # somebody else of that name fills another role
        return (self._find(whose) if whose else USER, what.replace(" ", "_"), entity)

    def named(self, claim: Claim) -> tuple[str, str] | None:
        """Return (word, entity) when all that a claim says is what somebody or something unheard of is called.

        My dentist is called Vera: that is no relation that we know, but worth knowing. The cat is called Miez, when
        nobody was said to have it.
        """
        if meaning(claim.predicate).predicate not in ALIAS_PREDICATES:
            return None
        word, name = self._role_first(*self._keys(claim))
        if name in {"", USER, CHARACTER}:
            return None
        entity = self._find(name)
        is_stray = word in _ANIMALS and not self._keepers[entity] and self._find(word) == entity
        return (word, entity) if word in self._words or is_stray else None

    def entities(self) -> Iterable[str]:
        """Return every entity that the claims name."""
        return self._forms.keys()

    def keys_of(self, entity: str) -> set[str]:
        """Return the keys, without regard to aliases, of all the names of an entity."""
        written = {canonical(form) for form in self.own} | {USER} if entity == USER else set()
        written |= {canonical(form, self.own) for form in self._forms.get(entity, ())}
        return written | self._roles_of.get(entity, set())

    def _role_words(self, told: Iterable[tuple[str, str, datetime]]) -> frozenset[str]:
        """Return the keys of what no table knows as a role, but somebody was named as: my dentist is called Vera."""
        pairs = [(display(first), display(second)) for first, second, _ in told]
        words = {
            one for pair in pairs if is_proper(pair[0]) != is_proper(pair[1]) for one in pair if not is_proper(one)
        }
        names = {canonical(one, self.own) for pair in pairs for one in pair if is_proper(one)}
        keys = {canonical(word, self.own) for word in words} - names
        return frozenset(key for key in keys if not role_of_key(key) and OWNED not in key)

    def _is_role(self, key: str) -> bool:
        return role_of_key(key) is not None or key in self._words

    def _role_first(self, first: str, second: str) -> tuple[str, str]:
        return (second, first) if self._is_role(second) and not self._is_role(first) else (first, second)

    def _keys(self, claim: Claim) -> tuple[str, str]:
        subject, object_ = (self._with_owner(canonical(name, self.own)) for name in (claim.subject, claim.object))
        return subject, object_

    def _keyed(self, pair: tuple[str, str, datetime]) -> _Joined:
        return _Joined(canonical(pair[0], self.own), canonical(pair[1], self.own), pair[2])

    def _join(self, pairs: list[_Joined]) -> None:
        """Join names first, then whom roles stand for; what belongs to somebody after its owner is known."""
        for is_owned in (False, True):
            known = [p for p in pairs if (OWNED in p.first or OWNED in p.second) is is_owned]
            known = [_Joined(self._with_owner(p.first), self._with_owner(p.second), p.at) for p in known]
            fillers: dict[str, list[_Joined]] = defaultdict(list)
            for pair in known:
                if {pair.first, pair.second} & {USER, CHARACTER, ""}:
                    continue
                role, name = self._role_first(pair.first, pair.second)
                if self._is_role(role) and not self._is_role(name):
                    fillers[role].append(_Joined(role, name, pair.at))
                else:
                    self._union(role, name)
            self._fill_roles(fillers)

    def _fill_roles(self, fillers: dict[str, list[_Joined]]) -> None:
        roles_of: dict[str, set[str]] = defaultdict(set)
        for role, pairs in fillers.items():
            for pair in pairs:
                roles_of[self._find(pair.second)].add(role)
        torn = {name for name, roles in roles_of.items() if len(_exclusive(roles)) > 1}
        alone: list[tuple[str, str]] = []
        for role, pairs in fillers.items():
            names = {self._find(pair.second) for pair in pairs} - torn
            if len(names) == 1:
                alone.append((role, names.pop()))
                continue
            if names and (role_of_key(role) in _ONE_AT_A_TIME or role in self._words):
                self._holders[role] = _holders([pair for pair in pairs if self._find(pair.second) in names])
            for name in names:
                self._roles_of[name].add(role)
        for role, name in alone:
            self._union(role, name)
        self._roles_of = defaultdict(set, _merged((self._find(name), roles) for name, roles in self._roles_of.items()))

    def _kept_animals(self, claims: Iterable[Claim]) -> dict[str, set[str]]:
        """Return who was said to have what."""
        keepers: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            said = meaning(claim.predicate)
            if said.topic == "have" and said.affirms and claim.stance is Stance.STATED:
                keepers[self.entity(claim.object, claim.said_at)].add(self.entity(claim.subject, claim.said_at))
        return keepers

    def _written_forms(self, claims: Iterable[Claim]) -> dict[str, Counter[str]]:
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        for claim in claims:
            for name in (claim.subject, claim.object):
                entity = self.entity(name, claim.said_at)
                if entity not in {USER, CHARACTER, ""}:
                    forms[entity][display(name, self.own)] += 1
        return forms

    def _with_owner(self, key: str) -> str:
        owner, owned, what = key.rpartition(OWNED)
        return f"{self._find(self._with_owner(owner))}{OWNED}{what}" if owned else key

    def _find(self, key: str) -> str:
        while (parent := self._parent.get(key, key)) != key:
            key = parent
        return key

    def _union(self, first: str, second: str) -> None:
        low, high = sorted((self._find(first), self._find(second)))
        if low != high:
            self._parent[high] = low


def _exclusive(roles: Iterable[str]) -> set[tuple[str, str]]:
    """Return (owner, role) of those roles of which nobody fills two."""
    split = ((role.rpartition(OWNED)[0], role_of_key(role) or "") for role in roles)
    found = {(owner, role) for owner, role in split if role in _EXCLUSIVE}
    owners = Counter(owner for owner, _ in found)
    return {(owner, role) for owner, role in found if owners[owner] > 1}


def _holders(pairs: list[_Joined]) -> _Holders:
    ordered = sorted((pair.at, pair.second) for pair in pairs)
    return _Holders(tuple(at for at, _ in ordered), tuple(name for _, name in ordered))


def _merged(pairs: Iterable[tuple[str, set[str]]]) -> dict[str, set[str]]:
    merged: dict[str, set[str]] = defaultdict(set)
    for name, roles in pairs:
        merged[name] |= roles
    return merged


def _also_form(form: str) -> str:
    """Return a name as it stands behind another: sister for hermana."""
    key = canonical(form)
    return key if role_of_key(key) and OWNED not in key else form


def _worth(form: str, uses: int) -> tuple[bool, bool, int, int, str]:
    key = canonical(form)
    return (role_of_key(key) is not None, not is_proper(form), -uses, -len(form), form)
