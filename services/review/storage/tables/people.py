"""How people get to an account: invitations, identities at a sign-in provider, sign-ins under way there."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class Invitation(Base):
    """A one-time link: into a new account, or (with `worker_id`) to a new password; only its digest is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200))
    is_administrator: Mapped[bool] = mapped_column(Boolean)
    workteam_ids: Mapped[list[int]] = mapped_column(JSON)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkerIdentity(Base):
    """A worker's identity at a sign-in provider; `email` is what the provider says, only for display."""

    __tablename__ = "worker_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProviderSignIn(Base):
    """A sign-in under way at the provider, from when a browser is sent there until it returns once."""

    __tablename__ = "provider_sign_ins"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ProviderToken(Base):
    """The id_token of a session that began at the provider: the hint for signing out there too."""

    __tablename__ = "provider_tokens"

    session_digest: Mapped[str] = mapped_column(
        ForeignKey("worker_sessions.digest", ondelete="CASCADE"), primary_key=True
    )
    id_token: Mapped[str] = mapped_column(Text)
