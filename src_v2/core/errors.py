"""Every error that WhisperEngine raises on purpose.

WhisperEngineError
├── SettingsError            a setting is missing or wrong: the process must not start
├── StoreError               a store refused an operation
│   └── StoreUnavailable     a store cannot be reached right now
├── ModelError               a language model did not give an answer
│   ├── ModelUnavailable     overloaded, rate limited, unreachable or broken off
│   │   └── ModelSilent      it answered, but said nothing
│   ├── ModelTimeout         too slow to connect, to the first token or in total
│   ├── ModelRefusedKey      the key or the account was refused
│   ├── ModelBadRequest      the request itself was refused (unknown model, too long)
│   └── CapReached           nobody was asked: what may be spent today is spent
├── ServiceUnavailable       a service outside, that a tool uses, gave no answer
├── EmbeddingError           no embedding model can be had
├── KnowledgeError           what was asked of the knowledge is not there to be had
├── ModelNotTaken            a model that somebody chose cannot be used; the text says why
├── RefusedInput             a file that was handed in is not taken; the text says why
├── NotUnderstood            what somebody asked for cannot be done as they said it; the text says why
├── NotThere                 what was named does not exist, or belongs to somebody else
├── CannotReach              a person cannot be written to, and trying again will not help
├── DoorClosed               a platform cannot be reached right now
└── CharacterError           a character folder is wrong
    └── CharacterNotFound    no character of that name
"""

from datetime import datetime


class WhisperEngineError(Exception):
    """The root: carries what a user may see and whether trying again can help.

    `str(error)` is for operators and logs and must not hold message text.
    """

    user_message: str = "Something went wrong on my side."
    retryable: bool = False

    def __init__(self, detail: str, *, user_message: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(detail)
        if user_message is not None:
            self.user_message = user_message
        if retryable is not None:
            self.retryable = retryable


class SettingsError(WhisperEngineError):
    """A setting is missing or wrong; the text names it, its problem and the remedy."""


class StoreError(WhisperEngineError):
    """A store refused an operation."""


class StoreUnavailable(StoreError):
    """A store cannot be reached right now; the caller goes on without it."""

    retryable = True


class ModelError(WhisperEngineError):
    """A language model did not give an answer."""

    user_message = "I can't find my words right now."


class ModelUnavailable(ModelError):
    """Overloaded, rate limited, unreachable, or the stream broke off."""

    retryable = True

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class ModelSilent(ModelUnavailable):
    """It answered, but without any text or call of a tool."""


class ModelTimeout(ModelError):
    """Too slow: to connect, to the first token, or in total."""

    retryable = True


class ModelRefusedKey(ModelError):
    """The provider refused the key or the account (401, 402, 403)."""


class ModelBadRequest(ModelError):
    """The provider refused the request itself: unknown model, prompt too long, bad schema."""


class CapReached(ModelError):
    """No model was asked, because what may be spent today is spent; `user_message` says kindly until when.

    It is over at `again_at`, at the beginning of the next day in UTC: a job may wait for that, a person is not asked to
    try again at once.
    """

    retryable = True

    def __init__(self, detail: str, *, user_message: str, again_at: datetime) -> None:
        super().__init__(detail, user_message=user_message)
        self.again_at = again_at


class ModelNotTaken(WhisperEngineError):
    """A model that somebody chose cannot be used; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, user_message=reason)


class ServiceUnavailable(WhisperEngineError):
    """A service outside that a tool uses (a search, a tool server) gave no answer; the answer goes on without it."""

    retryable = True


class EmbeddingError(WhisperEngineError):
    """No embedding model can be loaded or it failed to encode."""


class KnowledgeError(WhisperEngineError):
    """What was asked of the knowledge is not there, or not for this audience."""

    user_message = "I don't know of that."


class RefusedInput(WhisperEngineError):
    """A file that somebody handed in is not taken; the text says why and holds nothing of its content."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, user_message=f"I can't take this file: {detail}.")


class NotUnderstood(WhisperEngineError):
    """What somebody asked for cannot be done as they said it; `reason` tells them why and what to say instead."""

    def __init__(self, reason: str) -> None:
        super().__init__("a command that could not be done as it was said", user_message=reason)


class NotThere(WhisperEngineError):
    """What was named does not exist, or belongs to somebody else: the two look the same from outside."""

    user_message = "I don't have that."


class CannotReach(WhisperEngineError):
    """A person cannot be written to at some place, and trying again will not help."""


class DoorClosed(WhisperEngineError):
    """A platform cannot be reached right now; what was to be said there waits."""

    retryable = True


class CharacterError(WhisperEngineError):
    """A character folder is wrong; the text names file, line and key."""


class CharacterNotFound(CharacterError):
    """No character of that name is loaded."""

    user_message = "There is no character of that name."
