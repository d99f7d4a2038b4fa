"""The private workforce: there is one, or none."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base, Identifier, UtcDateTime


class Workforce(Base):
    """The workers of this service as a whole; its id is always 1, so that there cannot be two."""

    __tablename__ = "workforces"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(63))
    source_ip_cidrs: Mapped[list[str]] = mapped_column(JSON)
    ip_address_type: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
