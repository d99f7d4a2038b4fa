"""What administrators see of the past and the present, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.review.humanloops import answering, claiming, recalling
from services.review.reports import activity, browsing, problems, queues
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim, EventDelivery, EventRecord, OutboxRecord, Worker


def answered(floor, worker, seconds):
    task = floor.claims(worker)
    floor.passes(seconds=seconds)
    floor.does(answering.submit, task.id, floor.workers[worker], answer={"a": 1}, seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "median"), [([5.0], 5.0), ([1.0, 9.0], 5.0), ([9.0, 1.0, 4.0], 4.0), ([1.0, 2.0, 4.0, 50.0], 3.0)]
)
def test_the_median_is_of_the_middle(floor, seconds, median):
    floor.makes_flow()
    for number, duration in enumerate(seconds):
        floor.starts(f"loop-{number}")
        answered(floor, 0, duration)
    (queue,) = floor.does(queues.queues)
    assert queue.median_seconds == pytest.approx(median)
    numbers = floor.does(activity.activities)[0]
    assert numbers.median_seconds == pytest.approx(median)
    assert numbers.active_seconds == pytest.approx(sum(seconds))


def test_time_windows_of_answers(floor):
    floor.makes_flow(availability=86_400 * 60)
    for number, days in enumerate((23, 6, 1, 0)):
        floor.starts(f"loop-{number}")
        answered(floor, 0, 1)
        floor.passes(days=days, minutes=1)
    (queue,) = floor.does(queues.queues)
    assert (queue.answers_last_hour, queue.answers_last_day) == (1, 1)
    worker = floor.does(activity.activities)[0]
    assert (worker.answers_day, worker.answers_week, worker.answers_month) == (1, 2, 3)
    others = floor.does(activity.activities)[1:]
    assert all((other.answers_month, other.last_seen_at, other.held) == (0, None, ()) for other in others)


def test_waiting_counts_tasks_not_loops(floor):
    floor.makes_flow(task_count=3)
    floor.starts("a")
    floor.starts("b")
    floor.claims(0)
    answered(floor, 1, 1)
    (queue,) = floor.does(queues.queues, flow_name="flow")
    assert (queue.waiting, queue.working) == (4, 1)
    assert floor.does(queues.queues, flow_name="another") == []


def test_a_mark_leads_on_where_the_page_ended(floor):
    floor.makes_flow()
    for number in range(browsing.PAGE_SIZE + 1):  # all at the same moment: the id decides
        floor.starts(f"loop-{number}")
    first = floor.database.read(lambda session: browsing.loops_of(session, 1))
    rest = floor.database.read(lambda session: browsing.loops_of(session, 1, before=first.older))
    assert [row.name for row in first.rows + rest.rows] == [f"loop-{n}" for n in range(browsing.PAGE_SIZE, -1, -1)]
    assert rest.older == ""


def test_a_recalled_task_goes_back_and_keeps_its_draft(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)
    floor.database.write(lambda session: session.execute(update(Claim).values(draft='{"a": 2}')))
    assert floor.does(recalling.recall, task.id) == "loop"
    claim = floor.database.read(lambda session: session.get(Claim, task.id))
    assert (claim.state, claim.late_answer, claim.expires_at) == (ClaimState.EXPIRED, '{"a": 2}', floor.now)
    again = floor.claims(0)
    assert again.id != task.id
    assert floor.does(recalling.recall, task.id) == "loop"
    assert floor.does(claiming.look_at, again.id, floor.workers[0]).id == again.id


def test_what_cannot_be_delivered_is_grouped_by_flow_and_destination(floor):
    floor.makes_flow()

    def fail(session):
        for number in range(3):
            loop_name = f"loop-{number}"
            event = EventRecord(
                event_id=f"{number}",
                human_loop_name=loop_name,
                flow_definition_name="flow",
                status="Completed",
                loop_created_at=floor.now,
                occurred_at=floor.now + timedelta(minutes=number),
            )
            error = "no such queue" if number else None
            session.add(
                EventDelivery(
                    event=event, destination="sqs", attempts=number, next_attempt_at=floor.now, last_error=error
                )
            )
            loop = OutboxRecord(
                human_loop_id=number + 1,
                attempts=1,
                next_attempt_at=floor.now,
                last_error="denied",
                created_at=floor.now,
            )
            session.add(loop)

    for number in range(3):
        floor.starts(f"loop-{number}")
    floor.database.write(fail)
    output, events = floor.database.read(problems.problems)
    assert (output.destination, output.count, output.reason, output.since) == ("output", 3, "denied", floor.now)
    assert (events.destination, events.count, events.reason) == ("sqs", 2, "no such queue")
    assert events.since == floor.now + timedelta(minutes=1)
    assert floor.database.read(lambda session: problems.problems(session, "another")) == []


def test_a_worker_is_found_by_the_id_outputs_show(floor):
    def find(session):
        return activity.find_worker(session, f"{1:016x}")

    assert isinstance(floor.database.read(find), Worker)
