"""Which voucher was refused, and what was seen of an access point on the wire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OF_VOUCHER = sa.text("voucher_id IS NOT NULL")
_SEEN = (
    ("unsigned_at", sa.DateTime(timezone=True)),
    ("clock_skew_seconds", sa.Float()),
    ("clock_seen_at", sa.DateTime(timezone=True)),
    ("transport", sa.String()),
    ("transport_seen_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.add_column("login_decisions", sa.Column("voucher_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_login_decisions_voucher",
        "login_decisions",
        ["voucher_id"],
        sqlite_where=_OF_VOUCHER,
        postgresql_where=_OF_VOUCHER,
    )
    for name, kind in _SEEN:
        op.add_column("access_point_states", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in _SEEN:
        op.drop_column("access_point_states", name)
    op.drop_index("ix_login_decisions_voucher", "login_decisions")
    op.drop_column("login_decisions", "voucher_id")
