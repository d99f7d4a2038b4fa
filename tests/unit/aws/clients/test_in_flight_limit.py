"""A thread's place among those that may call at once."""

from __future__ import annotations

import threading

from nightloop.aws.clients.in_flight_limit import Places


def test_a_thread_takes_one_place_and_gives_it_back_once():
    places = Places(1)
    places.leave()
    places.enter()
    places.enter()
    places.leave()
    places.leave()
    entered = threading.Thread(target=places.enter)
    entered.start()
    entered.join(10)
    assert not entered.is_alive()
