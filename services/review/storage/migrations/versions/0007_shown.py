"""Whether a worker has ever seen the page of their task."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The code already running shows what it claims.
    op.add_column("claims", sa.Column("is_shown", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("claims", "is_shown")
