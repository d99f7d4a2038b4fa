"""One stack under test for all tests of this folder, and a loop whose endpoint serves."""

from __future__ import annotations

import pytest

from tests.integration.aws.conftest import connections, live_loop, make_loop, one_loader, own_loop, s3
from tests.integration.aws.stack import prepare
from tests.integration.faults.stack import StackUnderTest

__all__ = ["connections", "live_loop", "make_loop", "one_loader", "own_loop", "s3"]


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    stack = StackUnderTest(tmp_path_factory.mktemp("stack"))
    try:
        stack.start_all()
        prepare(stack)
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)


@pytest.fixture(autouse=True)
def in_peace_before_and_after(stack):
    stack.forget_orders()
    yield
    stack.forget_orders()
