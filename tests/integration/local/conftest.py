"""Stacks of services on free ports; each test's processes end with it."""

from __future__ import annotations

import socket

import psutil
import pytest

from local.config.settings import Settings
from local.stack.stack import PORT_OF, Stack


def free_ports():
    listeners = [socket.socket() for _ in PORT_OF]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = {name: str(listener.getsockname()[1]) for name, listener in zip(PORT_OF.values(), listeners, strict=True)}
    for listener in listeners:
        listener.close()
    return ports


def belonging_to(state):
    """Return the processes whose environment names a state folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(state) in " ".join(process.environ().values()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def ports():
    return free_ports()


@pytest.fixture
def make_stack(tmp_path, ports):
    made = []

    def make():
        settings = Settings.from_environment(ports, tmp_path / "state")
        made.append(Stack(settings, say=lambda _: None, with_airflow=False))
        return made[-1]

    yield make
    for stack in made:
        stack.down()


@pytest.fixture
def left_over(tmp_path):
    """Return a function that lists the processes of this test's stack."""
    return lambda: belonging_to(tmp_path / "state")
