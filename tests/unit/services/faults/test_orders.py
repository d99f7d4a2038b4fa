import pytest

from services.faults import FaultOrderError, Order


def test_an_order_of_json():
    order = Order.from_json({"operation": "GetObject", "kind": "slow", "seconds": 2, "times": 3, "name": "*/a.json"})
    assert order == Order("GetObject", "slow", times=3, seconds=2, name="*/a.json")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "an order is an object"),
        ({"kind": "slow"}, "needs operation"),
        ({"operation": "*"}, "needs kind"),
        ({"operation": "*", "kind": "slow", "often": 2}, "no 'often'; it has operation, kind, times"),
        ({"operation": "*", "kind": 3}, "kind must be a text"),
        ({"operation": "*", "kind": "slow", "times": True}, "times must be a number"),
        ({"operation": "*", "kind": "slow", "times": 1.5}, "times must be a number"),
        ({"operation": "*", "kind": "slow", "times": 0}, "times must be at least 1"),
        ({"operation": "*", "kind": "slow", "skip": -1}, "skip at least 0"),
        ({"operation": "*", "kind": "slow", "probability": 0}, "probability must be above 0"),
        ({"operation": "*", "kind": "slow", "probability": 1.1}, "at most 1"),
        ({"operation": "*", "kind": "slow", "seconds": -1}, "seconds must be from 0 to 3600"),
        ({"operation": "*", "kind": "clock", "seconds": -4000}, "seconds must be from -3600"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(document, problem):
    with pytest.raises(FaultOrderError, match=problem):
        Order.from_json(document)
