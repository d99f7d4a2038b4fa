"""QueuedAnswersTrigger: it ends when each request has an answer or a failure, and asks S3 little."""

from __future__ import annotations

import asyncio

import pytest

from nightloop.aws.images.queued_answers import QueuedAnswers
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.queued_answers import QueuedAnswersTrigger
from nightloop.domain.rows.jsonl import dumps_lines
from tests.support.fakes.client import BROKEN

ASKED = "s3://bucket/asked.jsonl"


def request(number):
    output, failure = f"s3://bucket/answers/{number}.out", f"s3://bucket/failures/{number}-error.out"
    return {"image": f"s3://bucket/{number}.jpg", "output": output, "failure": failure}


@pytest.fixture
def requests(s3):
    rows = [request(number) for number in range(12)]
    s3.put(ASKED, dumps_lines(rows))
    return rows


def waited(**arguments):
    _, given = QueuedAnswersTrigger(asked_uri=ASKED, poll_seconds=0, **arguments).serialize()

    async def first():
        async for event in QueuedAnswersTrigger(**given).run():
            return event.payload
        raise AssertionError("no event")

    return asyncio.run(first())


def test_it_ends_with_the_last_answer(s3, requests):
    for number, row in enumerate(requests):
        s3.put(row["failure" if number == 3 else "output"], "{}")
    assert waited() == {"status": "answered", "open": 0}


def test_a_service_that_is_away_for_a_while_does_not_end_the_waiting(s3, requests):
    for row in requests:
        s3.put(row["output"], "{}")
    s3.fail("list_objects_v2", BROKEN, times=2)
    assert waited() == {"status": "answered", "open": 0}


def test_after_the_longest_time_it_says_how_many_are_open(s3, requests):
    s3.put(requests[0]["output"], "{}")
    assert waited(longest_seconds=0) == {"status": "unfinished", "open": 11}


def test_what_does_not_pass_by_itself_ends_the_waiting(s3):
    event = waited()
    assert (event["status"], ASKED in event["message"]) == ("error", True)


def test_many_failures_are_all_found_a_few_at_a_time(s3, requests):
    for row in requests:
        s3.put(row["failure"], "no")
    answers = QueuedAnswers(ObjectStore(), ASKED)
    s3.calls.clear()
    assert [answers.count_open(), answers.count_open()] == [4, 0]
    assert len(s3.requests("head_object")) == 12
