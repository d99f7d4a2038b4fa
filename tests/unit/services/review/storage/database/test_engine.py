"""Transactions under pressure."""

import threading
import time

from services.review.storage.tables import Tag

CROWD = 30
SECONDS = 2.0


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
