"""Reading messages of a queue that anybody may write to."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.triggers.human_loop_events import DETAIL_TYPE, Heard

DETAIL = {"humanLoopName": "voc-1", "flowDefinitionArn": "arn:flow", "humanLoopStatus": "Completed"}


def message(body, **more):
    return {"Body": body if isinstance(body, str) else json.dumps(body), "ReceiptHandle": "r"} | more


def test_an_event_is_read_with_its_age():
    sent = message({"detail-type": DETAIL_TYPE, "detail": DETAIL}, Attributes={"SentTimestamp": "1000500"})
    assert Heard.of(sent, now=1060.5) == Heard("voc-1", "arn:flow", "r", 60.0)
    assert Heard.of(message({"detail-type": DETAIL_TYPE, "detail": DETAIL}), now=5.0).age == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "null",
        "7",
        {},
        {"detail-type": "EC2 Instance State-change Notification", "detail": DETAIL},
        {"detail-type": DETAIL_TYPE},
        {"detail-type": DETAIL_TYPE, "detail": None},
        {"detail-type": DETAIL_TYPE, "detail": "text"},
        {"detail-type": DETAIL_TYPE, "detail": {"humanLoopName": "voc-1"}},
        {"Type": "Notification", "Message": json.dumps({"detail-type": DETAIL_TYPE, "detail": DETAIL})},
        {"detail-type": DETAIL_TYPE, "detail": DETAIL | {"humanLoopName": ["voc-1"]}},
        {"detail-type": DETAIL_TYPE, "detail": DETAIL | {"humanLoopName": {"name": "voc-1"}}},
        {"detail-type": DETAIL_TYPE, "detail": DETAIL | {"humanLoopName": None}},
        {"detail-type": DETAIL_TYPE, "detail": DETAIL | {"flowDefinitionArn": ["arn:flow"]}},
        "[" * 100_000,
        '{"detail":' * 50_000,
    ],
    ids=lambda body: str(body)[:80],
)
def test_anything_else_is_nobody_s_event(body):
    assert Heard.of(message(body), now=1.0) is None
