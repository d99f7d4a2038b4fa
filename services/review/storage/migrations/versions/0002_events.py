"""Events of loops that ended, and the destinations that still have to get them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("human_loop_name", sa.String(length=63), nullable=False),
        sa.Column("flow_definition_name", sa.String(length=63), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("loop_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure_code", sa.String(length=32), nullable=True),
        sa.Column("failure_reason", sa.String(length=1024), nullable=True),
        sa.Column("output_uri", sa.Text(), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("event_id", name="uq_events_event_id"),
    )
    op.create_index("ix_events_routed_at", "events", ["routed_at"])
    op.create_table(
        "event_deliveries",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("event_record_id", IDENTIFIER, nullable=False),
        sa.Column("destination", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_record_id"], ["events.id"], name="fk_event_deliveries_event_record_id_events", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_deliveries"),
        sa.UniqueConstraint("event_record_id", "destination", name="uq_event_deliveries_event_record_id_destination"),
    )
    op.create_index("ix_event_deliveries_due", "event_deliveries", ["destination", "next_attempt_at"])


def downgrade() -> None:
    op.drop_table("event_deliveries")
    op.drop_table("events")
