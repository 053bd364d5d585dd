"""Login decisions are a log: PostgreSQL looks up the access point and the plan of each no more.

Two look-ups a row were half of what a login costs there, so that 50,000 logins a second were decided and not written
down. What has logins is never deleted (:mod:`hotspots.inventory.history`).
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REFERENCES = {"access_point_id": "access_points", "plan_id": "service_plans"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column, table in _REFERENCES.items():
            op.drop_constraint(f"fk_login_decisions_{column}_{table}", "login_decisions", type_="foreignkey")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column, table in _REFERENCES.items():
            name = f"fk_login_decisions_{column}_{table}"
            op.create_foreign_key(name, "login_decisions", table, [column], ["id"])
