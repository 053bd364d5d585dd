"""The passes of a device, for whoever asks what is kept of theirs."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_passes_device"), "passes", ["device"])


def downgrade() -> None:
    op.drop_index(op.f("ix_passes_device"), "passes")
