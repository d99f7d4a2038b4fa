"""Who may render next."""

import threading
import time

import pytest

from services.review.errors import RenderingBusy
from services.review.render.pool import fair_queue as module
from services.review.render.pool.fair_queue import Places


class Crowd:
    """Callers in threads of their own, and the order they were let in."""

    def __init__(self, places):
        self.places = places
        self.let_in = []
        self.threads = []
        self.go_on = threading.Event()

    def comes(self, caller):
        thread = threading.Thread(target=self._hold, args=(caller,))
        thread.start()
        self.threads.append(thread)
        time.sleep(0.05)

    def _hold(self, caller):
        with self.places.one(caller):
            self.let_in.append(caller)
            self.go_on.wait(5)

    def goes(self):
        self.go_on.set()
        for thread in self.threads:
            thread.join(5)


def test_one_caller_never_has_the_last_place():
    crowd = Crowd(Places(3))
    for _ in range(3):
        crowd.comes("greedy")
    assert crowd.let_in == ["greedy", "greedy"]
    crowd.comes("honest")
    assert crowd.let_in == ["greedy", "greedy", "honest"]
    crowd.goes()
    assert sorted(crowd.let_in) == ["greedy", "greedy", "greedy", "honest"]


def test_a_single_place_is_shared_too():
    with Places(1).one("only"):
        pass


def test_who_was_served_longest_ago_comes_first():
    places = Places(1)
    crowd = Crowd(places)
    for caller in ("a", "a", "a", "b"):
        crowd.comes(caller)
    crowd.goes()
    assert crowd.let_in == ["a", "b", "a", "a"]


def test_who_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
    places = Places(1)
    began = time.monotonic()
    with places.one("a"), pytest.raises(RenderingBusy), places.one("b"):
        pytest.fail("there was no place")
    assert 0.15 < time.monotonic() - began < 1
    with places.one("b"):
        pass


def test_the_line_has_an_end(monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    places = Places(1)
    crowd = Crowd(places)
    for caller in "abcd":
        crowd.comes(caller)
    began = time.monotonic()
    with pytest.raises(RenderingBusy), places.one("e"):
        pytest.fail("the line was full")
    assert time.monotonic() - began < 0.1, "said at once"
    crowd.goes()


def test_a_caller_has_a_share_of_the_line():
    places = Places(1)
    crowd = Crowd(places)
    for _ in range(3):
        crowd.comes("a")
    with pytest.raises(RenderingBusy), places.one("a", 2):
        pytest.fail("two of them waited already")
    crowd.comes("b")
    crowd.goes()
    assert sorted(crowd.let_in) == ["a", "a", "a", "b"]


def test_a_failure_gives_the_place_back():
    places = Places(1)
    for _ in range(3):
        with pytest.raises(KeyError), places.one("a"):
            raise KeyError
