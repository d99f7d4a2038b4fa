"""The people: workers, their groups, their sessions, their failed sign-ins."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class Worker(Base):
    """One person; `subject` and `public_id` are what output.json shows and never change.

    An empty `password_hash` is no password: the person signs in at a provider, or not at all.
    """

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    subject: Mapped[str] = mapped_column(String(36), unique=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(Text)
    is_administrator: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    groups: Mapped[list["WorkerGroup"]] = relationship(cascade="all, delete-orphan", order_by="WorkerGroup.group_name")


class WorkerGroup(Base):
    """A worker's membership in a group; `from_provider` ones follow what the provider says at every sign-in."""

    __tablename__ = "worker_groups"

    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(63), primary_key=True)
    from_provider: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class WorkerSession(Base):
    """A signed-in browser; the database has only a digest of its token."""

    __tablename__ = "worker_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")


class SignInFailure(Base):
    """A sign-in that failed; counted by e-mail and by address, then forgotten."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_email_failed_at", "email", "failed_at"),
        Index("ix_sign_in_failures_address_failed_at", "address", "failed_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)
