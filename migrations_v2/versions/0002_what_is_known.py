"""Facts, preferences, summaries, and the outbox of background work."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("v2_messages", sa.Column("learned_in", sa.Text))
    _index("v2_messages", "learned_in", "session_id")
    _facts()
    _preferences()
    _summaries()
    _work()


def downgrade() -> None:
    for table in ("workers", "outbox", "summaries", "preferences", "facts"):
        op.drop_table(f"v2_{table}")
    op.drop_index("ix_v2_messages_learned_in_session_id", "v2_messages")
    op.drop_column("v2_messages", "learned_in")


def _facts() -> None:
    _table(
        "v2_facts",
        *_audience(),
        _text("speaker_id"),
        _text("subject"),
        _text("subject_kind"),
        _text("predicate"),
        _text("object"),
        _text("object_kind"),
        _text("stance"),
        sa.Column("confidence", sa.Float, nullable=False),
        _text("source_message_id"),
        sa.Column("learned_in", sa.Text),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("valid_from", sa.Text),
        sa.Column("valid_until", sa.Text),
        sa.Column("indexed_in", sa.Text),
        sa.Column("graphed_in", sa.Text),
    )
    _index("v2_facts", "character", "user_id", "said_at")
    for column in ("source_message_id", "learned_in", "indexed_in", "graphed_in"):
        _index("v2_facts", column)


def _preferences() -> None:
    _table(
        "v2_preferences",
        *_audience(),
        _text("speaker_id"),
        _text("name"),
        _text("value"),
        _text("stance"),
        _text("source_message_id"),
        sa.Column("learned_in", sa.Text),
        sa.Column("said_at", MOMENT, nullable=False),
    )
    _index("v2_preferences", "character", "user_id", "said_at")
    for column in ("source_message_id", "learned_in"):
        _index("v2_preferences", column)


def _summaries() -> None:
    _table(
        "v2_summaries",
        _text("session_id"),
        *_audience(),
        _text("text"),
        _text("topics"),
        _text("emotions"),
        sa.Column("importance", sa.Integer, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("indexed_in", sa.Text),
    )
    _index("v2_summaries", "character", "user_id", "ended_at")
    for column in ("session_id", "indexed_in"):
        _index("v2_summaries", column)


def _work() -> None:
    _table(
        "v2_outbox",
        _text("seq"),
        _text("kind"),
        _text("payload"),
        sa.Column("order_key", sa.Text),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("started_at", MOMENT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("error", sa.Text),
        sa.Column("dead_at", MOMENT),
    )
    _index("v2_outbox", "sent_at", "created_at")
    _index("v2_outbox", "order_key", "seq")
    _table(
        "v2_workers",
        _text("queues"),
        _text("kinds"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
    )


def _audience() -> list[sa.Column[Any]]:
    return [
        _text("character"), _text("user_id"), sa.Column("guild_id", sa.Text), _text("channel_id"), _text("visibility"),
    ]  # fmt: skip


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, _text("id"), *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
