"""Logins by device: only those that were refused, since nobody looks for the others that way.

Each login paid for it with a fifth of the recorder's time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_REFUSED = sa.text("reason IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_login_decisions_device", "login_decisions")
    op.create_index(
        "ix_login_decisions_refused",
        "login_decisions",
        ["device"],
        sqlite_where=_REFUSED,
        postgresql_where=_REFUSED,
    )


def downgrade() -> None:
    op.drop_index("ix_login_decisions_refused", "login_decisions")
    op.create_index("ix_login_decisions_device", "login_decisions", ["device"], unique=False)
