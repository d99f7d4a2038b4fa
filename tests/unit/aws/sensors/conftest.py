"""Human loops to wait for."""

from __future__ import annotations

import pytest

from tests.support.fakes.a2i import arn
from tests.support.hurry import hurry  # noqa: F401
from tests.support.night import Night

FLOW = arn("flow-definition", "flow")


@pytest.fixture
def loops(s3, human_loops, flows, hurry):  # noqa: F811
    flows.add_flow("flow")
    return human_loops


@pytest.fixture
def night(s3):
    return Night(s3)
