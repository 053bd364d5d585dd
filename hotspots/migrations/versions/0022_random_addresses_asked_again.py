"""How long a random address is believed before its device is asked again: what a plan says of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_plans", sa.Column("remember_random_seconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("service_plans", "remember_random_seconds")
