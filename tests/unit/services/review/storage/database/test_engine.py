"""Transactions under pressure."""

import threading
import time

import pytest
from sqlalchemy import text

from services.review.storage.database.engine import SERVER_CONNECTIONS
from services.review.storage.tables import Tag

CROWD = 30
SECONDS = 2.0
BACKEND = text("SELECT pg_backend_pid() FROM pg_sleep(0.002)")


def test_in_a_crowd_of_writers_everybody_gets_his_turn(database):
    """A crowd on SQLite once left some of its members waiting until they failed."""
    written = [0] * CROWD
    together = threading.Barrier(CROWD)

    def write_on(number):
        def one(session):
            session.merge(Tag(resource_arn=str(number), key="k", value=str(written[number])))
            session.flush()
            time.sleep(0.004)  # what a transaction takes that does more than this one

        together.wait()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            database.write(one)
            written[number] += 1

    crowd = [threading.Thread(target=write_on, args=(number,)) for number in range(CROWD)]
    for writer in crowd:
        writer.start()
    for writer in crowd:
        writer.join()
    assert min(written) >= max(written) / 6, sorted(written)


def test_a_crowd_shares_few_connections_to_a_server_and_each_is_kept(database):
    """PostgreSQL starts a process for each connection, which costs it more than an answer does."""
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    seen, together = set(), threading.Barrier(40)

    def read_on():
        together.wait()
        for _ in range(10):
            seen.add(
                database.read(lambda session: session.scalar(text("SELECT pg_backend_pid() FROM pg_sleep(0.002)")))
            )

    crowd = [threading.Thread(target=read_on) for _ in range(40)]
    for reader in crowd:
        reader.start()
    for reader in crowd:
        reader.join()
    assert len(seen) <= SERVER_CONNECTIONS
