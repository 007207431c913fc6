"""Exchanges as they stand in SQL, without a turn that led to them."""

from datetime import UTC, datetime

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author, IncomingMessage, Turn
from src_v2.memory.rows import message_rows, ref_row, reply_row
from src_v2.storage.database import Database
from src_v2.storage.rows import RowWriter

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SAM = Audience("elena", "discord:sam", "discord:dm-sam", Visibility.PRIVATE)
KIM = Audience("elena", "discord:kim", "discord:dm-kim", Visibility.PRIVATE)
OPEN = Audience("elena", "discord:sam", "discord:open", Visibility.GUILD, "discord:harbour")


async def exchange(
    database: Database, key: str, *questions: str, reply: str = "Quite so.", who: Audience = SAM, at: datetime = NOON
) -> str:
    """Store what `who` asked and the reply `re-<key>`, shown by the platform's message `ref-<key>`; return its id."""
    asked = tuple(
        IncomingMessage(f"{key}-{number}", Author(who.user_id, "Sam"), who, text, at, "discord")
        for number, text in enumerate(questions)
    )
    turn = Turn(f"turn-{key}", asked, reply_id=f"re-{key}")
    writer = RowWriter(database)
    await writer.apply(message_rows(asked, "session", turn.id))  # a reply needs its question
    ref = ref_row("elena", f"ref-{key}", turn.reply_id)
    await writer.apply([reply_row(turn, "session", "Elena", reply, at), ref])
    return turn.reply_id
