"""Calls from several threads: in order, never far ahead, and nothing goes on after an error."""

from __future__ import annotations

import threading
import time

import pytest

from nightloop.aws.clients.ordered_pool import map_in_order


def test_results_come_in_the_order_of_the_items_however_long_each_takes():
    def work(number):
        time.sleep((number * 7 % 5) / 1000)
        return number

    assert list(map_in_order(work, range(300), threads=8, name="t")) == list(range(300))


def test_items_are_taken_only_as_results_are():
    taken = 0

    def items():
        nonlocal taken
        for item in range(100_000):
            taken = item
            yield item

    results = map_in_order(lambda item: item, items(), threads=2, name="t")
    for _ in range(10):
        next(results)
    assert taken < 10 + 2 * 16
    results.close()


def test_the_first_error_ends_it():
    begun, lock = [], threading.Lock()

    def work(number):
        with lock:
            begun.append(number)
        if number == 3:
            raise ValueError("the third")
        return number

    results = map_in_order(work, iter(range(100_000)), threads=2, name="t")
    with pytest.raises(ValueError, match="the third"):
        list(results)
    assert len(begun) < 100
