"""The list of events, on each database: in the loop's transaction, each destination and each process by itself."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from services.review.formats.arns import Arns
from services.review.humanloops import stopping
from services.review.outbox.envelope import envelope_of
from services.review.storage.queues import events
from services.review.storage.queues.retrying import LEASE
from services.review.storage.tables import EventRecord

BOTH = ["sqs", "eventbridge"]


@pytest.fixture
def stopped(floor):
    """A floor where the event of one stopped loop has its two destinations."""
    floor.makes_flow()
    floor.starts("loop")
    floor.does(stopping.stop, "loop")
    assert floor.does(events.route, BOTH) == 1
    return floor


def count(floor):
    return floor.database.read(lambda session: session.scalar(select(func.count()).select_from(EventRecord)))


def take(floor, destination="sqs"):
    return floor.does(events.take, destination)


def test_an_event_is_there_exactly_when_its_loop_has_ended(floor):
    floor.makes_flow()
    floor.starts("loop")
    assert count(floor) == 0

    def stop_and_fail(session):
        stopping.stop(session, "loop", floor.now)
        raise RuntimeError("the transaction does not come to its end")

    with pytest.raises(RuntimeError):
        floor.database.write(stop_and_fail)
    assert (count(floor), floor.state("loop")) == (0, "InProgress")
    floor.does(stopping.stop, "loop")
    assert (count(floor), floor.state("loop")) == (1, "Stopped")


def test_the_envelope_is_amazons(stopped):
    (delivery,) = take(stopped)
    document = envelope_of(delivery.event, arns=Arns("us-east-1", "123456789012"), source="aws.sagemaker").document()
    loop = "arn:aws:sagemaker:us-east-1:123456789012:human-loop/loop"
    assert document.pop("id") == delivery.event.event_id
    assert document == {
        "version": "0",
        "detail-type": "SageMaker A2I HumanLoop Status Change",
        "source": "aws.sagemaker",
        "account": "123456789012",
        "time": "2026-11-23T03:00:00Z",
        "region": "us-east-1",
        "resources": [loop],
        "detail": {
            "creationTime": "2026-11-23T03:00:00.000Z",
            "failureCode": None,
            "failureReason": None,
            "flowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/flow",
            "humanLoopArn": loop,
            "humanLoopName": "loop",
            "humanLoopOutput": None,
            "humanLoopStatus": "Stopped",
        },
    }


def test_an_event_outlives_its_loop(stopped):
    stopped.database.write(partial(stopping.delete, name="loop"))
    (delivery,) = take(stopped)
    assert delivery.event.human_loop_name == "loop"


def test_each_destination_by_itself(stopped):
    to_sqs, to_bus = take(stopped), take(stopped, "eventbridge")
    assert to_sqs[0].event.event_id == to_bus[0].event.event_id
    stopped.does(events.settle, to_bus, {})
    assert count(stopped) == 1, "the queue still waits for it"
    assert stopped.does(events.settle, to_sqs, {to_sqs[0].id: "no such queue"}) == {to_sqs[0].id: 1.0}
    (backlog,) = stopped.database.read(events.backlog)
    assert (backlog.destination, backlog.waiting, backlog.problem) == ("sqs", 1, "no such queue")
    stopped.passes(seconds=1)
    assert take(stopped, "eventbridge") == []
    again = take(stopped)
    assert again[0].event.event_id == to_sqs[0].event.event_id, "the same id each time"
    stopped.does(events.settle, again, {})
    assert count(stopped) == 0


def test_who_takes_a_delivery_has_it_alone_until_his_lease_ends(stopped):
    assert len(take(stopped)) == 1
    assert take(stopped) == []
    stopped.now += LEASE
    assert len(take(stopped)) == 1, "he died: another one takes it"


def test_attempts_wait_longer_each_time_up_to_five_minutes_and_never_end(stopped):
    delays = []
    for _ in range(40):
        (delivery,) = take(stopped)
        (delay,) = stopped.does(events.settle, [delivery], {delivery.id: "down"}).values()
        stopped.now += timedelta(seconds=delay)
        delays.append(delay)
    assert delays[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert set(delays[10:]) == {300}


def test_two_processes_never_take_the_same(floor):
    if floor.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    floor.makes_flow()
    for number in range(15):
        floor.starts(f"loop-{number}")
        floor.does(stopping.stop, f"loop-{number}")
    floor.does(events.route, ["sqs"])
    with floor.database.sessions() as one, floor.database.sessions() as other, one.begin(), other.begin():
        first = events.take(one, "sqs", floor.now)
        one.flush()
        second = events.take(other, "sqs", floor.now)
        assert (len(first), len(second)) == (10, 5), "what the one has locked the other passes over"


def test_without_destinations_events_are_forgotten(floor):
    floor.makes_flow()
    floor.starts("loop")
    floor.does(stopping.stop, "loop")
    assert floor.does(events.route, []) == 1
    assert count(floor) == 0


def test_events_for_a_destination_set_no_longer_wait_and_say_why(stopped):
    assert stopped.database.write(partial(events.note_unreachable, destinations=["sqs"])) == 1
    problems = {one.destination: one.problem for one in stopped.database.read(events.backlog)}
    assert problems["sqs"] == ""
    assert "set again" in problems["eventbridge"]
    assert len(take(stopped, "eventbridge")) == 1
