"""Answers given faster than anyone can look: the least time they missed, and who confirmed them when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("floor_seconds", sa.Float(), nullable=True))
    op.add_column("claims", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("claims", sa.Column("confirmed_by", sa.String(16), nullable=True))
    op.create_index(
        "ix_claims_too_fast",
        "claims",
        ["flow_definition_id", "ended_at"],
        sqlite_where=sa.text("floor_seconds IS NOT NULL"),
        postgresql_where=sa.text("floor_seconds IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_claims_too_fast", "claims")
    for column in ("confirmed_by", "confirmed_at", "floor_seconds"):
        op.drop_column("claims", column)
