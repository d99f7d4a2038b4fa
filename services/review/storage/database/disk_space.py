"""Checks that there is room for people's answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from services.review.errors import DatabaseNotReady

if TYPE_CHECKING:
    from services.review.storage.database.engine import Database

LEAST_FREE = 32 * 2**20


def check_room(database: Database) -> None:
    """Raise DatabaseNotReady if the disk of a SQLite database is nearly full; a server watches its own disk."""
    if not database.is_sqlite or not database.url.database:
        return
    folder = Path(database.url.database).absolute().parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise DatabaseNotReady(
            f"the disk of {folder} is full: {free // 2**20} MiB are left, and the database needs "
            f"{LEAST_FREE // 2**20}; free some"
        )
