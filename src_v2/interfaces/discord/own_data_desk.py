"""Shows people their own data on Discord and does what they decide: one desk per character.

Takes commands, presses and forms to `OwnData`, and its answers to panels. Not for how those look (`own_data_panels`)
nor for files (`own_data_files`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from src_v2.core.clock import Clock
from src_v2.core.errors import NotThere, StoreUnavailable
from src_v2.core.switches import SwitchName
from src_v2.interfaces.discord import own_data_panels as panels
from src_v2.interfaces.discord.own_data_parts import FORM_LIMIT, Action, OwnForm, Panel, Press, show
from src_v2.interfaces.discord.own_data_words import given_id, plain_line, preference_label
from src_v2.interfaces.discord.places import platform_id
from src_v2.interfaces.discord.tree import apologise, tell
from src_v2.interfaces.erasures import changes
from src_v2.interfaces.own_data import OwnData
from src_v2.knowledge.models import Fact, PreferenceName
from src_v2.privacy.models import Erasure, ErasureState, Whose

FORM_WITHIN_S = 2.0
"""A form cannot be put off: what it shows must be here well within the three seconds that Discord waits."""
SKIPPED_AT_ONCE = 100
FOLLOWED_S = 14 * 60.0
"""Discord takes edits of an answer for 15 minutes; the button below it asks later."""
TOO_OLD = "That is too old for me to know what it was. Please use the command again."
NOTHING_CHANGED = "Nothing was changed."


class OwnDataDesk:
    """One character's desk. `asker_id` is the Discord id of the person it is about."""

    def __init__(self, character: str, own_data: OwnData, clock: Clock) -> None:
        self._character = character
        self._own_data = own_data
        self._clock = clock

    def whose(self, asker_id: int) -> Whose:
        """Return whose data a person sees here."""
        return Whose(self._character, platform_id(asker_id))

    # What commands and parts show

    async def memories(self, asker_id: int, page: int) -> Panel:
        """Return a page of what is remembered; pages count from 1."""
        whose, after, skip = self.whose(asker_id), "", (page - 1) * panels.PAGE
        while skip:
            skipped = await self._own_data.memories(whose, after=after, limit=min(skip, SKIPPED_AT_ONCE))
            if not skipped.next:
                return panels.memories_panel(asker_id, (), page, more=False)
            after, skip = skipped.next, skip - len(skipped.items)
        found = await self._own_data.memories(whose, after=after, limit=panels.PAGE)
        return panels.memories_panel(asker_id, found.items, page, more=bool(found.next))

    async def search(self, asker_id: int, words: str) -> Panel:
        """Return what fits."""
        return panels.found_panel(asker_id, await self._own_data.search(self.whose(asker_id), words, panels.PAGE))

    async def memory(self, asker_id: int, memory_id: str) -> Panel:
        """Return one memory."""
        item = await self._own_data.memory(self.whose(asker_id), given_id(memory_id))
        return panels.memory_panel(asker_id, item)

    async def ask_delete(self, asker_id: int, memory_id: str) -> Panel:
        """Ask whether a memory shall go."""
        item = await self._own_data.memory(self.whose(asker_id), given_id(memory_id))
        return panels.ask_delete_panel(asker_id, item)

    async def facts(self, asker_id: int, page: int, remark: str = "") -> Panel:
        """Return a page of what is known; the last one when there are fewer."""
        facts = await self._own_data.facts(self.whose(asker_id))
        last = max(1, -(-len(facts) // panels.PAGE))
        return panels.facts_panel(asker_id, facts, min(page, last), remark)

    async def preferences(self, asker_id: int, remark: str = "") -> Panel:
        """Return how the person wants to be spoken with."""
        return panels.preferences_panel(await self._own_data.preferences(self.whose(asker_id)), remark)

    async def set_preference(self, asker_id: int, name: PreferenceName, value: str) -> Panel:
        """Set one and show all."""
        await self._own_data.set_preference(self.whose(asker_id), name, value)
        return await self.preferences(asker_id, f"I noted it: {preference_label(name)}.")

    async def clear_preference(self, asker_id: int, name: PreferenceName, value: str) -> Panel:
        """Drop one and show the rest."""
        await self._own_data.clear_preference(self.whose(asker_id), name, value)
        return await self.preferences(asker_id, f"Dropped: {preference_label(name)}.")

    async def privacy(self, asker_id: int) -> Panel:
        """Return what is kept, and the switches."""
        return panels.privacy_panel(asker_id, await self._own_data.switches(platform_id(asker_id)))

    def ask_forget(self, asker_id: int) -> Panel:
        """Ask whether everything shall go."""
        return panels.ask_forget_panel(asker_id, self._clock.now())

    async def open_edit(self, interaction: discord.Interaction[Any], memory_id: str) -> None:
        """Open the form for a memory's words."""
        asker_id = interaction.user.id
        item = await _soon(self._own_data.memory(self.whose(asker_id), given_id(memory_id)))
        if not item.is_own:
            await tell(interaction, "I said that. You can delete it, but its words stay as they are.")
        elif len(item.text) > FORM_LIMIT:
            await tell(interaction, f"It has more than {FORM_LIMIT:,} characters, which no form on Discord holds.")
        else:
            form = OwnForm(Action.EDIT, asker_id, item.id, "Edit a memory", "What you said", item.text)
            await interaction.response.send_modal(form)

    # What parts do

    async def pressed(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Do what a button or a choice says, if the one who used it may."""
        await self._guarded(interaction, press, self._press)

    async def submitted(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Take what was put into a form."""
        await self._guarded(interaction, press, self._submit)

    async def _guarded(
        self,
        interaction: discord.Interaction[Any],
        press: Press,
        act: Callable[[discord.Interaction[Any], Press], Awaitable[None]],
    ) -> None:
        try:
            if interaction.user.id != press.asker_id:
                await tell(interaction, "Only the person who asked can do that.")
            else:
                await act(interaction, press)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it, and nobody would be told
            await apologise(interaction, press.action, error)

    async def _press(self, interaction: discord.Interaction[Any], press: Press) -> None:
        match press.action:
            case Action.EDIT:
                await self.open_edit(interaction, press.about)
            case Action.CORRECT:
                await self._open_correct(interaction, press.about)
            case Action.FORGET:
                await interaction.response.defer()
                await self._forget(interaction, press)
            case _:
                await interaction.response.defer()
                await show(interaction, await self._panel(press))

    async def _panel(self, press: Press) -> Panel:
        """Return what comes next, having done what the part says."""
        steps: Mapping[str, Callable[[int, str], Awaitable[Panel]]] = {
            Action.MEMORIES: lambda asker_id, page: self.memories(asker_id, int(page)),
            Action.MEMORY: self.memory,
            Action.ASK_DELETE: self.ask_delete,
            Action.DELETE: self._delete,
            Action.FACTS: lambda asker_id, page: self.facts(asker_id, int(page)),
            Action.FACT: self._show_fact,
            Action.RETRACT: self._retract,
            Action.SWITCH: self._switch,
            Action.PRIVACY: lambda asker_id, _: self.privacy(asker_id),
            Action.ERASURE: self._erasure,
        }
        match press.action:
            case Action.ASK_SERVERS_OFF:
                return panels.ask_servers_off_panel(press.asker_id)
            case Action.LEAVE:
                return Panel(NOTHING_CHANGED)
            case action if action in steps:
                return await steps[action](press.asker_id, press.about)
            case _:
                return Panel(TOO_OLD)

    async def _delete(self, asker_id: int, memory_id: str) -> Panel:
        await self._own_data.delete_memory(self.whose(asker_id), memory_id)
        return Panel("It is gone, with what I learned from it.")

    async def _show_fact(self, asker_id: int, fact_id: str) -> Panel:
        return panels.fact_panel(asker_id, await self._fact(asker_id, fact_id))

    async def _retract(self, asker_id: int, fact_id: str) -> Panel:
        await self._own_data.retract_fact(self.whose(asker_id), fact_id)
        return await self.facts(asker_id, 1, "I took it back. It stays away unless you say it again.")

    async def _erasure(self, asker_id: int, erasure_id: str) -> Panel:
        return panels.erasure_panel(asker_id, await self._own_data.erasure(erasure_id))

    async def _submit(self, interaction: discord.Interaction[Any], press: Press) -> None:
        if interaction.message is not None:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        await show(interaction, await self._taken(press))

    async def _taken(self, press: Press) -> Panel:
        whose, text = self.whose(press.asker_id), press.text.strip()
        if not text:
            return Panel(f"There were no words in it. {NOTHING_CHANGED}")
        match press.action:
            case Action.EDIT:
                item = await self._own_data.edit_memory(whose, press.about, text)
                return panels.memory_panel(press.asker_id, item, "Changed. What I learned from the old words goes.")
            case Action.CORRECT:
                await self._own_data.correct_fact(whose, press.about, " ".join(text.split()))
                return await self.facts(press.asker_id, 1, "Thank you, I corrected it.")
            case _:
                return Panel(TOO_OLD)

    async def _open_correct(self, interaction: discord.Interaction[Any], fact_id: str) -> None:
        asker_id = interaction.user.id
        fact = await _soon(self._fact(asker_id, fact_id))
        label = plain_line(f"{fact.subject} {fact.predicate.replace('_', ' ')} …", 45)
        form = OwnForm(Action.CORRECT, asker_id, fact.id, "Correct what I know", label, fact.object)
        await interaction.response.send_modal(form)

    async def _fact(self, asker_id: int, fact_id: str) -> Fact:
        facts = await self._own_data.facts(self.whose(asker_id))
        found = next((fact for fact in facts if fact.id == fact_id), None)
        if found is None:
            raise NotThere("no such fact any more")
        return found

    async def _switch(self, asker_id: int, about: str) -> Panel:
        name, _, state = about.partition("=")
        if name not in set(SwitchName) or state not in {"on", "off"}:
            return Panel(TOO_OLD)
        now = await self._own_data.set_switch(platform_id(asker_id), SwitchName(name), state == "on")
        return panels.privacy_panel(asker_id, now, f"{panels.SWITCH_LABELS[SwitchName(name)]} is now {state}.")

    async def _forget(self, interaction: discord.Interaction[Any], press: Press) -> None:
        """Begin to erase, unless the question is too old, and show how it goes on."""
        age_s = self._clock.now().timestamp() - int(press.about)
        if age_s > panels.ANSWER_S:
            text = (
                f"That question was more than {panels.ANSWER_S} seconds old. {NOTHING_CHANGED} Use `/forget-me` again."
            )
            await show(interaction, Panel(text))
            return
        erasure = await self._own_data.erase(platform_id(press.asker_id))
        await show(interaction, panels.erasure_panel(press.asker_id, Erasure(erasure.id, ErasureState.WORKING)))
        gone = interaction.client.is_closed
        async for now in changes(self._own_data, erasure.id, self._clock, within_s=FOLLOWED_S, gone=gone):
            await show(interaction, panels.erasure_panel(press.asker_id, now))


async def _soon(work: Awaitable[Any]) -> Any:
    """Return what `work` gives; raises StoreUnavailable when it takes too long for a form."""
    try:
        async with asyncio.timeout(FORM_WITHIN_S):
            return await work
    except TimeoutError as error:
        raise StoreUnavailable("too slow for a form") from error
