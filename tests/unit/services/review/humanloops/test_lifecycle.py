"""Claims, answers, expiry and stops on a real database, with a clock of the test's own."""

import math

import pytest
from sqlalchemy import select

from services.review.errors import ClaimExpired, HumanLoopConflict, InvalidInput, TaskAlreadySubmitted, UnknownTask
from services.review.humanloops import answering, claiming, expiring, stopping
from services.review.humanloops.answering import active_seconds
from services.review.storage.queues import outputs
from services.review.storage.tables import Claim, OutboxRecord, Slot


def submit(floor, task, worker=0, answer=None, seconds=1.0):
    return floor.does(answering.submit, task.id, floor.workers[worker], answer=answer or {"a": 1}, seconds=seconds)


def test_the_oldest_loop_comes_first(floor):
    floor.makes_flow()
    for name in ("c", "a", "b"):
        floor.starts(name)
        floor.passes(milliseconds=1)
    assert [floor.claims(worker).human_loop_name for worker in range(3)] == ["c", "a", "b"]


def test_one_worker_holds_one_task_of_a_job(floor):
    floor.makes_flow()
    floor.starts("one")
    floor.starts("two")
    assert floor.claims(0).id == floor.claims(0).id
    floor.makes_flow("other")
    floor.starts("three", "other")
    assert floor.claims(0, "other").human_loop_name == "three", "but may work on another job"


def test_answers_of_two_make_one_record_for_the_outbox(floor):
    floor.makes_flow(task_count=2)
    floor.starts("loop")
    first, second = floor.claims(0), floor.claims(1)
    assert floor.claims(2) is None
    submit(floor, first)
    assert floor.state("loop") == "InProgress"
    assert floor.database.read(lambda session: outputs.take(session, floor.now)) == []
    submit(floor, second, worker=1)
    assert floor.state("loop") == "Answered"
    assert len(floor.database.read(lambda session: outputs.take(session, floor.now))) == 1


@pytest.mark.parametrize(("late_by", "accepted"), [(-0.001, True), (0, False), (1, False)])
def test_the_last_moment_of_a_task(floor, late_by, accepted):
    floor.makes_flow(time_limit=60)
    floor.starts("loop")
    task = floor.claims(0)
    floor.passes(seconds=60 + late_by)
    refusal = submit(floor, task).refusal
    assert (refusal is None) == accepted
    assert floor.state("loop") == ("Answered" if accepted else "InProgress")


def test_a_late_answer_is_kept_and_the_task_free_again(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    floor.passes(seconds=61)
    assert isinstance(submit(floor, task, answer={"late": True}).refusal, ClaimExpired)
    claim = floor.database.read(lambda session: session.get(Claim, task.id))
    assert (claim.state, claim.late_answer, claim.answer) == ("expired", '{"late": true}', None)
    assert floor.claims(1).human_loop_name == "loop"


def test_the_first_answer_counts(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    assert submit(floor, task).refusal is None
    assert submit(floor, task).refusal is None
    assert isinstance(submit(floor, task, answer={"b": 2}).refusal, TaskAlreadySubmitted)


def test_a_task_is_one_workers(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    with pytest.raises(UnknownTask):
        submit(floor, task, worker=1)


def test_expiry_of_loops_and_of_tasks_of_stopping_loops(floor):
    floor.makes_flow(availability=100, time_limit=1000)
    floor.starts("unanswered")
    assert floor.claims(0).seconds_left(floor.now) == 100, "a task never outlives its loop"
    floor.starts("stopped")
    floor.claims(1)
    floor.does(stopping.stop, "stopped")
    assert floor.state("stopped") == "Stopping"
    floor.passes(seconds=100)
    assert floor.does(expiring.expire_due) == 3
    assert (floor.state("unanswered"), floor.state("stopped")) == ("Failed", "Stopped")
    assert floor.does(expiring.expire_due) == 0


def test_an_answered_loop_does_not_expire_while_its_output_waits(floor):
    floor.makes_flow(availability=100)
    floor.starts("loop")
    submit(floor, floor.claims(0))
    floor.passes(days=1)
    floor.does(expiring.expire_due)
    assert floor.state("loop") == "Answered"


def test_a_decline_does_not_end_a_loop_somebody_works_on(floor):
    floor.makes_flow(task_count=2)
    floor.starts("loop")
    tasks = [floor.claims(worker) for worker in range(2)]
    floor.does(claiming.give_back, tasks[0].id, floor.workers[0], declined=True)
    third = floor.claims(2)
    floor.does(claiming.give_back, tasks[1].id, floor.workers[1], declined=True)
    assert floor.state("loop") == "InProgress"
    submit(floor, third, worker=2)
    assert floor.state("loop") == "Failed", "two declined, one answer is not two"


def test_stopping_keeps_answers_that_are_there(floor):
    floor.makes_flow(task_count=2)
    floor.starts("loop")
    submit(floor, floor.claims(0))
    floor.does(stopping.stop, "loop")
    assert floor.state("loop") == "Closing"
    slots = floor.database.read(lambda session: set(session.scalars(select(Slot.state))))
    assert slots == {"answered", "closed"}


def test_starting_compares_the_meaning_of_the_input(floor):
    floor.makes_flow()
    assert floor.starts("loop", content='{"a": 1, "b": 2}').adopted is False
    assert floor.starts("loop", content='{"b":2,"a":1}').adopted is True
    with pytest.raises(HumanLoopConflict):
        floor.starts("loop", content='{"a": 1}')


def test_attempts_wait_twice_as_long_each_time_up_to_five_minutes(floor):
    floor.makes_flow()
    floor.starts("loop")
    submit(floor, floor.claims(0))
    (due,) = floor.database.read(lambda session: outputs.take(session, floor.now))
    delays = [floor.does(outputs.postpone, due.record_id, "no bucket") for _ in range(12)]
    assert delays[:4] == [1, 2, 4, 8]
    assert delays[-1] == 300
    record = floor.database.read(lambda session: session.get(OutboxRecord, due.record_id))
    assert record.last_error == "no bucket"
    assert floor.database.read(lambda session: outputs.take(session, floor.now)) == []
    floor.passes(seconds=300)
    assert len(floor.database.read(lambda session: outputs.take(session, floor.now))) == 1


@pytest.mark.parametrize(
    ("claimed", "wall", "kept"), [(12.3456, 60, 12.346), (100, 60, 60.0), (-5, 60, 0.0), (0, 60, 0.0), (5, -1, 0.0)]
)
def test_active_seconds_stay_between_nothing_and_the_wall_time(claimed, wall, kept):
    assert active_seconds(claimed, wall) == kept


@pytest.mark.parametrize("claimed", [math.nan, math.inf, "12", None, True, [1]])
def test_active_seconds_are_a_number(claimed):
    with pytest.raises(InvalidInput):
        active_seconds(claimed, 60)
