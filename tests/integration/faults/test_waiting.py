"""A service that fails for a while does not end the waiting for people, on a worker either."""

from __future__ import annotations

import threading

import pytest

from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture


@pytest.mark.parametrize("service", ["review", "aws"])
@pytest.mark.parametrize("deferrable", [True, False])
def test_a_look_that_fails_is_made_up_for_by_the_next(own_loop, s3, stack, service, deferrable):
    night = Night(own_loop, "2026-07-01")
    night.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)])))
    arn = night.open_all()["flow_definition_arn"]
    failing = threading.Timer(2, stack.order, (service, "*", "unavailable"), {"times": 5})
    failing.start()
    assert night.wait(arn, 0.15, deferrable=deferrable)["open"] == 1
    failing.join()
    assert stack.happened(service) == 5 or (deferrable and service == "aws"), "a trigger reads S3 once"
