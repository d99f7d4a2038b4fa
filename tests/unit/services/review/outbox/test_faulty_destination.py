"""Events lost, doubled and out of order, on order."""

import itertools
from types import SimpleNamespace

import pytest

from services.faults import EVENT_KINDS, Faults, Order
from services.review.outbox.faulty_destination import FaultyDestination


class Destination:
    name = "list"

    def __init__(self, refuses=()):
        self.batches = []
        self.refuses = refuses

    def send(self, envelopes):
        self.batches.append([envelope.id for envelope in envelopes])
        return {index: "no" for index, envelope in enumerate(envelopes) if envelope.id in self.refuses}


def envelopes(*names):
    return [SimpleNamespace(id=name, detail={"humanLoopName": name}) for name in names]


@pytest.fixture
def faults():
    return Faults(EVENT_KINDS)


def test_without_orders_nothing_changes(faults):
    destination = Destination(refuses={"b"})
    assert FaultyDestination(destination, faults).send(envelopes("a", "b")) == {1: "no"}
    assert destination.batches == [["a", "b"]]


def test_a_lost_event_is_said_to_be_sent(faults):
    faults.order(Order("SendEvent", "lose", name="b"))
    destination = Destination(refuses={"c"})
    assert FaultyDestination(destination, faults).send(envelopes("a", "b", "c")) == {2: "no"}
    assert destination.batches == [["a", "c"]]


def test_doubled_events_are_sent_in_batches_the_queue_takes(faults):
    faults.order(Order("SendEvent", "double", times=8))
    destination = Destination()
    assert FaultyDestination(destination, faults).send(envelopes(*"abcdefgh")) == {}
    assert [len(batch) for batch in destination.batches] == [10, 6]
    assert sorted(itertools.chain(*destination.batches)) == sorted("abcdefgh" * 2)


def test_a_later_event_overtakes(faults):
    faults.order(Order("SendEvent", "reorder", name="a"))
    destination = Destination()
    faulty = FaultyDestination(destination, faults)
    faulty.send(envelopes("a"))
    assert destination.batches == []
    faulty.send(envelopes("b", "c"))
    assert destination.batches == [["b", "c", "a"]]
    faulty.send(envelopes("d"))
    assert destination.batches[1:] == [["d"]]
