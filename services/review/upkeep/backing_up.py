"""Copies the database into a file while the service runs."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from services.review.errors import DatabaseNotReady
from services.review.storage.database import schema
from services.review.upkeep.archive import Contents, Writer
from services.review.upkeep.rows import lines_of, tables_of

if TYPE_CHECKING:
    from datetime import datetime

    from services.review.storage.database.engine import Database


def back_up(database: Database, stream: IO[bytes], now: datetime) -> Contents:
    """Write all of one moment to a stream; others read and write meanwhile.

    :raises DatabaseNotReady: if the database has no schema, or one that this version does not know.
    """
    revision = None if schema.is_new(database) else schema.current_revision(database)
    if revision is None:
        raise DatabaseNotReady(
            f"{database.url.render_as_string(hide_password=True)} has no database of the review service, so there is "
            "nothing to back up: name the one that the service uses (NIGHTLOOP_REVIEW_DATABASE)"
        )
    schema.refuse_newer(revision)
    with database.reading_engine.connect() as connection:
        if not database.is_sqlite:
            # One view for all statements, as a SQLite transaction has it by itself.
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)  # noqa: PLW2901
        tables = tables_of(connection)
        writer = Writer(stream, Contents(now, revision))
        for table in tables:
            writer.add(table.name, lines_of(connection, table))
        writer.close()
    return writer.contents
