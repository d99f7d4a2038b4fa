"""A fixture for code that waits before it calls again."""

from __future__ import annotations

import time

import pytest

from nightloop.aws.clients import throttle


@pytest.fixture
def hurry(monkeypatch):
    """Let every pause take no time; returns how long each would have been."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    # Their defaults were bound when they were defined.
    monkeypatch.setitem(throttle.repeated.__kwdefaults__, "sleep", pauses.append)
    monkeypatch.setitem(throttle.Pace.__init__.__kwdefaults__, "sleep", pauses.append)
    return pauses
