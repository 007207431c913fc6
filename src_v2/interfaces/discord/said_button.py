"""The buttons below a message that came by itself. They outlive restarts: their id says what they do."""

import re
from collections.abc import Sequence
from typing import Any, Protocol, Self

import discord

from src_v2.core.outgoing import Button


class TakesSaidPresses(Protocol):
    """The client that a button belongs to."""

    async def said_pressed(self, interaction: "discord.Interaction[Any]", message_id: str, action: str) -> None:
        """Do what the button says."""
        ...


class SaidButton(
    discord.ui.DynamicItem["discord.ui.Button[discord.ui.View]"],
    template=r"said:(?P<message>[0-9a-f-]{36}):(?P<action>[a-z._-]{1,50})",
):
    """A button below a message that came by itself. Its id says what it does: it works after a restart as before."""

    def __init__(self, message_id: str, action: str, label: str = "") -> None:
        custom_id = f"said:{message_id}:{action}"
        style = discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=label or action, style=style, custom_id=custom_id))
        self._message_id, self._action = message_id, action

    @classmethod
    async def from_custom_id(
        cls, interaction: "discord.Interaction[Any]", item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        return cls(match["message"], match["action"])

    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Hand it over."""
        client: TakesSaidPresses = interaction.client
        await client.said_pressed(interaction, self._message_id, self._action)


def said_view(message_id: str, buttons: Sequence[Button]) -> discord.ui.View:
    """Return the buttons below a message."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(SaidButton(message_id, button.action, button.label))
    return view
