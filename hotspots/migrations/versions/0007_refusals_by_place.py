"""Refusals by place: a clerk's list of them walked through a month of logins where few were refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_REFUSED = sa.text("reason IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_login_decisions_refused_at",
        "login_decisions",
        ["access_point_id", "at"],
        sqlite_where=_REFUSED,
        postgresql_where=_REFUSED,
    )


def downgrade() -> None:
    op.drop_index("ix_login_decisions_refused_at", "login_decisions")
