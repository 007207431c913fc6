"""Buttons below messages, for a door that nobody gives any."""

from collections.abc import Mapping, Sequence

from src_v2.core.errors import NotThere
from src_v2.core.outgoing import Button


class NoPresses:
    """There is nothing to press."""

    async def buttons(self, message_ids: Sequence[str]) -> Mapping[str, Sequence[Button]]:
        """Return nothing."""
        return {}

    async def press(self, message_id: str, action: str, user_id: str) -> str:
        """Know of no button."""
        raise NotThere("there are no buttons")
