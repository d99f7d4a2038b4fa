import json

import pytest

from services.faults import Faults, Order
from services.faults.control import respond

TOKEN = "a-token-of-the-tests"
BEARER = f"Bearer {TOKEN}"


def test_orders_are_taken_told_and_forgotten():
    faults = Faults()
    body = json.dumps([{"operation": "Start", "kind": "error", "times": 2}]).encode()
    assert respond(faults, TOKEN, "POST", BEARER, body)[0] == 200
    faults.take("Start")
    assert respond(faults, TOKEN, "GET", BEARER, b"")[1]["waiting"] == 1
    assert respond(faults, TOKEN, "DELETE", BEARER, b"")[1]["happened"] == []
    assert faults.take("Start") is None


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer another", TOKEN, "Bearer ä"])
def test_whoever_has_no_token_is_refused(authorization):
    faults = Faults()
    faults.order(Order("Start", "error"))
    assert respond(faults, TOKEN, "DELETE", authorization, b"")[0] == 403
    assert faults.take("Start")


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"operation": "*", "kind": "meteor"}]'])
def test_what_cannot_be_ordered_is_refused(body):
    status, document = respond(Faults(), TOKEN, "POST", BEARER, body)
    assert (status, bool(document["message"])) == (400, True)


def test_another_method():
    assert respond(Faults(), TOKEN, "PUT", BEARER, b"")[0] == 405
