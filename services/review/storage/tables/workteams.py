"""Work teams: groups of workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class Workteam(Base):
    """One team; its members are all workers of the groups it names."""

    __tablename__ = "workteams"
    __table_args__ = (
        Index(
            "uq_workteams_live_name",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(63))
    description: Mapped[str] = mapped_column(String(200))
    member_definitions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    notification: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    worker_access: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
