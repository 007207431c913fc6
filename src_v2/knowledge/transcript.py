"""Stretches of conversation, ready to be read back: which messages belong together, numbered, in the user's time."""

from collections.abc import Sequence
from datetime import tzinfo

from src_v2.core.audience import Audience
from src_v2.core.ids import derived_id
from src_v2.core.markers import without_passed_on
from src_v2.core.messages import Role, StoredMessage
from src_v2.core.pictures import without_descriptions
from src_v2.core.tokens import estimate_tokens
from src_v2.knowledge.models import CHARACTER, USER, Fact, Transcript, TranscriptLine

MOST_MESSAGES = 60
MOST_TOKENS = 6_000
"""Of one stretch: what a model still reads attentively, and what the smallest windows hold beside the answer."""


def stretch_of(messages: Sequence[StoredMessage], *, is_over: bool) -> list[StoredMessage]:
    """Return the messages at the beginning that are read back together; `messages` are one session's, in order.

    All were heard by the same people: what was said before other ears is another stretch. Unless the conversation
    `is_over`, what still waits for its answer is left for later.
    """
    if not is_over:
        messages = _answered(messages)
    kept: list[StoredMessage] = []
    tokens = 0
    for message in messages[:MOST_MESSAGES]:
        tokens += estimate_tokens(message.text)
        if kept and (tokens > MOST_TOKENS or audience_of(message) != audience_of(kept[0])):
            break
        kept.append(message)
    return kept


def has_words_of_the_user(messages: Sequence[StoredMessage]) -> bool:
    """Whether there is anything to be learned."""
    return any(message.role is Role.USER and message.text.strip() for message in messages)


def batch_id(messages: Sequence[StoredMessage]) -> str:
    """Return the id of a stretch and of its summary: always the same for the same messages."""
    first = messages[0]
    return derived_id(first.created_at, "stretch", first.session_id or "", *(message.id for message in messages))


def transcript_of(messages: Sequence[StoredMessage], known: Sequence[Fact], zone: tzinfo) -> Transcript:
    """Return a stretch as it is read back; its moments are told in `zone`, where the user lives."""
    lines = tuple(_line(number, message, zone) for number, message in enumerate(messages, start=1))
    return Transcript(batch_id(messages), messages[0].session_id or "", lines, tuple(known))


def audience_of(message: StoredMessage) -> Audience:
    """Return in front of whom a message was said."""
    return Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)


def _answered(messages: Sequence[StoredMessage]) -> Sequence[StoredMessage]:
    last = max((n for n, message in enumerate(messages, start=1) if message.role is Role.CHARACTER), default=0)
    return messages[:last]


def _line(number: int, message: StoredMessage, zone: tzinfo) -> TranscriptLine:
    own_words = without_passed_on(without_descriptions(message.text))
    return TranscriptLine(
        number, message.id, USER if message.role is Role.USER else CHARACTER, message.speaker_id,
        message.speaker_name, own_words, message.created_at.astimezone(zone), audience_of(message),
    )  # fmt: skip
