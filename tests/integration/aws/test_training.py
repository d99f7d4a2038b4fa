"""From a reviewed night to a promoted model, and every way in which it does not get there."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.errors import (
    CohortError,
    EndpointDisagreesError,
    EndpointRolledBackError,
    JobFailedError,
    ManifestCheckError,
)
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.errors import ClassMapError
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import manifest_line
from tests.integration.aws.trainings import Training


@pytest.fixture(scope="module")
def loop(reviewed_loop):
    return reviewed_loop


def lines_of(uri):
    return [json.loads(line) for line in ObjectStore().read(uri).splitlines()]


@pytest.fixture(scope="module")
def training(loop):
    return Training(loop)


def test_too_little_new_is_skipped_with_a_sentence(loop):
    with pytest.raises(AirflowSkipException, match=r"1 reviewed images are new .* training begins at 2"):
        Training(loop).build_cohort(minimum=2)


def test_a_night_counts_once_its_manifest_is_checked(loop, s3):
    night = Night(loop, "2026-06-02")
    night.write_reviewed(s3, shade=81)
    ObjectStore().delete(night.files.receipt)
    assert Training(loop).build_cohort()["new_lines"] == 1
    ObjectStore().delete(night.files.manifest)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_an_image_that_is_gone_is_named_before_it_is_paid_for(loop, s3, part):
    training = Training(loop)
    training.build_cohort()
    uri = lines_of(training.results["build_cohort"][part])[0]["source-ref"]
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    with pytest.raises(ManifestCheckError, match=r"Every image is still there.* line 1"):
        training.check_cohort()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert training.check_cohort()["failed"] == 0


def test_a_seed_is_checked_as_later_training_sets_are(make_loop, s3):
    loop = make_loop()
    uri = loop.seed.manifest
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    lines = [json.loads(line) for line in s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()]
    lines[0]["bounding-box"]["annotations"] *= 2
    lines[0]["bounding-box-metadata"]["objects"] *= 2
    lines[1]["bounding-box-metadata"]["creation-date"] = "2999-01-01T00:00:00"
    s3.put_object(Bucket=bucket, Key=key, Body="\n".join(map(json.dumps, lines)).encode())
    with pytest.raises(ManifestCheckError, match=r"same box twice|in the future"):
        Night(loop, "2026-01-01").bootstrap()


def test_what_a_labeling_job_left_out_of_the_seed_is_left_out(make_loop, s3, stack):
    loop = make_loop()
    bucket, key = loop.seed.manifest.removeprefix("s3://").split("/", 1)
    lines = [json.loads(line) for line in s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()]
    failed = {"source-ref": f"s3://{bucket}/failed.png", "bounding-box-metadata": {"failure-reason": "nobody came"}}
    for line in lines:
        line["bounding-box"]["image_size"][0] |= {"width": 200.0, "height": 1e2, "depth": 1}
    body = "\n".join(map(json.dumps, [failed, *lines, {"source-ref": f"s3://{bucket}/unseen.png"}]))
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    cohort = Cohorts(ObjectStore(), Training(loop).data).merge({}, None)
    assert (len(cohort.lines), cohort.unlabelled) == (3, 2)
    assert {type(line["bounding-box"]["image_size"][0]["width"]) for line in cohort.lines} == {int}


def test_training_to_promotion(training, loop, stack):
    cohort = training.build_cohort()
    assert (cohort["lines"], cohort["new_lines"], cohort["excluded"]) == (4, 1, 0)
    assert training.check_cohort()["failed"] == 0
    evaluation = training.until_evaluated()
    assert training.results["train"]["metrics"]["validation:mAP"] == pytest.approx(0.5)
    assert (evaluation["champion"], evaluation["challenger"], evaluation["p_better"]) == (0.0, 1.0, 1.0)
    stored = json.loads(ObjectStore().read(evaluation["uri"]))
    assert stored["champion"]["coco"] == {
        "mean": 0.0,
        "at_50": 0.0,
        "at_75": 0.0,
        "medium": 0.0,
        "per_class": {"person": 0.0},
    }
    assert stored["challenger"]["coco"]["mean"] == pytest.approx(1.0)
    (only,) = stored["challenger"]["calibration"]["curve"]
    assert (only["count"], only["score"], only["precision"]) == (32, pytest.approx(0.9), 1.0)
    registered = training.register()
    assert training.gate() == "promote"
    figures = training.results["gate"]["figures"]
    assert figures == evaluation["figures"]
    assert (figures["champion"]["calibration_error"], figures["challenger"]["calibration_error"]) == pytest.approx(
        (0.4, 0.1)
    )
    promoted = training.promote(training.results["create_model"])
    verified = training.verify()
    assert verified == {"config": promoted["config"], "compared": 3}
    recorded = {"status": "Approved", "why": f"Live with {promoted['config']}.", "outcome": "promoted"}
    assert training.record() == recorded
    receipt = training.receipt()
    assert receipt["promoted"] is True
    assert (receipt["model_version"], receipt["approval"]["status"]) == (registered["version"], "Approved")
    assert "better with probability" in receipt["decision"]["reasons"][0]
    assert receipt["evaluation"]["figures"] == figures
    endpoint = stack.client("sagemaker", "sagemaker").describe_endpoint(EndpointName=loop.endpoint.name)
    assert endpoint["EndpointConfigName"] == promoted["config"]


def test_a_second_run_adopts_every_job(training, loop, stack):
    sagemaker = stack.client("sagemaker", "sagemaker")

    def jobs():
        trainings = sagemaker.list_training_jobs(NameContains=loop.name)["TrainingJobSummaries"]
        return len(trainings), len(sagemaker.list_transform_jobs(NameContains=loop.name)["TransformJobSummaries"])

    before = jobs()
    again = Training(loop)
    again.results = {name: training.results[name] for name in ("build_cohort", "check_cohort")}
    again.until_evaluated()
    assert again.register() == training.results["register_model"]
    assert again.gate() == "promote"
    again.promote(again.results["create_model"])
    again.verify()
    again.record()
    again.receipt()
    assert jobs() == before
    assert again.results == training.results | {"promote": again.results["promote"]}


def test_after_promotion_nothing_is_new(loop):
    with pytest.raises(AirflowSkipException, match="0 reviewed images are new"):
        Training(loop).build_cohort()


def test_a_worse_model_is_kept_from_the_endpoint(training, loop):
    turned = Training(loop)
    turned.results = dict(training.results)
    turned.results["transform_champion"] = training.results["transform_challenger"]
    turned.results["transform_challenger"] = training.results["transform_champion"]
    turned.results["train"] = training.results["train"] | {"training_job": "turned-round"}
    turned.evaluate()
    assert turned.gate() == "record_approval"
    turned.results.pop("verify_endpoint")
    recorded = turned.record()
    assert recorded["status"] == "Rejected"
    assert recorded["why"].startswith("The gate kept it: mAP@0.5 goes from 1.000 to 0.000")
    assert turned.receipt()["promoted"] is False


def test_a_failed_update_is_not_believed(training, loop, s3, stack):
    """The new model's container never answers: SageMaker puts the old configuration back without an error."""
    s3.put_object(Bucket=loop.bucket, Key="broken/model.tar.gz", Body=b"no archive")
    sagemaker = stack.client("sagemaker", "sagemaker")
    image = {"Image": loop.training.image, "ModelDataUrl": f"s3://{loop.bucket}/broken/model.tar.gz"}
    sagemaker.create_model(ModelName=f"{loop.name}-broken", ExecutionRoleArn=loop.role_arn, PrimaryContainer=image)
    broken = Training(loop)
    broken.results["transform_challenger"] = training.results["transform_challenger"]
    chosen = dict.fromkeys(("package", "training_job", "artefact"), "of nothing")
    chosen |= {"version": 9, "model": f"{loop.name}-broken", "live_model": training.results["create_model"]}
    broken.roll_back(chosen)
    with pytest.raises(EndpointRolledBackError, match=r"runs .*, not .*clearing the task promote"):
        broken.verify()
    endpoint = sagemaker.describe_endpoint(EndpointName=loop.endpoint.name)
    assert endpoint["EndpointConfigName"] == training.results["promote"]["config"], "the good model still serves"


def test_an_endpoint_that_answers_otherwise_is_not_believed(training, loop):
    doubted = Training(loop)
    doubted.results = training.results | {"transform_challenger": training.results["transform_champion"]}
    with pytest.raises(EndpointDisagreesError, match=r"another answer for .* than Batch Transform"):
        doubted.verify()


def test_a_failed_training_tells_the_next_ordinal(training, loop):
    failing = Training(loop)
    failing.settings = replace(failing.settings, hyperparameters={**failing.settings.hyperparameters, "fail": "yes"})
    failing.results["build_cohort"] = training.results["build_cohort"]
    for _ in range(2):
        with pytest.raises(JobFailedError, match=r"the test asked for a failure.*`ordinal` one higher"):
            failing.train()
    names = {failing.settings.job_name("c", "p", ordinal) for ordinal in (0, 1, 2)}
    assert len(names) == 3


def test_unknown_class_in_a_manifest_names_the_line(make_loop, s3):
    data = Training(replace(make_loop(), classes=("person", "unicorn"))).data

    with pytest.raises(ClassMapError, match=r"seed\.manifest, line 1"):
        Cohorts(ObjectStore(), data).merge({}, None)


def test_missing_seed_names_the_key(make_loop, s3):
    loop = make_loop()
    s3.delete_object(Bucket=loop.bucket, Key="seed.manifest")

    with pytest.raises(CohortError, match=r"seed.manifest is not there. Upload it, or correct seed.manifest"):
        Cohorts(ObjectStore(), Training(loop).data).merge({}, None)


def test_a_wrong_cohort_names_expectation_and_lines(training, loop, s3):
    lines = [
        manifest_line(f"s3://{loop.bucket}/{number}.png", [(20, 30, 60, 40)], loop.classes) for number in (0, 1, 2)
    ]
    lines[1]["bounding-box"]["annotations"][0]["width"] = 900
    s3.put_object(Bucket=loop.bucket, Key="wrong.manifest", Body="\n".join(map(json.dumps, lines)).encode())
    wrong = Training(loop)
    train = {"train": f"s3://{loop.bucket}/wrong.manifest", "train_lines": 3}
    wrong.results["build_cohort"] = training.results["build_cohort"] | train
    with pytest.raises(ManifestCheckError, match=r"No box ends right of the image \(.*max_right_overflow\): line 2"):
        wrong.check_cohort()
    wrong.results["build_cohort"]["train_lines"] = 4
    with pytest.raises(ManifestCheckError, match=r"num_training_samples is the number of lines \(.*\): lines 1, 2, 3"):
        wrong.check_cohort()
