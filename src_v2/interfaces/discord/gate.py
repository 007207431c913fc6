"""Decides what to do with a message, from plain facts. Pure; `addressing` reads the facts off Discord's objects."""

from dataclasses import dataclass
from enum import Enum, auto


class Decision(Enum):
    """What a character does with a message."""

    ANSWER = auto()
    OBSERVE = auto()
    """Keep it as something overheard: it belongs to a conversation the character is in."""
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Facts:
    """What matters about a message, seen from one character."""

    from_bot: bool = False
    """By a bot or a webhook: the character itself, another character, anybody's."""
    from_system: bool = False
    """Written by Discord: somebody joined, pinned, boosted ..."""
    readable: bool = True
    """Whether Discord gives us the text (without the message content intent: only when we are addressed)."""
    direct: bool = False
    mentions_me: bool = False
    replies_to_me: bool = False
    for_somebody_else: bool = False
    """It opens by naming somebody else, names another bot, or replies to somebody else."""
    in_my_thread: bool = False
    session_live: bool = False
    """The character spoke in this channel a short while ago."""


def decide(facts: Facts) -> Decision:
    """Say whether to answer. Bots never get an answer, so two of them can never talk in circles."""
    if facts.from_bot or facts.from_system or not facts.readable:
        return Decision.IGNORE
    if facts.direct or facts.mentions_me or facts.replies_to_me:
        return Decision.ANSWER
    if facts.in_my_thread and not facts.for_somebody_else:
        return Decision.ANSWER
    if facts.session_live or facts.in_my_thread:
        return Decision.OBSERVE
    return Decision.IGNORE
