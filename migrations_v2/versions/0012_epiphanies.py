"""Patterns in what people say, what they rest on, and what was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "v2_epiphanies",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("behaviour", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("trust", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("holds", sa.Integer, nullable=False),
        sa.Column("fails", sa.Integer, nullable=False),
        sa.Column("rests_on", sa.Integer, nullable=False),
        sa.Column("aside", sa.Text, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_epiphanies"),
    )
    op.create_index("ix_v2_epiphanies_user_id_character", "v2_epiphanies", ["user_id", "character"])
    op.create_table(
        "v2_epiphany_evidence",
        sa.Column("epiphany_id", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("condition", sa.Boolean, nullable=False),
        sa.Column("behaviour", sa.Boolean, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epiphany_id", "source_message_id", name="pk_v2_epiphany_evidence"),
    )
    op.create_index("ix_v2_epiphany_evidence_source_message_id", "v2_epiphany_evidence", ["source_message_id"])
    op.create_index("ix_v2_epiphany_evidence_user_id", "v2_epiphany_evidence", ["user_id"])
    op.create_table(
        "v2_epiphany_looks",
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "character", name="pk_v2_epiphany_looks"),
    )
    op.create_table(
        "v2_epiphany_refusals",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("sessions", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_epiphany_refusals"),
    )
    op.create_index("ix_v2_epiphany_refusals_user_id_character", "v2_epiphany_refusals", ["user_id", "character"])


def downgrade() -> None:
    op.drop_table("v2_epiphany_refusals")
    op.drop_table("v2_epiphany_looks")
    op.drop_table("v2_epiphany_evidence")
    op.drop_table("v2_epiphanies")
