"""An index of the ended sessions that still name somebody, for the retention and for the lists of the dashboards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAMED = sa.text(
    "stopped_at IS NOT NULL AND"
    " (device IS NOT NULL OR user_name IS NOT NULL OR framed_ip IS NOT NULL OR subject_kind IS NOT NULL)"
)


def upgrade() -> None:
    columns = ["access_point_id", "stopped_at"]
    op.create_index("ix_sessions_named", "sessions", columns, sqlite_where=_NAMED, postgresql_where=_NAMED)


def downgrade() -> None:
    op.drop_index("ix_sessions_named", "sessions")
