"""What every door offers people about their own data. One contract; each door shows it in its own way."""

from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from src_v2.core.switches import Switches, SwitchName
from src_v2.knowledge.models import Fact, Preference, PreferenceName, Summary
from src_v2.privacy.models import Brought, Erasure, ExportFile, MemoryItem, MemoryPage, Whose


class OwnData(Protocol):
    """A person's own data. A door must be sure who asks: everything here is shown to nobody else.

    Raises StoreUnavailable while a store is away, and NotThere for an id that is unknown or somebody else's.
    """

    async def memories(self, whose: Whose, *, after: str = "", limit: int = 20) -> MemoryPage:
        """Return what is remembered, newest first; `after` is the `next` of the page before."""
        ...

    async def search(self, whose: Whose, query: str, limit: int = 20) -> Sequence[MemoryItem]:
        """Return what fits a question, best first."""
        ...

    async def memory(self, whose: Whose, memory_id: str) -> MemoryItem:
        """Return one; `memory_id` may be cut to its last eight or more characters."""
        ...

    async def edit_memory(self, whose: Whose, memory_id: str, text: str) -> MemoryItem:
        """Change the words of something the person said; what had been learned from the old ones is learned anew."""
        ...

    async def delete_memory(self, whose: Whose, memory_id: str) -> None:
        """Remove one everywhere, with what was learned from it."""
        ...

    async def facts(self, whose: Whose) -> Sequence[Fact]:
        """Return what is known, current facts first, then those that are over."""
        ...

    async def correct_fact(self, whose: Whose, fact_id: str, new_object: str) -> Fact:
        """Replace what a fact says: its object, the last part of it."""
        ...

    async def retract_fact(self, whose: Whose, fact_id: str) -> None:
        """Take a fact back; it does not return unless the person says it again."""
        ...

    async def preferences(self, whose: Whose) -> Sequence[Preference]:
        """Return how the person wants to be spoken with."""
        ...

    async def set_preference(self, whose: Whose, name: PreferenceName, value: str) -> None:
        """Set one; for `avoid` on top of the others."""
        ...

    async def clear_preference(self, whose: Whose, name: PreferenceName, value: str = "") -> None:
        """Drop one; for `avoid` one topic, or all without a value."""
        ...

    async def summaries(self, whose: Whose, limit: int = 20) -> Sequence[Summary]:
        """Return what was talked about, latest first."""
        ...

    async def switches(self, user_id: str) -> Switches:
        """Return what the person decided."""
        ...

    async def set_switch(self, user_id: str, name: SwitchName, on: bool) -> Switches:
        """Decide; holds for every character and from the next message on.

        Turning SERVERS off also removes what was kept from servers.
        """
        ...

    async def export(self, user_id: str) -> ExportFile:
        """Return everything that is held about a person, of all characters: JSON and Markdown in a zip."""
        ...

    async def erase(self, user_id: str) -> Erasure:
        """Begin to erase everything about a person, durably; returns at once."""
        ...

    async def erasure(self, erasure_id: str) -> Erasure:
        """Return how far an erasure is. One that is unknown was finished long ago."""
        ...

    async def bring_in(self, whose: Whose, blob: bytes, zone: ZoneInfo) -> Brought:
        """Add a chat history (ChatGPT, SillyTavern, our own export) to what this character remembers.

        Raises RefusedInput, with a reason for people, for a file that is not taken. The same file twice adds nothing.
        """
        ...
