"""Events that still have to reach a queue or a bus."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class EventRecord(Base):
    """The event that a review ended; deleted once every destination has it.

    It contains all that the event tells and no reference to the review, which may be deleted before its event is sent.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    human_loop_name: Mapped[str] = mapped_column(String(63))
    flow_definition_name: Mapped[str] = mapped_column(String(63))
    status: Mapped[str] = mapped_column(String(16))
    loop_created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failure_code: Mapped[str | None] = mapped_column(String(32))
    failure_reason: Mapped[str | None] = mapped_column(String(1024))
    output_uri: Mapped[str | None] = mapped_column(Text)
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class EventDelivery(Base):
    """One event for one destination; deleted once the destination has it."""

    __tablename__ = "event_deliveries"
    __table_args__ = (
        UniqueConstraint("event_record_id", "destination"),
        Index("ix_event_deliveries_due", "destination", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    event_record_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    destination: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    event: Mapped[EventRecord] = relationship()
