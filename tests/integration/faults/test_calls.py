"""Calls that fail: the night ends with the bytes of an undisturbed one, nobody is asked twice."""

from __future__ import annotations

import itertools

import pytest

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
        for name, operation in (("review", "*"), ("sagemaker", "*"), ("aws", "*")):
            stack.order(name, operation, kind, times=3, probability=0.7, seed=1)

    goes_as_if_nothing_happened(night, disturb)


def test_answers_are_slow(night, stack):
    def disturb():
        for name in ("review", "sagemaker", "aws"):
            stack.order(name, "*", "slow", times=4, seconds=0.3)

    goes_as_if_nothing_happened(night, disturb)


@pytest.mark.parametrize("offset", [290, -290])
def test_the_reviews_clock_is_five_minutes_off(night, stack, offset):
    goes_as_if_nothing_happened(night, lambda: stack.order("review", "*", "clock", seconds=offset))
