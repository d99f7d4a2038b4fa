"""Finds a review by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.review.errors import UnknownHumanLoop
from services.review.storage.tables import HumanLoop

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def find_loop(session: Session, name: str) -> HumanLoop:
    """Find a review by name; raises UnknownHumanLoop."""
    loop = session.scalar(select(HumanLoop).where(HumanLoop.name == name))
    if loop is None:
        raise UnknownHumanLoop(f"The human loop {name} does not exist.")
    return loop
