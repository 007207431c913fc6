"""The knowledge as the rest of the code sees it: what may be known of somebody in front of one audience, and changes.

Everything is about the audience's user and theirs. A change is never an overwriting: it is one more thing that was
said, in the message in which it was asked for.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import KnowledgeError
from src_v2.core.ids import new_id
from src_v2.core.messages import IncomingMessage
from src_v2.knowledge.aliases import Names
from src_v2.knowledge.graph import KnowledgeGraph
from src_v2.knowledge.jobs import graph_request
from src_v2.knowledge.models import (
    CHARACTER,
    USER,
    Claim,
    Fact,
    Known,
    Preference,
    PreferenceName,
    Stance,
    Summary,
    Wish,
)
from src_v2.knowledge.names import display
from src_v2.knowledge.predicates import meaning
from src_v2.knowledge.preferences import resolve_preferences
from src_v2.knowledge.ranking import ranked
from src_v2.knowledge.reading import Limits
from src_v2.knowledge.resolve import Resolution, resolution
from src_v2.knowledge.store import KnowledgeStore
from src_v2.storage.outbox import outbox_row

MOST_CLAIMS = 2_000
"""The latest claims of one person that are looked at: years of talking every day."""
MOST_WISHES = 200
MOST_FACTS = 60
"""Handed to a prompt, which takes as many of them as its budget has room for."""
LATEST_SUMMARIES, IMPORTANT_SUMMARIES = 4, 3
FEW_CLAIMS = 100
"""So many are understood within two milliseconds; more go to a thread, so that the event loop does not wait."""
DEEPEST_WALK = 3
MOST_PATHS = 100
NEAR_ENOUGH = 0.84
"""Two slips of the hand in a name of a dozen letters."""
_LIMITS = Limits(MOST_CLAIMS, MOST_WISHES, LATEST_SUMMARIES, IMPORTANT_SUMMARIES)
_MOMENT = timedelta(milliseconds=1)


class Knowledge:
    """Facts, preferences and summaries. Raises StoreUnavailable while a store is away."""

    def __init__(self, store: KnowledgeStore, graph: KnowledgeGraph, clock: Clock) -> None:
        self._store = store
        self._graph = graph
        self._clock = clock

    async def known(self, audience: Audience, text: str, now: datetime) -> Known:
        """Return what a reply to `text` should know, best first; one SQL statement and no other store."""
        told = await self._store.told(audience, _LIMITS)

        def facts() -> list[Fact]:
            return ranked(resolution(told.claims, now=now).facts, text, MOST_FACTS)

        found = facts() if len(told.claims) <= FEW_CLAIMS else await asyncio.to_thread(facts)
        return Known(found, resolve_preferences(told.wishes), told.summaries)

    async def lookup(
        self, audience: Audience, about: str | None = None, predicate: str | None = None, limit: int = 20
    ) -> list[Fact]:
        """Return facts, closed ones too, current and recent first.

        `about` is a name or role that is their subject or object, in any spelling; `predicate` is what they say, in any
        words. An unknown name finds nothing.
        """
        found = await self._resolution(audience)
        facts: Sequence[Fact] = found.facts
        if about is not None:
            entity = self._entity(found, about)
            name = None if entity is None else found.names.best(entity)
            facts = [fact for fact in facts if name in {fact.subject, fact.object}]
        if predicate is not None:
            topic = meaning(predicate).topic
            facts = [fact for fact in facts if meaning(fact.predicate).topic == topic]
        return sorted(facts, key=lambda fact: (not fact.is_current, -fact.said_at.timestamp(), fact.id))[:limit]

    async def walk(self, audience: Audience, about: str, depth: int = 2) -> list[tuple[Fact, ...]]:
        """Return what leads away from a name or role, shortest first: each path is up to `depth` (1..3) facts long.

        Closed facts are among them. An unknown name leads nowhere.
        """
        claims = await self._store.claims(audience, MOST_CLAIMS)
        found = await self._resolved(claims)
        entity = self._entity(found, about)
        if entity is None:
            return []
        depth = max(1, min(depth, DEEPEST_WALK))
        # A step from one name of somebody to another is none, but the graph takes it.
        chains = await self._graph.walk(audience, found.names.keys_of(entity), 2 * depth - 1)
        by_id = {claim.id: claim for claim in claims}
        paths = dict.fromkeys(self._path(chain, entity, depth, by_id, found) for chain in chains)
        begun = {path[:end] for path in paths for end in range(len(path))}
        return sorted((path for path in paths if path not in begun), key=len)[:MOST_PATHS]

    async def correct(
        self, audience: Audience, fact_id: str, new_object: str, source: IncomingMessage, *, everywhere: bool = False
    ) -> Fact:
        """Replace what a fact says by `new_object`; return the new fact. `source` is the message that asks for it.

        With `everywhere` the old one is also taken back where others heard it; the new one is told to this audience.

        Raises KnowledgeError when this audience may know of no such fact.
        """
        claims, fact = await self._claims(audience, fact_id)
        backs = self._taken_back(claims, audience, source, everywhere=everywhere)
        told = claims[-1]
        new = replace(
            backs[-1], id=new_id(), audience=audience, said_at=backs[-1].said_at + _MOMENT, stance=Stance.STATED,
            subject=fact.subject, predicate=fact.predicate, object=new_object,
            object_kind=told.object_kind if fact.object == display(told.object) else told.subject_kind,
        )  # fmt: skip
        await self._add([*backs, new])
        changed = (await self._resolution(audience)).fact_of.get(new.id)
        return changed or replace(fact, id=new.id, object=new_object, source_message_id=source.id)

    async def retract(
        self, audience: Audience, fact_id: str, source: IncomingMessage, *, everywhere: bool = False
    ) -> Fact:
        """Take a fact back, as if it had never been said; return what it was. `everywhere`: also where others heard it.

        Raises KnowledgeError when this audience may know of no such fact.
        """
        claims, fact = await self._claims(audience, fact_id)
        await self._add(self._taken_back(claims, audience, source, everywhere=everywhere))
        return fact

    async def preferences(self, audience: Audience) -> list[Preference]:
        """Return how the user wants to be spoken with."""
        return resolve_preferences(await self._store.wishes(audience))

    async def set_preference(
        self, audience: Audience, name: PreferenceName, value: str, source: IncomingMessage
    ) -> Preference:
        """Note a wish; for `avoid` it comes on top of the others, else it replaces the last."""
        wish = self._wish(audience, name, value, source, Stance.STATED)
        await self._store.add(wishes=[wish])
        return Preference(wish.id, name, value, wish.said_at, source.id)

    async def clear_preference(
        self, audience: Audience, name: PreferenceName, source: IncomingMessage, value: str = ""
    ) -> None:
        """Drop a wish; for `avoid` one topic, or all of them without a value."""
        await self._store.add(wishes=[self._wish(audience, name, value, source, Stance.RETRACTED)])

    async def summaries(self, audience: Audience, limit: int) -> list[Summary]:
        """Return what was talked about, latest first."""
        return await self._store.summaries(audience, limit)

    async def summaries_by_id(self, audience: Audience, ids: Sequence[str]) -> dict[str, Summary]:
        """Return those of `ids` that exist and that this audience may know of."""
        return await self._store.summaries_by_id(audience, ids)

    async def _resolution(self, audience: Audience) -> Resolution:
        return await self._resolved(await self._store.claims(audience, MOST_CLAIMS))

    async def _resolved(self, claims: Sequence[Claim]) -> Resolution:
        if len(claims) <= FEW_CLAIMS:
            return resolution(claims, now=self._clock.now())
        return await asyncio.to_thread(resolution, claims, now=self._clock.now())

    def _entity(self, found: Resolution, about: str) -> str | None:
        """Return whom a name stands for now; one that is nearly spelt right will do."""
        entity = found.names.entity(about, self._clock.now())
        known = list(found.names.entities())
        if entity in known or entity == USER:
            return entity
        near = get_close_matches(entity, known, n=1, cutoff=NEAR_ENOUGH)
        return near[0] if near else None

    def _path(
        self, chain: Sequence[str], start: str, depth: int, by_id: dict[str, Claim], found: Resolution
    ) -> tuple[Fact, ...]:
        """Return the facts along a chain of claims, as far as they hold together for this audience."""
        at, path = start, list[Fact]()
        for n, claim_id in enumerate(chain, start=1):
            claim, fact = by_id.get(claim_id), found.fact_of.get(claim_id)
            if claim is None or len(path) == depth or (path and at in {USER, CHARACTER}):
                break
            onward = _onward(found.names, claim, at, is_last=n == len(chain))
            if onward == at:
                continue  # another name of the same
            if onward is None or fact is None or fact in path:
                break
            path.append(fact)
            at = onward
        return tuple(path)

    async def _claims(self, audience: Audience, fact_id: str) -> tuple[list[Claim], Fact]:
        """Return a fact and the claims that it follows from, in order; one in each wording is enough."""
        claims = await self._store.claims(audience.as_stored, MOST_CLAIMS)
        fact_of = (await self._resolved(claims)).fact_of
        fact = fact_of.get(fact_id)
        if fact is None:
            raise KnowledgeError("no such fact for this audience")
        said = [claim for claim in reversed(claims) if fact_of.get(claim.id) == fact]
        return list({(claim.subject, claim.predicate, claim.object): claim for claim in said}.values()), fact

    def _taken_back(
        self, claims: Sequence[Claim], audience: Audience, source: IncomingMessage, *, everywhere: bool
    ) -> list[Claim]:
        """Return what takes claims back, said now: here, or with `everywhere` wherever they were said."""
        now = max(self._clock.now(), max(claim.said_at for claim in claims) + _MOMENT)
        return [
            replace(
                claim, id=new_id(), audience=claim.audience if everywhere else audience,
                speaker_id=source.author.user_id, source_message_id=source.id, said_at=now, stance=Stance.RETRACTED,
                confidence=1.0, learned_in=None, valid_from=None, valid_until=None, speaker_name="",
            )
            for claim in claims
        ]  # fmt: skip

    def _wish(
        self, audience: Audience, name: PreferenceName, value: str, source: IncomingMessage, stance: Stance
    ) -> Wish:
        return Wish(new_id(), audience, source.author.user_id, name, value, source.id, self._clock.now(), stance)

    async def _add(self, claims: Sequence[Claim]) -> None:
        request = graph_request(claims[-1].id)
        await self._store.add(claims, also=[outbox_row(request, self._clock.now())])


def _onward(names: Names, claim: Claim, at: str, *, is_last: bool) -> str | None:
    """Return where a claim leads from the entity `at`: to itself when it joins two of its names, None to nowhere."""
    ends = [names.entity(name, claim.said_at) for name in (claim.subject, claim.object)]
    if filled := names.filled(claim):
        whose, _, who = filled
        if at == whose:
            return who
        return whose if is_last and at == who else at if at in ends else None
    if at not in ends:
        return None
    return ends[1] if at == ends[0] else ends[0]
