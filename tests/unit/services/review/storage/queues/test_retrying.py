"""When a row's turn is, with clocks that err."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.review.storage.queues import outputs
from services.review.storage.queues.retrying import LONGEST_WAIT
from services.review.storage.tables import HumanLoop


def enqueue(floor, after):
    floor.makes_flow()
    floor.starts("loop")

    def write(session):
        loop_id = session.scalar(select(HumanLoop.id).where(HumanLoop.name == "loop"))
        outputs.enqueue(session, loop_id, floor.now + after)

    floor.database.write(write)


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (timedelta(0), True),
        (-timedelta(days=30), True),
        (timedelta(seconds=1), False),
        (LONGEST_WAIT, False),
        (LONGEST_WAIT + timedelta(seconds=1), True),  # no wait of ours: a clock was ahead when it was written
        (timedelta(days=400), True),
    ],
)
def test_an_output_of_a_clock_that_was_ahead_is_not_held_back(floor, after, due):
    enqueue(floor, after)
    assert floor.database.read(lambda session: outputs.any_due(session, floor.now)) is due
    assert len(floor.database.write(lambda session: outputs.take(session, floor.now))) == due
    assert floor.database.write(lambda session: outputs.take(session, floor.now)) == [], "taken once"
