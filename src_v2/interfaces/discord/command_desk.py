"""The commands that slices bring, on Discord: slash commands, lists to choose from, buttons; shown to one person alone.

Not for how a part finds its way back here after a restart (`own_data_parts`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from src_v2.core.audience import Audience, Visibility
from src_v2.core.clock import Clock
from src_v2.core.commands import SHOW, Action, Answer, Asked, Command, Item
from src_v2.interfaces.commands import LONGEST_TEXT, by_name, run
from src_v2.interfaces.discord.own_data_parts import OwnButton, OwnChoice, OwnForm, Panel, Press, show
from src_v2.interfaces.discord.own_data_words import harmless, in_a_line, plain_line, quoted
from src_v2.interfaces.discord.places import is_direct, platform_id
from src_v2.interfaces.discord.ports import PLATFORM
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.interfaces.discord.tree import apologise, tell

PRESS = "command"
"""What a button or form of a command is called; `about` is command/action/item, or command//page."""
MOST_ITEMS = 25
"""Options of one list (Discord's API)."""
LINE, OPTION, LABEL = 160, 90, 45
REST = 20
"""Characters that "and 9999 more" takes, with some to spare."""
EXTRA = REST + 20
"""What a page of one line needs besides: its number, and how many are left."""
GONE = "That is not there any more."


class CommandDesk:
    """One character's desk for such commands."""

    def __init__(self, character: str, commands: Sequence[Command], clock: Clock) -> None:
        self._character = character
        self._commands = by_name(commands)
        self._clock = clock

    def owns(self, press: Press) -> bool:
        """Whether a part belongs to one of the commands."""
        return press.action == PRESS or press.action.startswith(f"{PRESS}-")

    async def answer(self, interaction: discord.Interaction[Any], name: str, action: str, text: str) -> None:
        """Do what a slash command says and show what came of it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show(interaction, await self._done(interaction, self._commands[name], action, text))

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what a button or a choice says, if the one who used it may."""
        try:
            if interaction.user.id != press.asker_id:
                await tell(interaction, "Only the person who asked can do that.")
            else:
                await self._press(interaction, press)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it, and nobody would be told
            await apologise(interaction, press.action, error)

    async def _press(self, interaction: discord.Interaction[Any], press: Press) -> None:
        if press.action != PRESS:
            await interaction.response.defer()
            await show(interaction, await self._item(interaction, press.action.removeprefix(f"{PRESS}-"), press.about))
            return
        name, action_name, item_id = (*press.about.split("/", 2), "", "")[:3]
        command = self._commands.get(name)
        action = _action(command, action_name)
        if command is None:
            await tell(interaction, GONE)
        elif action is not None and action.text and not press.text:
            title = plain_line(action.description, LABEL)
            form = OwnForm(PRESS, press.asker_id, press.about, title, plain_line(action.text, LABEL), "")
            await interaction.response.send_modal(form)
        elif action is None:
            await interaction.response.defer()
            answer = await self._run(interaction, command, SHOW, "")
            page = int(item_id) if item_id.isdecimal() else 1
            await show(interaction, _panel(command, answer, press.asker_id, page))
        else:
            await interaction.response.defer()
            text = f"{item_id} {press.text}".strip()
            await show(interaction, await self._done(interaction, command, action_name, text))

    async def _done(self, interaction: discord.Interaction[Any], command: Command, action: str, text: str) -> Panel:
        answer = await self._run(interaction, command, action, text)
        asker_id = interaction.user.id
        panel = _panel(command, answer, asker_id)
        return panel if answer.items or not action else replace(panel, parts=[_back(command, asker_id)])

    async def _item(self, interaction: discord.Interaction[Any], name: str, item_id: str) -> Panel:
        """Show one item with what can be done about it."""
        command = self._commands.get(name)
        if command is None:
            return Panel(GONE)
        answer = await self._run(interaction, command, SHOW, "")
        item = next((item for item in answer.items if item.id == item_id), None)
        return _item_panel(command, item, interaction.user.id) if item else Panel(GONE)

    async def _run(self, interaction: discord.Interaction[Any], command: Command, action: str, text: str) -> Answer:
        user, channel = interaction.user, interaction.channel
        where = platform_id(channel.id) if channel is not None and is_direct(channel) else ""
        audience = Audience(self._character, platform_id(user.id), where, Visibility.PRIVATE)
        return await run(command, Asked(audience, user.display_name, PLATFORM, action, text, self._clock.now()))


def slash_command(command: Command) -> app_commands.Command[Any, ..., None]:
    """Return the slash command that offers `command`: with an action to choose and words, where it has any."""
    described = f"{command.description[:99].rstrip('.')}"

    async def only_show(interaction: discord.Interaction[Any]) -> None:
        await interaction.client.commands.answer(interaction, command.name, SHOW, "")

    async def do(
        interaction: discord.Interaction[Any], action: str = SHOW, text: app_commands.Range[str, 0, LONGEST_TEXT] = ""
    ) -> None:
        await interaction.client.commands.answer(interaction, command.name, action, text)

    typed = [action for action in command.actions if not action.of_item]
    if not typed:
        return app_commands.Command(name=command.name, description=described, callback=only_show)
    choices = [app_commands.Choice(name=plain_line(action.description, 100), value=action.name) for action in typed]
    words = next((action.text for action in typed if action.text), "what the action needs")
    do = app_commands.choices(action=choices)(do)
    do = app_commands.describe(action="What to do; show, if you leave it out", text=plain_line(words, 100))(do)
    return app_commands.Command(name=command.name, description=described, callback=do)


def _panel(command: Command, answer: Answer, asker_id: int, page: int = 1) -> Panel:
    """Return what an answer looks like: its words, then a page of its items; what can be acted on can be chosen."""
    words = harmless(answer.text, MESSAGE_LIMIT - (LINE + EXTRA if answer.items else 0)).strip()
    pages = _pages(answer.items, MESSAGE_LIMIT - len(words) - REST)
    page = max(1, min(page, len(pages)))
    shown, later = pages[page - 1], sum(map(len, pages[page:]))
    lines = [words, *(line for _, line in shown), *([f"and {later} more"] if later else [])]
    options = [(plain_line(item.text, OPTION), item.id) for item, _ in shown if item.actions]
    choice = [OwnChoice(f"{PRESS}-{command.name}", asker_id, "Choose one", options)] if options else []
    others = [("Previous page", page - 1)] * (page > 1) + [("Next page", page + 1)] * (later > 0)
    turning = [OwnButton(PRESS, asker_id, label, f"{command.name}//{number}") for label, number in others]
    return Panel("\n".join(lines).strip() or "There is nothing yet.", [*choice, *turning])


def _pages(items: Sequence[Item], room: int) -> list[list[tuple[Item, str]]]:
    """Return items with their lines, page by page; the lines of one take at most `room` characters."""
    pages: list[list[tuple[Item, str]]] = [[]]
    left = room
    for number, item in enumerate(items, 1):
        line = f"{number}. {in_a_line(item.text, LINE)}"
        if pages[-1] and (len(line) >= left or len(pages[-1]) == MOST_ITEMS):
            pages.append([])
            left = room
        pages[-1].append((item, line))
        left -= len(line) + 1
    return pages


def _item_panel(command: Command, item: Item, asker_id: int) -> Panel:
    known = {action.name: action for action in command.actions}
    acts = [known[name] for name in item.actions if name in known]
    parts = [
        OwnButton(PRESS, asker_id, plain_line(one.description, LABEL), f"{command.name}/{one.name}/{item.id}")
        for one in acts
    ]
    return Panel(quoted(item.text, MESSAGE_LIMIT), [*parts, _back(command, asker_id)])


def _back(command: Command, asker_id: int) -> OwnButton:
    return OwnButton(PRESS, asker_id, "Back", f"{command.name}//")


def _action(command: Command | None, name: str) -> Action | None:
    return next((action for action in command.actions if action.name == name), None) if command else None
