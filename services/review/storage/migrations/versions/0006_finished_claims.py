"""An index for reports: who answered what, when, and how long it took."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_claims_ended", "claims", ["state", "ended_at", "flow_definition_id", "worker_id", "active_seconds"]
    )


def downgrade() -> None:
    op.drop_index("ix_claims_ended", table_name="claims")
