"""What claims say about names alone: which two mean the same, who fills a role, what the user is called. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from src_v2.knowledge.models import USER, Claim, Stance
from src_v2.knowledge.names import OWNED, canonical, display, fold, is_proper, named_role, role_of_key
from src_v2.knowledge.predicates import meaning, role_of

ALIAS_PREDICATES = frozenset(("also_known_as", "is_named"))


def joined(claims: Collection[Claim]) -> Iterator[tuple[str, str, datetime]]:
    """Yield (name, other name, when it was said) for everything that joins two names and was not taken back."""
    backs: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.stance is Stance.RETRACTED:
            backs[_slot(claim)].append(claim)
    for claim in claims:
        if claim.stance is Stance.STATED and not any(_takes_back(b, claim) for b in backs.get(_slot(claim), ())):
            for pair in joins(claim):
                yield (*pair, claim.said_at)


def joins(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield the pairs of names that one claim says to mean the same, beside whatever else it says."""
    for name in (claim.subject, claim.object):
        if found := named_role(name):
            yield found
    if pair := _named_by(claim):
        yield pair


def relations(claim: Claim) -> Iterator[tuple[str, str, str]]:
    """Yield (whose, predicate, who) for a claim that only names who fills a role of the user's or of somebody else."""
    if meaning(claim.predicate).predicate in ALIAS_PREDICATES:
        role, name = sorted((claim.subject, claim.object), key=lambda one: role_of_key(canonical(one)) is None)
        what = role_of_key(canonical(role))
        if what and not role_of_key(canonical(name)):
            whose = canonical(role).rpartition(OWNED)[0] or USER
            yield from ((whose, f"has_{what.replace(' ', '_')}", who) for who in (name, role))


def _named_by(claim: Claim) -> tuple[str, str] | None:
    """Return the two names that a claim joins: by naming, or by saying who fills a role."""
    said = meaning(claim.predicate)
    if not said.affirms or said.past:
        return None
    if said.predicate in ALIAS_PREDICATES:
        return claim.subject, claim.object
    role = role_of(said.predicate)
    if role is None:
        return None
    whose, who = claim.subject, claim.object
    if not said.predicate.startswith("has_"):
        whose, who = who, whose
    says_who = canonical(whose) and is_proper(display(who))
    return (f"{whose}'s {role.replace('_', ' ')}", who) if says_who else None


def _takes_back(back: Claim, claim: Claim) -> bool:
    is_later = back.said_at > claim.said_at
    return is_later and (not back.object or canonical(back.object) == canonical(claim.object))


def _slot(claim: Claim) -> tuple[str, str]:
    return canonical(claim.subject), _naming(claim)


def _naming(claim: Claim) -> str:
    """Return what a claim is about; every way to give a name is the same."""
    said = meaning(claim.predicate)
    return "name" if said.predicate in ALIAS_PREDICATES else said.topic


def own_names(claims: Iterable[Claim], told: Iterable[tuple[str, str, datetime]]) -> frozenset[str]:
    """Return the user's names, folded: as their platform shows them and as they said, unless somebody else has one."""
    pairs = list(told)
    others = {fold(display(name)) for pair in pairs if not _of_user(pair) for name in pair[:2]}
    shown = {fold(claim.speaker_name) for claim in claims if claim.speaker_id == claim.audience.user_id}
    named = {fold(display(pair[1])) for pair in pairs if _of_user(pair) and is_proper(display(pair[1]))}
    return frozenset((shown | named) - others - {""})


def _of_user(pair: tuple[str, str, datetime]) -> bool:
    return canonical(pair[0]) == USER
