"""Counters that several processes share: a folder that prometheus_client maps into the memory of each."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_counters() -> Iterator[None]:
    """Let every process started inside add to the same counters; what an ended process counted stays.

    prometheus_client must be imported inside, since it chooses its kind of counter then.
    """
    with tempfile.TemporaryDirectory(prefix="nightloop-review-counters-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def are_shared() -> bool:
    """Tell whether this process shares its counters."""
    return _FOLDER in os.environ
