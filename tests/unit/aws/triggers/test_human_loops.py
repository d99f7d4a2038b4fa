"""The trigger of a night's reviews: one event, at the last one's end or at the deadline."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk.module_loading import import_string

from nightloop.aws.notifications.reviewers import Reminding
from nightloop.aws.triggers.human_loop_events import DETAIL_TYPE, STALE_SECONDS
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.aws.triggers.listed_human_loops import ListedHumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.fakes.sqs import URL, FakeQueue

REVIEWS = "s3://bucket/night/reviews.jsonl"
FLOW = arn("flow-definition", "flow")
NAMES = ["voc-1", "voc-2", "voc-3"]


@pytest.fixture(autouse=True)
def night(s3, flows, human_loops):
    """Three open reviews, and one of another night."""
    human_loops.control = None
    for name in [*NAMES, "other"]:
        human_loops.add(name)
    rows = [OpenedReview(name, "opened", created=datetime.now(UTC)).to_json() for name in NAMES]
    s3.put(REVIEWS, "".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def moments(monkeypatch):
    """What happens at each pause, one after the other; a pause after the last one is an error."""
    happening = []
    sleep = asyncio.sleep

    async def pause(seconds, result=None):
        assert happening, "it waits for ever"
        happening.pop(0)()
        await sleep(0)
        return result

    monkeypatch.setattr(asyncio, "sleep", pause)
    return happening


def trigger(kind=HumanLoopsTrigger, hours=12, **arguments):
    deadline = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    given = {"loops_uri": REVIEWS, "flow_definition_arn": FLOW, "deadline": deadline, "poll_seconds": 5}
    path, serialized = kind(**given | arguments).serialize()
    return import_string(path)(**json.loads(json.dumps(serialized)))


def events(one):
    async def gather():
        return [event.payload async for event in one.run()]

    return asyncio.run(gather())


def ending(human_loops, *names, status="Completed"):
    def end():
        for name in names:
            human_loops.end(name, status=status)

    return end


def test_the_last_review_s_end_is_one_event(human_loops, moments):
    moments += [
        ending(human_loops, "voc-1"),
        ending(human_loops, "voc-2", status="Failed"),
        ending(human_loops, "voc-3"),
    ]
    assert events(trigger()) == [{"status": "finished", "reviews": 3, "completed": 2, "failed": 1, "open": 0}]
    assert {operation for operation, _ in human_loops.calls} == {"list_human_loops"}
    assert len(human_loops.calls) == 4


def test_the_deadline_goes_on_with_what_has_arrived(human_loops, moments):
    human_loops.end("voc-2")
    assert events(trigger(hours=-1)) == [{"status": "deadline", "reviews": 3, "completed": 1, "failed": 0, "open": 2}]
    assert human_loops.requests("stop_human_loop") == []


@pytest.mark.parametrize("failure", [THROTTLED, BROKEN])
@pytest.mark.parametrize("operation", ["list_human_loops", "describe_human_loop"])
def test_a_sweep_that_failed_is_made_up_for(human_loops, moments, failure, operation):
    human_loops.unlisted.add("voc-1")
    human_loops.fail(operation, failure)
    moments += [ending(human_loops, *NAMES)]
    assert events(trigger())[0]["status"] == "finished"


def test_a_refused_sweep_is_told_with_its_kind(human_loops):
    human_loops.fail("list_human_loops", aws_error("AccessDeniedException", "no", status=403))
    (event,) = events(trigger())
    assert (event["status"], event["error"]) == ("error", "PermissionDeniedError")
    assert "a2i_default" in event["message"]


def test_a_list_of_reviews_that_is_gone_is_told(s3):
    s3.delete_object(Bucket="bucket", Key="night/reviews.jsonl")
    (event,) = events(trigger())
    assert event["status"] == "error"
    assert event["error"] == "RequestRefusedError"


def test_reviews_none_of_which_is_there_are_told(human_loops):
    human_loops.loops.clear()
    (event,) = events(trigger())
    assert (event["status"], event["error"]) == ("error", "ReviewsMissingError")
    assert "voc-1, voc-2, voc-3" in event["message"]


def test_one_that_was_deleted_has_ended(human_loops):
    del human_loops.loops["voc-1"]
    ending(human_loops, "voc-2", "voc-3")()
    assert events(trigger())[0] == {"status": "finished", "reviews": 3, "completed": 2, "failed": 1, "open": 0}


def test_a_night_without_reviews_is_finished(s3, human_loops):
    s3.put(REVIEWS, b"")
    assert events(trigger())[0]["status"] == "finished"
    assert human_loops.calls == []


def test_loops_given_by_name_need_no_list(s3, human_loops):
    s3.delete_object(Bucket="bucket", Key="night/reviews.jsonl")
    ending(human_loops, *NAMES)()
    one = trigger(ListedHumanLoopsTrigger, review_names=["voc-1", "voc-3"])
    assert events(one) == [{"status": "finished", "reviews": 2, "completed": 2, "failed": 0, "open": 0}]


def test_without_names_the_list_is_read(human_loops):
    ending(human_loops, *NAMES)()
    assert events(trigger(ListedHumanLoopsTrigger, review_names=[]))[0]["reviews"] == 3


def test_the_clients_are_those_of_the_settings(clients, human_loops):
    ending(human_loops, *NAMES)()
    events(trigger(region_name="eu-west-1"))
    assert clients.asked == [
        ("s3", "aws_default", "eu-west-1", True),
        ("sagemaker-a2i-runtime", "a2i_default", "eu-west-1", True),
    ]


def test_reviewers_are_reminded_between_two_sweeps(human_loops, moments, monkeypatch):
    told = []
    monkeypatch.setattr(Reminding, "tell", lambda self, still_open, now: told.append((self.night, still_open)))
    settings = {
        "loop": "voc",
        "workteam_arn": "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/t",
        "channels": [],
        "remind_before_minutes": [60],
        "timezone": "UTC",
    }
    at = {"folder": "s3://bucket/n", "night": "2026-11-22", "opened": datetime.now(UTC).isoformat(), "portal": None}
    moments += [ending(human_loops, "voc-1"), ending(human_loops, *NAMES)]
    events(trigger(notices={"settings": settings, **at}))
    assert told == [("2026-11-22", 3), ("2026-11-22", 2)]


@pytest.fixture
def queue(clients):
    return clients.use(FakeQueue())


def told_of(name, flow=FLOW):
    detail = {"humanLoopName": name, "flowDefinitionArn": flow, "humanLoopStatus": "Completed"}
    return json.dumps({"detail-type": DETAIL_TYPE, "detail": detail})


def test_a_review_an_event_speaks_of_is_looked_at_at_once(human_loops, queue, moments):
    def heard():
        ending(human_loops, *NAMES)()
        for name in NAMES:
            queue.send(told_of(name), time.time())

    queue.before("receive_message", heard)
    assert events(trigger(events_queue_url=URL))[0]["status"] == "finished"
    assert [request["HumanLoopName"] for request in human_loops.requests("describe_human_loop")] == NAMES
    assert len(human_loops.requests("list_human_loops")) == 1
    assert queue.messages == {}


def test_an_event_of_a_review_that_goes_on_stays(human_loops, queue, moments):
    receipt = queue.send(told_of("voc-1"), time.time())
    queue.before("receive_message", lambda: None)
    queue.before("receive_message", lambda: queue.fail("receive_message", BROKEN))
    moments += [ending(human_loops, *NAMES)]
    assert events(trigger(events_queue_url=URL))[0]["status"] == "finished"
    assert list(queue.messages) == [receipt]


def test_messages_of_others_stay_and_old_ones_of_our_flow_go(human_loops, queue, moments):
    kept = [
        queue.send(told_of("other"), time.time()),
        queue.send(told_of("other", flow="arn:another"), time.time() - 2 * STALE_SECONDS),
        queue.send("not JSON", time.time() - 2 * STALE_SECONDS),
    ]
    queue.send(told_of("gone long ago"), time.time() - 2 * STALE_SECONDS)

    def end():
        ending(human_loops, *NAMES)()
        queue.fail("receive_message", BROKEN)

    moments += [end, lambda: None]
    assert events(trigger(events_queue_url=URL))[0]["status"] == "finished"
    assert list(queue.messages) == kept


@pytest.mark.parametrize(
    "failure", [THROTTLED, BROKEN, aws_error("AWS.SimpleQueueService.NonExistentQueue", "The queue does not exist.")]
)
def test_a_queue_that_does_not_answer_leaves_it_to_the_sweeps(human_loops, queue, moments, failure):
    queue.fail("receive_message", failure)
    moments += [ending(human_loops, *NAMES)]
    assert events(trigger(events_queue_url=URL))[0]["status"] == "finished"
    assert len(human_loops.requests("list_human_loops")) == 2
