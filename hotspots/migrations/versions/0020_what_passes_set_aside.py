"""What a pass sets aside until its session begins, so that a second device is not given the same remainder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("subject_kind", "subject_key"):
        op.add_column("passes", sa.Column(column, sa.String(), nullable=False, server_default=""))
    for column in ("limit_seconds", "limit_octets"):
        op.add_column("passes", sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_index("ix_passes_subject", "passes", ["subject_kind", "subject_key", "granted_at"])


def downgrade() -> None:
    op.drop_index("ix_passes_subject", "passes")
    for column in ("limit_octets", "limit_seconds", "subject_key", "subject_kind"):
        op.drop_column("passes", column)
