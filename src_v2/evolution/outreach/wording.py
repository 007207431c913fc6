"""What a character says when it writes by itself: the question to the model, and the look at what comes back.

What people said stands in the question as data. Of the answer nothing is taken on faith.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from src_v2.characters import prompt as character_prompt
from src_v2.characters.models import Character
from src_v2.core.fence import clean_name, fenced, one_line, person_name
from src_v2.core.messages import Role, StoredMessage
from src_v2.evolution.models import Speaker, Standing
from src_v2.evolution.outreach.models import Reason

LONGEST_CHARS, SHORTEST_CHARS = 600, 8
LONGEST_LINE_CHARS = 400
SHOWN_MESSAGES = 12
TOO_ALIKE = 0.85
"""How much two messages may have in common, 0..1, before one is the other said again."""
LONG_DATE = "%A, %d %B %Y, %H:%M"

INSTRUCTIONS = """\
## What you do now
Nobody has written to you just now. You think of this person and write to them by yourself, once, in private, for the \
reason below.
- One short message, two or three sentences, in your own voice and in the language that they write in. One question at \
most. Nothing that asks for an answer as a duty; no blame for the silence.
- Begin by yourself: do not answer, thank for or agree with something, as nobody said anything.
- Say only what stands below about them; invent nothing that you did or that they said. Name nobody who is not named \
there. No @, no links.
Answer with one JSON object: {"text": "what you write"}."""


class Draft(BaseModel):
    """What the model would write."""

    text: str = Field(max_length=8000)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a message is made from: whom it is for, why, and what the two said last, oldest first."""

    name: str
    reason: Reason
    said: Sequence[StoredMessage]
    standing: Standing
    zone: ZoneInfo
    now: datetime
    user_id: str


def question(character: Character, occasion: Occasion) -> list[tuple[Speaker, str]]:
    """Return the messages of the one model call."""
    name = person_name(occasion.name, character.display_name)
    local = occasion.now.astimezone(character.core.timezone).strftime(LONG_DATE)
    values = {
        "user_name": name, "discord_display_name": name, "current_datetime": local, "recent_memories": "",
        "knowledge_context": "", "past_summaries": "", "guild_id": "", "channel_name": "", "parent_channel_name": "",
    }  # fmt: skip
    standing = occasion.standing
    parts = [
        character_prompt.persona(character, values),
        character_prompt.about_yourself(character),
        character_prompt.relationship(character, occasion.user_id, standing.trust, standing.mood),
        character_prompt.identity_and_limits(character),
        character_prompt.disclosure(character),
        INSTRUCTIONS,
        f"You are {character.display_name}. Write as {character.display_name}.",
    ]
    theirs = occasion.now.astimezone(occasion.zone).strftime(LONG_DATE)
    asked = [
        f"For them it is {theirs}. You write to:",
        fenced("place", [name]),
        "The reason:",
        fenced("facts", [one_line(occasion.reason.text)]),
    ]
    if occasion.said:
        asked += ["What the two of you said last:", fenced("conversation", [_line(one) for one in occasion.said])]
    return [("system", "\n\n".join(part for part in parts if part)), ("user", "\n".join(asked))]


def accepted(text: str, character: Character, before: Sequence[str]) -> str | None:
    """Return what may be sent of what a model wrote, None when nothing may; `before` is what was said last."""
    said = _without_label(text.strip().strip('"“”').strip(), character.display_name)
    if not SHORTEST_CHARS <= len(said) <= LONGEST_CHARS or "\x00" in said:
        return None
    if _REACHES_OTHERS.search(said) or _BLANKS.search(said) or _OUT_OF_ROLE.search(said):
        return None
    if _ANSWERS.match(said):
        return None
    return None if any(_alike(said, earlier) for earlier in before) else said


_REACHES_OTHERS = re.compile(r"<[@#][!&]?\d+>|<a?:\w+:\d+>|(?<!\w)@\w|https?://|discord\.gg|www\.", re.IGNORECASE)
_BLANKS = re.compile(r"\[(?:your |their )?(?:name|user|date|topic|insert)[^\]]*\]|\{\w+\}|<\w+>", re.IGNORECASE)
_OUT_OF_ROLE = re.compile(
    r"\bas an ai (?:language )?model\b|\bi (?:can(?:no|')t|am unable to) (?:write|fulfil)", re.IGNORECASE
)
_ANSWERS = re.compile(
    r"\W*(?:thank(?:s| you) for (?:your|the|telling|asking|sharing|writing)|good question|great question"
    r"|you(?:'|’)?re (?:so |absolutely |quite )?(?:right|welcome)|i agree\b|sure[,!.]|of course[,!.]|certainly[,!.]"
    r"|yes[,!.]|no problem|as you (?:asked|said just)|to answer your|in (?:reply|response) to"
    r"|gracias por (?:tu|preguntar|contarme|escribir)|buena pregunta|tienes razón|claro[,!.]|por supuesto[,!.])",
    re.IGNORECASE,
)
"""How somebody begins who answers; here nobody has said anything."""


def _without_label(text: str, name: str) -> str:
    """Return text without the speaker's name before it, which models like to add."""
    label, colon, rest = text.partition(":")
    return rest.strip() if colon and label.strip(" *").casefold() == name.casefold() else text


def _alike(said: str, earlier: str) -> bool:
    one, other = (" ".join(text.casefold().split()) for text in (said, earlier))
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= TOO_ALIKE


def _line(message: StoredMessage) -> str:
    who = "you" if message.role is Role.CHARACTER else clean_name(message.speaker_name)
    said = one_line(message.text)
    short = said if len(said) <= LONGEST_LINE_CHARS else f"{said[:LONGEST_LINE_CHARS]} ..."
    return f"{message.created_at:%Y-%m-%d} {who}: {short}"
