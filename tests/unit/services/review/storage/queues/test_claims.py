"""Two workers never hold the same slot, whoever comes when."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from services.review.storage.queues import claims
from services.review.storage.tables import Claim, Slot


def together(*calls):
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        barrier.wait()
        results[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def held(database):
    return database.read(
        lambda session: session.scalars(
            select(func.count()).select_from(Claim).where(Claim.state == "held").group_by(Claim.slot_id)
        ).all()
    )


def test_three_workers_and_one_slot(floor):
    floor.makes_flow()
    for round_ in range(5):
        floor.starts(f"loop-{round_}")
        tasks = together(*[lambda worker=worker: floor.claims(worker) for worker in range(3)])
        assert sum(task is not None for task in tasks) == (1 if round_ < 3 else 0) + min(round_, 3)
        assert set(held(floor.database)) == {1}


def test_three_workers_and_three_slots_of_one_loop(floor):
    floor.makes_flow(task_count=3)
    floor.starts("loop")
    tasks = together(*[lambda worker=worker: floor.claims(worker) for worker in range(3)])
    assert len({task.id for task in tasks}) == 3
    assert held(floor.database) == [1, 1, 1]


def test_one_worker_in_a_hurry_gets_one_task(floor):
    floor.makes_flow()
    floor.starts("one")
    floor.starts("two")
    tasks = together(*[lambda: floor.claims(0)] * 4)
    assert len({task.id for task in tasks}) == 1


def test_a_slot_changes_hands_once(floor):
    floor.makes_flow()
    floor.starts("loop")
    slot = floor.database.read(lambda session: session.scalar(select(Slot.id)))
    taken = together(*[lambda: floor.database.write(lambda session: claims.mark_held(session, slot))] * 4)
    assert sorted(taken) == [False, False, False, True]


def test_the_database_itself_refuses_a_second_holder(floor):
    floor.makes_flow()
    floor.starts("loop")
    task = floor.claims(0)

    def hold_again(session):
        first = session.get(Claim, task.id)
        values = {column.key: getattr(first, column.key) for column in Claim.__table__.columns}
        session.add(Claim(**values | {"id": "f" * 32, "worker_id": floor.workers[1]}))

    with pytest.raises(IntegrityError):
        floor.database.write(hold_again)


def test_the_statement_locks_where_the_dialect_can():
    statement = claims.oldest_free_statement(skip_locked=True, skip_reserved=False)
    assert "FOR UPDATE OF human_loops SKIP LOCKED" in str(statement.compile(dialect=postgresql.dialect()))
    assert "FOR UPDATE" not in str(statement.compile(dialect=sqlite.dialect()))
