"""The rate of calls: what it learns from an API that lets through so many a second, on a clock of its own."""

from __future__ import annotations

import heapq
import itertools
import random

import pytest

from nightloop.aws.clients.adaptive_rate import AdaptiveRate


class Api:
    """A token bucket that holds a second's worth of calls."""

    def __init__(self, allowed):
        self.allowed = allowed
        self.tokens = allowed
        self.filled = 0.0

    def lets_through(self, now):
        self.tokens = min(self.allowed, self.tokens + (now - self.filled) * self.allowed)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def drive(allowed, *, threads, latency, calls, change=None):
    """Let threads make calls on a simulated clock; return calls let through a second, and throttled ones for each."""
    rate, api, draw = AdaptiveRate(), Api(allowed), random.Random(1)
    events = [(draw.random() / 1000, number, "reserve", 0.0) for number in range(threads)]
    done = throttled = 0
    now = 0.0
    while done < calls:
        now, thread, step, called = heapq.heappop(events)
        if change and done == change[0]:
            api.allowed = change[1]
        half = latency * (0.5 + draw.random()) / 2
        if step == "reserve":
            begin = now + rate.reserve(now)
            heapq.heappush(events, (begin, thread, "call", begin))
        elif step == "call":
            heapq.heappush(events, (now + half, thread, "arrive", called))
        elif step == "arrive":
            heapq.heappush(events, (now + half, thread, "pass" if api.lets_through(now) else "throttle", called))
        else:
            if step == "pass":
                done += 1
                rate.passed(now)
            else:
                throttled += 1
                rate.throttled(now, called=called)
            heapq.heappush(events, (now, thread, "reserve", 0.0))
    return (calls - allowed) / now, throttled / calls


@pytest.mark.parametrize(
    ("allowed", "threads", "latency"),
    [(200, 16, 0.005), (100, 4, 0.005), (50, 16, 0.05), (10, 4, 0.05), (500, 64, 0.02), (200, 64, 0.2), (2, 4, 0.1)],
)
def test_it_keeps_close_below_what_is_allowed(allowed, threads, latency):
    achieved, throttled = drive(allowed, threads=threads, latency=latency, calls=allowed * 60)
    assert achieved >= 0.9 * allowed
    assert throttled < 0.25


def test_without_throttling_there_is_no_limit():
    rate = AdaptiveRate()
    for number in range(1000):
        now = number / 1000
        assert rate.reserve(now) == 0.0
        rate.passed(now)
    assert rate.rate(1.0) is None


def test_it_finds_a_rate_that_grew():
    achieved, _ = drive(50, threads=32, latency=0.02, calls=9_000, change=(1_500, 200))
    # 1,500 at 50 a second take 30 seconds, the other 7,500 at 200 some 38: what is more is the way there.
    assert 9_000 / achieved < 1.25 * (30 + 37.5)


def test_calls_are_spaced_so_that_no_crowd_comes_back_at_once():
    rate = AdaptiveRate()
    for number in range(100):
        rate.reserve(number / 100)
        rate.passed(number / 100)
    rate.throttled(1.0, called=0.99)
    now = 1.0
    moments = sorted(rate.reserve(now) for _ in range(50))
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) > 0.009
    assert moments[0] > 0


def test_calls_from_before_it_slowed_down_do_not_slow_it_again():
    rate = AdaptiveRate()
    for number in range(100):
        rate.reserve(number / 100)
        rate.passed(number / 100)
    rate.throttled(1.0, called=0.99)
    slowed = rate.rate(1.0)
    for _ in range(50):
        rate.throttled(1.01, called=0.995)
    assert rate.rate(1.01) >= slowed
