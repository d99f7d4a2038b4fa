"""People: invitations, identities at a sign-in provider, and when a session was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Columns that the code already running may leave out, since it does not know them.
    op.add_column("workers", sa.Column("deactivated_at", TIME, nullable=True))
    op.add_column("worker_groups", sa.Column("from_provider", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("worker_sessions", sa.Column("last_seen_at", TIME, nullable=True))
    op.add_column("worker_sessions", sa.Column("browser", sa.String(length=200), server_default="", nullable=False))
    _create_invitations()
    _create_worker_identities()
    _create_provider_sign_ins()
    _create_provider_tokens()


def downgrade() -> None:
    for table in ("provider_tokens", "provider_sign_ins", "worker_identities", "invitations"):
        op.drop_table(table)
    op.drop_column("worker_sessions", "browser")
    op.drop_column("worker_sessions", "last_seen_at")
    op.drop_column("worker_groups", "from_provider")
    op.drop_column("workers", "deactivated_at")


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("workteam_ids", sa.JSON(), nullable=False),
        sa.Column("worker_id", IDENTIFIER, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name="fk_invitations_worker_id_workers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )
    op.create_index("ix_invitations_email", "invitations", ["email"])
    op.create_index("ix_invitations_worker_id", "invitations", ["worker_id"])


def _create_worker_identities() -> None:
    op.create_table(
        "worker_identities",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("worker_id", IDENTIFIER, nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name="fk_worker_identities_worker_id_workers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_worker_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_worker_identities_issuer_subject"),
    )
    op.create_index("ix_worker_identities_worker_id", "worker_identities", ["worker_id"])


def _create_provider_sign_ins() -> None:
    op.create_table(
        "provider_sign_ins",
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("visit_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name="pk_provider_sign_ins"),
    )
    op.create_index("ix_provider_sign_ins_created_at", "provider_sign_ins", ["created_at"])


def _create_provider_tokens() -> None:
    op.create_table(
        "provider_tokens",
        sa.Column("session_digest", sa.String(length=64), nullable=False),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_digest"],
            ["worker_sessions.digest"],
            name="fk_provider_tokens_session_digest_worker_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_digest", name="pk_provider_tokens"),
    )
