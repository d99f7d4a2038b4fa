"""Calls that fail: the night ends with the bytes of an undisturbed one, nobody is asked twice."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from nightloop.aws.errors import ClockSkewError
from tests.integration.faults.disturbed import DisturbedNight, goes_as_if_nothing_happened

_DAYS = (f"2026-05-{day:02}" for day in itertools.count(1))


@pytest.fixture
def night(own_loop, s3, stack):
    return DisturbedNight(own_loop, s3, stack, next(_DAYS))


BURSTS = ("throttle", "error", "unavailable")
LOST = ("reset-before", "reset-after")


@pytest.mark.parametrize("kind", [*BURSTS, *LOST])
def test_every_service_fails_in_bursts(night, stack, kind):
    def disturb():
        for service in ("review", "sagemaker", "aws"):
            stack.order(service, "*", kind, times=3, probability=0.7, seed=1)

    goes_as_if_nothing_happened(night, disturb)
    assert (stack.happened("review"), stack.happened("aws")) == (3, 3)


def test_answers_are_slow(night, stack):
    def disturb():
        for service in ("review", "sagemaker", "aws"):
            stack.order(service, "*", "slow", times=4, seconds=0.3)

    goes_as_if_nothing_happened(night, disturb)
    assert (stack.happened("review"), stack.happened("aws")) == (4, 4)


@pytest.mark.parametrize("offset", [290, -290])
def test_the_reviews_clock_is_five_minutes_off(night, stack, offset):
    goes_as_if_nothing_happened(night, lambda: stack.order("review", "*", "clock", seconds=offset))
    loop = stack.client("sagemaker-a2i-runtime", "review").describe_human_loop(HumanLoopName=night.loops_made()[0])
    ahead = (loop["CreationTime"] - datetime.now(UTC)).total_seconds()
    assert abs(ahead - offset) < 60, "the loops were made by the wrong clock"


def test_a_clock_further_off_than_signatures_allow_is_named(night, stack):
    night.plan()
    stack.order("review", "*", "clock", seconds=400)
    with pytest.raises(ClockSkewError, match="Correct the clock"):
        night.night.open()
