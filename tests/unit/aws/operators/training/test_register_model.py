"""`RegisterModelOperator`: a model is one version, however often the task is tried, and says what it was made of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from nightloop.aws.errors import JobVanishedError, ServiceFaultError
from nightloop.aws.operators.training.register_model import RegisterModelOperator
from nightloop.domain.identity import naming
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import EVALUATED, FILES, FOLDER, SERVING, make_model, register

LIMITS = {"confidence": 0.9}


@pytest.fixture
def model(s3, sagemaker):
    """A model of whose origin nothing is written so far."""
    made = make_model(sagemaker, s3, "challenger")
    s3.delete_object(Bucket="bucket", Key=FILES.model(made["training_job"]).origin.removeprefix("s3://bucket/"))
    return made


def registering(model, **arguments):
    trained = {"training_job": model["training_job"], "artefact": model["artefact"]}
    given = {
        "task_id": "register",
        "serving": SERVING,
        "loop_folder": FOLDER,
        "trained": trained,
        "model": "challenger",
    }
    return RegisterModelOperator(**given | arguments)


def test_what_is_templated():
    assert {"evaluation", "model", "parent_model", "trained"} <= set(RegisterModelOperator.template_fields)


def test_a_model_is_registered_once_with_what_it_was_made_of(s3, sagemaker, model):
    arguments = {"parent_model": "champion", "evaluation": EVALUATED, "gate": LIMITS}
    task = FakeTask(dag_id="training", run_id="r1")
    found = registering(model, **arguments).execute(context(task))
    decision = f"s3://bucket/e/gates/{naming.decision_digest(**LIMITS)}/gate.json"
    origin = {
        **model,
        "cohort": "of-challenger",
        "parent_model": "champion",
        "evaluation": EVALUATED["uri"],
        "gate": decision,
        "run": "training/r1",
    }
    assert found["origin"] == origin
    assert json.loads(s3.objects[FILES.model(model["training_job"]).origin]) == origin
    (package,) = sagemaker.packages.values()
    assert (found["package"], found["version"]) == (package["ModelPackageArn"], 1)
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    metadata = package["CustomerMetadataProperties"]
    assert metadata == origin | {"mean_average_precision": "0.5000", "coco_50": "0.2500"}
    container = package["InferenceSpecification"]["Containers"][0]
    assert container == {"Image": SERVING.image, "ModelDataUrl": model["artefact"]}
    assert package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == EVALUATED["uri"]
    assert sagemaker.tags[sagemaker.arn("model-package-group", "voc-models")] == [{"Key": "team", "Value": "vision"}]
    assert task.pushed["s3_output"]["object_key"].endswith("/origin.json")
    before = s3.objects
    later = FakeTask(dag_id="training", run_id="r2")
    assert registering(model, **arguments).execute(context(later)) == found
    assert s3.objects == before
    assert len(sagemaker.packages) == 1
    assert sagemaker.made().count("create_model_package") == 1


def test_a_first_model_has_no_parent_and_no_evaluation(s3, sagemaker, model):
    found = registering(model).execute(context())
    assert found["origin"].keys() == {*model, "cohort", "run"}
    (package,) = sagemaker.packages.values()
    assert "ModelMetrics" not in package
    assert "mean_average_precision" not in package["CustomerMetadataProperties"]


def test_without_a_gate_there_is_no_decision_to_name(s3, sagemaker, model):
    assert "gate" not in registering(model, evaluation=EVALUATED).execute(context())["origin"]


def test_among_many_versions_it_is_found_again(s3, sagemaker, model):
    sagemaker.page_size = 1
    found = registering(model).execute(context())
    sagemaker._tokens.clear()  # SageMaker forgets them after a while
    for name in ("later", "latest"):
        register(sagemaker, make_model(sagemaker, s3, name))
    assert registering(model).execute(context()) == found
    assert len(sagemaker.packages) == 3


def test_a_model_made_again_is_not_taken_for_an_old_version_of_another(s3, sagemaker, model):
    old = register(sagemaker, model)
    sagemaker.packages[old]["CreationTime"] -= timedelta(days=1)
    assert registering(model).execute(context())["version"] == 2


def test_a_registration_whose_answer_was_lost_is_not_made_twice(s3, sagemaker, model):
    sagemaker.lose("create_model_package")
    with pytest.raises(ServiceFaultError):
        registering(model).execute(context())
    assert registering(model).execute(context())["version"] == 1
    assert len(sagemaker.packages) == 1


def test_two_tries_at_once_register_one_version(s3, sagemaker, model):
    met = []
    sagemaker.before("create_model_package", lambda: met.append(registering(model).execute(context())))
    assert registering(model).execute(context()) == met[0]
    assert len(sagemaker.packages) == 1


def test_of_two_origins_the_first_one_counts(s3, sagemaker, model):
    uri = FILES.model(model["training_job"]).origin
    first = {**model, "cohort": "of-challenger", "run": "training/other"}
    s3.before("put_object", lambda: s3.put(uri, json.dumps(first)))
    assert registering(model).execute(context())["origin"] == first


def test_values_the_registry_does_not_take_are_in_the_origin_alone(s3, sagemaker, model):
    found = registering(model).execute(context(FakeTask(run_id="manual run, 5")))
    assert found["origin"]["run"].endswith("manual run, 5")
    (package,) = sagemaker.packages.values()
    assert "run" not in package["CustomerMetadataProperties"]


def test_a_training_job_that_vanished_is_named(s3, sagemaker, model):
    sagemaker.drop(model["training_job"])
    with pytest.raises(JobVanishedError, match=f"{model['training_job']}.*what its model learned is not known"):
        registering(model).execute(context())
    assert sagemaker.packages == {}
