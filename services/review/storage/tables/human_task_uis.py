"""Worker templates."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class HumanTaskUi(Base):
    """One template; a deleted one stays for the reviews that still show it."""

    __tablename__ = "human_task_uis"
    __table_args__ = (
        Index(
            "uq_human_task_uis_live_name",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_human_task_uis_created_at_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(63))
    content: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
