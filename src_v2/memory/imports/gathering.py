"""Collects what the readers find: counts what is left out, holds the limits, fills in times, joins copies of a chat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from src_v2.core.errors import RefusedInput
from src_v2.memory.imports.models import Draft, ImportedConversation, ImportedHistory, ImportedMessage, Reason
from src_v2.memory.imports.times import spread

MESSAGES = 200_000
"""In one file."""
MESSAGE_CHARACTERS = 100_000
_NAME_CHARACTERS = 100
_TITLE_CHARACTERS = 200


class Gathering:
    """The history of one file as it grows. `now` is the aware time of reading."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._left_out: Counter[str] = Counter()
        self._copies: dict[str, list[list[ImportedMessage]]] = {}
        self._titles: dict[str, str] = {}
        self._taken = 0

    @property
    def now(self) -> datetime:
        """When the file is read."""
        return self._now

    def leave_out(self, reason: Reason, count: int = 1) -> None:
        """Count something that will not be in the history."""
        if count > 0:
            self._left_out[reason.value] += count

    def take(self, draft: Draft) -> Draft:
        """Return a message as it is kept: its text without NULs and cut, its speaker's name cut.

        Raises `RefusedInput` when there are more than `MESSAGES`.
        """
        self._taken += 1
        if self._taken > MESSAGES:
            raise RefusedInput(f"it holds more than {MESSAGES:,} messages")
        text = draft.text.replace("\0", "")
        if len(text) > MESSAGE_CHARACTERS:
            self.leave_out(Reason.CUT)
        name = draft.speaker_name.replace("\0", "")[:_NAME_CHARACTERS]
        return replace(draft, text=text[:MESSAGE_CHARACTERS], speaker_name=name)

    def add(self, key: str, title: str, drafts: Sequence[Draft], start: datetime | None) -> None:
        """Add a conversation, oldest message first; `start` is when it began, if the file says so.

        Several under one key (backups, branches in files of their own) become one, by their times.
        """
        if not drafts:
            self.leave_out(Reason.EMPTY_CONVERSATIONS)
            return
        times = spread([draft.given for draft in drafts], self._now, start)
        messages = [
            ImportedMessage(draft.key, draft.role, draft.speaker_name, draft.text, at)
            for draft, at in zip(drafts, times, strict=True)
        ]
        self._copies.setdefault(key, []).append(messages)
        if not self._titles.get(key):
            self._titles[key] = title.replace("\0", "")[:_TITLE_CHARACTERS]

    def history(self, kind: str) -> ImportedHistory:
        """Return all that was added, in the order in which it came."""
        conversations = tuple(
            ImportedConversation(key, self._titles[key], tuple(self._joined(copies)))
            for key, copies in self._copies.items()
        )
        return ImportedHistory(kind, conversations, dict(self._left_out))

    def _joined(self, copies: Sequence[list[ImportedMessage]]) -> list[ImportedMessage]:
        if len(copies) == 1:
            return copies[0]
        known: dict[str, ImportedMessage] = {}
        for message in chain.from_iterable(copies):
            known.setdefault(message.key, message)
        self.leave_out(Reason.REPEATED, sum(map(len, copies)) - len(known))
        ordered = sorted(known.values(), key=lambda message: message.sent_at)
        times = spread([message.sent_at for message in ordered], self._now)
        return [replace(message, sent_at=at) for message, at in zip(ordered, times, strict=True)]
