"""The "Try again" button below a reply that failed. It outlives restarts: its id says what was asked and by whom."""

import re
from typing import Any, Protocol, Self

import discord

from src_v2.interfaces.discord.posts import Asked

LABEL = "Try again"
MOST_MESSAGES = 3
"""How many message ids fit into a button's id of at most 100 characters."""


class AsksAgain(Protocol):
    """The client that a pressed button belongs to."""

    async def ask_again(
        self, interaction: "discord.Interaction[Any]", asker_id: int, message_ids: tuple[int, ...]
    ) -> None:
        """Answer these messages once more, if it was their author who pressed."""
        ...


class RetryButton(
    discord.ui.DynamicItem["discord.ui.Button[discord.ui.View]"],
    template=r"retry:(?P<asker>\d+):(?P<messages>\d+(?:,\d+)*)",
):
    """One such button."""

    def __init__(self, asker_id: int, message_ids: tuple[int, ...]) -> None:
        custom_id = f"retry:{asker_id}:{','.join(map(str, message_ids))}"
        super().__init__(discord.ui.Button(label=LABEL, style=discord.ButtonStyle.secondary, custom_id=custom_id))
        self._asker_id = asker_id
        self._message_ids = message_ids

    @classmethod
    async def from_custom_id(
        cls, interaction: "discord.Interaction[Any]", item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        return cls(int(match["asker"]), tuple(map(int, match["messages"].split(","))))

    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Ask again."""
        client: AsksAgain = interaction.client
        await client.ask_again(interaction, self._asker_id, self._message_ids)


def retry_view(asked: Asked) -> discord.ui.View:
    """Return the button for a reply to `asked`; of a long burst the last messages are asked again."""
    view = discord.ui.View(timeout=None)
    view.add_item(RetryButton(asked.asker_id, tuple(asked.message_ids[-MOST_MESSAGES:])))
    return view
