"""One night against the real services: images in, a checked manifest out; again, and everything is adopted."""

from __future__ import annotations

import time

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.dag_factory import night_tasks
from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.running import Context, run

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}


def night_of_three(loop, s3, date):
    night = Night(loop, date)
    for number in range(3):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=70 + number)))
    return night


def test_night_from_images_to_receipt_and_again(own_loop, s3, stack):
    night = night_of_three(own_loop, s3, "2026-02-01")
    context = Context()
    night.list()
    night.score()
    night.plan()
    opened = night.open(context)
    assert (opened["opened"], opened["adopted"], opened["refused"]) == (3, 0, 0)
    assert context.pushed["worker_portal"]["portal"] == f"127.0.0.1:{stack.ports['review']}/portal"

    reviewer = Reviewer(stack).signs_in()
    frames = [reviewer.answers(night.flow.name, [BOX]) for _ in range(3)]
    assert all("crowd-bounding-box" in frame for frame in frames)
    waited = night.wait(opened["flow_definition_arn"], 1)
    receipt = night.finish()
    assert (waited["open"], waited["completed"]) == (0, 3)
    assert receipt["reviews_completed"] == receipt["manifest_lines"] == receipt["answers"] == 3
    assert receipt["reviewer_seconds"] > 0
    assert receipt["expectations"]["evaluated"] > 10
    line = night.lines(night.files.manifest)[0]
    assert line["bounding-box"]["annotations"] == [{"class_id": 14, "left": 20, "top": 30, "width": 60, "height": 40}]

    written = night.objects()
    night.open_all()
    night.finish()
    assert night.objects() == written, "the second run keeps every byte"

    context = Context()
    publish = night_tasks.publish_manifest(night.loop, night.run)
    (asset,) = publish.outlets
    run(publish, context)
    extra = context["outlet_events"][asset].extra
    assert extra == {"night": "2026-02-01", "manifest": night.files.manifest, "lines": 3}


def test_a_replayed_night_has_the_same_plan_and_manifest_and_asks_nobody_again(own_loop, s3, stack):
    night = night_of_three(own_loop, s3, "2026-02-03")
    night.open_all()
    answer_all(stack, night.flow.name, {line["review_name"] for line in night.lines(night.files.reviews)})
    receipt, first, store = night.finish(), night.objects(), ObjectStore()
    assert receipt["model"] == ModelHook().live_model(own_loop.endpoint.name).model
    for uri in first:
        store.delete(uri)
    assert night.open_all()["adopted"] == 3
    assert night.finish()["model"] == receipt["model"]
    again = night.objects()
    same = [night.files.images, night.files.predictions("00000"), night.files.plan]
    for uri in [*same, night.files.outcomes, night.files.answers, night.files.manifest]:
        assert again[uri] == first[uri], uri


def test_a_try_that_died_before_it_wrote_its_record_is_adopted(live_loop, s3, stack):
    night = night_of_three(live_loop, s3, "2026-02-02")
    night.open_all()
    store = ObjectStore()
    first = {line["review_name"]: line["arn"] for line in night.lines(night.files.reviews)}
    store.delete(night.files.reviews)
    again = night.open()
    assert (again["opened"], again["adopted"]) == (0, 3)
    assert {line["review_name"]: line["arn"] for line in night.lines(night.files.reviews)} == first
    loops = stack.client("sagemaker-a2i-runtime", "review").list_human_loops(
        FlowDefinitionArn=again["flow_definition_arn"], MaxResults=100
    )["HumanLoopSummaries"]
    assert sum(loop["HumanLoopName"] in first for loop in loops) == 3, "nobody is asked twice"


@pytest.mark.parametrize("deferrable", [True, False])
def test_deadline_goes_on_and_a_late_answer_joins_the_next_night_once(own_loop, s3, stack, deferrable):
    night = Night(own_loop, "2026-03-01")
    for number in range(2):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=80 + number)))
    opened = night.open_all()
    names = {line["review_name"] for line in night.lines(night.files.reviews)}
    waited = night.wait(opened["flow_definition_arn"], 0.02, deferrable=deferrable)
    receipt = night.finish()
    assert waited["open"] == receipt["reviews_open"] == 2
    assert receipt["manifest_lines"] == 0

    answer_all(stack, night.flow.name, names)
    later = [Night(own_loop, date) for date in ("2026-03-02", "2026-03-03")]
    receipts = []
    for other in later:
        assert other.list() == []
        other.plan()
        other.open()
        other.wait(None, 1)
        receipts.append(other.finish())
    assert [receipt["late_answers"] for receipt in receipts] == [2, 0]
    assert [receipt["manifest_lines"] for receipt in receipts] == [2, 0]
    assert {line["review_name"] for line in later[0].lines(later[0].files.answers)} == names

    written = {other.date: other.objects() for other in [night, *later]}
    for other in [night, *later]:
        other.finish()
    assert {other.date: other.objects() for other in [night, *later]} == written


def answer_all(stack, flow, names):
    a2i = stack.client("sagemaker-a2i-runtime", "review")
    reviewer = Reviewer(stack).signs_in()
    deadline = time.monotonic() + 30
    while {a2i.describe_human_loop(HumanLoopName=name)["HumanLoopStatus"] for name in names} != {"Completed"}:
        assert time.monotonic() < deadline, "the reviews are not completed"
        if not reviewer.answers(flow, [BOX]):
            time.sleep(0.2)  # all are answered; their outputs are being written


def test_empty_night_ends_with_a_receipt_that_says_so(live_loop):
    night = Night(live_loop, "2026-04-01")
    assert night.list() == []
    assert night.plan()["reviews"] == 0
    opened = night.open()
    assert night.wait(opened["flow_definition_arn"], 1) == {"reviews": 0, "completed": 0, "failed": 0, "open": 0}
    receipt = night.finish()
    assert (receipt["images"], receipt["model"], receipt["manifest_lines"]) == (0, None, 0)
    publish = night_tasks.publish_manifest(night.loop, night.run)
    with pytest.raises(AirflowSkipException, match="2026-04-01 has no newly reviewed image"):
        run(publish)


def test_an_image_without_detection_is_reviewed(live_loop, s3):
    night = Night(live_loop, "2026-04-02")
    night.put_key(s3, "empty.png", encode(picture([])))
    night.list()
    night.score()
    plan = night.plan()
    assert plan["no-detection"] == 1, "an image without any detection may be the worst miss"
    assert night.plan() == plan
