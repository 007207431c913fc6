"""What people ask to be reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_reminders",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("guessed_zone", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("outgoing_id", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_reminders"),
    )
    op.create_index("ix_v2_reminders_status_due_at", "v2_reminders", ["status", "due_at"])
    op.create_index("ix_v2_reminders_user_id_character_due_at", "v2_reminders", ["user_id", "character", "due_at"])
    op.create_index("ix_v2_reminders_source_message_id", "v2_reminders", ["source_message_id"])


def downgrade() -> None:
    op.drop_table("v2_reminders")
