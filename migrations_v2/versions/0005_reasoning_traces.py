"""How questions that took several steps were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_traces",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("model_calls", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("quality", sa.Float, nullable=False),
        sa.Column("complexity", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indexed_in", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_v2_traces"),
    )
    op.create_index("ix_v2_traces_user_id_character_created_at", "v2_traces", ["user_id", "character", "created_at"])
    op.create_index("ix_v2_traces_source_message_id", "v2_traces", ["source_message_id"])
    op.create_index("ix_v2_traces_turn_id", "v2_traces", ["turn_id"])
    op.create_index("ix_v2_traces_indexed_in", "v2_traces", ["indexed_in"])


def downgrade() -> None:
    op.drop_table("v2_traces")
