"""What people see of their own data on Discord: texts within Discord's limits, and the parts to act with. Pure."""

from collections.abc import Sequence
from datetime import datetime

import discord

from src_v2.core.switches import Switches, SwitchName
from src_v2.interfaces.discord.own_data_parts import FORM_LIMIT, Action, OwnButton, OwnChoice, Panel
from src_v2.interfaces.discord.own_data_words import (
    NAME_LENGTH,
    fact_in_words,
    harmless,
    in_a_line,
    memory_line,
    plain_line,
    preference_label,
    quoted,
    short_id,
)
from src_v2.interfaces.discord.split import MESSAGE_LIMIT
from src_v2.knowledge.models import Fact, Preference
from src_v2.privacy.models import Brought, Erasure, ErasureState, MemoryItem

PAGE = 10
MOST_PREFERENCES = 25
LINE = 110
"""Characters of a memory or fact in a list: ten of them fit into one message, whatever has to be escaped."""
WHOLE = MESSAGE_LIMIT - 300
"""Characters of a memory that is shown by itself; the rest is for what stands around it."""
OPTION = 90
ANSWER_S = 60
"""How long the question of `/forget-me` may be answered."""
RED, GREEN = discord.ButtonStyle.danger, discord.ButtonStyle.success

SWITCHES = {
    SwitchName.REMEMBER: ("Remember me", "I keep what you say beyond the running conversation, and use it."),
    SwitchName.SERVERS: ("Servers", "What you say to me on servers counts as well."),
    SwitchName.SHARE: (
        "Share",
        "In private, other characters here use what you told me, and I what you told them.",
    ),
}
SWITCH_LABELS = {name: label for name, (label, _) in SWITCHES.items()}


def memories_panel(asker_id: int, items: Sequence[MemoryItem], page: int, *, more: bool) -> Panel:
    """Show one page of what is remembered, newest first."""
    if not items:
        text = "I remember nothing of you." if page == 1 else f"There is no page {page}."
        return Panel(text)
    lines = [memory_line(item, LINE) for item in items]
    text = "\n".join([f"**What I remember of our talks**, page {page}", *lines])
    return Panel(text, [_memory_choice(asker_id, items), *_pages(Action.MEMORIES, asker_id, page, more=more)])


def found_panel(asker_id: int, items: Sequence[MemoryItem]) -> Panel:
    """Show what a search found."""
    if not items:
        return Panel("I found nothing that fits.")
    text = "\n".join(["**What fits best**", *(memory_line(item, LINE) for item in items)])
    return Panel(text, [_memory_choice(asker_id, items)])


def memory_panel(asker_id: int, item: MemoryItem, remark: str = "") -> Panel:
    """Show one memory whole, as far as a message holds it."""
    who = in_a_line(item.speaker_name, NAME_LENGTH)
    place = in_a_line(item.place, NAME_LENGTH)
    head = f"{remark}\n`{short_id(item.id)}` <t:{int(item.said_at.timestamp())}:f> **{who}** ({place})".strip()
    parts = [OwnButton(Action.ASK_DELETE, asker_id, "Delete", item.id, style=RED)]
    if item.is_own and len(item.text) <= FORM_LIMIT:
        parts.insert(0, OwnButton(Action.EDIT, asker_id, "Edit", item.id))
    return Panel(f"{head}\n{quoted(item.text, WHOLE)}", parts)


def ask_delete_panel(asker_id: int, item: MemoryItem) -> Panel:
    """Ask whether a memory shall go."""
    text = f"Delete this for good, with what I learned from it?\n{quoted(item.text, WHOLE)}"
    parts = [OwnButton(Action.DELETE, asker_id, "Delete it", item.id, style=RED), _leave(asker_id)]
    return Panel(text, parts)


def facts_panel(asker_id: int, facts: Sequence[Fact], page: int, remark: str = "") -> Panel:
    """Show one page of what is known."""
    if not facts:
        return Panel(f"{remark}\nI know nothing about you.".strip())
    start = (page - 1) * PAGE
    shown = facts[start : start + PAGE]
    lines = [f"• {in_a_line(_fact_line(fact), LINE)}" for fact in shown]
    text = "\n".join([f"{remark}\n**What I know about you**, page {page}".strip(), *lines])
    options = [(plain_line(_fact_line(fact), OPTION), fact.id) for fact in shown]
    choice = OwnChoice(Action.FACT, asker_id, "Choose one to correct it or take it back", options)
    return Panel(text, [choice, *_pages(Action.FACTS, asker_id, page, more=start + PAGE < len(facts))])


def fact_panel(asker_id: int, fact: Fact) -> Panel:
    """Show one fact with what can be done about it."""
    said = f"Said by {in_a_line(fact.speaker_name, NAME_LENGTH)}, <t:{int(fact.said_at.timestamp())}:d>."
    text = f"{quoted(_fact_line(fact), WHOLE)}\n{said}"
    parts = [
        OwnButton(Action.CORRECT, asker_id, "Correct", fact.id),
        OwnButton(Action.RETRACT, asker_id, "That is not so", fact.id, style=RED),
        OwnButton(Action.FACTS, asker_id, "Back", "1"),
    ]
    return Panel(text, parts if len(fact.object) <= FORM_LIMIT else parts[1:])


def preferences_panel(preferences: Sequence[Preference], remark: str = "") -> Panel:
    """Show how the person wants to be spoken with."""
    shown = preferences[:MOST_PREFERENCES]
    lines = [f"• {preference_label(wish.name)}: {in_a_line(wish.value, LINE // 2)}" for wish in shown]
    if not lines:
        lines = ["You have asked for nothing yet. `/preferences set` does, or just tell me."]
    more = len(preferences) - MOST_PREFERENCES
    tail = [f"and {more} more"] if more > 0 else []
    return Panel("\n".join([f"{remark}\n**How you want to be spoken with**".strip(), *lines, *tail]))


def privacy_panel(asker_id: int, switches: Switches, remark: str = "") -> Panel:
    """Say what is kept and show the switches."""
    about = [
        "**What I keep of you**",
        "I am an AI. I keep what we say to each other, what I learn from it about you and how you want to be spoken "
        "with. What you tell me in direct messages I use only when we are alone; what you say on a server only there. "
        "The people who run me can read what is kept, and the language model they chose gets what it needs to answer.",
        "`/memory`, `/facts` and `/preferences` show it and let you change it. `/export` gives you all of it, "
        "`/forget-me` erases all of it, `/import` brings in chats from elsewhere.",
        *(_switch_line(name, on=switches.get(name)) for name in SwitchName),
    ]
    parts = [_switch_button(asker_id, name, on=switches.get(name)) for name in SwitchName]
    return Panel("\n".join([remark, *about] if remark else about), parts)


def ask_servers_off_panel(asker_id: int) -> Panel:
    """Ask whether what was kept from servers shall go."""
    text = "Turning this off also removes what I kept of you from servers, for good. Shall I?"
    off = OwnButton(Action.SWITCH, asker_id, "Turn off and remove", f"{SwitchName.SERVERS}=off", style=RED)
    return Panel(text, [off, OwnButton(Action.PRIVACY, asker_id, "Leave it on")])


def ask_forget_panel(asker_id: int, now: datetime) -> Panel:
    """Ask whether everything shall go; the answer counts for ANSWER_S seconds from `now` on."""
    asked_at = int(now.timestamp())
    text = (
        "**Shall everything about you go?**\n"
        "With me and with every other character here I erase what you said and what was answered, what was learned "
        "about you, your preferences and switches, files, and work that is still waiting.\n"
        "**It cannot be taken back.** `/export` gives you a copy first. Messages that are visible on Discord stay "
        "until you delete them there, and backups of the people who run me stay until they expire.\n"
        f"You can answer until <t:{asked_at + ANSWER_S}:T>."
    )
    erase = OwnButton(Action.FORGET, asker_id, "Erase everything about me", str(asked_at), style=RED)
    return Panel(text, [erase, _leave(asker_id)])


def erasure_panel(asker_id: int, erasure: Erasure) -> Panel:
    """Say how far an erasure is."""
    again = [OwnButton(Action.ERASURE, asker_id, "How far is it?", erasure.id)]
    match erasure.state:
        case ErasureState.DONE:
            return Panel("Done. Everything about you was removed, and a search found nothing left.")
        case ErasureState.WAITING:
            text = "Waiting: one of my stores is away. I go on by myself as soon as it is back; nothing more is needed."
            return Panel(text, again)
        case ErasureState.WORKING:
            return Panel("Working: I am erasing everything about you. This goes on even if I am restarted.", again)


def brought_panel(brought: Brought) -> Panel:
    """Say what came of a file."""
    lines = [f"I took in {brought.added:,} messages ({in_a_line(brought.kind, NAME_LENGTH)})."]
    if brought.known:
        lines.append(f"{brought.known:,} I knew already.")
    if brought.left_out:
        reasons = ", ".join(f"{count:,} {in_a_line(reason, 60)}" for reason, count in brought.left_out.items())
        lines.append(f"Left out: {reasons[:1000]}.")
    return Panel("\n".join(lines))


def _memory_choice(asker_id: int, items: Sequence[MemoryItem]) -> OwnChoice:
    options = [(plain_line(f"{short_id(item.id)} {item.text}", OPTION), item.id) for item in items]
    return OwnChoice(Action.MEMORY, asker_id, "Choose one to see, edit or delete it", options)


def _pages(action: Action, asker_id: int, page: int, *, more: bool) -> list[OwnButton]:
    newer = [OwnButton(action, asker_id, "Previous page", str(page - 1))] if page > 1 else []
    return [*newer, OwnButton(action, asker_id, "Next page", str(page + 1))] if more else newer


def _leave(asker_id: int) -> OwnButton:
    return OwnButton(Action.LEAVE, asker_id, "Leave everything as it is")


def _fact_line(fact: Fact) -> str:
    words = fact_in_words(fact)
    if fact.is_current:
        return words
    return f"{words} (until {fact.valid_until})" if fact.valid_until else f"{words} (no longer)"


def _switch_line(name: SwitchName, *, on: bool) -> str:
    label, meaning = SWITCHES[name]
    return f"{'🟢' if on else '⚪'} **{label}** is {'on' if on else 'off'}: {harmless(meaning, 200)}"


def _switch_button(asker_id: int, name: SwitchName, *, on: bool) -> OwnButton:
    """Return the button that turns a switch; the one that also removes something asks first."""
    label = f"{SWITCH_LABELS[name]}: {'on' if on else 'off'}"
    style = GREEN if on else discord.ButtonStyle.secondary
    if on and name is SwitchName.SERVERS:
        return OwnButton(Action.ASK_SERVERS_OFF, asker_id, label, style=style)
    return OwnButton(Action.SWITCH, asker_id, label, f"{name}={'off' if on else 'on'}", style=style)
