"""A thread that waits for an answer goes on soon, and the process is as it was before afterwards."""

from __future__ import annotations

import sys

import pytest

from nightloop.aws.clients.thread_switches import quick_thread_switches


def test_the_interval_is_short_inside_and_put_back_also_after_an_error() -> None:
    before, inside = sys.getswitchinterval(), []

    def fail() -> None:
        with quick_thread_switches():
            inside.append(sys.getswitchinterval())
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert inside == [pytest.approx(0.0005)]
    assert sys.getswitchinterval() == before
