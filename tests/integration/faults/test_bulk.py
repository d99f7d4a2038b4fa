"""Loops stopped and deleted in bulk, given up and handed on, through throttling, faults and slow answers."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.human_loops.late_answers import LateReviews
from nightloop.aws.operators.a2i.delete_human_loops import DeleteHumanLoopsOperator
from nightloop.aws.operators.a2i.delete_reviews import DeleteReviewsOperator
from nightloop.aws.operators.a2i.start_human_loops import StartHumanLoopsOperator
from nightloop.aws.operators.a2i.stop_human_loops import StopHumanLoopsOperator
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.detection.selection import PlannedReview
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.running import run

BURSTS = ("throttle", "unavailable", "reset-after")


@pytest.mark.parametrize("kind", BURSTS)
def test_stopping_and_deleting_go_on(own_loop, stack, kind):
    arn, folder = Night(own_loop, "2026-06-01").create_flow(), f"s3://{own_loop.bucket}/bulk"
    loops = [{"input": {"taskObject": f"{folder}/{number}.png", "labels": ["cat"]}} for number in range(4)]
    started = run(
        StartHumanLoopsOperator(
            task_id="start", flow_definition_arn=arn, loops=loops, results_uri=f"{folder}/started.jsonl"
        )
    )["results"]
    stack.order("review", "StopHumanLoop", kind, times=3)
    stopped = run(StopHumanLoopsOperator(task_id="stop", loops=started, results_uri=f"{folder}/stopped.jsonl"))
    assert (stopped["failed"], stopped["loops"], stack.happened("review")) == (0, 4, 3)
    stack.forget_orders()
    stack.order("review", "DeleteHumanLoop", kind, times=3)
    deleted = run(DeleteHumanLoopsOperator(task_id="delete", loops=started, results_uri=f"{folder}/deleted.jsonl"))
    assert (deleted["failed"], deleted["loops"], stack.happened("review")) == (0, 4, 3)


@pytest.mark.parametrize("kind", BURSTS)
def test_giving_up_goes_on(own_loop, s3, stack, kind):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=1))
    first = Night(loop, "2026-06-02")
    for number in range(3):
        first.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=60 + number)))
    first.open_all()
    first.finish()
    second = Night(loop, "2026-06-03")
    second.open_all()
    stack.order("review", "StopHumanLoop", kind, times=3)
    assert second.finish()["given_up"] == 3
    assert stack.happened("review") == 3


def test_teardown_leaves_who_works_to_finish_and_may_be_run_again(own_loop, s3, stack):
    night = Night(own_loop, "2026-06-04")
    for number in range(2):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=60 + number)))
    night.open_all()
    reviewer = Reviewer(stack).signs_in()
    task = reviewer.takes(night.flow.name)
    remove = DeleteReviewsOperator(task_id="delete_reviews", loop=own_loop.name)
    listed = remove._stop_loops
    arn = night.open()["flow_definition_arn"]
    assert [listed(arn), listed(arn)] == [2, 1]
    reviewer.submits(task, [])
    assert run(remove)["flow_definitions"] == 1


@pytest.mark.parametrize("kind", BURSTS)
def test_teardown_goes_on(own_loop, s3, stack, kind):
    night = Night(own_loop, "2026-06-05")
    for number in range(3):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=60 + number)))
    arn = night.open_all()["flow_definition_arn"]
    for operation in ("StopHumanLoop", "DeleteHumanLoop"):
        stack.order("review", operation, kind, times=3)
    counts = run(DeleteReviewsOperator(task_id="delete_reviews", loop=own_loop.name))
    assert (counts["human_loops"], counts["flow_definitions"], stack.happened("review")) == (3, 1, 6)
    assert A2IHook().list_human_loops(arn) == []


def test_a_night_that_nobody_answered_is_handed_on_and_taken_up_by_many_threads(own_loop, s3, stack):
    night = Night(own_loop, "2026-06-05")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)])))
    night.open_all()
    review = PlannedReview.from_json(night.lines(night.files.plan)[0])
    reviews = [replace(review, review_name=f"{own_loop.name}-{number}") for number in range(32)]
    names = [review.review_name for review in reviews]
    nights = [LateReviews(ObjectStore(), night.loop_files, date) for date in (night.date, "2026-06-06")]
    stack.order("aws", "*", "slow", times=1000, seconds=0.2)
    begun = time.monotonic()
    nights[0].hand_on(reviews)
    assert set(nights[1].waiting()) == set(names)
    nights[1].settle(names)
    assert time.monotonic() - begun < 5 * 32 * 0.2 / 4, "five calls for each, one after the other"
    assert stack.happened("aws") >= 5 * 32
    assert nights[1].waiting() == {}
