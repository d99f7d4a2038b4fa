import time

from services.sagemaker.queues.backlog import Backlog, Waiting

LATE = time.time() + 3600


def waiting(identity, received=0.0, expires=LATE):
    return Waiting(identity, received, expires)


def names(backlog):
    taken = []
    while one := backlog.take():
        taken.append(one.identity)
    return taken


def test_requests_are_taken_in_their_order_and_count_until_they_are_finished():
    backlog = Backlog()
    first, second = waiting("a", 1.0), waiting("b", 2.0)
    backlog.add(first)
    backlog.add(second)
    assert backlog.take() == first
    assert (backlog.size, backlog.waiting, backlog.working, backlog.oldest()) == (2, 1, 1, 1.0)
    backlog.finish(first)
    assert (backlog.size, backlog.oldest()) == (1, 2.0)


def test_a_request_put_back_waits_for_its_time_and_goes_before_those_that_came_later():
    backlog = Backlog()
    for name in "abc":
        backlog.add(waiting(name))
    taken = backlog.take()
    backlog.put_back(taken, 3600)
    assert (backlog.size, backlog.working) == (3, 0)
    assert names(backlog) == ["b", "c"]
    again = Backlog()
    for name in "abc":
        again.add(waiting(name))
    again.put_back(again.take(), 0)
    assert names(again) == ["a", "b", "c"]


def test_requests_expire_in_the_queue_also_those_put_back():
    backlog = Backlog()
    for name, expires in (("old", 10.0), ("new", LATE), ("back", 10.0)):
        backlog.add(waiting(name, expires=expires))
    taken = [backlog.take() for _ in range(3)]
    backlog.put_back(taken[2], 3600)
    backlog.put_back(taken[0], 0)
    backlog.put_back(taken[1], 0)
    expired = backlog.take_expired(now=11.0)
    assert {one.identity for one in expired} == {"old", "back"}
    assert (backlog.waiting, backlog.working) == (1, 2)
    assert names(backlog) == ["new"]
