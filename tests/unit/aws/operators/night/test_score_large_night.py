"""ScoreLargeNight: a chunk's predictions come from the endpoint or from a job's results, and look the same."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import ClassesChangedError, NightChangedError, NightIncompleteError, TransformOutputError
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.night.score_large_night import ScoreLargeNightOperator
from nightloop.aws.storage.layout import ScoringFiles
from tests.support.large_night import (
    ARTEFACT,
    CAT,
    ENDPOINT,
    attempt,
    chunk_task,
    jpeg,
    list_images,
    prepare,
    serve,
    transforming,
    write_results,
)
from tests.support.night import LOOP, MODEL, run, tried

FILES = ScoringFiles(f"{LOOP}/nights/2026-11-22")


def scoring(kind=ScoreLargeNightOperator, **changes):
    return chunk_task(kind, **changes)


@pytest.fixture
def endpoint(sagemaker, runtime):
    serve(sagemaker)
    runtime.answers[ENDPOINT] = lambda _body: {"prediction": [CAT]}
    return runtime


@pytest.fixture
def scored(s3, night, sagemaker, endpoint):
    """Let a job score these images but the refused ones."""

    def make(refused=(), **bodies):
        listed = list_images(s3, night, **bodies)
        s3.put(FILES.choice, json.dumps({"by": "batch_transform"}))
        prepare()
        for status in ("Failed", "Failed") if refused else ("Completed",):
            with pytest.raises(TaskDeferred) as caught:
                transforming().execute(attempt(1))
            name = caught.value.trigger.name
            write_results(s3, sagemaker, name, refused)
            reason = {"FailureReason": "ClientError: See job logs for more information"} if refused else {}
            sagemaker.end(name, status, **reason)
        transforming().execute(attempt(1))
        return listed

    return make


def predictions(s3, night):
    return s3.objects[night.files.predictions("00000")]


def test_the_file_is_the_endpoint_s_byte_for_byte(s3, night, endpoint, scored):
    scored(a=jpeg(), b=jpeg(turned=True))
    counts = tried(s3, scoring, chunk="00000")
    assert (counts["images"], counts["errors"], endpoint.calls) == (2, 0, [])
    by_job = predictions(s3, night)
    s3.remove(night.files.predictions("00000"))
    s3.remove(FILES.choice)
    assert run(scoring(), chunk="00000") == counts
    assert predictions(s3, night) == by_job
    assert len(endpoint.calls) == 2


def test_an_image_without_a_result_is_recorded_and_says_why(s3, night, scored):
    scored(refused=("b.jpg",), a=jpeg(), b=jpeg("blue"))
    assert tried(s3, scoring, chunk="00000")["errors"] == 1
    fault = night.rows(night.files.predictions("00000"))[1]["error"]
    assert fault["code"] == "ModelError"
    assert "ClientError: See job logs" in fault["message"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"<html>", "ModelError"), (b"[]", "ModelError"), (b'{"prediction": [[7, 0.5, 0, 0, 1, 1]]}', "BadAnswer")],
)
def test_an_answer_that_is_none_is_the_image_s_error(s3, night, scored, answer, code):
    scored(a=jpeg(), b=jpeg())
    (result,) = [uri for uri in s3.objects if uri.endswith("a.jpg.out")]
    s3.put(result, answer)
    assert run(scoring(), chunk="00000")["errors"] == 1
    assert night.rows(night.files.predictions("00000"))[0]["error"]["code"] == code


def test_what_the_job_saw_of_an_image_that_was_replaced_or_deleted_is_not_believed(s3, night, scored):
    one, other = scored(a=jpeg(), b=jpeg())
    s3.put(one.uri, jpeg("green"))
    s3.remove(other.uri)
    assert run(scoring(), chunk="00000")["errors"] == 2
    codes = [row["error"]["code"] for row in night.rows(night.files.predictions("00000"))]
    assert codes == ["ImageChanged", "ImageMissing"]


def test_what_no_model_was_shown_keeps_its_error(s3, night, scored):
    scored(a=b"text", b=jpeg())
    assert run(scoring(), chunk="00000")["errors"] == 1
    first, _ = night.rows(night.files.predictions("00000"))
    assert (first["error"]["code"], first["model"]) == ("UnreadableImage", MODEL)


def test_a_result_that_is_gone_writes_nothing(s3, night, scored):
    scored(a=jpeg(), b=jpeg())
    s3.remove(next(uri for uri in s3.objects if uri.endswith("a.jpg.out")))
    with pytest.raises(TransformOutputError, match=r"a\.jpg is not there any more"):
        run(scoring(), chunk="00000")
    assert night.files.predictions("00000") not in s3.objects


def test_a_night_without_its_job_is_named(s3, night, endpoint):
    list_images(s3, night, a=jpeg())
    s3.put(FILES.choice, json.dumps({"by": "batch_transform"}))
    with pytest.raises(NightIncompleteError, match="Clear transform_images"):
        run(scoring(), chunk="00000")


def test_other_classes_than_the_model_s_score_nothing(s3, night, scored):
    scored(a=jpeg())
    s3.put(ARTEFACT.replace("model.tar.gz", "classes.json"), json.dumps(["dog", "cat"]))
    with pytest.raises(ClassesChangedError, match=MODEL):
        run(scoring(), chunk="00000")


def test_the_endpoint_s_task_leaves_a_night_of_a_job_alone(s3, night, endpoint):
    """The setting was changed to `endpoint` half way."""
    list_images(s3, night, a=jpeg())
    s3.put(FILES.choice, json.dumps({"by": "batch_transform"}))
    with pytest.raises(NightChangedError, match=r"scoring\.by was changed"):
        run(scoring(ScoreImagesOperator), chunk="00000")
    assert endpoint.calls == []
