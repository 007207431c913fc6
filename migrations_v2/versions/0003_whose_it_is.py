"""What people decide about their data, how long servers want theirs kept, and whose data a job is about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("v2_users", sa.Column("noticed_at", MOMENT))
    op.add_column("v2_outbox", sa.Column("user_id", sa.Text))
    op.create_index("ix_v2_outbox_user_id", "v2_outbox", ["user_id"])
    op.create_index("ix_v2_messages_user_id_created_at", "v2_messages", ["user_id", "created_at"])
    op.create_table(
        "v2_switches",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("remember", sa.Boolean, nullable=False),
        sa.Column("servers", sa.Boolean, nullable=False),
        sa.Column("share", sa.Boolean, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_v2_switches"),
    )
    op.create_table(
        "v2_retention",
        sa.Column("guild_id", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_v2_retention"),
    )


def downgrade() -> None:
    op.drop_table("v2_retention")
    op.drop_table("v2_switches")
    op.drop_index("ix_v2_messages_user_id_created_at", "v2_messages")
    op.drop_index("ix_v2_outbox_user_id", "v2_outbox")
    op.drop_column("v2_outbox", "user_id")
    op.drop_column("v2_users", "noticed_at")
