"""Unsent work and the task after this one."""

from functools import partial

import pytest
from sqlalchemy import select

from services.review.errors import ClaimExpired, InvalidInput, TaskNotHeld, UnknownTask
from services.review.humanloops import answering, claiming, drafts, expiring, reserving, stopping
from services.review.storage.tables import Claim


def keeps(floor, task, worker=0, answer=None, seconds=5.0):
    return floor.does(partial(drafts.keep, answer=answer, seconds=seconds), task.id, floor.workers[worker])


def claim_of(floor, task):
    return floor.database.read(lambda session: session.execute(select(Claim.late_answer, Claim.draft)).first())


@pytest.fixture
def task(floor):
    floor.makes_flow()
    floor.starts("first")
    return floor.claims(0)


def test_a_draft_is_there_when_the_task_is_opened_again(floor, task):
    floor.passes(seconds=10)
    keeps(floor, task, answer={"box": 1})
    again = floor.claims(0)

    assert (again.id, again.draft, again.draft_seconds) == (task.id, '{"box": 1}', 5.0)
    keeps(floor, task, answer=None)
    assert (floor.claims(0).draft, floor.claims(0).draft_seconds) == (None, 0.0)


def test_a_draft_ends_with_the_task(floor, task):
    keeps(floor, task, answer={"box": 1})
    floor.does(partial(claiming.give_back, declined=False), task.id, floor.workers[0])

    assert claim_of(floor, task) == (None, None)
    assert floor.claims(0).draft is None


def test_a_draft_of_a_task_whose_time_runs_out_is_its_late_answer_and_where_he_goes_on(floor, task):
    keeps(floor, task, answer={"box": 1})
    floor.passes(seconds=61)
    floor.does(expiring.expire_due)

    assert claim_of(floor, task) == ('{"box": 1}', None)
    assert floor.claims(1).draft is None, "another worker begins from nothing"
    floor.passes(seconds=61)
    again = floor.claims(0)
    assert (again.human_loop_name, again.draft) == ("first", '{"box": 1}')


def test_a_draft_that_comes_too_late_is_the_late_answer(floor, task):
    floor.passes(seconds=60)

    assert isinstance(keeps(floor, task, answer={"box": 2}), ClaimExpired)
    assert claim_of(floor, task) == ('{"box": 2}', None)


def test_only_the_holder_keeps_a_draft_and_only_an_object(floor, task):
    with pytest.raises(UnknownTask):
        keeps(floor, task, worker=1, answer={})
    for answer, seconds in (([1], 0), ("x", 0), ({}, "long"), ({}, None)):
        with pytest.raises(InvalidInput):
            keeps(floor, task, answer=answer, seconds=seconds)
    floor.does(partial(claiming.give_back, declined=True), task.id, floor.workers[0])
    with pytest.raises(TaskNotHeld):
        keeps(floor, task, answer={})


def test_the_next_task_waits_for_him_and_is_the_one_he_gets(floor, task):
    floor.starts("second")
    floor.starts("third")
    ahead = floor.does(reserving.reserve, task.id, floor.workers[0])

    assert ahead.human_loop_name == "second"
    assert floor.does(reserving.look_ahead, task.id, floor.workers[0]) == ahead
    assert floor.claims(1).human_loop_name == "third", "another worker passes it over"
    floor.does(partial(answering.submit, answer={}, seconds=1), task.id, floor.workers[0])
    assert floor.claims(0).human_loop_name == "second"


def test_nobody_is_idle_because_of_what_another_may_do_next(floor, task):
    floor.starts("second")
    floor.does(reserving.reserve, task.id, floor.workers[0])

    assert floor.claims(1).human_loop_name == "second"
    with pytest.raises(UnknownTask):
        floor.does(reserving.look_ahead, task.id, floor.workers[0])
    assert floor.does(reserving.reserve, task.id, floor.workers[0]) is None


def test_two_workers_get_different_tasks_ready(floor, task):
    floor.starts("second")
    other = floor.claims(1)
    floor.starts("third")
    floor.starts("fourth")

    assert floor.does(reserving.reserve, task.id, floor.workers[0]).human_loop_name == "third"
    assert floor.does(reserving.reserve, other.id, floor.workers[1]).human_loop_name == "fourth"


def test_what_is_ready_is_his_alone_and_only_while_he_works(floor, task):
    floor.starts("second")
    floor.does(reserving.reserve, task.id, floor.workers[0])
    with pytest.raises(UnknownTask):
        floor.does(reserving.look_ahead, task.id, floor.workers[1])
    floor.passes(seconds=60)
    with pytest.raises(ClaimExpired):
        floor.does(reserving.look_ahead, task.id, floor.workers[0])


def test_a_loop_that_is_stopped_is_no_longer_ready(floor, task):
    floor.starts("second")
    floor.does(reserving.reserve, task.id, floor.workers[0])
    floor.does(stopping.stop, "second")

    with pytest.raises(UnknownTask):
        floor.does(reserving.look_ahead, task.id, floor.workers[0])


def test_the_page_lasts_no_longer_than_the_task_would(floor):
    floor.makes_flow(time_limit=60, availability=100)
    floor.starts("first")
    task = floor.claims(0)
    floor.starts("second")
    assert floor.does(reserving.reserve, task.id, floor.workers[0]).seconds == 60
    floor.passes(seconds=59)
    assert floor.does(reserving.look_ahead, task.id, floor.workers[0]).seconds == 41
