"""One stack for all of these tests: built, brought up, and taken down with its volumes."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.compose.stack import ComposeStack
from tests.support import compose

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def times() -> dict[str, float]:
    """Seconds of each step, for the record."""
    return {}


@pytest.fixture(scope="session")
def stack(tmp_path_factory, times) -> Iterator[ComposeStack]:
    engine = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    assert engine.returncode == 0, f"no Docker engine answers: {engine.stderr.strip()[-300:]}"
    assert compose.command(), compose.HOW_TO_GET_ONE
    made = ComposeStack(tmp_path_factory.mktemp("compose"))
    made.run("--profile", "demo", "down", "--volumes", "--remove-orphans")
    try:
        for name, words in (
            ("build", ("--profile", "demo", "build")),
            ("up", ("up", "--detach", "--wait", "--wait-timeout", "600")),
        ):
            begun = time.monotonic()
            made.run(*words, seconds=1800)
            times[name] = round(time.monotonic() - begun, 1)
        yield made
    finally:
        made.run("--profile", "demo", "down", "--volumes", "--remove-orphans", "--timeout", "20")
