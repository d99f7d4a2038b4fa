"""A night in S3 that never pauses."""

from __future__ import annotations

import pytest

from tests.support.hurry import hurry  # noqa: F401
from tests.support.night import Night


@pytest.fixture
def night(s3, hurry):  # noqa: F811
    return Night(s3)
