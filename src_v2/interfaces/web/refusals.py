"""Why a message or a wish is not taken. Each has a sentence for people; `failures` knows their HTTP answers."""

from src_v2.core.errors import WhisperEngineError

MAX_TEXT_CHARACTERS = 4000
"""Twice what Discord takes: a long letter. More is a document, which is not what a chat message is for."""


class InvalidText(WhisperEngineError):
    """A text that cannot be taken; `user_message` says why."""


class EmptyText(InvalidText):
    """There is no text."""

    user_message = "There is nothing to answer: the text is empty."


class TextTooLong(InvalidText):
    """More than MAX_TEXT_CHARACTERS."""


class NotAccepted(WhisperEngineError):
    """The process is stopping."""

    user_message = "I am about to restart. Please say that again in a moment."
    retryable = True


class TooManyWaiting(WhisperEngineError):
    """This conversation has too many messages that wait for an answer."""

    user_message = "One thing at a time, please: I am still answering what you said before."
    retryable = True


class StillAnswering(WhisperEngineError):
    """What was asked for has to wait until the reply has ended."""

    user_message = "A reply is still on its way. Stop it first."


class NothingUnanswered(WhisperEngineError):
    """There is nothing to answer again."""

    user_message = "Everything you said has been answered."


class NotMarked(WhisperEngineError):
    """What somebody thinks of a reply is not kept: the reply is not, or was to somebody else."""

    user_message = "That reply is not kept, so neither is what you think of it."


def checked_text(text: str) -> str:
    """Return what was said, ready to be stored. Raises InvalidText when it is empty, too long or no Unicode."""
    text = text.replace("\x00", "").strip()  # PostgreSQL takes no NUL
    if not text:
        raise EmptyText("empty text")
    if len(text) > MAX_TEXT_CHARACTERS:
        sentence = f"That is {len(text):,} characters; a message has at most {MAX_TEXT_CHARACTERS:,}."
        raise TextTooLong("text too long", user_message=sentence)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidText("lone surrogate", user_message="The text holds half a character.") from error
    return text
