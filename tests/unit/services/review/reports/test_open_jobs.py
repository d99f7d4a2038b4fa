"""The list of jobs: what waits for this worker, however many others there are."""

import pytest

from services.review.humanloops import answering
from services.review.humanloops.flows import live_flow
from services.review.reports import open_jobs


@pytest.fixture
def sees(floor):
    def see(worker, *flows):
        def look(session):
            found = [live_flow(session, name) for name in flows]
            return open_jobs.jobs_for(session, found, floor.workers[worker], floor.now)

        return floor.database.read(look)

    return see


def test_each_flow_has_its_own_count(floor, sees):
    for flow, loops in (("one", 2), ("none", 0), ("many", 5)):
        floor.makes_flow(flow)
        for number in range(loops):
            floor.starts(f"{flow}-{number}", flow)
    assert [(job.flow_name, job.waiting) for job in sees(0, "one", "none", "many")] == [
        ("one", 2),
        ("none", 0),
        ("many", 5),
    ]


def test_no_flow_is_no_job(sees):
    assert sees(0) == []


def test_what_a_worker_answered_does_not_wait_for_him(floor, sees):
    floor.makes_flow(task_count=2)
    floor.starts("loop")
    task = floor.claims(0)
    assert [job.held_task_id for job in sees(0, "flow")] == [task.id]
    floor.does(answering.submit, task.id, floor.workers[0], answer={}, seconds=1)
    assert [sees(worker, "flow")[0].waiting for worker in range(2)] == [0, 1]


def test_a_long_queue_is_not_counted_to_its_end(floor, sees, monkeypatch):
    monkeypatch.setattr(open_jobs, "MOST_COUNTED", 3)
    floor.makes_flow()
    for number in range(3):
        floor.starts(f"loop-{number}")
    assert [(job.waiting, job.more_wait) for job in sees(0, "flow")] == [(3, False)]
    floor.starts("loop-3")
    assert [(job.waiting, job.more_wait) for job in sees(0, "flow")] == [(3, True)]
