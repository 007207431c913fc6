"""How characters stand to people: trust with its history, feelings of the last hour, what is said once.

Whoever talked before has known the character since then; trust begins at 0 for everybody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TALKED_BEFORE = """
INSERT INTO v2_relationships
    (character, user_id, trust, moved, steps, turns, since, talked_at)
SELECT character, user_id, 0, 0, 0, count(*), min(started_at), max(finished_at)
FROM v2_turns WHERE status = 'answered' GROUP BY character, user_id
"""


def upgrade() -> None:
    op.create_table(
        "v2_relationships",
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("trust", sa.Integer, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("character", "user_id", name="pk_v2_relationships"),
    )
    op.create_index("ix_v2_relationships_user_id", "v2_relationships", ["user_id"])
    op.create_table(
        "v2_trust_changes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("applied", sa.Integer, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("step", sa.Integer),
        sa.Column("reached", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source_message_id", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_v2_trust_changes"),
    )
    op.create_index(
        "ix_v2_trust_changes_user_id_character_happened_at", "v2_trust_changes", ["user_id", "character", "happened_at"]
    )
    op.create_index("ix_v2_trust_changes_source_message_id", "v2_trust_changes", ["source_message_id"])
    op.create_index("ix_v2_trust_changes_settled_happened_at", "v2_trust_changes", ["settled", "happened_at"])
    op.create_table(
        "v2_feelings",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_v2_feelings"),
    )
    op.create_index("ix_v2_feelings_user_id_character_said_at", "v2_feelings", ["user_id", "character", "said_at"])
    op.create_index("ix_v2_feelings_said_at", "v2_feelings", ["said_at"])
    op.create_table(
        "v2_mentions",
        sa.Column("character", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("character", "user_id", "id", name="pk_v2_mentions"),
    )
    op.create_index("ix_v2_mentions_user_id", "v2_mentions", ["user_id"])
    op.execute(TALKED_BEFORE)


def downgrade() -> None:
    for table in ("v2_mentions", "v2_feelings", "v2_trust_changes", "v2_relationships"):
        op.drop_table(table)
