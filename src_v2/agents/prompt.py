"""Puts one prompt together: the character's part, what is known, where this happens, the conversation.

The order is fixed (see docs/characters.md); stable parts come first so that providers can cache them. Data blocks are
fenced, each has a token budget that drops its least valuable entries first, and the anchor always stands last.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from src_v2.agents import blocks
from src_v2.agents.blocks import speaker
from src_v2.agents.standing_blocks import thought_block
from src_v2.characters import prompt as character_prompt
from src_v2.characters.lorebook.matching import fire
from src_v2.characters.lorebook.models import Entry, Position
from src_v2.characters.models import Character
from src_v2.core.fence import clean_name, fenced, one_line, person_name
from src_v2.core.messages import Role, Scene, SceneKind, StoredMessage, Turn
from src_v2.core.tokens import estimate_tokens
from src_v2.evolution.goals.asides import quiet_wish
from src_v2.evolution.models import Standing
from src_v2.evolution.relationship.spans import in_words
from src_v2.knowledge.models import Known, Preference, PreferenceName
from src_v2.memory.models import Memory
from src_v2.memory.patterns.models import Pattern
from src_v2.memory.patterns.style import Taste
from src_v2.tools.lines import Viewpoint

T = TypeVar("T")

LONG_DATE = "%A, %d %B %Y, %H:%M"
NOTICEABLE_GAP = timedelta(hours=6)
"""A pause between sessions that is worth telling the model about."""
MOST_NAMES = 12
PRIVATE_PLACE = "## Where this is\nA private conversation with one person. Nobody else takes part in it."


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens per block of the prompt, and the most memories."""

    history_tokens: int
    recall_tokens: int
    recall_limit: int
    facts_tokens: int = 500
    summaries_tokens: int = 300
    lorebook_tokens: int = 500
    patterns_tokens: int = 300


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the sources gave for one turn; whatever was down or late is simply empty."""

    history: Sequence[StoredMessage] = ()
    memories: Sequence[Memory] = ()
    user_timezone: str = ""
    quoted: StoredMessage | None = None
    """The earlier message that this one replies to."""
    known: Known = field(default_factory=Known)
    patterns: Sequence[Pattern] = ()
    """Replies that the person liked, to questions like this one."""
    standing: Standing = field(default_factory=Standing)
    """How the character stands to the person; neutral while that is not known."""
    style: Sequence[Taste] = ()
    """How the person likes replies to be, as far as their reactions tell."""


def _certain() -> float:
    return 0.0


def build_messages(
    character: Character,
    turn: Turn,
    gathered: Gathered,
    now: datetime,
    budgets: Budgets,
    *,
    chance: Callable[[], float] = _certain,
    guidance: Sequence[str] = (),
) -> list[BaseMessage]:
    """Return the messages for one model call that answers `turn`; `now` is UTC.

    `chance` gives a number 0..1 for what comes to mind only sometimes; by default it always does. `guidance` says how
    to go about this answer; it is our own text, or fenced.
    """
    earlier, history, memories = selected(turn, gathered, budgets)
    fired = fire(
        character.lorebook, [*(message.text for message in earlier), turn.text], estimate_tokens, chance,
        replies=sum(message.role is Role.CHARACTER for message in earlier), budget_tokens=budgets.lorebook_tokens,
    )  # fmt: skip
    system = SystemMessage(_system_prompt(character, turn, gathered, memories, now, budgets, fired, guidance))
    lore = _lore_in_chat(character, fired, _user_name(character, turn, gathered.known.preferences))
    if turn.audience.is_private:
        return [system, *_dialogue(history, turn.text, lore)]
    return [system, *_group(character, turn, history, lore)]


def selected(
    turn: Turn, gathered: Gathered, budgets: Budgets
) -> tuple[list[StoredMessage], list[StoredMessage], list[Memory]]:
    """Return what was said before, oldest first; its newest part, which fits; and the memories that stand beside it."""
    asked = {message.id for message in turn.messages}
    asked_at = turn.messages[-1].sent_at
    earlier = [m for m in gathered.history if m.id not in asked and _is_earlier(m, asked_at)]
    history = _within(budgets.history_tokens, earlier)
    shown = asked | {message.id for message in history}
    memories = [memory for memory in gathered.memories if memory.id not in shown]
    return earlier, history, memories[: budgets.recall_limit]


def _lore_in_chat(character: Character, fired: Sequence[Entry], user_name: str) -> Mapping[int, str]:
    """Return the fenced entries that go into the conversation, by the number of messages behind them."""
    in_chat = _at(Position.IN_CHAT, fired)
    depths = sorted({entry.depth for entry in in_chat})
    blocks_at = {
        depth: blocks.lore_block(character, (entry for entry in in_chat if entry.depth == depth), user_name)
        for depth in depths
    }
    return {depth: block for depth, block in blocks_at.items() if block}


def _system_prompt(
    character: Character, turn: Turn, gathered: Gathered, memories: Sequence[Memory], now: datetime, budgets: Budgets,
    fired: Sequence[Entry], guidance: Sequence[str],
) -> str:  # fmt: skip
    user_id = turn.audience.user_id
    known = gathered.known
    user_name = _user_name(character, turn, known.preferences)
    scene = turn.messages[-1].scene
    view = Viewpoint(character.display_name, user_name, character.core.timezone)
    remembered = blocks.memories_block(view, memories, turn.text, budgets.recall_tokens)
    facts = blocks.facts_block(view, known.facts, budgets.facts_tokens)
    summaries = blocks.summaries_block(view, known.summaries, turn.text, budgets.summaries_tokens)
    values = _place_values(turn) | {
        "user_name": user_name,
        "discord_display_name": user_name,
        "current_datetime": now.astimezone(character.core.timezone).strftime(LONG_DATE),
        "recent_memories": remembered,
        "knowledge_context": facts,
        "past_summaries": summaries,
    }
    standing = gathered.standing
    parts = [
        blocks.lore_block(character, _at(Position.BEFORE_CHAR, fired), user_name),
        character_prompt.persona(character, values),
        blocks.lore_block(character, _at(Position.AFTER_CHAR, fired), user_name),
        character_prompt.about_yourself(character),
        character_prompt.relationship(character, user_id, standing.trust, standing.mood),
        blocks.preferences_block(known.preferences, user_name),
        blocks.style_block(gathered.style, known.preferences),
        quiet_wish(character, standing.asides, turn.audience),
        thought_block(standing, turn.audience),
        "" if "{knowledge_context}" in character.text else facts,
        "" if "{past_summaries}" in character.text else summaries,
        "" if "{recent_memories}" in character.text else remembered,
        blocks.patterns_block(view, gathered.patterns, budgets.patterns_tokens),
        blocks.quoted_block(character, gathered.quoted),
        _place(scene, user_name),
        _times(character, gathered, now),
        *guidance,
        character_prompt.identity_and_limits(character),
        character_prompt.disclosure(character),
        character_prompt.anchor(character),
    ]
    return "\n\n".join(part for part in parts if part)


def _at(position: Position, fired: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in fired if entry.position is position]


def _place_values(turn: Turn) -> dict[str, str]:
    """Return what the placeholders for a place become."""
    scene = turn.messages[-1].scene
    return {
        "guild_id": (turn.audience.guild_id or "").rpartition(":")[2],
        "channel_name": clean_name(scene.channel_name) if scene.channel_name else "",
        "parent_channel_name": clean_name(scene.parent_channel_name) if scene.parent_channel_name else "",
    }


def _user_name(character: Character, turn: Turn, preferences: Iterable[Preference]) -> str:
    """Return what to call the person: the name they asked for, else the one that the platform shows."""
    asked = [wish.value for wish in preferences if wish.name is PreferenceName.NICKNAME]
    return person_name(asked[0] if asked else turn.author.name, character.display_name)


def _place(scene: Scene, user_name: str) -> str:
    lines = [f"speaking to: {user_name}"]
    if scene.kind is SceneKind.DIRECT:
        return f"{PRIVATE_PLACE}\n" + fenced("place", lines)
    kind = "a thread" if scene.kind is SceneKind.THREAD else "a channel"
    if scene.channel_name:
        lines.append(f"{scene.kind.value}: {clean_name(scene.channel_name)}")
    if scene.parent_channel_name:
        lines.append(f"in channel: {clean_name(scene.parent_channel_name)}")
    if scene.guild_name:
        lines.append(f"server: {clean_name(scene.guild_name)}")
    if scene.present:
        lines.append("present: " + ", ".join(clean_name(name) for name in scene.present[:MOST_NAMES]))
    return f"## Where this is\nIn {kind} of a Discord server; everyone there reads along.\n" + fenced("place", lines)


def _times(character: Character, gathered: Gathered, now: datetime) -> str:
    """Return the character's local time, the user's when it is known and another, and how long they have not talked."""
    zone = character.core.timezone
    lines = [f"## Time\nFor you it is {now.astimezone(zone).strftime(LONG_DATE)} ({zone.key})."]
    if gathered.user_timezone and gathered.user_timezone != zone.key:
        with suppress(ZoneInfoNotFoundError, ValueError):
            theirs = now.astimezone(ZoneInfo(gathered.user_timezone))
            lines.append(f"For the person you speak with it is {theirs.strftime(LONG_DATE)}.")
    talked_at = gathered.standing.talked_at
    if talked_at is not None and now - talked_at >= NOTICEABLE_GAP:
        lines.append(f"You last talked with this person {in_words(now - talked_at)} ago.")
    return "\n".join(lines)


def _within(budget_tokens: int, history: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return the newest messages that fit the budget, oldest first."""
    kept: list[StoredMessage] = []
    left = budget_tokens
    for message in reversed(history):
        left -= estimate_tokens(message.text)
        if left < 0:
            break
        kept.append(message)
    return kept[::-1]


def _is_earlier(said: StoredMessage, asked_at: datetime) -> bool:
    """Whether something was said before what is answered now; what waits behind it comes when it is its turn."""
    return said.role is Role.CHARACTER or said.created_at <= asked_at


def _dialogue(history: Iterable[StoredMessage], asked: str, lore: Mapping[int, str]) -> list[BaseMessage]:
    """Return a private conversation as alternating messages, beginning and ending with the person's.

    Several in a row are joined, because some models refuse two of one role. A new session begins with how long it has
    been. `lore` stands on the person's side.
    """
    spoken: list[tuple[Role, str]] = []
    last_at: datetime | None = None
    for said in history:
        note = _gap_note(last_at, said.created_at) if said.role is Role.USER else ""
        last_at = said.created_at
        spoken.append((said.role, note + said.text))
    spoken.append((Role.USER, asked))
    spoken = _with_lore(spoken, {depth: (Role.USER, block) for depth, block in lore.items()})
    turns = [(role, "\n".join(text for _, text in texts)) for role, texts in groupby(spoken, key=itemgetter(0))]
    if turns[0][0] is Role.CHARACTER:
        turns = turns[1:]
    return [AIMessage(text) if role is Role.CHARACTER else HumanMessage(text) for role, text in turns]


def _with_lore(messages: Sequence[T], lore: Mapping[int, T]) -> list[T]:
    """Return the messages with each piece of lore before as many of the newest as its depth says; 0 is behind all."""
    placed: list[T] = []
    for left in range(len(messages), -1, -1):
        deeper = (depth for depth in lore if depth > left and left == len(messages))
        placed += [lore[depth] for depth in sorted(deeper, reverse=True)]
        placed += [lore[left]] if left in lore else []
        placed += messages[len(messages) - left :][:1]
    return placed


def _gap_note(before: datetime | None, after: datetime) -> str:
    if before is None or after - before < NOTICEABLE_GAP:
        return ""
    days = (after - before).days
    return f"[{days} day{'s' * (days != 1)} later] " if days else "[some hours later] "


def _group(
    character: Character, turn: Turn, history: Sequence[StoredMessage], lore: Mapping[int, str]
) -> list[BaseMessage]:
    """Return a conversation of several people as one attributed transcript, so that voices do not bleed.

    What is asked stands quoted behind it: no line of it can pose as somebody else's.
    """
    lines = [("conversation", f"{speaker(character, said)}: {one_line(said.text)}") for said in history]
    name = person_name(turn.author.name, character.display_name)
    quoted = "\n".join(f"> {line}" for line in turn.text.splitlines())
    lines.append(("asked", f"{name} says to you:\n{quoted}"))
    parts = []
    for kind, run in groupby(_with_lore(lines, {d: ("lore", block) for d, block in lore.items()}), key=itemgetter(0)):
        texts = [text for _, text in run]
        parts.append(fenced(kind, texts) if kind == "conversation" else "\n\n".join(texts))
    return [HumanMessage("\n\n".join(parts).strip())]
