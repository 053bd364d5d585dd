"""The devices that are remembered for an account are found by an index: residents delete accounts themselves now."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_device_grants_subject_key"), "device_grants", ["subject_key"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_device_grants_subject_key"), "device_grants")
