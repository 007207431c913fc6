"""How hard a turn was thought about, and what its model calls cost."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("v2_turns", sa.Column("complexity", sa.Text))
    op.add_column("v2_turns", sa.Column("route_confidence", sa.Float))
    op.add_column("v2_turns", sa.Column("route_reasons", sa.Text))
    op.add_column("v2_llm_calls", sa.Column("guild_id", sa.Text))
    op.add_column("v2_llm_calls", sa.Column("escalated_from", sa.Text))
    op.add_column("v2_llm_calls", sa.Column("cost_usd", sa.Float))
    op.add_column("v2_llm_calls", sa.Column("priced_on", sa.Text))
    op.create_index("ix_v2_llm_calls_guild_id_created_at", "v2_llm_calls", ["guild_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_v2_llm_calls_guild_id_created_at", "v2_llm_calls")
    for name in ("priced_on", "cost_usd", "escalated_from", "guild_id"):
        op.drop_column("v2_llm_calls", name)
    for name in ("route_reasons", "route_confidence", "complexity"):
        op.drop_column("v2_turns", name)
