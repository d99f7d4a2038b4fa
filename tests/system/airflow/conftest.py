"""One Airflow and one loop for all tests of this folder; each test has nights of its own."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from local.demo.data import choose, upload
from local.demo.loop_file import write_demo_loop
from local.settings import DEFAULT_PORTS, Settings
from tests.system.airflow.nights import Nights
from tests.system.airflow.running import ImpatientStack, RunningAirflow

IMAGES = 6


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    state = tmp_path_factory.mktemp("airflow") / "state"
    settings = Settings.from_environment({**_free_ports(), "NIGHTLOOP_LOOPS": str(state / "loops")}, state)
    stack = ImpatientStack(settings, say=lambda _: None)
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="session")
def dataset():
    whole = choose(None)
    return replace(whole, night=whole.night[:IMAGES], holdout=whole.holdout[:8])


@pytest.fixture(scope="session")
def nights(stack, dataset):
    """The nights of a loop whose first model serves."""
    loop = write_demo_loop(stack.settings.loops, stack.settings.events_queue_url)
    stack.up()
    upload(stack, dataset, "2026-01-01")
    airflow = RunningAirflow(stack)
    nights = Nights(airflow, dataset, loop)
    airflow.api.wait_for_dags("bootstrap_voc", "nightly_review_voc", "incremental_training_voc")
    airflow.api.unpause("bootstrap_voc")
    airflow.finish(airflow.api.trigger("bootstrap_voc"), seconds=400)
    airflow.api.unpause("nightly_review_voc")
    return nights


@pytest.fixture
def airflow(nights):
    return nights.airflow


def _free_ports():
    listeners = [socket.socket() for _ in DEFAULT_PORTS]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = {name: str(listener.getsockname()[1]) for name, listener in zip(DEFAULT_PORTS, listeners, strict=True)}
    for listener in listeners:
        listener.close()
    return ports
