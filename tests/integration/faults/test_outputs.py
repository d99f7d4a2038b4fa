"""output.json that arrives broken, or after its loop's status, or only when the night is over."""

from __future__ import annotations

import itertools

import pytest

from tests.integration.aws.nights import Night
from tests.integration.faults.disturbed import IMAGES, DisturbedNight, collects_as_if_nothing_happened, until_done

_DAYS = (f"2026-06-{day:02}" for day in itertools.count(1, 2))
OUTPUT = {"operation": "GetObject", "name": "*/output.json"}


@pytest.fixture
def answered(own_loop, s3, stack):
    """A night whose reviews are answered, and the ARN of its flow definition."""
    night = DisturbedNight(own_loop, s3, stack, next(_DAYS))
    night.plan()
    arn = night.open()["flow_definition_arn"]
    night.answer()
    return night, arn


def test_a_truncated_output_is_read_again(answered, stack):
    def disturb():
        stack.order("aws", kind="truncate", times=4, **OUTPUT)

    collects_as_if_nothing_happened(*answered, disturb)
    assert stack.happened("aws") == 4


def test_an_output_after_the_status_is_waited_for(answered, stack):
    def disturb():
        for operation in ("HeadObject", "GetObject"):
            stack.order("aws", kind="missing", times=2, **(OUTPUT | {"operation": operation}))

    collects_as_if_nothing_happened(*answered, disturb)
    assert stack.happened("aws") == 4


def test_an_output_that_does_not_come_this_night_is_the_next_ones_exactly_once(answered, own_loop, stack):
    night, arn = answered
    night.wait_for_outputs()
    late = night.night.lines(night.night.files.reviews)[0]["review_name"]
    for operation in ("HeadObject", "GetObject"):
        stack.order("aws", operation, "missing", times=1000, name=f"*/{late}/*output.json")
    until_done(lambda: night.night.wait(arn, 1))
    assert until_done(lambda: night.night.collect(output_patience_seconds=0.5))["answers"] == IMAGES - 1
    assert stack.happened("aws") > 0
    stack.forget_orders()

    first, second = (Night(own_loop, f"{night.night.date[:-2]}{day}") for day in (29, 30))
    for other in (first, second):
        other.list()
        other.plan()
        other.open()
        other.wait(None, 1)
        other.collect()
    assert [line["review_name"] for line in first.lines(first.files.answers)] == [late]
    assert second.lines(second.files.answers) == []
    night.night.collect()
    assert len(night.night.lines(night.night.files.answers)) == IMAGES - 1
