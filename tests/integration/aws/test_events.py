"""Events of human loops wake the wait early; whatever happens to them changes nothing else."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest

from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.triggers import human_loop_events
from nightloop.aws.triggers.human_loop_events import HumanLoopEvents
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture

HOOK = {"aws_conn_id": "aws_default", "region_name": "us-east-1", "verify": None, "config": None}
FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"


@pytest.fixture
def sqs(stack):
    return stack.client("sqs", "aws")


@pytest.fixture
def queue(sqs, request):
    """A queue of this test's own."""
    return sqs.create_queue(QueueName=request.node.name[:80])["QueueUrl"]


def event(name, *, flow=FLOW, status="Completed"):
    detail = {"humanLoopName": name, "flowDefinitionArn": flow, "humanLoopStatus": status}
    return json.dumps({"detail-type": human_loop_events.DETAIL_TYPE, "source": "aws.sagemaker", "detail": detail})


def reviews_of(*names):
    return OpenReviews([OpenedReview(name, "opened", f"arn:{name}") for name in names])


def left(sqs, queue):
    """Bodies of the messages that are still in a queue, whether shown or not."""
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


def test_the_service_s_own_event_ends_the_wait_before_the_next_sweep(own_loop, s3, stack):
    night = Night(own_loop, "2026-07-01")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=81)))
    arn = night.open_all()["flow_definition_arn"]
    name = night.lines(night.files.reviews)[0]["review_name"]
    begun = time.monotonic()
    event = asyncio.run(stopped_meanwhile(trigger_of(night, arn, stack.queue_url), name))
    assert event == {"status": "finished", "reviews": 1, "completed": 0, "failed": 1, "open": 0}
    assert time.monotonic() - begun < 60, "the next sweep would have come after ten minutes"


def trigger_of(night, arn, queue):
    return HumanLoopsTrigger(
        loops_uri=night.files.reviews,
        flow_definition_arn=arn,
        deadline="2999-01-01T00:00:00+00:00",
        poll_seconds=600,
        events_queue_url=queue,
    )


async def stopped_meanwhile(trigger, name):
    events = trigger.run()
    waiting = asyncio.ensure_future(events.__anext__())
    await asyncio.sleep(1)
    assert not waiting.done()
    await asyncio.to_thread(A2IHook().stop_human_loop, name)
    return (await asyncio.wait_for(waiting, 60)).payload


def test_a_queue_that_is_not_there_is_no_more_than_a_warning(own_loop, s3, stack, caplog):
    night = Night(own_loop, "2026-07-02")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=82)))
    arn = night.open_all()["flow_definition_arn"]
    name = night.lines(night.files.reviews)[0]["review_name"]
    trigger = trigger_of(night, arn, stack.queue_url + "-gone")
    trigger.poll_seconds = 0.5
    assert asyncio.run(stopped_meanwhile(trigger, name))["open"] == 0


def test_a_message_is_deleted_once_its_loop_was_seen_ended(sqs, queue):
    reviews = reviews_of("mine", "other")
    events = HumanLoopEvents(queue, FLOW, HOOK)
    sqs.send_message(QueueUrl=queue, MessageBody=event("mine"))
    sqs.send_message(QueueUrl=queue, MessageBody=event("mine"))
    heard = asyncio.run(events.listen(5, reviews))
    assert heard == {"mine"}
    asyncio.run(events.forget(reviews))
    assert left(sqs, queue) == 2, "not seen ended yet: an early event, or a service that lags"
    reviews.end("mine", "Completed")
    asyncio.run(events.forget(reviews))
    asyncio.run(events.listen(1, reviews))
    assert left(sqs, queue) == 0


def test_doubled_late_and_reordered_events_are_cleared_away(sqs, queue):
    reviews = reviews_of("a", "b")
    reviews.end("a", "Completed")
    events = HumanLoopEvents(queue, FLOW, HOOK)
    for name in ("b", "a", "a", "b"):
        sqs.send_message(QueueUrl=queue, MessageBody=event(name))
    assert asyncio.run(events.listen(5, reviews)) == {"b"}
    reviews.end("b", "Failed")
    asyncio.run(events.forget(reviews))
    asyncio.run(events.listen(1, reviews))
    assert left(sqs, queue) == 0


def test_messages_of_others_are_left_for_them_and_do_not_starve_ours(sqs, queue, monkeypatch):
    """25 messages of others before ours: a receive brings ten at most."""
    foreign = [event(f"theirs-{number}", flow=FLOW + "-of-another-loop") for number in range(24)]
    for body in [*foreign, "not JSON"]:
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    sqs.send_message(QueueUrl=queue, MessageBody=event("mine"))
    monkeypatch.setattr(human_loop_events, "_PAUSE", 0.05)
    assert asyncio.run(HumanLoopEvents(queue, FLOW, HOOK).listen(8, reviews_of("mine"))) == {"mine"}
    assert left(sqs, queue) == 26


def test_an_old_message_of_our_flow_that_wakes_nobody_any_more_is_removed(sqs, queue, monkeypatch):
    sqs.send_message(QueueUrl=queue, MessageBody=event("of-an-earlier-night"))
    sqs.send_message(QueueUrl=queue, MessageBody=event("theirs", flow=FLOW + "-of-another-loop"))
    events = HumanLoopEvents(queue, FLOW, HOOK)
    monkeypatch.setattr(human_loop_events, "HIDDEN_SECONDS", 1)
    asyncio.run(events.listen(1, reviews_of("mine")))
    assert left(sqs, queue) == 2, "another night that waits now may need it"
    monkeypatch.setattr(human_loop_events, "STALE_SECONDS", 0.5)
    asyncio.run(events.listen(3, reviews_of("mine")))
    assert left(sqs, queue) == 1


def test_two_nights_share_a_queue_and_both_hear_their_own(sqs, queue, monkeypatch):
    monkeypatch.setattr(human_loop_events, "HIDDEN_SECONDS", 1)
    monkeypatch.setattr(human_loop_events, "_PAUSE", 0.05)
    names = {night: {f"{night}-{number}" for number in range(12)} for night in ("one", "two")}
    for pair in zip(*map(sorted, names.values()), strict=True):
        for name in pair:
            sqs.send_message(QueueUrl=queue, MessageBody=event(name))

    def hear_all(night):
        reviews, events = reviews_of(*names[night]), HumanLoopEvents(queue, FLOW, HOOK)
        end = time.monotonic() + 40
        while reviews.open and time.monotonic() < end:
            for name in asyncio.run(events.listen(5, reviews)):
                reviews.end(name, "Completed")
            asyncio.run(events.forget(reviews))
        still_open[night] = reviews.open

    still_open = {}
    threads = [threading.Thread(target=hear_all, args=(night,)) for night in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert still_open == {"one": 0, "two": 0}
    assert left(sqs, queue) == 0
