"""Outputs that still have to reach S3."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class OutboxRecord(Base):
    """One output.json to write; deleted once it is written."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    human_loop_id: Mapped[int] = mapped_column(ForeignKey("human_loops.id", ondelete="CASCADE"), unique=True)
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
