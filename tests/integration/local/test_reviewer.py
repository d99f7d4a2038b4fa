"""The scripted reviewer against the real portal."""

from __future__ import annotations

import hashlib
import json
import time

import pytest

from local.config.settings import ACCOUNT, BUCKET, EVENT_QUEUE, REGION, REVIEWER, ROLE, ROOT
from local.demo.driver.reviewer import JITTER, ScriptedReviewer
from local.demo.images.scenes import make_scenes
from local.errors import PortalError
from local.stack.bootstrap import client

EXAMPLES = make_scenes("fluent", 4, [7, 2], "camera")
LABELS = sorted({box.label for example in EXAMPLES for box in example.boxes})
TEMPLATE = (ROOT / "include" / "templates" / "bounding-box.liquid.html").read_text()
TEAM = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:workteam/private-crowd/reviewers"


def open_reviews(stack):
    s3 = client("s3", stack.settings.aws_url, stack.secrets)
    sagemaker = client("sagemaker", stack.settings.review_url, stack.secrets)
    a2i = client("sagemaker-a2i-runtime", stack.settings.review_url, stack.secrets)
    page = sagemaker.create_human_task_ui(HumanTaskUiName="boxes", UiTemplate={"Content": TEMPLATE})
    flow = sagemaker.create_flow_definition(
        FlowDefinitionName="boxes",
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        OutputConfig={"S3OutputPath": f"s3://{BUCKET}/reviews"},
        HumanLoopConfig={
            "WorkteamArn": TEAM,
            "HumanTaskUiArn": page["HumanTaskUiArn"],
            "TaskTitle": "Boxes",
            "TaskDescription": "Draw boxes",
            "TaskCount": 1,
        },
    )["FlowDefinitionArn"]
    for number, example in enumerate(EXAMPLES):
        # the last is shown as the loop shows a greyscale photo: a copy under the ETag of the image as it came
        etag = hashlib.md5(example.jpeg, usedforsecurity=False).hexdigest()
        key = f"images/{example.name}" if example != EXAMPLES[-1] else f"loops/voc/normalised/0a1b/{etag}.jpg"
        s3.put_object(Bucket=BUCKET, Key=key, Body=example.jpeg, ContentType="image/jpeg")
        content = {"taskObject": f"s3://{BUCKET}/{key}", "labels": LABELS, "initialValue": []}
        a2i.start_human_loop(
            HumanLoopName=f"loop-{number}",
            FlowDefinitionArn=flow,
            HumanLoopInput={"InputContent": json.dumps(content)},
        )
    return s3, a2i, flow


def near(drawn, true):
    edges = [
        (drawn["left"], true.left),
        (drawn["top"], true.top),
        (drawn["left"] + drawn["width"], true.left + true.width),
        (drawn["top"] + drawn["height"], true.top + true.height),
    ]
    return drawn["label"] == true.label and all(abs(a - b) <= JITTER for a, b in edges)


def test_every_task_is_answered_through_the_portal(make_stack):
    stack = make_stack()
    stack.up()
    s3, a2i, flow = open_reviews(stack)

    with pytest.raises(PortalError, match=REVIEWER):
        ScriptedReviewer(stack.settings.portal_url, EXAMPLES).sign_in(REVIEWER, "wrong")
    stranger = ScriptedReviewer(stack.settings.portal_url, make_scenes("noto", 1, [1], "other"))
    stranger.sign_in(REVIEWER, stack.secrets.reviewer_password)
    with pytest.raises(PortalError, match="not an image of this demo"):
        stranger.answer_waiting()

    reviewer = ScriptedReviewer(stack.settings.portal_url, EXAMPLES)
    reviewer.sign_in(REVIEWER, stack.secrets.reviewer_password)
    assert reviewer.answer_waiting() == len(EXAMPLES)
    assert reviewer.answer_waiting() == 0
    for example in EXAMPLES:
        boxes = reviewer.answered[example.name]
        assert all(near(drawn, true) for drawn, true in zip(boxes, example.boxes, strict=True))

    deadline = time.monotonic() + 60
    while (states := [row["HumanLoopStatus"] for row in listed(a2i, flow)]) != ["Completed"] * len(EXAMPLES):
        assert time.monotonic() < deadline, states
        time.sleep(0.2)
    uri = a2i.describe_human_loop(HumanLoopName="loop-0")["HumanLoopOutput"]["OutputS3Uri"]
    output = json.loads(s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))["Body"].read())
    answer = output["humanAnswers"][0]
    assert answer["answerContent"]["annotatedResult"]["boundingBoxes"] == reviewer.answered[EXAMPLES[0].name]
    assert 0 < answer["timeSpentInSeconds"] < 30
    assert told(stack, len(EXAMPLES)) == {f"loop-{number}": "Completed" for number in range(len(EXAMPLES))}


def told(stack, number):
    """Wait for as many events in the stack's queue and tell what became of each loop."""
    sqs = client("sqs", stack.settings.aws_url, stack.secrets)
    queue = sqs.get_queue_url(QueueName=EVENT_QUEUE)["QueueUrl"]
    found, deadline = {}, time.monotonic() + 60
    while len(found) < number and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(message["Body"])
            assert event["source"] == "aws.sagemaker"
            found[event["detail"]["humanLoopName"]] = event["detail"]["humanLoopStatus"]
        time.sleep(0.1)
    return found


def listed(a2i, flow):
    return a2i.list_human_loops(FlowDefinitionArn=flow)["HumanLoopSummaries"]


def test_the_hand_is_the_same_each_time():
    drawn = [
        ScriptedReviewer("http://localhost/portal/", EXAMPLES)._draw(example) for example in EXAMPLES for _ in "ab"
    ]
    assert drawn[::2] == drawn[1::2]
    other = [ScriptedReviewer("http://localhost/portal/", EXAMPLES, seed=8)._draw(example) for example in EXAMPLES]
    assert other != drawn[::2]
