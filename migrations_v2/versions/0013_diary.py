"""What characters write about their days with people, and what it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_diary",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("gist", sa.Text, nullable=False),
        sa.Column("rests_on", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_diary"),
    )
    op.create_index("ix_v2_diary_user_id_character_created_at", "v2_diary", ["user_id", "character", "created_at"])
    op.create_index("ix_v2_diary_created_at", "v2_diary", ["created_at"])
    op.create_table(
        "v2_diary_evidence",
        sa.Column("page_id", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "source_message_id", name="pk_v2_diary_evidence"),
    )
    op.create_index("ix_v2_diary_evidence_source_message_id", "v2_diary_evidence", ["source_message_id"])
    op.create_index("ix_v2_diary_evidence_user_id", "v2_diary_evidence", ["user_id"])


def downgrade() -> None:
    op.drop_table("v2_diary_evidence")
    op.drop_table("v2_diary")
