"""A worker's unsent work, and the task to show after this one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # All may be null: the code already running does not know them.
    op.add_column("claims", sa.Column("draft", sa.Text(), nullable=True))
    op.add_column("claims", sa.Column("draft_seconds", sa.Float(), nullable=True))
    op.add_column("claims", sa.Column("next_slot_id", IDENTIFIER, nullable=True))
    op.create_index(
        "ix_claims_next_slot_id",
        "claims",
        ["next_slot_id"],
        sqlite_where=sa.text("next_slot_id IS NOT NULL"),
        postgresql_where=sa.text("next_slot_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_claims_next_slot_id", "claims")
    for column in ("next_slot_id", "draft_seconds", "draft"):
        op.drop_column("claims", column)
