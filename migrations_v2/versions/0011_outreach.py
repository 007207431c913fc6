"""What characters say without being asked, on its way, and who wants them to write by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_outgoing",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("buttons", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_v2_outgoing_user_id_character_created_at", "v2_outgoing", ["user_id", "character", "created_at"]
    )
    op.create_index("ix_v2_outgoing_purpose_created_at", "v2_outgoing", ["purpose", "created_at"])
    op.create_table(
        "v2_outreach",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("quiet_from", sa.Integer),
        sa.Column("quiet_until", sa.Integer),
        sa.Column("per_week", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "character", name="pk_v2_outreach"),
    )
    op.create_index("ix_v2_outreach_enabled", "v2_outreach", ["enabled"])


def downgrade() -> None:
    op.drop_table("v2_outreach")
    op.drop_table("v2_outgoing")
