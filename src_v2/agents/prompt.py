"""Puts one prompt together: the character's part, what is known, where this happens, the conversation.

The order is fixed (see docs/characters.md); stable parts come first so that providers can cache them. Data blocks are
fenced, each has a token budget that drops its least valuable entries first, and the anchor always stands last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from src_v2.agents.fence import clean_name, fenced, one_line
from src_v2.agents.models.tokens import estimate_tokens
from src_v2.characters import prompt as character_prompt
from src_v2.characters.models import Character
from src_v2.core.messages import Role, Scene, SceneKind, StoredMessage, Turn
from src_v2.memory.models import Memory

LONG_DATE = "%A, %d %B %Y, %H:%M"
NOTICEABLE_GAP = timedelta(hours=6)
"""A pause between sessions that is worth telling the model about."""
MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens per block of the prompt, and the most memories."""

    history_tokens: int
    recall_tokens: int
    recall_limit: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the sources gave for one turn; whatever was down or late is simply empty."""

    history: Sequence[StoredMessage] = ()
    memories: Sequence[Memory] = ()
    user_timezone: str = ""


def build_messages(
    character: Character, turn: Turn, gathered: Gathered, now: datetime, budgets: Budgets
) -> list[BaseMessage]:
    """Return the messages for one model call that answers `turn`; `now` is UTC."""
    asked = {message.id for message in turn.messages}
    history = _within(budgets.history_tokens, [m for m in gathered.history if m.id not in asked])
    shown = asked | {message.id for message in history}
    memories = [memory for memory in gathered.memories if memory.id not in shown][: budgets.recall_limit]
    system = SystemMessage(_system_prompt(character, turn, gathered, memories, now, budgets))
    if turn.audience.is_private:
        return [system, *_dialogue(history), HumanMessage(turn.text)]
    return [system, *_group(character, turn, history)]


def _system_prompt(
    character: Character, turn: Turn, gathered: Gathered, memories: Sequence[Memory], now: datetime, budgets: Budgets
) -> str:
    user_id = turn.audience.user_id
    user_name = clean_name(turn.author.name)
    scene = turn.messages[-1].scene
    remembered = _memories(character, memories, budgets.recall_tokens)
    values = {
        "user_name": user_name,
        "discord_display_name": user_name,
        "current_datetime": now.astimezone(character.core.timezone).strftime(LONG_DATE),
        "recent_memories": remembered,
        "guild_id": (turn.audience.guild_id or "").rpartition(":")[2],
        "channel_name": clean_name(scene.channel_name) if scene.channel_name else "",
        "parent_channel_name": clean_name(scene.parent_channel_name) if scene.parent_channel_name else "",
    }
    trust = character_prompt.starting_trust(character, user_id)
    blocks = [
        character_prompt.persona(character, values),
        character_prompt.about_yourself(character),
        character_prompt.relationship(character, user_id, trust),
        character_prompt.quiet_wish(character),
        "" if "{recent_memories}" in character.text else remembered,
        _place(scene, user_name),
        _times(character, gathered.user_timezone, now),
        character_prompt.identity_and_limits(character),
        character_prompt.disclosure(character),
        character_prompt.anchor(character),
    ]
    return "\n\n".join(block for block in blocks if block)


def _memories(character: Character, memories: Sequence[Memory], budget_tokens: int) -> str:
    """Return the memories, best first, as far as the budget goes."""
    lines: list[str] = []
    left = budget_tokens
    for number, memory in enumerate(memories, start=1):
        who = "you" if memory.role is Role.CHARACTER else clean_name(memory.speaker_name)
        said_on = memory.said_at.astimezone(character.core.timezone).date().isoformat()
        line = f"- [m{number}] {said_on} | {who} said | {one_line(memory.text)}"
        left -= estimate_tokens(line)
        if left < 0:
            break
        lines.append(line)
    return fenced("memories", lines)


def _place(scene: Scene, user_name: str) -> str:
    if scene.kind is SceneKind.DIRECT:
        return f"## Where this is\nA private conversation with {user_name}. Nobody else reads it."
    kind = "a thread" if scene.kind is SceneKind.THREAD else "a channel"
    lines = [f"speaking to: {user_name}"]
    if scene.channel_name:
        lines.append(f"{scene.kind.value}: {clean_name(scene.channel_name)}")
    if scene.parent_channel_name:
        lines.append(f"in channel: {clean_name(scene.parent_channel_name)}")
    if scene.guild_name:
        lines.append(f"server: {clean_name(scene.guild_name)}")
    if scene.present:
        lines.append("present: " + ", ".join(clean_name(name) for name in scene.present[:MOST_NAMES]))
    return f"## Where this is\nIn {kind} of a Discord server; everyone there reads along.\n" + fenced("place", lines)


def _times(character: Character, user_timezone: str, now: datetime) -> str:
    """Return the character's local time, and the user's when it is known and another."""
    zone = character.core.timezone
    lines = [f"## Time\nFor you it is {now.astimezone(zone).strftime(LONG_DATE)} ({zone.key})."]
    if user_timezone and user_timezone != zone.key:
        try:
            theirs = now.astimezone(ZoneInfo(user_timezone))
        except (ZoneInfoNotFoundError, ValueError):
            return lines[0]
        lines.append(f"For the person you speak with it is {theirs.strftime(LONG_DATE)}.")
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


def _dialogue(history: Iterable[StoredMessage]) -> list[BaseMessage]:
    """Return a private conversation as alternating messages; a new session begins with how long it has been."""
    messages: list[BaseMessage] = []
    last_at: datetime | None = None
    for said in history:
        note = _gap_note(last_at, said.created_at)
        last_at = said.created_at
        if said.role is Role.CHARACTER:
            messages.append(AIMessage(said.text))
        else:
            messages.append(HumanMessage(note + said.text))
    return messages


def _gap_note(before: datetime | None, after: datetime) -> str:
    if before is None or after - before < NOTICEABLE_GAP:
        return ""
    days = (after - before).days
    return f"[{days} day{'s' * (days != 1)} later] " if days else "[some hours later] "


def _group(character: Character, turn: Turn, history: Sequence[StoredMessage]) -> list[BaseMessage]:
    """Return a conversation of several people as one attributed transcript, so that voices do not bleed."""
    lines = [f"{_speaker(character, said)}: {one_line(said.text)}" for said in history]
    name = clean_name(turn.author.name)
    transcript = fenced("conversation", lines)
    return [HumanMessage(f"{transcript}\n\n{name} says to you:\n{turn.text}".strip())]


def _speaker(character: Character, said: StoredMessage) -> str:
    return f"{character.display_name} (you)" if said.role is Role.CHARACTER else clean_name(said.speaker_name)
