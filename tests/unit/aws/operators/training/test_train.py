"""What a training is given, what it returns, and what it refuses before anything is paid."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.datasets.manifest_check import ManifestCheck
from nightloop.aws.errors import (
    ClassesChangedError,
    CohortError,
    HoldoutError,
    JobFailedError,
    JobUnfinishedError,
    JobVanishedError,
    ManifestCheckError,
    NightIncompleteError,
    TransientError,
)
from nightloop.aws.operators.training.train import TrainOperator, TrainSeedModelOperator
from tests.support.fakes.sagemaker_jobs import SECONDS
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import (
    BOX,
    CLASSES,
    DATA,
    FOLDER,
    SERVING,
    TRAINING,
    line,
    make_live,
    make_model,
    manifest,
    put_data,
)

COHORT = {"cohort": "c1", "train": "s3://bucket/c1/train", "validation": "s3://bucket/c1/validation"}
JOB = TRAINING.job_name("c1", None, 0)


@pytest.fixture(autouse=True)
def cohort(s3):
    many = [BOX] * 90
    s3.put(COHORT["train"], manifest(line("s3://bucket/1.png"), line("s3://bucket/2.png")))
    s3.put(COHORT["validation"], manifest(line("s3://bucket/3.png", *many)))


def train(**arguments):
    return TrainOperator(**{"task_id": "train", "settings": TRAINING, "cohort": COHORT} | arguments)


def started(operator, sagemaker):
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context())
    return deferred.value.trigger.name, sagemaker.requests("create_training_job")[-1]


def event(name=JOB, status="success", **more):
    return {"status": status, "ended": {"name": name, "result": None}, **more}


def test_what_is_templated():
    assert {"cohort", "ordinal"} <= set(TrainOperator.template_fields)


def test_the_job_is_told_what_to_learn_from(s3, sagemaker):
    name, request = started(train(), sagemaker)
    assert name == request["TrainingJobName"] == JOB
    channels = {one["ChannelName"]: one["DataSource"]["S3DataSource"]["S3Uri"] for one in request["InputDataConfig"]}
    assert channels == {"train": COHORT["train"], "validation": COHORT["validation"]}
    given = request["HyperParameters"]
    assert (given["num_training_samples"], given["num_classes"], given["label_width"]) == ("2", "2", "452")
    assert request["Tags"] == [{"Key": "nightloop:cohort", "Value": "c1"}, {"Key": "team", "Value": "vision"}]


def test_it_goes_on_from_the_parent(s3, sagemaker):
    parent = make_model(sagemaker, s3, "champion")
    cohort = COHORT | {"parent_model": "champion", "parent_artefact": parent["artefact"]}
    name, request = started(train(cohort=cohort), sagemaker)
    assert name == TRAINING.job_name("c1", "champion", 0) != JOB
    (model,) = [one for one in request["InputDataConfig"] if one["ChannelName"] == "model"]
    assert model["DataSource"]["S3DataSource"]["S3Uri"] == parent["artefact"]
    assert {"Key": "nightloop:parent-model", "Value": "champion"} in request["Tags"]


def test_a_parent_of_other_classes_is_refused_before_anything_is_paid(s3, sagemaker):
    parent = make_model(sagemaker, s3, "champion")
    s3.put(parent["artefact"].replace("model.tar.gz", "classes.json"), json.dumps(["dog", "cat"]))
    cohort = COHORT | {"parent_model": "champion", "parent_artefact": parent["artefact"]}
    with pytest.raises(ClassesChangedError, match="champion"):
        train(cohort=cohort).execute(context())
    assert sagemaker.calls == []


@pytest.mark.parametrize("ordinal", [2, "2"])
def test_an_ordinal_trains_anew(s3, sagemaker, ordinal):
    name, _ = started(train(ordinal=ordinal), sagemaker)
    assert name == TRAINING.job_name("c1", None, 2)


def test_a_training_set_that_is_gone_is_named_and_nothing_paid(s3, sagemaker):
    s3.delete_object(Bucket="bucket", Key="c1/train")
    with pytest.raises(NightIncompleteError, match=COHORT["train"]):
        train().execute(context())
    assert sagemaker.made() == []


def test_it_returns_the_artefact_metrics_and_bill_and_keeps_the_classes(s3, sagemaker):
    started(train(), sagemaker)
    sagemaker.end(JOB)
    artefact = f"{FOLDER}/models/{JOB}/output/model.tar.gz"
    expected = {
        "training_job": JOB,
        "artefact": artefact,
        "metrics": {"validation:mAP": 0.5},
        "billable_seconds": SECONDS,
    }
    assert train().execute_complete(context(), event()) == expected
    before = s3.objects
    assert json.loads(before[f"{FOLDER}/models/{JOB}/output/classes.json"]) == list(CLASSES)
    assert train().execute(context()) == expected
    assert s3.objects == before
    assert sagemaker.made() == ["create_training_job"]


def test_an_artefact_written_down_with_other_classes_is_refused(s3, sagemaker):
    started(train(), sagemaker)
    sagemaker.end(JOB)
    s3.put(f"{FOLDER}/models/{JOB}/output/classes.json", json.dumps(["car"]))
    with pytest.raises(ClassesChangedError):
        train().execute_complete(context(), event())


def test_a_job_that_vanished_is_named(s3, sagemaker):
    started(train(), sagemaker)
    sagemaker.drop(JOB)
    with pytest.raises(JobVanishedError, match=f"{JOB} is not there any more"):
        train().execute_complete(context(), event())


def test_a_job_without_a_reason_is_told_by_its_secondary_status(s3, sagemaker):
    started(train(), sagemaker)
    sagemaker.end(JOB, "Stopped", SecondaryStatus="MaxRuntimeExceeded")
    with pytest.raises(JobFailedError, match="is Stopped: MaxRuntimeExceeded"):
        train().execute_complete(context(), event())


@pytest.mark.parametrize(
    ("failed", "raised"),
    [
        (event(status="error", message="Waiter error: max attempts reached", unfinished=True), JobUnfinishedError),
        (event(status="error", message="credentials expired", unfinished=False), TransientError),
    ],
)
def test_a_wait_that_ended_without_an_end(failed, raised):
    with pytest.raises(raised):
        train().execute_complete(context(), failed)


def test_waiting_for_a_machine_takes_time_too():
    assert train().longest_seconds() == 2 * TRAINING.max_runtime_seconds + 1800


def test_its_link_leads_to_the_job(s3, sagemaker):
    task = FakeTask()
    with pytest.raises(TaskDeferred):
        train().execute(context(task))
    assert task.pushed["training_job"]["job_name"] == JOB


def seed(**arguments):
    return TrainSeedModelOperator(**{"task_id": "train", "settings": TRAINING, "data": DATA} | arguments)


def test_the_first_model_learns_from_the_seed_alone(s3, sagemaker):
    put_data(s3)
    name, request = started(seed(), sagemaker)
    channels = {one["ChannelName"]: one["DataSource"]["S3DataSource"]["S3Uri"] for one in request["InputDataConfig"]}
    assert channels.keys() == {"train", "validation"}
    learned = [json.loads(row)["source-ref"] for uri in channels.values() for row in s3.objects[uri].splitlines()]
    assert sorted(learned) == [f"s3://bucket/seed/{number}.png" for number in range(100, 104)]
    before = s3.objects
    with pytest.raises(TaskDeferred) as deferred:
        seed().execute(context())
    assert deferred.value.trigger.name == name
    assert s3.objects == before
    assert sagemaker.made() == ["create_training_job"]


def test_no_seed_of_the_holdout_s_images_is_learned_from(s3, sagemaker):
    held = put_data(s3)
    s3.put(DATA.seed, manifest(line(held[0])))
    with pytest.raises(CohortError, match="nothing to train on"):
        seed().execute(context())
    assert sagemaker.made() == []


def test_a_holdout_that_cannot_be_measured_on_is_refused_before_anything_is_paid(s3, sagemaker):
    held = put_data(s3)
    s3.put(held[1], b"no picture")
    with pytest.raises(HoldoutError, match=held[1]):
        seed().execute(context())
    assert sagemaker.made() == []


def test_an_endpoint_that_serves_other_classes_is_refused(s3, sagemaker):
    put_data(s3)
    model = make_model(sagemaker, s3, "champion")
    make_live(sagemaker, "champion")
    s3.put(model["artefact"].replace("model.tar.gz", "classes.json"), json.dumps(["car"]))
    with pytest.raises(ClassesChangedError, match="champion"):
        seed(endpoint_name="live").execute(context())
    started(seed(), sagemaker)


def test_an_endpoint_that_is_not_there_yet_is_no_reason_to_wait(s3, sagemaker):
    put_data(s3)
    started(seed(endpoint_name="live"), sagemaker)


@pytest.mark.parametrize("refused", ["train", "validation"])
def test_a_seed_that_does_not_meet_the_suite_is_refused_before_anything_is_paid(s3, sagemaker, monkeypatch, refused):
    put_data(s3)
    checked = []

    def run(check, manifest, lines, evidence):
        checked.append((check.suite_path, check.data, check.training, len(lines), evidence.num_training_samples))
        if manifest.endswith(f"/{refused}.manifest"):
            raise ManifestCheckError(manifest)

    monkeypatch.setattr(ManifestCheck, "run", run)
    with pytest.raises(ManifestCheckError, match=f"{refused}.manifest"):
        seed(suite_path="suite.json").execute(context())
    assert checked[0] == ("suite.json", DATA, TRAINING, 3, 3)
    assert len(checked) == (1 if refused == "train" else 2)
    assert sagemaker.made() == []


def test_other_settings_make_another_job():
    assert replace(TRAINING, image="other").job_name("c1", None, 0) != JOB
    assert SERVING.image == TRAINING.image
