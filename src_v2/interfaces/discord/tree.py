"""The slash commands' tree with one error handler: whatever goes wrong, the person gets a kind answer."""

from contextlib import suppress
from typing import Any

import discord
import structlog
from discord import app_commands

from src_v2.core.errors import NotThere, NotUnderstood, RefusedInput, StoreUnavailable, WhisperEngineError

log = structlog.get_logger(__name__)

FALLBACK = "Something went wrong on my side. Please try again in a moment."
STORE_AWAY = "I can't get at my memory right now. Please try again in a moment."


class KindTree(app_commands.CommandTree[Any]):
    """A tree whose commands work in servers and direct messages."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Answer kindly."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await apologise(interaction, interaction.command.name if interaction.command else "", cause)


async def apologise(interaction: discord.Interaction[Any], command: str, error: Exception) -> None:
    """Log an error without any personal data and tell the person kindly."""
    if not isinstance(
        error, NotThere | NotUnderstood | RefusedInput
    ):  # what a person gave us was wrong; nothing failed
        log.warning("discord_command_failed", command=command, error=type(error).__name__, exc_info=error)
    with suppress(discord.HTTPException):
        await tell(interaction, _in_kind_words(error))


def _in_kind_words(error: Exception) -> str:
    if isinstance(error, StoreUnavailable):
        return STORE_AWAY
    return error.user_message if isinstance(error, WhisperEngineError) else FALLBACK


async def tell(interaction: discord.Interaction[Any], text: str) -> None:
    """Say something that only the person who used the command sees, whether it was answered before or not."""
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)
