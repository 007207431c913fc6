"""Users, sessions, turns, messages and the calls to language models."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _users_and_sessions()
    _turns()
    _messages()
    _llm_calls()


def downgrade() -> None:
    for table in ("llm_calls", "message_refs", "messages", "turns", "sessions", "users"):
        op.drop_table(f"v2_{table}")


def _users_and_sessions() -> None:
    op.create_table(
        "v2_users",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_users"),
    )
    op.create_table(
        "v2_sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_sessions"),
    )


def _turns() -> None:
    op.create_table(
        "v2_turns",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_turns"),
    )
    _index("v2_turns", "user_id", "started_at")


def _messages() -> None:
    op.create_table(
        "v2_messages",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Text),
        sa.Column("session_id", sa.Text),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("speaker_id", sa.Text, nullable=False),
        sa.Column("speaker_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT),
        sa.Column("indexed_in", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_v2_messages"),
    )
    _index("v2_messages", "character", "channel_id", "created_at")
    _index("v2_messages", "character", "user_id", "created_at")
    _index("v2_messages", "indexed_in")
    _index("v2_messages", "created_at")
    op.create_table(
        "v2_message_refs",
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("platform_message_id", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("character", "platform_message_id", name="pk_v2_message_refs"),
    )
    _index("v2_message_refs", "message_id")


def _llm_calls() -> None:
    op.create_table(
        "v2_llm_calls",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Text),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("reasoning_tokens", sa.Integer, nullable=False),
        sa.Column("estimated", sa.Boolean, nullable=False),
        sa.Column("first_token_ms", sa.Float),
        sa.Column("total_ms", sa.Float, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_llm_calls"),
    )
    _index("v2_llm_calls", "created_at")
    _index("v2_llm_calls", "user_id", "created_at")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
