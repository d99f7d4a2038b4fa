"""How fast an API may be called, learned from the calls that it throttles."""

from __future__ import annotations

from typing import Final

_BELOW: Final = 0.95
"""The share of what the API let through to go on with: it throttled what was above."""
_BLIND: Final = 0.5
"""The share of the rate to go on with after a span in which the API let nothing through."""
_SLOWEST: Final = 0.2
_FIRST: Final = 2.0
_SECONDS_MEASURED: Final = 0.5
_CALLS_MEASURED: Final = 10


class AdaptiveRate:
    """Spaces calls evenly, at a rate that follows what the API allows; not safe for threads by itself.

    There is no limit until the API throttles a call. From then on the answers are counted over short spans, each long
    enough for ten calls. After a span with a throttled call, the rate is a little less than what the API let through.
    After any other span it grows, slowly at first: by 2 % in a second, 15 % in five, 40 % in ten. Times are seconds of
    any one clock; rates are calls a second.
    """

    def __init__(self) -> None:
        self._base: float | None = None
        self._lowered = 0.0
        self._next = 0.0
        self._span_began: float | None = None
        self._passed = 0
        self._throttled = False

    def rate(self, now: float) -> float | None:
        """Return the present rate, None while there is no limit."""
        if self._base is None:
            return None
        quiet = max(0.0, now - self._lowered)
        return self._base * (1 + quiet / 50 + quiet**2 / 500)

    def reserve(self, now: float) -> float:
        """Take the next free moment for a call; return how many seconds away it is."""
        if self._span_began is None:
            self._span_began = now
        rate = self.rate(now)
        if rate is None:
            return 0.0
        moment = max(now, self._next)
        self._next = moment + 1 / rate
        return moment - now

    def passed(self, now: float) -> None:
        """Take in that the API let a call through."""
        self._passed += 1
        self._look_back(now)

    def throttled(self, now: float, *, called: float) -> None:
        """Take in that the API throttled a call that was made at the moment `called`.

        A call that was under way when the rate was lowered says nothing about the new rate.
        """
        if self._base is None:
            began = now if self._span_began is None else self._span_began
            self._lower(now, self._passed / max(now - began, 0.05) or _FIRST)
        elif called >= self._lowered:
            self._throttled = True
            self._look_back(now)

    def _look_back(self, now: float) -> None:
        """Judge a span once it is long enough, and begin the next."""
        rate = self.rate(now)
        if rate is None or self._span_began is None:
            return
        seconds = now - self._span_began
        if seconds < max(_SECONDS_MEASURED, _CALLS_MEASURED / rate):
            return
        if self._throttled:
            self._lower(now, _BELOW * min(rate, self._passed / seconds) if self._passed else _BLIND * rate)
        else:
            self._begin_span(now)

    def _lower(self, now: float, rate: float) -> None:
        self._base = max(_SLOWEST, rate)
        self._lowered = now
        self._next = max(self._next, now + 1 / self._base)
        self._begin_span(now)

    def _begin_span(self, now: float) -> None:
        self._span_began, self._passed, self._throttled = now, 0, False
