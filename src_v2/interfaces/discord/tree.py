"""The slash commands' tree with one error handler: whatever goes wrong, the person gets a kind answer."""

from contextlib import suppress
from typing import Any

import discord
import structlog
from discord import app_commands

from src_v2.core.errors import WhisperEngineError

log = structlog.get_logger(__name__)

FALLBACK = "Something went wrong on my side. Please try again in a moment."


class KindTree(app_commands.CommandTree[Any]):
    """A tree whose commands work in servers and direct messages."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Log the error without any personal data and answer kindly."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        command = interaction.command.name if interaction.command else ""
        log.warning("discord_command_failed", command=command, error=type(cause).__name__, exc_info=cause)
        text = cause.user_message if isinstance(cause, WhisperEngineError) else FALLBACK
        with suppress(discord.HTTPException):
            await tell(interaction, text)


async def tell(interaction: discord.Interaction[Any], text: str) -> None:
    """Say something that only the person who used the command sees, whether it was answered before or not."""
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)
