"""The slash commands: /ping, /status, /reload, /reflect, /forget-last, /stop. One function is one thing to do.

Not for those about a person's own data (`own_data`), costs and models, which are only put into the tree here.
"""

from collections.abc import Sequence
from contextlib import suppress
from math import isfinite

import discord
from discord import app_commands

from src_v2.characters.problems import BrokenCharacter, Problem
from src_v2.core.commands import Command as SliceCommand
from src_v2.core.errors import CharacterError
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.command_desk import slash_command
from src_v2.interfaces.discord.costs import costs
from src_v2.interfaces.discord.mentions import NOBODY
from src_v2.interfaces.discord.models import model
from src_v2.interfaces.discord.own_data import Command, own_data_commands
from src_v2.interfaces.discord.owners import is_owner
from src_v2.interfaces.discord.places import audience, platform_id
from src_v2.interfaces.discord.retention import retention
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.interfaces.discord.translate import quoted
from src_v2.interfaces.discord.tree import tell
from src_v2.observability.health import Check

Ask = discord.Interaction[CharacterClient]

MOST_PROBLEMS_SHOWN = 8
LONGEST_QUESTION = 1500
"""Characters: quoted line by line it must fit into one message."""


def add_commands(tree: app_commands.CommandTree[CharacterClient], brought: Sequence[SliceCommand] = ()) -> None:
    """Put all commands into a character's tree; `brought` are those of slices."""
    commands: Sequence[Command] = (
        ping,
        status,
        reload,
        reflect,
        forget_last,
        stop,
        retention,
        costs,
        model,
        *own_data_commands(),
        *map(slash_command, brought),
    )
    for command in commands:
        tree.add_command(command)


@app_commands.command(description="See how quickly I answer")
async def ping(interaction: Ask) -> None:
    """Say the gateway's latency and how long this very answer took."""
    clock = interaction.client.around.clock
    started = clock.monotonic()
    await interaction.response.send_message("Pong.", ephemeral=True)
    answer_ms = (clock.monotonic() - started) * 1000
    latency_s = interaction.client.latency
    gateway = f"{latency_s * 1000:.0f} ms" if isfinite(latency_s) else "not measured yet"
    await interaction.edit_original_response(content=f"Pong. Gateway: {gateway}. Answer: {answer_ms:.0f} ms.")


@app_commands.command(description="See what is working and what is not")
async def status(interaction: Ask) -> None:
    """Say what is up, in plain words; addresses, paths and remedies are for owners."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    client = interaction.client
    checks = await client.around.health.run()
    text = _in_words(checks, in_detail=is_owner(client, interaction.user.id))
    await interaction.edit_original_response(content=text)


@app_commands.command(description="Read a character's files again (owner only)")
@app_commands.describe(character="Which character; me, if you leave it out")
async def reload(interaction: Ask, character: str | None = None) -> None:
    """Read a character's files again and report what is wrong with them."""
    client = interaction.client
    if not is_owner(client, interaction.user.id):
        await tell(interaction, "Only my owner can do that.")
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    name = (character or client.character).lower()
    await interaction.edit_original_response(content=await _reload(client, name))


@app_commands.command(description="Have me think something over thoroughly")
@app_commands.describe(question="What to think over")
async def reflect(interaction: Ask, question: app_commands.Range[str, 1, LONGEST_QUESTION]) -> None:
    """Put a question into the channel and answer it step by step."""
    client = interaction.client
    if not isinstance(interaction.channel, discord.abc.Messageable):
        await tell(interaction, "I can't see this channel.")
        return
    await interaction.response.send_message(quoted(question), allowed_mentions=NOBODY)
    await client.desk.answer(await interaction.original_response(), client.me)


@app_commands.command(name="forget-last", description="Let me forget your last message here and my answer to it")
async def forget_last(interaction: Ask) -> None:
    """Remove the last exchange from the memory, and the character's part of it from Discord."""
    client, channel = interaction.client, interaction.channel
    if channel is None:
        await tell(interaction, "I can't see this channel.")
        return
    if client.desk.busy(channel.id):  # what the reply will leave behind could not be forgotten yet
        await tell(interaction, "A reply is still on its way. Stop it first or wait.")
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    who = audience(client.character, interaction.user.id, channel)
    forgotten = await client.around.memory.forget_last(who)
    if forgotten is None:
        await interaction.edit_original_response(content="There is nothing of yours here that I remember.")
        return
    removed = await _remove_own(client, channel, forgotten.platform_message_ids)
    await interaction.edit_original_response(content=_what_was_forgotten(len(forgotten.message_ids), removed))


@app_commands.command(description="Stop the answer I am giving in this channel")
async def stop(interaction: Ask) -> None:
    """Stop the running reply, if the one who asks for it may."""
    client, channel_id = interaction.client, interaction.channel_id or 0
    running = client.desk.running(channel_id)
    if running is None:
        await tell(interaction, "There is nothing to stop here.")
    elif running.asked.asker_id != interaction.user.id and not interaction.permissions.manage_messages:
        await tell(interaction, "Only the person I am answering, or a moderator, can stop me.")
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
        stopped = await client.around.lanes.stop(client.character, platform_id(channel_id))
        text = "Stopped. What I had said stays." if stopped else "I had just finished."
        await interaction.edit_original_response(content=text)


def _in_words(checks: Sequence[Check], *, in_detail: bool) -> str:
    if not checks:
        return "Everything I know of is working."
    lines = []
    for check in sorted(checks, key=lambda check: (check.ok, check.name)):
        remedy = f" What helps: {check.remedy}." if check.remedy and not check.ok else ""
        detail = f": {check.detail}.{remedy}" if in_detail else ""
        lines.append(f"{'✅' if check.ok else '⚠️'} {check.name}{detail}")
    return "\n".join(lines)[:MESSAGE_LIMIT]


async def _reload(client: CharacterClient, name: str) -> str:
    """Reload and return what to say about it."""
    try:
        character = await client.around.characters.reload(name)
    except BrokenCharacter as broken:
        return "That character's files are wrong, so I keep the last good version:\n" + _listed(broken.problems)
    except CharacterError as error:
        return error.user_message
    problems = [problem for problem in client.around.characters.problems() if problem.character == character.name]
    done = f"{character.display_name} is up to date."
    return f"{done} Worth a look:\n{_listed(problems)}" if problems else done


def _listed(problems: Sequence[Problem]) -> str:
    lines = [f"- {problem}"[:200] for problem in problems[:MOST_PROBLEMS_SHOWN]]
    more = len(problems) - len(lines)
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines)


async def _remove_own(client: CharacterClient, channel: discord.abc.Snowflake, message_ids: Sequence[str]) -> int:
    """Delete those of the messages that the bot wrote; return how many went."""
    removed = 0
    if isinstance(channel, discord.abc.Messageable):
        for message_id in message_ids:
            with suppress(discord.HTTPException):
                message = await channel.fetch_message(int(message_id))
                if message.author.id == client.me.id:
                    await message.delete()
                    removed += 1
    return removed


def _what_was_forgotten(memories: int, removed: int) -> str:
    kept = f"I forgot our last exchange here: {memories} {'message' if memories == 1 else 'messages'}."
    gone = f"I also deleted {removed} of my messages on Discord." if removed else "None of my messages were deleted."
    return f"{kept} {gone} Your own message stays visible until you delete it."
