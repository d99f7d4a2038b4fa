"""AWS has no machine: the next try of the task begins a job, or an update, of its own and pays for one only."""

from __future__ import annotations

import pytest
from airflow.sdk import RetryAction

from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.errors import CapacityError
from nightloop.aws.hooks.sagemaker import ModelHook
from tests.integration.aws.nights import Night
from tests.integration.aws.trainings import Training


@pytest.fixture
def training(make_loop, s3):
    """A training whose training set is built; the first model of its loop serves."""
    loop = make_loop()
    night = Night(loop, "2026-01-01")
    trained, model, _ = night.bootstrap()
    night.register(trained, model)
    Night(loop, "2026-07-01").write_reviewed(s3, shade=120)
    training = Training(loop)
    training.build_cohort()
    return training


def test_a_training_job(training, stack):
    loop = training.loop
    stack.order("sagemaker", "CreateTrainingJob", "no-capacity", name=f"{loop.name}-*", times=2)
    for _ in range(2):
        with pytest.raises(CapacityError, match=r"no machine for training job .*CapacityError: Unable") as caught:
            training.train()
        assert RETRY_POLICY.evaluate(caught.value, 1, 3).action is RetryAction.RETRY
    job = training.train()["training_job"]
    assert states(stack, loop) == ["Completed", "Failed", "Failed", "Completed"], "the first is the bootstrap's"
    assert training.train()["training_job"] == job, "a cleared task finds the one that ran"
    assert len(states(stack, loop)) == 4


def test_a_transform_job(training, stack):
    training.train()
    model = training.create_model()
    stack.order("sagemaker", "CreateTransformJob", "no-capacity", name=f"{training.loop.name}-*")
    with pytest.raises(CapacityError, match="no machine for transform job"):
        training.transform("transform_challenger", model)
    assert training.transform("transform_challenger", model)["output"].endswith("-2/")


def test_an_update(training, stack):
    training.until_evaluated()
    training.register()
    model, live = training.results["create_model"], ModelHook().live_model(training.loop.endpoint.name).model
    stack.order("sagemaker", "UpdateEndpoint", "no-capacity", name=training.loop.endpoint.name)
    with pytest.raises(CapacityError, match=r"the old model serves on: .*InsufficientInstanceCapacity"):
        training.promote(model)
    assert ModelHook().live_model(training.loop.endpoint.name).model == live
    training.promote(model)
    training.verify()
    assert ModelHook().live_model(training.loop.endpoint.name).model == model


def states(stack, loop):
    client = stack.client("sagemaker", "sagemaker")
    found = client.list_training_jobs(NameContains=f"{loop.name}-train-", SortBy="CreationTime", SortOrder="Ascending")
    return [entry["TrainingJobStatus"] for entry in found["TrainingJobSummaries"]]
