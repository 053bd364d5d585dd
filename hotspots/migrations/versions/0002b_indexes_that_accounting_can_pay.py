"""Indexes of sessions that an accounting packet can pay for: a third of what a report costs was spent on these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002b"
down_revision = "0002a"
branch_labels = None
depends_on = None

_OPEN = sa.text("stopped_at IS NULL")
_ENDED = sa.text("stopped_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_sessions_access_point_id_stopped_at", "sessions")
    op.drop_index("ix_sessions_stopped_at", "sessions")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_sessions_changed_at", "sessions")
    open_ones = ["access_point_id", "started_at"]
    op.create_index("ix_sessions_open", "sessions", open_ones, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_sessions_ended", "sessions", ["stopped_at"], sqlite_where=_ENDED, postgresql_where=_ENDED)


def downgrade() -> None:
    op.drop_index("ix_sessions_ended", "sessions")
    op.drop_index("ix_sessions_open", "sessions")
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_sessions_changed_at", "sessions", ["changed_at"], unique=False)
    op.create_index("ix_sessions_stopped_at", "sessions", ["stopped_at"], unique=False)
    op.create_index("ix_sessions_access_point_id_stopped_at", "sessions", ["access_point_id", "stopped_at"])
