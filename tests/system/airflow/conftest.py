"""One Airflow and two loops for all tests of this folder; each test has nights of its own."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from local.config.settings import Settings
from local.demo.driver.loop_file import write_demo_loop
from local.demo.images.upload import choose, upload
from local.stack.airflow import airflow_environment
from local.stack.stack import PORT_OF
from tests.integration.aws.conftest import one_loader  # noqa: F401 - a fixture
from tests.system.airflow.nights import Nights
from tests.system.airflow.running import ImpatientStack, RunningAirflow
from tests.system.airflow.trainings import Trainings, write_loop

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
def loops(stack):
    """The loops' files by their names.

    `voc` has nights and the real detector, `rectangles` learns from rectangles, `asking` too, and asks a person first.
    """
    folder = stack.settings.loops
    return {
        "voc": write_demo_loop(folder, stack.settings.events_queue_url),
        "rectangles": write_loop(folder),
        "asking": write_loop(folder, "asking", approval="required"),
    }


@pytest.fixture(scope="session")
def airflow(stack, loops):
    """An Airflow that knows all DAGs of the loops."""
    stack.up()
    airflow = RunningAirflow(stack)
    kinds = ("bootstrap", "nightly_review", "incremental_training", "rollback_endpoint", "teardown")
    airflow.api.wait_for_dags(*(f"{kind}_{loop}" for loop in loops for kind in kinds))
    return airflow


@pytest.fixture(scope="session")
def dataset():
    whole = choose(None)
    return replace(whole, night=whole.night[:IMAGES], holdout=whole.holdout[:32])


@pytest.fixture(scope="session")
def nights(airflow, loops, dataset):
    """The nights of a loop whose first model serves."""
    upload(airflow.stack, dataset, "2026-01-01")
    airflow.api.unpause("bootstrap_voc")
    airflow.finish(airflow.api.trigger("bootstrap_voc"), seconds=400)
    airflow.api.unpause("nightly_review_voc")
    return Nights(airflow, dataset, loops["voc"])


@pytest.fixture
def trainings(live_trainings, airflow):
    """The trainings; when a test has ended, in whatever way, none is held or goes on."""
    yield live_trainings
    end_all(airflow, live_trainings)


@pytest.fixture
def asking(asking_trainings, airflow):
    """The trainings that ask a person; when a test has ended, in whatever way, none is held or goes on."""
    yield asking_trainings
    end_all(airflow, asking_trainings)


def end_all(airflow, trainings):
    trainings.release_all()
    airflow.models.forget()
    for run in trainings.runs:
        airflow.give_up(run)


@pytest.fixture(scope="session")
def live_trainings(airflow, loops, connections):
    """The trainings of a loop whose first model serves."""
    return begin_trainings(airflow, loops["rectangles"])


@pytest.fixture(scope="session")
def asking_trainings(airflow, loops, connections):
    """The trainings of a loop that asks a person before a promotion, and whose first model serves."""
    return begin_trainings(airflow, loops["asking"])


def begin_trainings(airflow, loop):
    trainings = Trainings(airflow, loop)
    trainings.bootstrap()
    for kind in ("bootstrap", "incremental_training", "rollback_endpoint", "teardown"):
        airflow.api.unpause(f"{kind}_{loop.name}")
    return trainings


@pytest.fixture(scope="session")
def connections(airflow):
    """The tests' own process has the connections of Airflow's."""
    stack = airflow.stack
    with pytest.MonkeyPatch.context() as patch:
        for name, value in airflow_environment(stack.settings, stack.secrets).items():
            if name.startswith("AIRFLOW_CONN_"):
                patch.setenv(name, value)
        yield


def _free_ports():
    listeners = [socket.socket() for _ in PORT_OF]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = {name: str(listener.getsockname()[1]) for name, listener in zip(PORT_OF.values(), listeners, strict=True)}
    for listener in listeners:
        listener.close()
    return ports
