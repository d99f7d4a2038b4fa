"""What every operator does that changes an endpoint while its DAG run holds it."""

from __future__ import annotations

import pytest
from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointHeldError, EndpointNotServingError, ServiceFaultError
from nightloop.aws.operators.sagemaker.holding import HoldingOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.client import BROKEN
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import FILES, FOLDER


class Work(HoldingOperator):
    """Take the endpoint and say so."""

    hold_poll_seconds = 11

    def __init__(self, *, folder=FOLDER, **kwargs):
        super().__init__(**kwargs)
        self.folder = folder
        self.deeds = []

    def proceed(self, context):
        self.deeds.append(self.take_endpoint(context, self.folder))
        return "done"


def work(**arguments):
    return Work(task_id="work", **arguments)


def run(name, number=1):
    return context(FakeTask(dag_id=name, run_id="1", id=f"{name}-{number}"))


def holders():
    return [entry["run"] for entry in EndpointHold.of(ObjectStore(), FILES.holds, run("x")["ti"]).log.entries()]


@pytest.fixture
def ended(monkeypatch):
    """The DAG runs that have ended."""
    runs = set()
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda name: name in runs)
    return runs


def test_the_hold_is_the_run_s_through_all_its_tasks_and_tries(s3, ended):
    for number in (1, 1, 2):
        assert work().execute(run("a", number)) == "done"
    assert holders() == ["a/1", "a/1"]


def test_while_another_run_has_it_no_worker_is_taken_and_nothing_done(s3, ended):
    work().execute(run("a"))
    operator = work()
    for begin in (operator.execute, operator.take_up):
        with pytest.raises(TaskDeferred) as waiting:
            begin(run("b"))
        assert waiting.value.method_name == "take_up"
        assert isinstance(waiting.value.trigger, DateTimeTrigger)
    assert operator.deeds == []
    ended.add("a/1")
    assert operator.take_up(run("b"), event={}) == "done"
    assert holders() == ["a/1", "b/1"]


def test_a_run_that_lost_it_to_another_is_told(s3, ended):
    operator = work()
    operator.execute(run("a"))
    ended.add("a/1")
    work().execute(run("b"))
    with pytest.raises(EndpointHeldError, match="Another attempt"):
        operator.deeds[0].check()


def test_with_a_worker_it_looks_again_and_again(s3, sagemaker, pauses, ended):
    work().execute(run("a"))
    operator = work()
    operator.deferrable = False
    sagemaker.later(lambda: None, lambda: ended.add("a/1"))
    assert operator.execute(run("b")) == "done"
    assert pauses == [11, 11]


def test_a_loop_without_a_folder_holds_nothing(s3):
    operator = work(folder="")
    operator.execute(run("a"))
    assert operator.deeds == [None]
    assert s3.calls == []


def test_only_what_passes_by_itself_is_waited_for(s3, sagemaker):
    operator = work()
    with pytest.raises(EndpointNotServingError):
        operator.wait_while_held(lambda: (_ for _ in ()).throw(EndpointNotServingError("x")))
    s3.fail("list_objects_v2", BROKEN)
    with pytest.raises(ServiceFaultError):
        operator.execute(run("a"))
