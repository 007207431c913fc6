"""`OwnData` of a WhisperEngine that runs already, over its HTTP API: for the terminal and the operator's commands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from src_v2.core.errors import WhisperEngineError
from src_v2.core.messages import Role
from src_v2.core.switches import Switches, SwitchName
from src_v2.interfaces.web.people import LOCAL_USER_ID
from src_v2.interfaces.web.remote import RemoteApi
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.privacy.models import Brought, Erasure, ErasureState, ExportFile, MemoryItem, MemoryPage, Whose

ROOT = "/api/own-data"
LONGEST_S = 900.0
"""A large export or import takes minutes."""
EXPORT_NAME = "whisperengine-data.zip"
MOST_ITEMS = 100
WEB = "web:"


class OthersNeedTheOperator(WhisperEngineError):
    """Over HTTP, single memories and switches are had only by those who speak for themselves."""


class RemoteOwnData(RemoteApi):
    """`OwnData` at `url`. Use it as an async context manager."""

    def __init__(self, url: str, *, token: str = "") -> None:
        super().__init__(url, token=token, longest_s=LONGEST_S)

    async def characters(self) -> Sequence[str]:
        """Return the names of the characters that are loaded there."""
        found = await self._json("GET", "/api/characters")
        return [str(card["name"]) for card in found["characters"]]

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        """Return what is remembered, newest first."""
        asked = {"after": after, "limit": str(min(limit, MOST_ITEMS))}
        found = await self._json("GET", _of(whose, "memories"), _speaking(whose.user_id) | asked)
        return MemoryPage(tuple(map(_memory, found["items"])), found["next"])

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        """Return what fits a question, best first."""
        asked = {"q": query, "limit": str(min(limit, MOST_ITEMS))}
        found = await self._json("GET", _of(whose, "memories", "search"), _speaking(whose.user_id) | asked)
        return [_memory(item) for item in found["items"]]

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        """Return one."""
        return _memory(await self._json("GET", _of(whose, "memories", memory_id), _speaking(whose.user_id)))

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        """Change the words of something the person said."""
        path = _of(whose, "memories", memory_id)
        return _memory(await self._json("PATCH", path, _speaking(whose.user_id), {"text": text}))

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        """Remove one everywhere."""
        await self._json("DELETE", _of(whose, "memories", memory_id), _speaking(whose.user_id))

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        """Return what is known."""
        found = await self._json("GET", _of(whose, "facts"), _speaking(whose.user_id))
        return [_fact(fact) for fact in found["facts"]]

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        """Replace what a fact says."""
        path = _of(whose, "facts", fact_id)
        return _fact(await self._json("PATCH", path, _speaking(whose.user_id), {"object": new_object}))

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        """Take a fact back."""
        await self._json("DELETE", _of(whose, "facts", fact_id), _speaking(whose.user_id))

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        """Return how the person wants to be spoken with."""
        found = await self._json("GET", _of(whose, "preferences"), _speaking(whose.user_id))
        return [
            Preference(wish["id"], PreferenceName(wish["name"]), wish["value"], _at(wish["said_at"]), "")
            for wish in found["preferences"]
        ]

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        """Set one."""
        await self._json("PUT", _of(whose, "preferences", name), _speaking(whose.user_id), {"value": value})

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        """Drop one."""
        await self._json("DELETE", _of(whose, "preferences", name), _speaking(whose.user_id) | {"value": value})

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        """Return what was talked about, latest first; which session it was is not told."""
        asked = {"limit": str(min(limit, MOST_ITEMS))}
        found = await self._json("GET", _of(whose, "summaries"), _speaking(whose.user_id) | asked)
        return [
            Summary(
                talk["id"], "", talk["text"], tuple(talk["topics"]), tuple(talk["emotions"]), talk["importance"],
                _at(talk["started_at"]), _at(talk["ended_at"]),
            )
            for talk in found["summaries"]
        ]  # fmt: skip

    async def switches(self, user_id: str) -> Switches:
        """Return what the person decided."""
        return Switches(**await self._json("GET", f"{ROOT}/switches", _speaking(user_id)))

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Decide."""
        return Switches(**await self._json("PUT", f"{ROOT}/switches/{name}", _speaking(user_id), {"on": on}))

    async def export(self, user_id: str) -> ExportFile:
        """Return everything that is held about a person."""
        async with self._request("GET", f"{ROOT}/export", _about(user_id)) as response:
            return ExportFile(EXPORT_NAME, await response.read())

    async def erase(self, user_id: str) -> Erasure:
        """Begin to erase everything about a person."""
        return _erasure(await self._json("POST", f"{ROOT}/erase", _about(user_id), {"confirm": "erase"}))

    async def erasure(self, erasure_id: str) -> Erasure:
        """Return how far an erasure is."""
        return _erasure(await self._json("GET", f"{ROOT}/erasures/{quote(erasure_id, safe='')}"))

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Add a chat history to what a character remembers."""
        asked = _about(whose.user_id) | {"character": whose.character, "timezone": zone.key}
        async with self._request("POST", f"{ROOT}/import", asked, data=blob) as response:
            return Brought(**await response.json())


def _speaking(user_id: str) -> dict[str, str]:
    """Return how a request says that it speaks for a person. Raises OthersNeedTheOperator for people of platforms."""
    if user_id == LOCAL_USER_ID:
        return {}
    if user_id.startswith(WEB):
        return {"user": user_id.removeprefix(WEB)}
    raise OthersNeedTheOperator(
        "a running WhisperEngine shows that to the person alone: use `data export`, or stop it first",
        user_message="Only that person can see this.",
    )


def _about(user_id: str) -> dict[str, str]:
    """Return how an operator's request names whom it is about."""
    return {"subject": user_id}


def _of(whose: Whose, *parts: str) -> str:
    return "/".join([ROOT, *(quote(part, safe="") for part in (whose.character, *parts))])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _memory(found: dict[str, Any]) -> MemoryItem:
    return MemoryItem(**found | {"role": Role(found["role"]), "said_at": _at(found["said_at"])})


def _fact(found: dict[str, Any]) -> Fact:
    known = {name: value for name, value in found.items() if name != "is_current"}
    return Fact(**known | {"speaker_id": "", "said_at": _at(found["said_at"])})


def _erasure(found: dict[str, Any]) -> Erasure:
    return Erasure(found["id"], ErasureState(found["state"]))
