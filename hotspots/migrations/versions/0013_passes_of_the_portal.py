"""What the portal grants by itself, the controllers that it asks, and where the counters of a session come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WAITING = sa.text("taken_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "controllers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_sha256", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_controllers")),
    )
    op.create_table(
        "passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("access_point_id", sa.Integer(), nullable=False),
        sa.Column("session_key", sa.String(), nullable=False),
        sa.Column("session_class", sa.LargeBinary(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("client_ip", sa.String(), nullable=True),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_point_id"], ["access_points.id"], name=op.f("fk_passes_access_point_id_access_points")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("session_key", name=op.f("uq_passes_session_key")),
        sa.UniqueConstraint("user_name", name=op.f("uq_passes_user_name")),
    )
    op.create_index("ix_passes_handle", "passes", ["access_point_id", "handle"])
    op.create_index(
        "ix_passes_waiting", "passes", ["access_point_id"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_index(op.f("ix_passes_granted_at"), "passes", ["granted_at"])
    op.add_column("access_points", sa.Column("fas_level", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("access_points", sa.Column("controller", sa.String(), nullable=True))
    op.add_column("access_points", sa.Column("site", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("source", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "source")
    for column in ("site", "controller", "fas_level"):
        op.drop_column("access_points", column)
    op.drop_table("passes")
    op.drop_table("controllers")
