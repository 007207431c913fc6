"""What the engine yields while it answers. Every door renders these same events in its own way.

A turn yields `TurnStarted`, perhaps a `Notice`, then any number of `TextDelta`, `TextReplaced`, `Status` and `Usage`,
and ends with exactly one of `Done`, `Failed` or `Stopped`.
"""

from dataclasses import dataclass

from src_v2.core.messages import StopReason


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The turn exists; `turn_id` can be used to stop or retry it."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is told beside the reply: at first contact that this is an AI and what is kept; where to find help.

    Shown apart from the reply, before its first text; no part of it, and never stored.
    """

    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of the reply, to be appended to what came before."""

    text: str


@dataclass(frozen=True, slots=True)
class TextReplaced:
    """What was shown of the reply so far is taken back, and `text` stands instead; it may be empty.

    So is what a model said before it went to look something up, and what it said and had to correct.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the character is doing, in its own words; shown in passing, not part of the reply."""

    text: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of all model calls of a turn; `model` answered last. `estimated` when a provider did not say."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The reply is complete; `text` is all of it and `message_id` is its id in the history."""

    turn_id: str
    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No reply could be made; `text` is what the character says instead. Nothing the user said is lost."""

    turn_id: str
    text: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The turn ended early; `text` is what had been said by then.

    Only what the user stopped stays in the history, under `message_id`, which is empty otherwise.
    """

    turn_id: str
    text: str
    reason: StopReason
    message_id: str = ""


ReplyEvent = TurnStarted | Notice | TextDelta | TextReplaced | Status | Usage | Done | Failed | Stopped
FinalEvent = Done | Failed | Stopped
