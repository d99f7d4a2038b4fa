"""Flow definitions: who reviews what, with which template, within which time, and where the output goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.review.storage.tables.base import Base, Identifier, UtcDateTime
from services.review.storage.tables.human_task_uis import HumanTaskUi


class FlowDefinition(Base):
    """One flow definition; `request` is what Describe returns, and the rules read the columns."""

    __tablename__ = "flow_definitions"
    __table_args__ = (
        Index(
            "uq_flow_definitions_live_name",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_flow_definitions_created_at_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(63))
    status: Mapped[str] = mapped_column(String(16))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    human_task_ui_id: Mapped[int] = mapped_column(ForeignKey("human_task_uis.id"))
    workteam_id: Mapped[int] = mapped_column(ForeignKey("workteams.id"), index=True)
    title: Mapped[str] = mapped_column(String(128))
    description: Mapped[str] = mapped_column(String(255))
    task_count: Mapped[int] = mapped_column(Integer)
    time_limit_seconds: Mapped[int] = mapped_column(Integer)
    availability_seconds: Mapped[int] = mapped_column(Integer)
    output_path: Mapped[str] = mapped_column(Text)
    kms_key_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    human_task_ui: Mapped[HumanTaskUi] = relationship()
