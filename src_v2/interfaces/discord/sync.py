"""Tells Discord about the slash commands, but only when they changed: Discord allows 200 creations per day."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

log = structlog.get_logger(__name__)


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """Return a hash of everything that Discord is told about the commands."""
    commands = [command.to_dict(tree) for command in tree.get_commands()]
    commands.sort(key=lambda command: str(command["name"]))
    return hashlib.sha256(json.dumps(commands, sort_keys=True, default=str).encode()).hexdigest()


async def sync_if_changed(tree: app_commands.CommandTree[Any], application_id: int, data_dir: Path) -> bool:
    """Sync the tree unless Discord knows it already; say whether it was sent. Failing is logged, not raised."""
    note = data_dir / "discord" / f"commands-{application_id}.sha256"
    now = fingerprint(tree)
    if await asyncio.to_thread(_read, note) == now:
        return False
    try:
        await tree.sync()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("discord_commands_not_synced", error=type(error).__name__)
        return False
    await asyncio.to_thread(_write, note, now)
    return True


def _read(note: Path) -> str:
    return note.read_text() if note.exists() else ""


def _write(note: Path, text: str) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(text)
