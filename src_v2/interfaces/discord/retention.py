"""`/retention`: how long what is said in a server is kept. For those who manage the server."""

from typing import Literal

import discord
from discord import app_commands

from src_v2.core.retention import EVERYTHING, MOST_DAYS, SUMMARIES, Retention
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.places import platform_id

Kept = Literal["everything", "summaries", "days"]
_MEANING = {
    EVERYTHING: "Everything said in this server is kept, unless the operator or a character keeps it shorter.",
    SUMMARIES: "The words said in this server go within a day; what was understood of them stays.",
}


@app_commands.command(description="How long what is said in this server is kept (for those who manage it)")
@app_commands.describe(keep="What to keep; left out, I say how it stands", days="How many days, with keep: days")
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def retention(
    interaction: discord.Interaction[CharacterClient],
    keep: Kept | None = None,
    days: app_commands.Range[int, 1, MOST_DAYS] | None = None,
) -> None:
    """Show or set the server's policy."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    places, guild = interaction.client.around.places, platform_id(interaction.guild_id or 0)
    if not interaction.permissions.manage_guild:
        await interaction.edit_original_response(content="Only those who manage this server can do that.")
        return
    if keep == "days" and days is None:
        await interaction.edit_original_response(content="Tell me how many days.")
        return
    if keep is not None:
        await places.decide(guild, Retention.parse(str(days) if keep == "days" else keep))
    await interaction.edit_original_response(content=_in_words(await places.retention(guild)))


def _in_words(policy: Retention) -> str:
    return _MEANING.get(str(policy), f"What is said in this server is kept for {policy}.")
