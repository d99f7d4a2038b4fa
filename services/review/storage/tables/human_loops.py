"""Reviews, the slots each asks for, and the claims workers make on them."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.review.storage.tables.base import Base, Identifier, UtcDateTime
from services.review.storage.tables.flow_definitions import FlowDefinition


class HumanLoop(Base):
    """One thing to review; `state` is a `storage.states.LoopState`."""

    __tablename__ = "human_loops"
    __table_args__ = (
        Index("ix_human_loops_listing", "flow_definition_id", "created_at", "id"),
        Index("ix_human_loops_queue", "flow_definition_id", "state", "created_at", "id"),
        Index("ix_human_loops_expiry", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(63), unique=True)
    flow_definition_id: Mapped[int] = mapped_column(ForeignKey("flow_definitions.id"))
    state: Mapped[str] = mapped_column(String(16))
    input_content: Mapped[str] = mapped_column(Text)
    input_digest: Mapped[str] = mapped_column(String(64))
    content_classifiers: Mapped[list[str]] = mapped_column(JSON)
    task_count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure_code: Mapped[str | None] = mapped_column(String(32))
    failure_reason: Mapped[str | None] = mapped_column(String(1024))
    output_uri: Mapped[str | None] = mapped_column(Text)

    flow_definition: Mapped[FlowDefinition] = relationship()


class Slot(Base):
    """One of a review's `TaskCount` answers to come; `state` is a `storage.states.SlotState`."""

    __tablename__ = "slots"
    __table_args__ = (UniqueConstraint("human_loop_id", "ordinal"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    human_loop_id: Mapped[int] = mapped_column(ForeignKey("human_loops.id", ondelete="CASCADE"))
    ordinal: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))


class Claim(Base):
    """A worker's hold on a slot; its id is the task's id in the portal.

    The three partial indexes decide who holds what, even if an earlier statement was wrong: a slot has one holder, a
    worker gets a review once, and works on one task of a job at a time.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_one_worker_a_slot",
            "slot_id",
            unique=True,
            sqlite_where=text("state IN ('held', 'submitted')"),
            postgresql_where=text("state IN ('held', 'submitted')"),
        ),
        Index(
            "uq_claims_one_meeting_a_loop",
            "human_loop_id",
            "worker_id",
            unique=True,
            sqlite_where=text("state IN ('held', 'submitted', 'declined')"),
            postgresql_where=text("state IN ('held', 'submitted', 'declined')"),
        ),
        Index(
            "uq_claims_one_task_at_a_time",
            "flow_definition_id",
            "worker_id",
            unique=True,
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index("ix_claims_expiry", "state", "expires_at"),
        Index("ix_claims_human_loop_id", "human_loop_id"),
        # The index itself contains all columns that reports over days of answers count.
        Index("ix_claims_ended", "state", "ended_at", "flow_definition_id", "worker_id", "active_seconds"),
        Index(
            "ix_claims_too_fast",
            "flow_definition_id",
            "ended_at",
            sqlite_where=text("floor_seconds IS NOT NULL"),
            postgresql_where=text("floor_seconds IS NOT NULL"),
        ),
        Index(
            "ix_claims_next_slot_id",
            "next_slot_id",
            sqlite_where=text("next_slot_id IS NOT NULL"),
            postgresql_where=text("next_slot_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"))
    human_loop_id: Mapped[int] = mapped_column(ForeignKey("human_loops.id", ondelete="CASCADE"))
    flow_definition_id: Mapped[int] = mapped_column(ForeignKey("flow_definitions.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    state: Mapped[str] = mapped_column(String(16))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until the worker has seen the page, the hold is short, and they cannot answer.
    is_shown: Mapped[bool] = mapped_column(Boolean, default=False, server_default=true())
    answer: Mapped[str | None] = mapped_column(Text)
    active_seconds: Mapped[float | None] = mapped_column(Float)
    # For an answer given faster than its template's least time: that least time, and which administrator (by
    # `public_id`) still let it count.
    floor_seconds: Mapped[float | None] = mapped_column(Float)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(16))
    late_answer: Mapped[str | None] = mapped_column(Text)
    # While the task is held: the answer so far, and the seconds of work in it.
    draft: Mapped[str | None] = mapped_column(Text, deferred=True)
    draft_seconds: Mapped[float | None] = mapped_column(Float)
    # While the task is held: a waiting slot whose page the worker's browser prepares. It belongs to nobody yet, and may
    # be deleted with its review; other workers take it last.
    next_slot_id: Mapped[int | None] = mapped_column(Identifier)

    human_loop: Mapped[HumanLoop] = relationship()
