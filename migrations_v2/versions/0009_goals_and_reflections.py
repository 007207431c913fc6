"""Goals, what moved them, and which stretches of conversation were reflected on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "v2_goals",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("goal", sa.Text, nullable=False),
        *_whose(),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("criteria", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("source_message_id", sa.Text),
        sa.Column("learned_in", sa.Text),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_goals"),
    )
    op.create_index("ix_v2_goals_user_id_character_said_at", "v2_goals", ["user_id", "character", "said_at"])
    op.create_index("ix_v2_goals_user_id_character_goal", "v2_goals", ["user_id", "character", "goal"])
    op.create_index("ix_v2_goals_source_message_id", "v2_goals", ["source_message_id"])
    op.create_index("ix_v2_goals_learned_in", "v2_goals", ["learned_in"])
    op.create_table(
        "v2_reflections",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        *_whose(),
        sa.Column("triggers", sa.Text, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("counted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_v2_reflections"),
    )
    op.create_index(
        "ix_v2_reflections_user_id_character_ended_at", "v2_reflections", ["user_id", "character", "ended_at"]
    )
    op.create_index("ix_v2_summaries_created_at", "v2_summaries", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_v2_summaries_created_at", "v2_summaries")
    op.drop_table("v2_reflections")
    op.drop_table("v2_goals")


def _whose() -> list[sa.Column[str]]:
    return [
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("guild_id", sa.Text),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
    ]
