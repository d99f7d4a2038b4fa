"""The schema of the database and its revision, through Alembic."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select

from services.review.errors import DatabaseNotReady

if TYPE_CHECKING:
    from services.review.storage.database.engine import Database

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Names the lock of migrations among PostgreSQL's advisory locks, which all users of a database share.
_MIGRATING = 0x6E_69_67_68_74_6C_6F_6F


def migrate(database: Database) -> str:
    """Bring the schema up to date and return its revision; of several that start at once, the others wait.

    :raises DatabaseNotReady: if a newer version of the service made the schema; nothing is changed then.
    """
    config = configuration()
    with database.engine.connect() as connection, connection.begin():
        if not database.is_sqlite:  # where every transaction that writes has the database for itself
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        refuse_newer(MigrationContext.configure(connection).get_current_revision())
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    revision = newest_revision()
    logger.info("database migrated", extra={"revision": revision})
    return revision


def newest_revision() -> str:
    """Return the revision this code was written for."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None, "the migrations folder is part of the package"
    return head


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at; None before the first migration."""
    with database.reading_engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(database: Database, *, may_be_newer: bool = False) -> None:
    """Raise DatabaseNotReady unless the schema is the one this code was written for.

    :param may_be_newer: For a process that already serves: a migration works with it until it is replaced.
    """
    current, newest = current_revision(database), newest_revision()
    if may_be_newer and current is not None and current not in _known():
        return
    refuse_newer(current)
    if current != newest:
        raise DatabaseNotReady(
            f"the database is at revision {current or 'none'}, this service needs {newest}; "
            "run `python -m services.review migrate`"
        )


def refuse_newer(current: str | None) -> None:
    """Raise DatabaseNotReady for a revision that this version of the service does not know."""
    if current is not None and current not in _known():
        raise DatabaseNotReady(
            f"the database is at revision {current}, which this version of the service does not know: a newer one made "
            "it; run that version, or restore a backup from before it"
        )


def _known() -> set[str]:
    return {revision.revision for revision in ScriptDirectory.from_config(configuration()).walk_revisions()}


def is_new(database: Database) -> bool:
    """Tell whether the database is still empty; the check does not create a missing SQLite file."""
    if database.is_sqlite and database.url.database and not Path(database.url.database).exists():
        return True
    return not inspect(database.reading_engine).get_table_names()


def prepare(database: Database) -> None:
    """Migrate a new SQLite database; refuse any other that is not up to date.

    A migration cannot damage a new SQLite file. For every other database the operator decides when.
    """
    if database.is_sqlite and is_new(database):
        logger.info("new SQLite database: migrating it", extra={"file": database.url.database})
        migrate(database)
    check(database)


def configuration() -> Config:
    """Create the configuration of Alembic; the caller adds the connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
