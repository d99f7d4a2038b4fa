"""`AwaitEndpointOperator`: nothing is begun while somebody changes the endpoint; it changes nothing itself."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.endpoints.holds import EndpointHold
from nightloop.aws.errors import EndpointMissingError
from nightloop.aws.operators.sagemaker.await_endpoint import AwaitEndpointOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import FILES, FOLDER, make_live, make_model


@pytest.fixture(autouse=True)
def live(s3, sagemaker):
    make_model(sagemaker, s3, "champion")
    return make_live(sagemaker, "champion")


@pytest.fixture
def going(monkeypatch):
    """The DAG runs that have not ended."""
    runs = {"other/1"}
    monkeypatch.setattr("nightloop.aws.endpoints.holds.run_has_ended", lambda run: run not in runs)
    return runs


def waiting():
    operator = AwaitEndpointOperator(task_id="await", endpoint_name="live", loop_folder=FOLDER)
    operator.hold_poll_seconds = 4
    return operator


def take(dag_id):
    EndpointHold.of(ObjectStore(), FILES.holds, FakeTask(dag_id=dag_id, run_id="1", id=f"of-{dag_id}")).take()


def test_it_ends_at_once_where_nobody_changes_the_endpoint(s3, sagemaker):
    assert waiting().execute(context()) is None
    assert sagemaker.made() == []
    assert [uri for uri in s3.objects if uri.startswith(FILES.holds)] == []


def test_it_waits_without_a_worker_while_another_run_has_it(going):
    take("other")
    with pytest.raises(TaskDeferred) as deferred:
        waiting().execute(context())
    assert deferred.value.method_name == "take_up"
    with pytest.raises(TaskDeferred):
        waiting().take_up(context(), event={})
    going.clear()
    assert waiting().take_up(context(), event={}) is None


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_it_waits_while_the_endpoint_itself_is_changed(sagemaker, pauses, status):
    sagemaker.endpoints["live"]["EndpointStatus"] = status
    with pytest.raises(TaskDeferred):
        waiting().execute(context())
    operator = waiting()
    operator.deferrable = False
    sagemaker.later(lambda: None, lambda: sagemaker.settle("live"))
    operator.execute(context())
    assert pauses == [4, 4]


def test_an_endpoint_that_is_gone_is_named(sagemaker):
    sagemaker.delete_endpoint(EndpointName="live")
    with pytest.raises(EndpointMissingError, match="live"):
        waiting().execute(context())
