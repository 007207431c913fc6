"""`/model`: which models answer as this character; the owner may choose another one for some hours."""

from typing import Literal

import discord
from discord import app_commands

from src_v2.agents.models.role import MOST_HOURS, USUAL_HOURS, ModelRole
from src_v2.core.errors import ModelNotTaken
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.owners import is_owner
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.interfaces.steering_words import DEFAULT, model_words

Role = Literal["main", "small", "reflective", "vision"]
Ask = discord.Interaction[CharacterClient]


@app_commands.command(description="See which models answer as me; my owner can choose others for a while")
@app_commands.describe(
    role="What the model is for; main, if you leave it out",
    model=f"provider:model, or {DEFAULT} for that of the settings (owner only)",
    hours="For how many hours",
)
async def model(
    interaction: Ask,
    role: Role = "main",
    model: app_commands.Range[str, 1, 200] | None = None,
    hours: app_commands.Range[int, 1, MOST_HOURS] = USUAL_HOURS,
) -> None:
    """Show the models, after changing one if the owner says so."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    client = interaction.client
    switch = client.around.steering.models
    if model is not None and not is_owner(client, interaction.user.id):
        await interaction.edit_original_response(content="Only my owner can choose a model.")
        return
    try:
        if model is not None and model.strip().lower() == DEFAULT:
            await switch.undo(client.character, ModelRole(role))
        elif model is not None:
            await switch.choose(client.character, ModelRole(role), model, hours)
    except ModelNotTaken as refused:
        await interaction.edit_original_response(content=refused.user_message[:MESSAGE_LIMIT])
        return
    words = model_words(await switch.shown(client.character), client.around.clock.now())
    await interaction.edit_original_response(content=words[:MESSAGE_LIMIT])
