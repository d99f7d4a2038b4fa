"""The private workforce and the addresses its workers may come from."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    workforces = op.create_table(
        "workforces",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("source_ip_cidrs", sa.JSON(), nullable=False),
        sa.Column("ip_address_type", sa.String(length=16), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workforces"),
    )
    # There always was one; now it has a row.
    now = datetime.now(UTC).replace(microsecond=0)
    op.bulk_insert(
        workforces, [{"id": 1, "name": "default", "source_ip_cidrs": [], "created_at": now, "updated_at": now}]
    )


def downgrade() -> None:
    op.drop_table("workforces")
