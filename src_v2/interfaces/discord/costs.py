"""`/costs`: what model calls took: one's own, a server's for those who manage it, all for the owner."""

from typing import Literal

import discord
from discord import app_commands

from src_v2.agents.costs.models import MOST_DAYS, USUAL_DAYS, CostReport
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.owners import is_owner
from src_v2.interfaces.discord.places import platform_id
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.interfaces.steering_words import report_words

Scope = Literal["me", "server", "all"]
Ask = discord.Interaction[CharacterClient]


class _NotYours(Exception):
    """Somebody asks for what is not theirs to see; `str()` says so to them."""


@app_commands.command(description="What talking with me took: tokens and money")
@app_commands.describe(
    scope="me; server, for those who manage it; all, for my owner", days="How many days back, today included"
)
async def costs(
    interaction: Ask, scope: Scope = "me", days: app_commands.Range[int, 1, MOST_DAYS] = USUAL_DAYS
) -> None:
    """Show a report to the person alone."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        text = report_words(await _report(interaction, scope, days), longest=MESSAGE_LIMIT)
    except _NotYours as refused:
        text = str(refused)
    await interaction.edit_original_response(content=text)


async def _report(interaction: Ask, scope: Scope, days: int) -> CostReport:
    reports = interaction.client.around.steering.costs
    match scope:
        case "me":
            return await reports.of_person(platform_id(interaction.user.id), days)
        case "server":
            if interaction.guild_id is None:
                raise _NotYours("This is no server.")
            if not interaction.permissions.manage_guild:
                raise _NotYours("Only those who manage this server can see that.")
            return await reports.of_server(platform_id(interaction.guild_id), days)
        case "all":
            if not is_owner(interaction.client, interaction.user.id):
                raise _NotYours("Only my owner can see that.")
            return await reports.of_all(days)
