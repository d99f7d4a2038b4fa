"""The engine and its two kinds of transaction: reading and writing."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from services.review.errors import SettingsError
from services.review.storage.database.ordered_lock import Turns

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection, Engine

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

WRITE_ATTEMPTS = 5
SQLITE_BUSY_SECONDS = 30
# SQLite: one for each of the 40 threads that serve requests, and for the background threads.
MOST_CONNECTIONS = 50
# PostgreSQL: all are kept, since opening one costs its server more than an answer does. A thread without one waits,
# which is quicker than more transactions at once. Four processes fit into PostgreSQL's default of 100.
SERVER_CONNECTIONS = 20
# For probes, which look at the schema outside a transaction of the rules.
SPARE_CONNECTIONS = 3
# PostgreSQL: serialization_failure and deadlock_detected.
RETRIED_SQLSTATES = frozenset({"40001", "40P01"})


class Database:
    """SQLite (WAL) or PostgreSQL, by URL.

    A rule is a function of a Session. `read` and `write` run it in a transaction of its own, and only they commit.

    :raises SettingsError: if the driver of the URL is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _server_engine(url)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.reading_engine = self.engine.execution_options(read_only=True)
        # SQLite allows one writer at a time, and a server has so many connections. Others would wait in no order,
        # so with many of them some starve. Within the process they wait here instead, and are woken in order.
        self._turn_to_write: AbstractContextManager[None] = Turns(1 if self.is_sqlite else SERVER_CONNECTIONS)
        self._turn_to_read = nullcontext() if self.is_sqlite else self._turn_to_write

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` on one consistent view; its changes are dropped."""
        with self._turn_to_read, Session(self.reading_engine, expire_on_commit=False) as session:
            return work(session)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` and commit; on return its changes are on disk.

        It runs again if another transaction interfered, for two reasons. PostgreSQL ends one of two transactions that
        wait for each other and asks for a retry. A row that did not exist when `work` looked may exist when it inserts
        (the same StartHumanLoop sent twice at once): the second run finds it and returns it. A constraint that is
        violated every time is a mistake and is raised.
        """
        for attempt in range(1, WRITE_ATTEMPTS + 1):
            try:
                with self._turn_to_write, self.sessions() as session, session.begin():
                    return work(session)
            except (IntegrityError, OperationalError) as error:
                if attempt == WRITE_ATTEMPTS or not _may_succeed_next_time(error):
                    raise
                logger.info("transaction repeated", extra={"attempt": attempt, "reason": type(error.orig).__name__})
        raise AssertionError("unreachable: the last attempt returned or raised")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _may_succeed_next_time(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in RETRIED_SQLSTATES


def _server_engine(url: str) -> Engine:
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            pool_size=SERVER_CONNECTIONS,
            max_overflow=SPARE_CONNECTIONS,
            pool_use_lifo=True,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"NIGHTLOOP_REVIEW_DATABASE needs the Python package {error.name}: install it "
            '(PostgreSQL: "psycopg[binary]", with a URL that begins postgresql+psycopg://)'
        ) from error


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": SQLITE_BUSY_SECONDS}, max_overflow=MOST_CONNECTIONS - 5
    )
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _prepare_sqlite_connection(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
    connection.isolation_level = None  # otherwise the driver begins transactions late and by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # in WAL mode, less could lose an acknowledged answer at a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    # A transaction that reads first and writes later fails if another one wrote meanwhile, and no busy timeout helps;
    # one that takes the write lock at once waits for its turn.
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
