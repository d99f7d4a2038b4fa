"""`BuildCohortOperator`: what the next model learns from, found again under its own name."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.errors import (
    ClassesChangedError,
    EndpointBusyError,
    EndpointMissingError,
    LiveModelRejectedError,
    NightIncompleteError,
    QuarantineError,
)
from nightloop.aws.operators.training.build_cohort import BuildCohortOperator
from nightloop.domain.lineage.quarantine import Quarantine
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import (
    DATA,
    FILES,
    SERVING,
    line,
    make_live,
    make_model,
    picture,
    put_data,
    put_night,
    register,
)

NIGHT = "2026-11-21"


@pytest.fixture(autouse=True)
def live(s3, sagemaker):
    put_data(s3)
    model = make_model(sagemaker, s3, "champion")
    make_live(sagemaker, "champion")
    return model


def build(**arguments):
    given = {"task_id": "cohort", "data": DATA, "endpoint_name": "live", "loop": "voc", "minimum_new_lines": 2}
    return BuildCohortOperator(**given | arguments)


def learned(s3, written):
    bodies = [s3.objects[written[part]] for part in ("train", "validation")]
    return sorted(json.loads(row)["source-ref"] for body in bodies for row in body.splitlines())


def test_what_is_templated():
    assert {"minimum_new_lines", "release"} <= set(BuildCohortOperator.template_fields)


def test_seed_and_nights_are_merged_and_found_again(s3, sagemaker, live):
    refs = put_night(s3, NIGHT, 3)
    task = FakeTask()
    written = build().execute(context(task))
    assert learned(s3, written) == sorted([*refs, *(f"s3://bucket/seed/{number}.png" for number in range(100, 104))])
    assert (written["lines"], written["new_lines"], written["quarantined"]) == (7, 3, 0)
    assert written["train_lines"] + written["validation_lines"] == 7
    assert (written["copies_left_out"], written["learned_before"]) == (0, 0)
    assert (written["parent_model"], written["parent_artefact"]) == ("champion", live["artefact"])
    assert written["train"] == FILES.cohort(written["cohort"]).train
    assert task.pushed["s3_output"]["object_key"] == written["train"].removeprefix("s3://bucket/")
    before = s3.objects
    assert build().execute(context()) == written
    assert s3.objects == before
    assert sagemaker.made() == []


def test_a_night_that_is_not_checked_is_not_learned_from(s3):
    put_night(s3, NIGHT, 3)
    put_night(s3, "2026-11-22", 3, first=400, receipt=False)
    assert build().execute(context())["new_lines"] == 3


@pytest.mark.parametrize("minimum", [4, "4"])
def test_too_little_new_is_no_training(s3, minimum):
    put_night(s3, NIGHT, 3)
    before = {uri for uri in s3.objects if "/cohorts/" in uri}
    with pytest.raises(AirflowSkipException, match="3 reviewed images are new to model champion; training begins at 4"):
        build(minimum_new_lines=minimum).execute(context())
    assert {uri for uri in s3.objects if "/cohorts/" in uri} == before


def test_what_the_live_model_learned_is_not_new(s3, sagemaker):
    refs = put_night(s3, NIGHT, 3)
    lines = [line(ref, job=f"a2i/voc-{NIGHT}-{number}") for number, ref in enumerate(refs)]
    make_model(sagemaker, s3, "second", lines=lines[:2])
    sagemaker.create_endpoint_config(**SERVING.config_request("second"))
    sagemaker.update_endpoint(EndpointName="live", EndpointConfigName=SERVING.config_name("second"))
    sagemaker.settle("live")
    written = build().execute(context())
    assert (written["lines"], written["new_lines"], written["parent_model"]) == (7, 5, "second")


def test_everything_but_the_seed_is_new_to_a_model_from_elsewhere(s3, sagemaker, capsys):
    put_night(s3, NIGHT, 3)
    sagemaker.drop("voc-train-champion")
    assert build().execute(context())["new_lines"] == 3
    assert "champion was not trained by this loop" in capsys.readouterr().out


def test_a_copy_of_the_holdout_is_left_out_and_named(s3, capsys):
    refs = put_night(s3, NIGHT, 3)
    s3.put(refs[0], picture(200))
    written = build().execute(context())
    assert (written["copies_left_out"], written["new_lines"]) == (1, 2)
    assert refs[0] not in learned(s3, written)
    assert json.loads(s3.objects[written["copies"]])["copy_of"] == "s3://bucket/holdout/200.png"
    assert f"Left out: {refs[0]} is a copy of s3://bucket/holdout/200.png" in capsys.readouterr().out


def quarantine(s3, *lines):
    held = Quarantine.of("bad", list(lines), "good", [], attribute="box", reason="r")
    s3.put(FILES.quarantine("bad"), json.dumps(held.to_json()))


def test_lines_in_quarantine_are_left_out_until_they_are_released(s3):
    refs = put_night(s3, NIGHT, 3)
    quarantine(s3, line(refs[0], job=f"a2i/voc-{NIGHT}-0"))
    written = build().execute(context())
    assert (written["quarantined"], written["new_lines"]) == (1, 2)
    for _ in range(2):
        released = build(release="bad").execute(context())
        assert (released["quarantined"], released["new_lines"]) == (0, 3)
    (released,) = [body for uri, body in s3.objects.items() if uri == FILES.release("bad")]
    assert json.loads(released)["by"] == FakeTask().run_id


def test_the_release_of_what_is_not_in_quarantine_is_refused(s3):
    quarantine(s3)
    with pytest.raises(QuarantineError, match=r"because of 'good'.*lines of: bad"):
        build(release="good").execute(context())


def test_a_rejected_live_model_is_not_gone_on_from(s3, sagemaker, live):
    put_night(s3, NIGHT, 3)
    arn = register(sagemaker, live, "Rejected")
    sagemaker.packages[arn]["ApprovalDescription"] = "too many cats."
    with pytest.raises(LiveModelRejectedError, match="champion is version 1, which is Rejected: too many cats"):
        build().execute(context())
    assert build(loop="").execute(context())["new_lines"] == 3


def test_other_classes_than_the_live_model_s_are_refused(s3, live):
    s3.put(live["artefact"].replace("model.tar.gz", "classes.json"), json.dumps(["dog", "cat"]))
    with pytest.raises(ClassesChangedError, match="champion"):
        build().execute(context())


def test_a_night_s_manifest_that_is_gone_is_named(s3):
    put_night(s3, NIGHT, 3)
    s3.delete_object(Bucket="bucket", Key=FILES.night(NIGHT).manifest.removeprefix("s3://bucket/"))
    with pytest.raises(NightIncompleteError, match=f"{NIGHT}/manifest.jsonl"):
        build().execute(context())


def test_an_endpoint_that_does_not_serve_is_told(s3, sagemaker):
    sagemaker.endpoints["live"]["EndpointStatus"] = "Creating"
    with pytest.raises(EndpointBusyError):
        build().execute(context())
    del sagemaker.endpoints["live"]
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        build().execute(context())
