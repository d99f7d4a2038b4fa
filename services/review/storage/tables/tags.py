"""Tags of resources."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.review.storage.tables.base import Base


class Tag(Base):
    """One tag of one resource."""

    __tablename__ = "tags"

    resource_arn: Mapped[str] = mapped_column(String(256), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[str] = mapped_column(String(256))
