"""ReviewsSensor: the reviews of a night, until the reviewers' deadline, of which they are reminded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import NightIncompleteError, SetupError
from nightloop.aws.notifications import reviewers as reminding
from nightloop.aws.notifications.reviewers import ReviewerNotices
from nightloop.aws.sensors.reviews import ReviewsSensor
from nightloop.config import Channel
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import aws_error
from tests.support.night import NIGHT, opened, review, run
from tests.unit.aws.sensors.conftest import FLOW

TEAM = arn("workteam/private-crowd", "reviewers")
NOTICES = ReviewerNotices(
    loop="voc", workteam_arn=TEAM, channels=(Channel(via="smtp", to="ann@example.com"),), remind_before_minutes=(60,)
)


def waiting(**changes):
    given = {"task_id": "wait", "night": NIGHT, "flow_definition_arn": "{{ params.flow }}", "answer_by": "07:30"}
    return ReviewsSensor(**given | changes)


def wait(**changes):
    return run(waiting(**changes), flow=FLOW, minutes="90", queue="https://sqs/q")


@pytest.fixture
def asked(s3, night, loops):
    """Lay a night there whose reviews were opened some time ago; their loops are open."""

    def ask(*numbers, ago=timedelta(0)):
        reviews = [review(number) for number in numbers]
        night.lay(plan=reviews, reviews=[opened(each) for each in reviews])
        s3.put(night.files.reviews, s3.objects[night.files.reviews], age=ago)
        for each in reviews:
            loops.add(each.review_name)
        return [each.review_name for each in reviews]

    return ask


def deferred(**changes):
    with pytest.raises(TaskDeferred) as raised:
        wait(**changes)
    assert raised.value.method_name == "execute_complete"
    return raised.value.trigger


def test_a_night_whose_reviews_have_ended_goes_on(asked, loops):
    first, second = asked(1, 2)
    loops.end(first)
    loops.end(second, status="Failed")
    assert wait() == {"reviews": 2, "completed": 1, "failed": 1, "open": 0}


def test_what_was_refused_or_postponed_is_not_waited_for(night, loops):
    night.lay(reviews=[opened(review(1), "failed", error="no"), opened(review(2), "postponed")])
    assert wait() == {"reviews": 0, "completed": 0, "failed": 0, "open": 0}


def test_the_trigger_follows_the_night_s_reviews(asked, night):
    asked(1)
    trigger = deferred(poll_seconds=9, events_queue_url="{{ params.queue }}")
    path, given = trigger.serialize()
    assert path == "nightloop.aws.triggers.human_loops.HumanLoopsTrigger"
    assert (given["loops_uri"], given["flow_definition_arn"]) == (night.files.reviews, FLOW)
    assert (given["poll_seconds"], given["events_queue_url"], given["notices"]) == (9, "https://sqs/q", None)


def written(s3, night):
    return s3.head_object(Bucket="bucket", Key=night.files.reviews.removeprefix("s3://bucket/"))["LastModified"]


@pytest.mark.parametrize("minutes", [90, "90", 90.0, "{{ params.minutes }}"])
def test_minutes_count_from_when_the_reviews_were_opened(s3, asked, night, minutes):
    asked(1, ago=timedelta(minutes=30))
    deadline = datetime.fromisoformat(deferred(answer_within_minutes=minutes).deadline)
    assert deadline == written(s3, night) + timedelta(minutes=90)


def test_a_retry_does_not_move_the_deadline(s3, asked, night):
    asked(1, ago=timedelta(minutes=30))
    assert deferred(answer_within_minutes=90).deadline == deferred(answer_within_minutes=90).deadline


@pytest.mark.parametrize("minutes", [None, ""])
def test_else_it_is_the_time_of_day_that_comes_next(s3, asked, night, minutes):
    asked(1)
    trigger = deferred(answer_within_minutes=minutes, answer_by="07:30", deadline_timezone="Asia/Tokyo")
    deadline = datetime.fromisoformat(trigger.deadline).astimezone(UTC)
    assert (deadline.hour, deadline.minute) == (22, 30)
    assert timedelta(0) < deadline - written(s3, night) <= timedelta(hours=24)


def test_without_either_there_is_no_deadline(asked):
    asked(1)
    with pytest.raises(SetupError, match="wait has no deadline: give it answer_by or answer_within_minutes"):
        wait(answer_by=None)


def test_after_the_deadline_the_night_goes_on_and_says_so(asked, capsys):
    asked(1, ago=timedelta(hours=2))
    assert wait(answer_within_minutes=90) == {"reviews": 1, "completed": 0, "failed": 0, "open": 1}
    assert "The deadline has come; 1 reviews are open and join a later night" in capsys.readouterr().out


@pytest.mark.parametrize(("still_open", "said"), [(1, True), (0, False)])
def test_the_trigger_s_event_ends_it_alike(asked, capsys, still_open, said):
    event = {"status": "deadline", "reviews": 2, "completed": 2 - still_open, "failed": 0, "open": still_open}
    assert waiting().execute_complete({}, dict(event)) == {key: event[key] for key in event if key != "status"}
    assert ("The deadline has come" in capsys.readouterr().out) is said


def test_a_night_whose_reviews_were_not_opened_is_named(night, loops):
    with pytest.raises(NightIncompleteError, match=r"reviews.jsonl is not there. Clear open_reviews"):
        wait()


def test_the_trigger_reminds_with_all_it_needs(asked, night, s3):
    asked(1)
    notices = deferred(notices=NOTICES).notices
    assert notices["portal"] == "https://portal.example.com"
    assert (notices["night"], notices["folder"]) == ("2026-11-22", night.files.notices)
    assert notices["opened"] == written(s3, night).isoformat()
    assert ReviewerNotices.from_json(notices["settings"]) == NOTICES


def test_reviewers_are_told_without_a_portal_that_cannot_be_asked_for(asked, flows, capsys):
    asked(1)
    flows.fail("describe_workteam", aws_error("AccessDeniedException", "no", status=403))
    assert deferred(notices=NOTICES).notices["portal"] is None
    assert "told without the portal's address" in capsys.readouterr().out


@pytest.fixture
def sent(monkeypatch):
    """What is sent to reviewers; nothing leaves this machine."""
    notices = []

    class Sending:
        def __init__(self, store, folder, channels):
            self.to = [channel.to for channel in channels]

        def deliver(self, notice):
            notices.append((self.to, notice))
            return True

    monkeypatch.setattr(reminding, "Delivery", Sending)
    return notices


def test_a_worker_that_waits_reminds_the_reviewers(asked, loops, sent, monkeypatch):
    (name,) = asked(1)
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        assert len(pauses) < 20, "it waits for ever"
        if len(pauses) == 2:
            loops.end(name)

    monkeypatch.setattr("time.sleep", pause)
    found = wait(deferrable=False, notices=NOTICES, answer_within_minutes=600)
    assert found["completed"] == 1
    ((to, notice),) = sent
    assert to == ["ann@example.com"]
    assert notice.key == "work-waits"
    assert "1 image waits for review (voc, night of 2026-11-22)" in notice.text
    assert "https://portal.example.com" in notice.text


def test_without_notices_nobody_is_told(asked, loops, sent, monkeypatch):
    (name,) = asked(1)
    monkeypatch.setattr("time.sleep", lambda _seconds: loops.end(name))
    assert wait(deferrable=False)["completed"] == 1
    assert sent == []
