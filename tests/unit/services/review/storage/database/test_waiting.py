"""New processes wait for the migration that another one runs."""

import threading
import time

import pytest
from sqlalchemy import text

from services.review.errors import DatabaseNotReady
from services.review.storage.database import schema, waiting
from services.review.storage.database.engine import Database
from services.review.storage.database.waiting import wait_for_schema


@pytest.fixture
def empty(database):
    """The same database before its first migration."""
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE alembic_version RENAME TO not_yet"))
    return database


def test_nothing_to_wait_for(database):
    begun = time.monotonic()
    wait_for_schema(database, seconds=60)
    assert time.monotonic() - begun < waiting.PAUSE_SECONDS


def test_it_goes_on_when_the_migration_is_done(empty, monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.05)
    done = threading.Event()

    def waits():
        wait_for_schema(empty, seconds=60)
        done.set()

    threading.Thread(target=waits, daemon=True).start()
    assert not done.wait(0.5), "there is no schema yet"
    with empty.engine.begin() as connection:
        connection.execute(text("ALTER TABLE not_yet RENAME TO alembic_version"))
    assert done.wait(10)


def test_it_says_what_was_missing_when_the_time_is_over(empty, monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.05)
    with pytest.raises(DatabaseNotReady, match=r"waited 0\.2 seconds: the database is at revision none"):
        wait_for_schema(empty, seconds=0.2)


def test_a_database_that_is_not_there_yet_is_waited_for(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.05)
    away = Database("postgresql+psycopg://nobody:a-password@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(DatabaseNotReady, match=r"cannot be reached \(OperationalError\)") as refused:
        wait_for_schema(away, seconds=0.2)
    assert "a-password" not in str(refused.value)


def test_a_schema_of_a_newer_version_is_not_waited_for(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    begun = time.monotonic()
    with pytest.raises(DatabaseNotReady, match="a newer one made it"):
        wait_for_schema(database, seconds=60)
    assert time.monotonic() - begun < waiting.PAUSE_SECONDS
    assert schema.current_revision(database) == "9999"
