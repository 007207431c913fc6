"""What people think of replies, and a way to find what a reply answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_reactions",
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("emoji", sa.Text, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("message_id", "user_id", "emoji", name="pk_v2_reactions"),
    )
    op.create_index("ix_v2_reactions_user_id_character", "v2_reactions", ["user_id", "character"])
    op.create_index("ix_v2_messages_turn_id", "v2_messages", ["turn_id"])


def downgrade() -> None:
    op.drop_index("ix_v2_messages_turn_id", "v2_messages")
    op.drop_index("ix_v2_reactions_user_id_character", "v2_reactions")
    op.drop_table("v2_reactions")
