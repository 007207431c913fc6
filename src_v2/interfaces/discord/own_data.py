"""The slash commands about a person's own data: see, correct, take along, erase, bring in. All answers are private."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.own_data_desk import OwnDataDesk
from src_v2.interfaces.discord.own_data_files import export_panel, read_attachment, zone_named
from src_v2.interfaces.discord.own_data_panels import brought_panel
from src_v2.interfaces.discord.own_data_parts import Panel, show
from src_v2.interfaces.discord.own_data_words import preference_label
from src_v2.interfaces.discord.places import platform_id
from src_v2.knowledge.models import PreferenceName

Ask = discord.Interaction[CharacterClient]
Command = app_commands.Command[Any, ..., None] | app_commands.Group

MOST_PAGES = 1000
PREFERENCE_CHOICES = [app_commands.Choice(name=preference_label(name), value=name.value) for name in PreferenceName]

memory = app_commands.Group(name="memory", description="See and change what I remember of our talks")
preferences = app_commands.Group(name="preferences", description="See and change how you want to be spoken with")


def own_data_commands() -> Sequence[Command]:
    """Return all of them."""
    return (memory, facts, preferences, privacy, export, forget_me, bring_in)


@memory.command(name="list", description="List what I remember, newest first")
@app_commands.describe(page="Which page; the newest, if you leave it out")
async def memory_list(interaction: Ask, page: app_commands.Range[int, 1, MOST_PAGES] = 1) -> None:
    """Show a page of memories."""
    await _answer(interaction, lambda desk: desk.memories(interaction.user.id, page))


@memory.command(name="search", description="Search what I remember")
@app_commands.describe(words="What it was about")
async def memory_search(interaction: Ask, words: app_commands.Range[str, 1, 200]) -> None:
    """Show the memories that fit best."""
    await _answer(interaction, lambda desk: desk.search(interaction.user.id, words))


@memory.command(name="show", description="See one memory whole")
@app_commands.describe(memory_id="Its id, as the list shows it")
@app_commands.rename(memory_id="id")
async def memory_show(interaction: Ask, memory_id: str) -> None:
    """Show one memory."""
    await _answer(interaction, lambda desk: desk.memory(interaction.user.id, memory_id))


@memory.command(name="edit", description="Change the words of something you said")
@app_commands.describe(memory_id="Its id, as the list shows it")
@app_commands.rename(memory_id="id")
async def memory_edit(interaction: Ask, memory_id: str) -> None:
    """Open a form with the words as they are."""
    await interaction.client.own_data.open_edit(interaction, memory_id)


@memory.command(name="delete", description="Let me forget one memory and what I learned from it")
@app_commands.describe(memory_id="Its id, as the list shows it")
@app_commands.rename(memory_id="id")
async def memory_delete(interaction: Ask, memory_id: str) -> None:
    """Ask back before it goes."""
    await _answer(interaction, lambda desk: desk.ask_delete(interaction.user.id, memory_id))


@app_commands.command(description="See, correct and take back what I know about you")
async def facts(interaction: Ask) -> None:
    """Show the first page of facts."""
    await _answer(interaction, lambda desk: desk.facts(interaction.user.id, 1))


@preferences.command(name="list", description="See how you want to be spoken with")
async def preferences_list(interaction: Ask) -> None:
    """Show all preferences."""
    await _answer(interaction, lambda desk: desk.preferences(interaction.user.id))


@preferences.command(name="set", description="Say how you want to be spoken with")
@app_commands.describe(name="What it is about", value="What you want")
@app_commands.choices(name=PREFERENCE_CHOICES)
async def preferences_set(interaction: Ask, name: str, value: app_commands.Range[str, 1, 200]) -> None:
    """Set a preference."""
    user_id, wanted = interaction.user.id, PreferenceName(name)
    await _answer(interaction, lambda desk: desk.set_preference(user_id, wanted, value.strip()))


@preferences.command(name="clear", description="Drop a preference")
@app_commands.describe(name="What it is about", value="Of topics to avoid, which one; all, if you leave it out")
@app_commands.choices(name=PREFERENCE_CHOICES)
async def preferences_clear(interaction: Ask, name: str, value: str = "") -> None:
    """Drop a preference."""
    user_id, dropped = interaction.user.id, PreferenceName(name)
    await _answer(interaction, lambda desk: desk.clear_preference(user_id, dropped, value.strip()))


@app_commands.command(description="See what I keep of you, and decide about it")
async def privacy(interaction: Ask) -> None:
    """Say what is kept, with the switches."""
    await _answer(interaction, lambda desk: desk.privacy(interaction.user.id))


@app_commands.command(description="Get everything that is held about you, as a file that only you see")
async def export(interaction: Ask) -> None:
    """Give the person their export."""
    user_id = platform_id(interaction.user.id)

    async def exported(_: OwnDataDesk) -> Panel:
        found = await interaction.client.around.own_data.export(user_id)
        return export_panel(found, interaction.filesize_limit, user_id)

    await _answer(interaction, exported)


@app_commands.command(name="forget-me", description="Let everything about you be erased, for good")
async def forget_me(interaction: Ask) -> None:
    """Say what would go, and ask."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await show(interaction, interaction.client.own_data.ask_forget(interaction.user.id))


@app_commands.command(name="import", description="Bring in a chat from ChatGPT, SillyTavern or an export of mine")
@app_commands.describe(
    file="The file as you got it, up to 25 MB", timezone="Where you were, like Europe/Berlin; UTC, if you leave it out"
)
async def bring_in(interaction: Ask, file: discord.Attachment, timezone: str = "") -> None:
    """Let the character remember a chat from elsewhere."""
    client = interaction.client

    async def brought(desk: OwnDataDesk) -> Panel:
        zone = zone_named(timezone)
        blob = await read_attachment(file, client.http.connector)
        whose = desk.whose(interaction.user.id)
        return brought_panel(await client.around.own_data.bring_in(whose, blob, zone))

    await _answer(interaction, brought)


async def _answer(interaction: Ask, work: Callable[[OwnDataDesk], Awaitable[Panel]]) -> None:
    """Show what `work` gives, to nobody but the person who asked; Discord is told at once that it takes a moment."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await show(interaction, await work(interaction.client.own_data))
