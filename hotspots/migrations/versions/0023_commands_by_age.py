"""The commands to sessions by when they were asked for, so that those past their retention are found."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_session_commands_asked_at", "session_commands", ["asked_at"])


def downgrade() -> None:
    op.drop_index("ix_session_commands_asked_at", "session_commands")
