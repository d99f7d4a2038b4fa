"""Fills a database from a backup: all of it in one transaction, checked before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import func, inspect, select, text

from services.review.storage.database import schema
from services.review.storage.tables import Base, HumanLoop, Worker
from services.review.upkeep.errors import BackupUnusable, DatabaseHasData, DatabaseInUse
from services.review.upkeep.rows import digest_of, insert, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from services.review.storage.database.engine import Database
    from services.review.upkeep.archive import Reader


def restore(
    database: Database, backup: Reader, *, replace: bool = False, then: Callable[[Connection], None] | None = None
) -> None:
    """Make a database what the backup holds, and bring its schema up to date.

    If anything fails, nothing has changed. The backup may come from the other kind of database.

    :param replace: Let go of the data that the database has.
    :param then: More to do in the same transaction, with the schema of this version.
    :raises BackupUnusable: if the backup is damaged.
    :raises DatabaseNotReady: if a newer version of the service made the backup or the database.
    :raises DatabaseHasData: if there is data and `replace` was not said.
    :raises DatabaseInUse: if another process uses the database.
    """
    schema.refuse_newer(backup.contents.revision)
    if not schema.is_new(database):
        schema.refuse_newer(schema.current_revision(database))
        _refuse_users_of_file(database)
    with database.engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            _refuse_users_of_server(connection)
        _make_room(connection, replace=replace)
        _upgrade(connection, backup.contents.revision)
        _fill(connection, backup)
        _upgrade(connection, "head")
        if then is not None:
            then(connection)


def _refuse_users_of_file(database: Database) -> None:
    """Leave WAL mode: SQLite does so only for the one connection there is. The next connection returns to it."""
    if not database.is_sqlite:
        return
    database.engine.dispose()
    connection = database.engine.raw_connection()
    try:
        connection.execute("PRAGMA busy_timeout=1000")
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except Exception as error:
        if "locked" not in str(error):
            raise
        raise DatabaseInUse(
            f"another process uses {database.url.database}: stop the service, then restore again"
        ) from error
    finally:
        connection.close()
        database.engine.dispose()


def _refuse_users_of_server(connection: Connection) -> None:
    users = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if users:
        raise DatabaseInUse(
            f"{users} other connections use the database: stop every process of the service, then restore again"
        )


def _make_room(connection: Connection, *, replace: bool) -> None:
    there = set(inspect(connection).get_table_names())
    held = {
        model.__tablename__: count
        for model in (HumanLoop, Worker)
        if model.__tablename__ in there and (count := connection.scalar(select(func.count()).select_from(model)))
    }
    if held and not replace:
        raise DatabaseHasData(
            f"the database has {held.get('human_loops', 0)} human loops and {held.get('workers', 0)} workers: name an "
            "empty one, or say --replace to let go of them"
        )
    foreign = there - set(Base.metadata.tables) - {"alembic_version"}
    if foreign and "alembic_version" not in there:
        raise DatabaseHasData(f"the database is somebody else's: it has {', '.join(sorted(foreign)[:5])}")
    Base.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def _upgrade(connection: Connection, revision: str) -> None:
    config = schema.configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _fill(connection: Connection, backup: Reader) -> None:
    tables = tables_of(connection)
    expected = backup.contents.tables
    if missing := sorted(set(expected) ^ {table.name for table in tables}):
        raise BackupUnusable(f"the backup and its schema do not have the same tables: {', '.join(missing)}")
    for table in reversed(tables):
        connection.execute(table.delete())  # a migration may have made rows
    for table in tables:
        if insert(connection, table, backup.lines(table.name)).to_json() != expected[table.name]:
            raise BackupUnusable(f"the backup is damaged: the lines of {table.name} are not those that were written")
        if "id" in table.columns and connection.dialect.name == "postgresql":
            _number_on(connection, table.name)
    for table in tables:
        if digest_of(connection, table).to_json() != expected[table.name]:
            raise BackupUnusable(f"the database does not hold what was written to {table.name}")


def _number_on(connection: Connection, table: str) -> None:
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
    if sequence is not None:
        statement = f"SELECT setval(:sequence, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"  # noqa: S608
        connection.execute(text(statement), {"sequence": sequence})
