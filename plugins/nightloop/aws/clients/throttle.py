"""Calls from many threads at the rate an API allows."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from nightloop.aws.clients.adaptive_rate import AdaptiveRate
from nightloop.aws.errors import NightloopError, ThrottledError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")

_PATIENCE: Final = 120.0
_TRIES: Final = 8
_LONGEST_PAUSE: Final = 20.0


class Pace:
    """Makes the calls of one operation; threads share it, and each waits for its turn.

    A throttled call takes another turn, behind those that wait already, so the calls do not all come back at once.
    botocore must not repeat the calls itself: two layers of retries would multiply.

    :param patience: After this many seconds without a single call let through, the throttling is raised.
    """

    def __init__(
        self,
        *,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.patience = patience
        self._clock = clock
        self._sleep = sleep
        self._rate = AdaptiveRate()
        self._lock = threading.Lock()
        self._last_passed = float("-inf")

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call the function when its turn comes, and again while it is throttled.

        :raises ThrottledError: if for `patience` seconds no thread's call was let through.
        """
        first_called = None
        while True:
            called = self._wait_for_turn()
            first_called = called if first_called is None else first_called
            try:
                result = function()
            except ThrottledError:
                if self._starved_for(called, first_called) > self.patience:
                    raise
            except NightloopError as error:
                if not isinstance(error, TransientError):
                    self._note_passed()  # a call refused for another reason was let through
                raise
            else:
                self._note_passed()
                return result

    def _wait_for_turn(self) -> float:
        with self._lock:
            pause = self._rate.reserve(self._clock())
        if pause > 0:
            self._sleep(pause)
        return self._clock()

    def _note_passed(self) -> None:
        with self._lock:
            self._last_passed = self._clock()
            self._rate.passed(self._last_passed)

    def _starved_for(self, called: float, first_called: float) -> float:
        """Slow down; return for how many seconds nothing was let through, at most since the call's first try."""
        with self._lock:
            now = self._clock()
            self._rate.throttled(now, called=called)
            return now - max(self._last_passed, first_called)


def repeated(
    function: Callable[[], _Result], *, tries: int = _TRIES, sleep: Callable[[float], None] = time.sleep
) -> _Result:
    """Call the function, with growing random pauses, until the service is there and does not fail.

    Throttling is not repeated here: `Pace` does that.

    :raises TransientError: the last one, after several tries.
    """
    # If many threads met the same failure, they must not all come back at the same moment.
    pauses = wait_random_exponential(multiplier=2, max=_LONGEST_PAUSE)
    retrying = Retrying(
        retry=retry_if_exception(_passes), stop=stop_after_attempt(tries), wait=pauses, sleep=sleep, reraise=True
    )
    return retrying(function)


def _passes(error: BaseException) -> bool:
    return isinstance(error, TransientError) and not isinstance(error, ThrottledError)
