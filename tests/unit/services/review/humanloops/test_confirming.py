"""Answers given too fast: kept, marked in the output until an administrator lets them count."""

import json
from functools import partial

import pytest
from sqlalchemy import select

from services.review.errors import UnknownTask
from services.review.formats.arns import Arns
from services.review.humanloops import answering, confirming
from services.review.humanloops.output import build_output
from services.review.outbox.worker import OutboxWorker
from services.review.reports import fast_answers
from services.review.storage.tables import Claim, HumanLoop, OutboxRecord

ARNS = Arns("us-east-1", "123456789012")


class Bucket:
    """An S3 that keeps the last bytes, and lets a test come between."""

    def __init__(self):
        self.bodies, self.before = [], lambda: None

    def write(self, output):
        before, self.before = self.before, lambda: None
        before()
        self.bodies.append(output.body)


@pytest.fixture
def bucket():
    return Bucket()


@pytest.fixture
def writes(floor, bucket):
    def write():
        worker = OutboxWorker(
            floor.database,
            bucket,
            arns=ARNS,
            issuer="https://review",
            clock=lambda: floor.now,
            on_failure=lambda *_: pytest.fail("the output was not written"),
            on_finish=lambda: None,
        )
        while worker.run_once():
            pass

    return write


@pytest.fixture
def task(floor):
    floor.makes_flow()
    floor.starts("loop")
    return floor.claims(0)


def submits(floor, task, *, seconds, wall=None, least=1.0):
    floor.passes(seconds=seconds if wall is None else wall)
    rule = partial(answering.submit, answer={"a": 1}, seconds=seconds, floor=least)
    assert floor.does(rule, task.id, floor.workers[0]).refusal is None


def mark(floor):
    def read(session):
        loop = session.scalar(select(HumanLoop))
        return json.loads(build_output(session, loop, arns=ARNS, issuer="i").body)["humanAnswers"][0].get("tooFast")

    return floor.database.read(read)


@pytest.mark.parametrize(
    ("seconds", "least", "is_marked"),
    [(0.063, 1.0, True), (0.999, 1.0, True), (1.0, 1.0, None), (40, 1.0, None), (2.9, 3.0, True), (0.2, 0.0, False)],
)
def test_the_floor_is_the_templates(floor, task, seconds, least, is_marked):
    submits(floor, task, seconds=seconds, least=least)
    assert mark(floor) is is_marked
    assert len(floor.database.read(fast_answers.unconfirmed)) == (1 if is_marked else 0)


@pytest.mark.parametrize(("wall", "is_marked"), [(0.1, True), (0.999, True), (-5, True), (1.0, None)])
def test_a_page_that_claims_more_seconds_than_went_by_is_not_believed(floor, task, wall, is_marked):
    submits(floor, task, seconds=3.5, wall=wall)
    assert mark(floor) is is_marked


def test_a_confirmed_answer_is_written_again_without_the_mark(floor, task, bucket, writes):
    submits(floor, task, seconds=0.06)
    writes()
    assert floor.state("loop") == "Completed"
    assert floor.does(confirming.confirm, task.id, by="administrator") == "loop"
    writes()

    marks = [json.loads(body)["humanAnswers"][0]["tooFast"] for body in bucket.bodies]
    assert marks == [True, False]
    assert floor.state("loop") == "Completed"
    assert floor.database.read(fast_answers.unconfirmed) == []
    assert floor.database.read(lambda session: session.scalars(select(OutboxRecord)).all()) == []


def test_whoever_confirms_first_is_remembered(floor, task, bucket, writes):
    submits(floor, task, seconds=0.06)
    writes()
    for by in ("first", "second"):
        floor.does(confirming.confirm, task.id, by=by)
        writes()

    assert floor.database.read(lambda session: session.get(Claim, task.id).confirmed_by) == "first"
    assert len(bucket.bodies) == 2


def test_confirmed_before_it_is_written_is_written_once(floor, task, bucket, writes):
    submits(floor, task, seconds=0.06)
    floor.does(confirming.confirm, task.id, by="administrator")
    writes()

    assert [json.loads(body)["humanAnswers"][0]["tooFast"] for body in bucket.bodies] == [False]


def test_confirmed_while_it_is_being_written_is_written_again(floor, task, bucket, writes):
    submits(floor, task, seconds=0.06)
    bucket.before = lambda: floor.does(confirming.confirm, task.id, by="administrator")
    writes()

    assert [json.loads(body)["humanAnswers"][0]["tooFast"] for body in bucket.bodies] == [True, False]
    assert floor.state("loop") == "Completed"


def test_confirming_changes_no_other_answer(floor, task, bucket, writes):
    submits(floor, task, seconds=20)
    writes()
    floor.does(confirming.confirm, task.id, by="administrator")
    writes()

    assert len(bucket.bodies) == 1
    assert floor.database.read(lambda session: session.get(Claim, task.id).confirmed_at) is None
    with pytest.raises(UnknownTask):
        floor.does(confirming.confirm, "f" * 32, by="administrator")
