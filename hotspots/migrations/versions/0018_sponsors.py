"""Visitors whom a member of staff is asked to let in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sponsor_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hotspot_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotspot_id"],
            ["hotspots.id"],
            name=op.f("fk_sponsor_requests_hotspot_id_hotspots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_requests")),
    )
    for column in ("device", "hotspot_id"):
        op.create_index(f"ix_sponsor_requests_{column}_asked_at", "sponsor_requests", [column, "asked_at"])
    op.create_index(op.f("ix_sponsor_requests_asked_at"), "sponsor_requests", ["asked_at"])


def downgrade() -> None:
    op.drop_table("sponsor_requests")
