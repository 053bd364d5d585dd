"""Access points without a fixed address, with a secret that is being changed, and what was seen of their signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_OF_ACCESS_POINTS = (
    ("sealed_former_secret", sa.LargeBinary()),
    ("secret_changed_at", _INSTANT),
    ("timeout_ms", sa.Integer()),
)
_OF_STATES = (
    ("signed_at", _INSTANT),
    ("secret_used_at", _INSTANT),
    ("former_secret_used_at", _INSTANT),
    ("resolved_addresses", sa.String()),
    ("resolved_at", _INSTANT),
)


def upgrade() -> None:
    for table, columns in (("access_points", _OF_ACCESS_POINTS), ("access_point_states", _OF_STATES)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, columns in (("access_points", _OF_ACCESS_POINTS), ("access_point_states", _OF_STATES)):
        for name, _ in columns:
            op.drop_column(table, name)
