"""Buttons, choices and forms about a person's own data; each works after a restart as before it.

Its id says what it does, for whom and with what. Not for what happens then (`own_data_desk`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

import discord

from src_v2.interfaces.discord.mentions import NOBODY

FORM_LIMIT = 4000
"""Characters that a form's field holds (Discord's API)."""
FIELD = "text"
_FORM_ID = re.compile(r"ownform:(?P<action>[a-z-]+):(?P<asker>\d+):(?P<about>.*)")


class Action(StrEnum):
    """What a part does."""

    MEMORIES = "memories"
    MEMORY = "memory"
    EDIT = "edit"
    ASK_DELETE = "ask-delete"
    DELETE = "delete"
    FACTS = "facts"
    FACT = "fact"
    CORRECT = "correct"
    RETRACT = "retract"
    SWITCH = "switch"
    ASK_SERVERS_OFF = "ask-servers-off"
    PRIVACY = "privacy"
    FORGET = "forget"
    ERASURE = "erasure"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Press:
    """A part that was used: what it does, whose it is, and what it is about. `text` is what was put into a form."""

    action: str
    asker_id: int
    about: str
    text: str = ""


class TakesPresses(Protocol):
    """The client that a part belongs to."""

    async def pressed(self, interaction: "discord.Interaction[Any]", press: Press) -> None:
        """Do what the part says, if the one who used it may."""
        ...


class OwnButton(
    discord.ui.DynamicItem["discord.ui.Button[discord.ui.View]"],
    template=r"own:(?P<action>[a-z-]+):(?P<asker>\d+):(?P<about>.*)",
):
    """A button."""

    def __init__(
        self,
        action: str,
        asker_id: int,
        label: str,
        about: str = "",
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        custom_id = f"own:{action}:{asker_id}:{about}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self._press = Press(action, asker_id, about)

    @classmethod
    async def from_custom_id(
        cls, interaction: "discord.Interaction[Any]", item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        return cls(match["action"], int(match["asker"]), "", match["about"])

    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Hand it over."""
        client: TakesPresses = interaction.client
        await client.pressed(interaction, self._press)


class OwnChoice(
    discord.ui.DynamicItem["discord.ui.Select[discord.ui.View]"],
    template=r"ownpick:(?P<action>[a-z-]+):(?P<asker>\d+)",
):
    """A list to choose one from. `options` are pairs of what is shown and what it is about, 25 at most."""

    def __init__(
        self, action: str, asker_id: int, placeholder: str = "", options: Sequence[tuple[str, str]] = ()
    ) -> None:
        shown = [discord.SelectOption(label=label or "…", value=value) for label, value in options]
        custom_id = f"ownpick:{action}:{asker_id}"
        super().__init__(discord.ui.Select(placeholder=placeholder, options=shown, custom_id=custom_id))
        self._action, self._asker_id = action, asker_id

    @classmethod
    async def from_custom_id(
        cls, interaction: "discord.Interaction[Any]", item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the list that was chosen from."""
        return cls(match["action"], int(match["asker"]))

    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Hand over what was chosen."""
        client: TakesPresses = interaction.client
        chosen = self.item.values[0]
        await client.pressed(interaction, Press(self._action, self._asker_id, chosen))


class OwnForm(discord.ui.Modal):
    """A form with one field. What comes of it is told by its id (`read_form`): discord.py need not remember it."""

    def __init__(self, action: str, asker_id: int, about: str, title: str, label: str, text: str) -> None:
        super().__init__(title=title, timeout=None, custom_id=f"ownform:{action}:{asker_id}:{about}")
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=FIELD, style=discord.TextStyle.paragraph, default=text, max_length=FORM_LIMIT
        )
        self.add_item(discord.ui.Label(text=label, component=field))
        self.stop()


def read_form(interaction: "discord.Interaction[Any]") -> Press | None:
    """Return what was put into a form of ours; None for any other interaction."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data: Any = interaction.data or {}
    match = _FORM_ID.fullmatch(data.get("custom_id", ""))
    if match is None:
        return None
    fields = [row.get("component") or {} for row in data.get("components", ())]
    text = next((str(field.get("value", "")) for field in fields if field.get("custom_id") == FIELD), "")
    return Press(match["action"], int(match["asker"]), match["about"], text)


@dataclass(frozen=True, slots=True)
class Panel:
    """What a person is shown, and what they can do with it."""

    text: str
    parts: Sequence[OwnButton | OwnChoice] = ()
    file: discord.File | None = None


async def show(interaction: "discord.Interaction[Any]", panel: Panel) -> None:
    """Show a panel in place of "thinking", or of the panel that was used."""
    view = discord.ui.View(timeout=None) if panel.parts else None
    for part in panel.parts:
        if view is not None:
            view.add_item(part)
    files = [panel.file] if panel.file is not None else []
    await interaction.edit_original_response(content=panel.text, view=view, attachments=files, allowed_mentions=NOBODY)
