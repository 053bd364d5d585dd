"""How far a recorder's spool is applied, so that nothing of it is applied twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002a"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spool_positions",
        sa.Column("spool", sa.String(), nullable=False),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("spool", name=op.f("pk_spool_positions")),
    )


def downgrade() -> None:
    op.drop_table("spool_positions")
