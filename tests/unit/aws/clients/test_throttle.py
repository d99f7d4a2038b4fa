"""Calls at a pace: threads, throttling, giving up, and services that fail for a while."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from nightloop.aws.clients.throttle import Pace, repeated
from nightloop.aws.errors import RequestRefusedError, ServiceFaultError, ThrottledError


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(patience=10, clock=clock, sleep=clock.sleep)


def failing(times, error):
    count = itertools.count()

    def call():
        if next(count) < times:
            raise error
        return "done"

    return call


def test_a_throttled_call_is_made_again_until_it_is_let_through(pace, clock):
    assert pace.call(failing(5, ThrottledError("slow down"))) == "done"
    assert clock.now > 0


def test_an_api_that_lets_nothing_through_is_given_up(pace, clock):
    with pytest.raises(ThrottledError):
        pace.call(failing(10**9, ThrottledError("slow down")))
    assert 10 < clock.now < 30


def test_an_idle_hour_is_not_taken_for_starving(pace, clock):
    pace.call(lambda: None)
    clock.now += 3600
    assert pace.call(failing(1, ThrottledError("slow down"))) == "done"


@pytest.mark.parametrize("error", [RequestRefusedError("no"), ServiceFaultError("ill"), KeyError("a mistake")])
def test_any_other_error_is_the_caller_s_at_once(pace, clock, error):
    with pytest.raises(type(error)):
        pace.call(failing(1, error))
    assert clock.now == 0


def test_threads_share_it():
    pace, calls = Pace(), itertools.count()

    def sometimes():
        if next(calls) % 10 == 5:
            raise ThrottledError("slow down")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: pace.call(sometimes), range(60))) == [None] * 60


def test_a_failing_service_is_asked_again_with_growing_pauses():
    pauses = []
    assert repeated(failing(4, ServiceFaultError("ill")), sleep=pauses.append) == "done"
    assert len(pauses) == 4
    assert all(0 <= pause <= limit for pause, limit in zip(pauses, (2, 4, 8, 16), strict=True))


def test_a_service_that_stays_ill_is_reported():
    with pytest.raises(ServiceFaultError):
        repeated(failing(10**9, ServiceFaultError("ill")), tries=3, sleep=lambda _: None)


def test_layers_of_retries_do_not_multiply():
    pauses = []
    with pytest.raises(ThrottledError):
        repeated(failing(1, ThrottledError("slow down")), sleep=pauses.append)
    assert pauses == []
