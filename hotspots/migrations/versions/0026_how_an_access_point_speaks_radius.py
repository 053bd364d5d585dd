"""Whether an access point is configured for RADIUS over UDP or over TLS: all that there are, for UDP."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("radius_transport", sa.String(), nullable=False, server_default="udp")
    op.add_column("access_points", column)


def downgrade() -> None:
    op.drop_column("access_points", "radius_transport")
