"""Events lost, doubled and out of order: the sweep finds what is answered all the same."""

from __future__ import annotations

import itertools
import json
import threading
import time

import pytest

from tests.integration.faults.disturbed import IMAGES, DisturbedNight

_DAYS = (f"2026-07-{day:02}" for day in itertools.count(1))


@pytest.fixture
def night(own_loop, s3, stack):
    return DisturbedNight(own_loop, s3, stack, next(_DAYS))


def received(stack, names, at_least):
    """Take messages about these loops off the queue until there are so many and no more come; their loops in order."""
    sqs = stack.client("sqs", "aws")
    found = []
    quiet_after = time.monotonic() + 1.5
    while time.monotonic() < quiet_after or len(found) < at_least:
        assert time.monotonic() < quiet_after + 20, f"{len(found)} events came, not {at_least}"
        answer = sqs.receive_message(QueueUrl=stack.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=stack.queue_url, ReceiptHandle=message["ReceiptHandle"])
            name = json.loads(message["Body"])["detail"]["humanLoopName"]
            if name in names:
                found.append(name)
                quiet_after = time.monotonic() + 1.5
        time.sleep(0.1)
    return found


@pytest.mark.parametrize(("kind", "times"), [("lose", IMAGES), ("double", IMAGES), ("reorder", 2)])
def test_a_wait_that_listens_ends_the_same(night, stack, kind, times):
    """Answered while the wait is on: what it hears is too little, too much or late, and the sweep makes up for it."""
    night.plan()
    arn = night.open()["flow_definition_arn"]
    stack.order("review", "SendEvent", kind, times=times)
    people = threading.Thread(target=night.answer)
    people.start()
    waited = night.night.wait(arn, 1, queue=stack.queue_url)
    people.join()
    assert waited == {"reviews": IMAGES, "completed": IMAGES, "failed": 0, "open": 0}
    assert night.finish(arn).count(b"\n") == IMAGES
    deadline = time.monotonic() + 10
    while stack.happened("review") < times:
        assert time.monotonic() < deadline, "the events were not spoiled"
        time.sleep(0.1)
    assert len(night.loops_made()) == IMAGES


@pytest.mark.parametrize(
    ("kind", "times", "arrive"), [("lose", IMAGES, 0), ("double", IMAGES, 2 * IMAGES), ("reorder", 1, IMAGES)]
)
def test_the_night_does_not_depend_on_events(night, stack, kind, times, arrive):
    night.plan()
    arn = night.open()["flow_definition_arn"]
    stack.order("review", "SendEvent", kind, times=times)
    night.answer()
    manifest = night.finish(arn)
    assert manifest.count(b"\n") == IMAGES
    assert stack.happened("review") == times
    names = set(night.loops_made())
    arrived = received(stack, names, arrive)
    assert len(arrived) == arrive
    assert set(arrived) == (names if arrive else set())
    files = night.night.files
    night.forget(files.outcomes, files.answers, files.manifest)
    assert night.finish(arn) == manifest
