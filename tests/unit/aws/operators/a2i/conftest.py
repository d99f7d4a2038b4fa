"""Human loops in bulk, and their results in S3; nothing pauses."""

from __future__ import annotations

import json

import pytest

from tests.support.fakes.a2i import arn
from tests.support.hurry import hurry  # noqa: F401

RESULTS = "s3://bucket/results.jsonl"
FLOW = arn("flow-definition", "flow")


@pytest.fixture
def loops(s3, human_loops, flows, hurry):  # noqa: F811
    flows.add_flow("flow")
    return human_loops


@pytest.fixture
def results(s3):
    """Read the lines of the results."""
    return lambda: [json.loads(line) for line in s3.objects[RESULTS].splitlines()]
