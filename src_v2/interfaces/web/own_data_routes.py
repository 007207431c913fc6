"""The API of a person's own data: see it, correct it, take it along, bring it in, erase it.

A request is about the person in front of this machine, or about the `user` that a program speaks for. Whoever may
reload characters may instead name a full user id (`subject`) to export, erase or bring in; never together with `user`.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Path, Query, Request, Response

from src_v2.core.switches import SwitchName
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.web import own_data_shapes as shapes
from src_v2.interfaces.web.failures import ApiError
from src_v2.interfaces.web.people import LOCAL_PERSON, USER_ID_PATTERN, api_person
from src_v2.interfaces.web.ports import Characters
from src_v2.interfaces.web.refusals import EmptyText, checked_text
from src_v2.interfaces.web.routes import User
from src_v2.interfaces.web.upload import whole_body
from src_v2.knowledge.models import PreferenceName
from src_v2.privacy.models import Whose

PREFIX = "/api/own-data"
EXPORT_PATH = f"{PREFIX}/export"
IMPORT_PATH = f"{PREFIX}/import"
MAX_IMPORT_BYTES = 300 * 2**20
"""Somewhat more than the largest history that is read."""
EXPORT_NAME = "whisperengine-data.zip"
"""Says nothing about whose it is: file names are seen by more people than files."""
MAX_ITEMS = 100

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
MemoryId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{8,64}$", description="May be its last eight characters.")]
AskedUser = Annotated[str | None, Query(pattern=USER_ID_PATTERN, description="Whom a program speaks for.")]
Subject = Annotated[
    str | None, Query(pattern=r"^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9_.-]{1,64}$", description="A full user id.")
]
Limit = Annotated[int, Query(ge=1, le=MAX_ITEMS)]
Zone = Annotated[str, Query(pattern=r"^[A-Za-z0-9_+/-]{0,64}$", description="IANA name; empty means UTC.")]


@dataclass(frozen=True, slots=True)
class OwnDataApi:
    """The handlers and what they need."""

    own_data: OwnData
    characters: Characters
    bringing_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One large file in memory at a time."""

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix=PREFIX)
        self._add_whole(router)
        self._add_memories(router)
        router.add_api_route("/{character}/facts", self.facts, methods=["GET"])
        router.add_api_route("/{character}/facts/{fact_id}", self.correct_fact, methods=["PATCH"])
        router.add_api_route("/{character}/facts/{fact_id}", self.retract_fact, methods=["DELETE"], status_code=204)
        router.add_api_route("/{character}/summaries", self.summaries, methods=["GET"])
        router.add_api_route("/{character}/preferences", self.preferences, methods=["GET"])
        wish = "/{character}/preferences/{name}"
        router.add_api_route(wish, self.set_preference, methods=["PUT"], status_code=204)
        router.add_api_route(wish, self.clear_preference, methods=["DELETE"], status_code=204)
        return router

    def _add_whole(self, router: APIRouter) -> None:
        """Add what is about all characters; before the rest, which has a character's name in the same place."""
        router.add_api_route("/switches", self.switches, methods=["GET"])
        router.add_api_route("/switches/{name}", self.set_switch, methods=["PUT"])
        router.add_api_route("/export", self.export, methods=["GET"], response_class=Response)
        router.add_api_route("/erase", self.erase, methods=["POST"], status_code=202)
        router.add_api_route("/erasures/{erasure_id}", self.erasure, methods=["GET"])
        file = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}
        router.add_api_route("/import", self.bring_in, methods=["POST"], openapi_extra=file)

    def _add_memories(self, router: APIRouter) -> None:
        router.add_api_route("/{character}/memories", self.memories, methods=["GET"])
        router.add_api_route("/{character}/memories/search", self.search, methods=["GET"])
        one = "/{character}/memories/{memory_id}"
        router.add_api_route(one, self.memory, methods=["GET"])
        router.add_api_route(one, self.edit_memory, methods=["PATCH"])
        router.add_api_route(one, self.delete_memory, methods=["DELETE"], status_code=204)

    async def memories(
        self,
        character: str,
        user: AskedUser = None,
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Limit = 20,
    ) -> shapes.Memories:
        """Return what is remembered, newest first."""
        page = await self.own_data.memories(self._whose(character, user), after=after, limit=limit)
        return shapes.Memories.model_validate(page)

    async def search(
        self, character: str, q: Annotated[str, Query(max_length=1000)], user: AskedUser = None, limit: Limit = 20
    ) -> shapes.Memories:
        """Return what fits a question, best first."""
        items = await self.own_data.search(self._whose(character, user), _words(q), limit)
        return shapes.Memories(items=[shapes.Memory.model_validate(item) for item in items])

    async def memory(self, character: str, memory_id: MemoryId, user: AskedUser = None) -> shapes.Memory:
        """Return one."""
        return shapes.Memory.model_validate(await self.own_data.memory(self._whose(character, user), memory_id))

    async def edit_memory(
        self,
        character: str,
        memory_id: MemoryId,
        asked: shapes.NewText,
        user: AskedUser = None,
    ) -> shapes.Memory:
        """Change the words of something the person said."""
        whose = self._whose(character, user, asked.user)
        return shapes.Memory.model_validate(await self.own_data.edit_memory(whose, memory_id, _words(asked.text)))

    async def delete_memory(self, character: str, memory_id: MemoryId, user: AskedUser = None) -> None:
        """Remove one everywhere, with what was learned from it."""
        await self.own_data.delete_memory(self._whose(character, user), memory_id)

    async def facts(self, character: str, user: AskedUser = None) -> shapes.Facts:
        """Return what is known, current facts first."""
        found = await self.own_data.facts(self._whose(character, user))
        return shapes.Facts(facts=[shapes.Fact.model_validate(fact) for fact in found])

    async def correct_fact(
        self,
        character: str,
        fact_id: Id,
        asked: shapes.NewObject,
        user: AskedUser = None,
    ) -> shapes.Fact:
        """Replace the last part of a fact."""
        whose = self._whose(character, user, asked.user)
        return shapes.Fact.model_validate(await self.own_data.correct_fact(whose, fact_id, _line(asked.object)))

    async def retract_fact(self, character: str, fact_id: Id, user: AskedUser = None) -> None:
        """Take a fact back."""
        await self.own_data.retract_fact(self._whose(character, user), fact_id)

    async def summaries(self, character: str, user: AskedUser = None, limit: Limit = 20) -> shapes.Summaries:
        """Return what was talked about, latest first."""
        found = await self.own_data.summaries(self._whose(character, user), limit)
        return shapes.Summaries(summaries=[shapes.Summary.model_validate(summary) for summary in found])

    async def preferences(self, character: str, user: AskedUser = None) -> shapes.Preferences:
        """Return how the person wants to be spoken with."""
        found = await self.own_data.preferences(self._whose(character, user))
        return shapes.Preferences(preferences=[shapes.Preference.model_validate(wish) for wish in found])

    async def set_preference(
        self, character: str, name: PreferenceName, asked: shapes.NewValue, user: AskedUser = None
    ) -> None:
        """Set one; for `avoid` on top of the others."""
        await self.own_data.set_preference(self._whose(character, user, asked.user), name, _line(asked.value))

    async def clear_preference(
        self,
        character: str,
        name: PreferenceName,
        user: AskedUser = None,
        value: Annotated[str, Query(max_length=shapes.MAX_VALUE_CHARACTERS)] = "",
    ) -> None:
        """Drop one; for `avoid` one topic, or all without a value."""
        await self.own_data.clear_preference(self._whose(character, user), name, value)

    async def switches(self, user: AskedUser = None) -> shapes.Switches:
        """Return what the person decided, for every character."""
        return shapes.Switches.model_validate(await self.own_data.switches(_person(user)))

    async def set_switch(self, name: SwitchName, asked: shapes.NewSwitch, user: AskedUser = None) -> shapes.Switches:
        """Decide; holds from the next message on."""
        person = _person(user, asked.user)
        return shapes.Switches.model_validate(await self.own_data.set_switch(person, name, asked.on))

    async def export(self, user: AskedUser = None, subject: Subject = None) -> Response:
        """Return everything that is held about a person, of all characters, as a zip file."""
        file = await self.own_data.export(_subject(subject, user))
        headers = {"Content-Disposition": f'attachment; filename="{EXPORT_NAME}"'}
        return Response(file.content, media_type="application/zip", headers=headers)

    async def erase(
        self, asked: shapes.EraseRequest, user: AskedUser = None, subject: Subject = None
    ) -> shapes.Erasure:
        """Begin to erase everything about a person; it goes on when this process or a store stops."""
        return shapes.Erasure.model_validate(await self.own_data.erase(_subject(subject, user, asked.user)))

    async def erasure(self, erasure_id: Id) -> shapes.Erasure:
        """Return how far an erasure is; its id is known only to whoever asked for it."""
        return shapes.Erasure.model_validate(await self.own_data.erasure(erasure_id))

    async def bring_in(
        self, request: Request, character: str, timezone: Zone = "", user: AskedUser = None, subject: Subject = None
    ) -> shapes.Brought:
        """Add a chat history to what a character remembers; the file is the body."""
        whose = self._of(character, _subject(subject, user))
        zone = await asyncio.to_thread(_zone, timezone)  # reads a file
        if self.bringing_in.locked():
            text = "Another file is just being brought in. Try again when it is done."
            raise ApiError(429, "one_file_at_a_time", text, retry_after_s=5)
        async with self.bringing_in:
            blob = await whole_body(request, MAX_IMPORT_BYTES)
            return shapes.Brought.model_validate(await self.own_data.bring_in(whose, blob, zone))

    def _whose(self, character: str, user: str | None, of_body: User | None = None) -> Whose:
        return self._of(character, _person(user, of_body))

    def _of(self, character: str, user_id: str) -> Whose:
        return Whose(self.characters.get(character.strip().lower()).name, user_id)


def _person(user: str | None, of_body: User | None = None) -> str:
    """Return the user id of whom a request speaks for, in its address, in its body, or nowhere: this machine's person.

    Read in both places, for a `user` that goes unread would mean the data of somebody else.
    """
    named = {name for name in (user, of_body.id if of_body else None) if name is not None}
    if len(named) > 1:
        raise ApiError(422, "two_people", "The address and the body name different people.")
    return (api_person(named.pop()) if named else LOCAL_PERSON).author.user_id


def _subject(subject: str | None, user: str | None, of_body: User | None = None) -> str:
    """Return whose data an operator, or a person, asks for. Whoever passed the guard has the operator's right."""
    if subject is None:
        return _person(user, of_body)
    if user is not None or of_body is not None:
        raise ApiError(403, "not_yours", "Speaking for a person, you can ask for that person's data only.")
    return subject


def _words(text: str) -> str:
    try:
        return checked_text(text)
    except EmptyText as error:
        raise EmptyText("empty text", user_message="The text is empty.") from error


def _line(text: str) -> str:
    return " ".join(_words(text).split())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ApiError(422, "unknown_timezone", "There is no time zone of that name.") from error
