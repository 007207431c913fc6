"""The Discord messages that show one reply, and the single changes that lead from what they show to what they should.

Not for when a change may be made (see `pacing`) and not for what the reply says (see `surface`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import structlog

from src_v2.interfaces.discord.mentions import NOBODY, allowed
from src_v2.interfaces.discord.pacing import ChannelPace

log = structlog.get_logger(__name__)

MOST_FAILURES = 4
"""Failed writes of one reply before it is given up; discord.py has tried each of them several times already."""
NOTICE = -1
"""The index of the message before the reply that is no part of it."""
UNKNOWN_CHANNEL = 10003
BAD_REQUEST = 400


@dataclass(slots=True)
class Post:
    """One message and what it shows."""

    message: discord.Message
    text: str
    button: discord.ui.View | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Let the message at `index` show `text`, with `button` below it; None as the text removes the message.

    At `NOTICE` stands what is said before the reply, once.
    """

    index: int
    text: str | None
    button: discord.ui.View | None = None


@dataclass(slots=True)
class Asked:
    """What a reply answers: Discord messages of one person, oldest first. `may_ping` are ids of people in the turn."""

    asker_id: int
    message_ids: list[int]
    may_ping: set[int]


@dataclass(slots=True)
class Delivery:
    """How messages of a reply are sent."""

    channel: discord.abc.Messageable
    asked: Asked
    reference: Callable[[], discord.MessageReference | None]


class Posts:
    """What is visible of one reply."""

    def __init__(self, delivery: Delivery, pace: ChannelPace, shown: Iterable[Post] = ()) -> None:
        self._delivery = delivery
        self._pace = pace
        self._posts = list(shown)
        self._nonces_used = len(self._posts)
        self._failures = 0
        self.notice = ""
        """What is still to be said before the reply, in a message of its own that outlives it."""
        self.given_up = False
        """Nothing can be shown here any more."""
        self.removed_by_others: str | None = None
        """The id of a message that somebody took away while it grew."""

    @property
    def ids(self) -> list[str]:
        """The Discord ids of all messages, in order."""
        return [str(post.message.id) for post in self._posts]

    def next_change(self, texts: Sequence[str], button: discord.ui.View | None = None) -> Change | None:
        """Return the next step towards showing `texts` (the button below the last), or None when they are shown."""
        if self.given_up:
            return None
        if self.notice:
            return Change(NOTICE, self.notice)
        for index, text in enumerate(texts):
            wanted = button if index == len(texts) - 1 else None
            post = self._posts[index] if index < len(self._posts) else None
            if post is None or post.text != text or post.button is not wanted:
                return Change(index, text, wanted)
        return Change(len(self._posts) - 1, None) if len(self._posts) > len(texts) else None

    async def make(self, change: Change) -> None:
        """Make one change. Never raises: what fails for good is given up, what may work later is due again."""
        try:
            await self._make(change)
            self._failures = 0
        except discord.RateLimited as limited:
            self._pace.hold(limited.retry_after)
        except discord.NotFound as gone:
            self._on_gone(change, gone)
        except discord.Forbidden as refused:
            self._give_up("discord_write_forbidden", refused.code)
        except discord.HTTPException as failure:
            self._on_failure(failure)
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._try_later("discord_unreachable", 0)
        finally:
            self._pace.wrote()

    async def remove_all(self) -> None:
        """Take all messages away again, as far as Discord lets us."""
        for index in reversed(range(len(self._posts))):
            await self.make(Change(index, None))

    async def _make(self, change: Change) -> None:
        if change.index == NOTICE:
            await self._tell()
        elif change.text is None:
            await self._posts[change.index].message.delete()
            self._posts.pop()
        elif change.index < len(self._posts):
            await self._edit(self._posts[change.index], change.text, change.button)
        else:
            await self._send(change.text, change.button)

    async def _tell(self) -> None:
        """Send the notice. Its name keeps it from being sent twice when the reply is made again after a crash."""
        nonce = f"{self._delivery.asked.message_ids[0]}.n"
        await self._delivery.channel.send(self.notice, allowed_mentions=NOBODY, nonce=nonce)
        self.notice = ""

    async def _send(self, text: str, button: discord.ui.View | None) -> None:
        options: dict[str, Any] = {"allowed_mentions": allowed(self._delivery.asked.may_ping), "nonce": self._nonce()}
        if not self._posts and (reference := self._delivery.reference()) is not None:
            options["reference"] = reference
        if button is not None:
            options["view"] = button
        message = await self._delivery.channel.send(text, **options)
        self._nonces_used = max(self._nonces_used, len(self._posts) + 1)
        if options["nonce"] and message.content != text:
            # The name was used before a crash: Discord answers with that earlier message, which is edited next.
            button = discord.ui.View.from_message(message) if message.components else None
            text = message.content
        self._posts.append(Post(message, text, button))

    async def _edit(self, post: Post, text: str, button: discord.ui.View | None) -> None:
        options: dict[str, Any] = {"allowed_mentions": allowed(self._delivery.asked.may_ping)}
        if button is not post.button:
            options["view"] = button
        await post.message.edit(content=text, **options)
        post.text, post.button = text, button

    def _nonce(self) -> str | None:
        """Name the next message after what it answers: sending it again after a crash makes no second message.

        A name is used once, because Discord remembers the names of deleted messages too.
        """
        index = len(self._posts)
        return None if index < self._nonces_used else f"{self._delivery.asked.message_ids[0]}.{index}"

    def _on_gone(self, change: Change, gone: discord.NotFound) -> None:
        if change.index == NOTICE and gone.code != UNKNOWN_CHANNEL:
            self.notice = ""  # it was sent before a crash, and somebody took it away
        elif change.text is None:
            self._posts.pop()
        elif 0 <= change.index < len(self._posts):
            self.removed_by_others = str(self._posts[change.index].message.id)
            self.given_up = True
        elif self._nonce() is not None and gone.code != UNKNOWN_CHANNEL:
            self._nonces_used = change.index + 1
        else:
            self._give_up("discord_channel_gone", gone.code)

    def _on_failure(self, failure: discord.HTTPException) -> None:
        if failure.status != BAD_REQUEST:
            self._try_later("discord_write_failed", failure.status)
        elif self.notice:
            self.notice = ""  # an operator's own text that Discord does not take
            log.warning("discord_notice_invalid", code=failure.code)
        elif not self._posts and self._delivery.reference() is not None:
            self._delivery.reference = _no_reference
        else:
            self._give_up("discord_write_invalid", failure.code)

    def _try_later(self, event: str, code: int) -> None:
        self._failures += 1
        self._pace.hold(2.0**self._failures)
        if self._failures >= MOST_FAILURES:
            self._give_up(event, code)

    def _give_up(self, event: str, code: int) -> None:
        """Show nothing more; the reply itself is safe in the history."""
        self.given_up = True
        log.warning(event, code=code)


def _no_reference() -> discord.MessageReference | None:
    return None
