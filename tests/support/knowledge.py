"""People who say things to be remembered, written straight to the stores: for tests of what is known."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from src_v2.core.audience import Audience, Visibility
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage
from src_v2.knowledge.models import Claim, PreferenceName, Stance, Summary, Wish
from src_v2.knowledge.rows import summary_row
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWrite, RowWriter

START = datetime(2026, 1, 1, tzinfo=UTC)


def private(who: str, character: str = "elena") -> Audience:
    return Audience(character, f"discord:{who}", f"discord:dm-{who}", Visibility.PRIVATE)


def public(who: str, channel: str = "open", guild: str = "harbour", character: str = "elena") -> Audience:
    return Audience(character, f"discord:{who}", f"discord:{channel}", Visibility.GUILD, f"discord:{guild}")


def staff_only(who: str, channel: str = "staff", guild: str = "harbour", character: str = "elena") -> Audience:
    return Audience(character, f"discord:{who}", f"discord:{channel}", Visibility.CHANNEL, f"discord:{guild}")


def message(audience: Audience, day: float = 0, text: str = "…", key: str = "") -> IncomingMessage:
    """Return a message of the audience's user, who is called like the end of their id."""
    name = audience.user_id.partition(":")[2].capitalize()
    at = START + timedelta(days=day)
    return IncomingMessage(key or new_id(), Author(audience.user_id, name), audience, text, at, "discord")


def message_row(said: IncomingMessage, *, session: str = "session", learned_in: str | None = None) -> RowWrite:
    audience = said.audience
    values = dict(
        id=said.id, turn_id="turn", session_id=session, character=audience.character, user_id=audience.user_id,
        speaker_id=said.author.user_id, speaker_name=said.author.name, role="user", text=said.text,
        platform=said.platform, guild_id=audience.guild_id, channel_id=audience.channel_id,
        visibility=audience.visibility.value, created_at=said.sent_at, learned_in=learned_in,
    )  # fmt: skip
    return RowWrite("v2_messages", values)


async def hear(database: Database, *said: IncomingMessage, session: str = "session", batch: str | None = None) -> None:
    """Store messages, read back in the stretch `batch` if it is given."""
    await RowWriter(database).apply([message_row(one, session=session, learned_in=batch) for one in said])


def claim(said: IncomingMessage, subject: str, predicate: str, object_: str, **more: Any) -> Claim:
    """Return what a message says to be true."""
    return Claim(
        more.pop("id", None) or new_id(), said.audience, said.author.user_id, subject, predicate, object_, said.id,
        said.sent_at, **more,
    )  # fmt: skip


def wish(said: IncomingMessage, name: PreferenceName, value: str, stance: Stance = Stance.STATED, **more: Any) -> Wish:
    """Return what a message asks for."""
    return Wish(new_id(), said.audience, said.author.user_id, name, value, said.id, said.sent_at, stance, **more)


def summary(text: str, day: float = 0, importance: int = 2, key: str = "", topics: Sequence[str] = ()) -> Summary:
    at = START + timedelta(days=day)
    return Summary(key or new_id(), "session", text, tuple(topics), ("calm",), importance, at, at + timedelta(hours=1))


async def add_summary(database: Database, said: Summary, audience: Audience, at: datetime) -> None:
    """Store the summary of what was said in front of `audience`."""
    await RowWriter(database).apply([summary_row(said, audience, at)])
