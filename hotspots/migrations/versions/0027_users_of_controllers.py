"""As whom a controller is asked: SmartZone may have a name beside the password. Nobody, for all that there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("controllers", sa.Column("user_name", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("controllers", "user_name")
