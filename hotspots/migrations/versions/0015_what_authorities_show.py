"""What authorities show residents: their pages' texts and colours, coats of arms, and clauses by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("authorities", sa.Column("page", sa.JSON(), nullable=True))
    op.create_table(
        "coats_of_arms",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_coats_of_arms_authority_id_authorities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("authority_id", name=op.f("pk_coats_of_arms")),
    )
    op.create_table(
        "clauses",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_clauses_authority_id_authorities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clauses")),
    )
    op.create_index(op.f("ix_clauses_authority_id"), "clauses", ["authority_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_clauses_authority_id"), "clauses")
    op.drop_table("clauses")
    op.drop_table("coats_of_arms")
    op.drop_column("authorities", "page")
