"""The ways in of each hotspot, what goes with them, and what an authority pays for codes by SMS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_GRACE = "fk_hotspots_grace_plan_id_service_plans"


def upgrade() -> None:
    op.add_column("authorities", sa.Column("sms_monthly_grosze", sa.Integer(), nullable=True))
    ways = sa.Column("ways_in", sa.JSON(), nullable=False, server_default=sa.text("""'["tap", "voucher"]'"""))
    op.add_column("hotspots", ways)
    op.add_column("hotspots", sa.Column("wifi4eu_network", sa.String(), nullable=True))
    # SQLite takes a reference only together with its column.
    op.execute(
        f"ALTER TABLE hotspots ADD COLUMN grace_plan_id INTEGER CONSTRAINT {_GRACE} REFERENCES service_plans (id)"
    )
    op.create_index(op.f("ix_hotspots_grace_plan_id"), "hotspots", ["grace_plan_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_hotspots_grace_plan_id"), "hotspots")
    for column in ("grace_plan_id", "wifi4eu_network", "ways_in"):
        op.drop_column("hotspots", column)
    op.drop_column("authorities", "sms_monthly_grosze")
