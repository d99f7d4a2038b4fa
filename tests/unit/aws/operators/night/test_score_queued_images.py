"""ScoreQueuedImages: a chunk is asked about once, nobody waits for the answers, and the file is the endpoint's."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import EndpointMissingError, JobUnfinishedError, NightChangedError, NightloopError
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.night.score_queued_images import ScoreQueuedImagesOperator
from nightloop.aws.storage.layout import ScoringFiles
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.large_night import CAT, ENDPOINT, chunk_task, cut_again, jpeg, list_images, serve
from tests.support.night import LOOP, MODEL, run

FILES = ScoringFiles(f"{LOOP}/nights/2026-11-22")


def scoring(kind=ScoreQueuedImagesOperator, **changes):
    return chunk_task(kind, **changes)


@pytest.fixture
def endpoint(sagemaker, runtime):
    serve(sagemaker)
    runtime.answers[ENDPOINT] = lambda _body: {"prediction": [CAT]}
    return runtime


def deferred(number=1, **changes):
    with pytest.raises(TaskDeferred) as caught:
        run(scoring(**changes), ti=FakeTask(try_number=number, id=f"0199-{number}"), chunk="00000")
    return caught.value.trigger


def resumed(event=None):
    operator = scoring()
    given = context(FakeTask(), params={"night": FILES.folder, "chunk": "00000"})
    operator.render_template_fields(given)
    return operator.execute_complete(given, event or {"status": "answered", "open": 0})


def answer(s3, endpoint, failed=()):
    """Let the endpoint work its queue off."""
    for request in endpoint.queue:
        if request["InputLocation"].endswith(failed or ("/",)):
            s3.put(request["FailureLocation"], "Received client error (400) from primary")
        else:
            s3.put(request["OutputLocation"], json.dumps({"prediction": [CAT]}))


def predictions(s3, night):
    return s3.objects[night.files.predictions("00000")]


def test_each_image_is_asked_about_once_and_nobody_waits(s3, night, endpoint):
    listed = list_images(s3, night, a=jpeg(), b=jpeg(turned=True), c=b"text")
    trigger = deferred(poll_seconds=7)
    copy, plain = sorted((request["InputLocation"] for request in endpoint.queue), key=lambda uri: uri == listed[0].uri)
    assert plain == listed[0].uri
    assert copy.startswith(f"{LOOP}/normalised/")
    assert len({request["InferenceId"] for request in endpoint.queue}) == 2
    assert (trigger.asked_uri, trigger.poll_seconds) == (FILES.asked("00000", MODEL), 7)
    assert deferred(2).asked_uri == trigger.asked_uri
    assert len(endpoint.queue) == 2, "the next try waits for the same answers"


def test_the_file_is_the_endpoint_s_byte_for_byte(s3, night, endpoint):
    list_images(s3, night, a=jpeg(), b=jpeg(turned=True), c=b"text")
    deferred()
    answer(s3, endpoint)
    counts = resumed()
    by_queue = predictions(s3, night)
    before = dict(s3.objects)
    assert run(scoring(), chunk="00000") == counts
    assert s3.objects == before
    s3.remove(night.files.predictions("00000"))
    assert run(scoring(ScoreImagesOperator), chunk="00000") == counts
    assert predictions(s3, night) == by_queue


def test_a_failure_is_the_image_s_error(s3, night, endpoint):
    list_images(s3, night, a=jpeg(), b=jpeg("blue"))
    deferred()
    answer(s3, endpoint, failed=("b.jpg",))
    assert resumed()["errors"] == 1
    fault = night.rows(night.files.predictions("00000"))[1]["error"]
    assert fault == {"code": "ModelError", "message": "Received client error (400) from primary"}


def test_answers_still_missing_are_waited_for_again(s3, night, endpoint):
    list_images(s3, night, a=jpeg(), b=jpeg("blue"))
    deferred()
    s3.put(endpoint.queue[0]["OutputLocation"], json.dumps({"prediction": [CAT]}))
    with pytest.raises(TaskDeferred):
        resumed()
    assert night.files.predictions("00000") not in s3.objects


def test_an_attempt_killed_while_it_asks_asks_again_for_the_same_objects(s3, night, endpoint):
    list_images(s3, night, a=jpeg(), b=jpeg("blue"))
    endpoint.fail("invoke_endpoint_async", aws_error("AccessDeniedException", "no"))
    with pytest.raises(NightloopError):
        run(scoring(concurrency=1), chunk="00000")
    deferred(2)
    outputs = [request["OutputLocation"] for request in endpoint.queue]
    assert len(set(outputs)) == 2
    assert not [uri for uri in s3.objects if uri.startswith(FILES.asked_folder) and uri != FILES.asked("00000", MODEL)]


def test_answers_of_a_model_that_is_no_longer_live_are_not_believed(s3, night, endpoint, sagemaker):
    list_images(s3, night, a=jpeg())
    deferred()
    answer(s3, endpoint)
    serve(sagemaker, "promoted")
    with pytest.raises(TaskDeferred) as caught:
        resumed()
    assert caught.value.trigger.asked_uri == FILES.asked("00000", "promoted")
    assert endpoint.queue[0]["OutputLocation"] != endpoint.queue[1]["OutputLocation"]
    answer(s3, endpoint)
    resumed()
    assert [row["model"] for row in night.rows(night.files.predictions("00000"))] == ["promoted"]


def test_a_key_that_no_header_can_hold_is_asked_about_as_a_copy(s3, night, endpoint):
    uri = "s3://bucket/in/日本語 の写真.jpg"
    s3.put(uri, jpeg())
    night.lay(images=[{"uri": uri, "etag": s3.etag(uri), "bytes": len(jpeg())}])
    cut_again(s3, night)
    deferred()
    (request,) = endpoint.queue
    assert request["InputLocation"].isascii()
    assert s3.objects[request["InputLocation"]] == jpeg()
    answer(s3, endpoint)
    resumed()
    assert night.rows(night.files.predictions("00000"))[0]["image"]["uri"] == uri


def test_a_chunk_without_a_readable_image_asks_nothing(s3, night, endpoint):
    list_images(s3, night, a=b"text")
    assert run(scoring(), chunk="00000")["errors"] == 1
    assert endpoint.queue == []


def test_a_worker_may_wait_itself(s3, night, endpoint, monkeypatch):
    list_images(s3, night, a=jpeg())
    monkeypatch.setattr("time.sleep", lambda _seconds: answer(s3, endpoint))
    assert run(scoring(deferrable=False), chunk="00000")["errors"] == 0


def test_a_wait_that_was_too_long_says_what_to_look_at(s3, night, endpoint):
    with pytest.raises(JobUnfinishedError, match=r"has not answered 3 requests of chunk 00000.*asked"):
        resumed({"status": "unfinished", "open": 3})
    with pytest.raises(NightloopError, match="no such bucket"):
        resumed({"status": "error", "message": "no such bucket"})


def test_a_missing_endpoint_is_named(s3, night, endpoint):
    list_images(s3, night, a=jpeg())
    endpoint.answers.clear()
    with pytest.raises(EndpointMissingError, match="bootstrap"):
        run(scoring(), chunk="00000")


def test_a_night_of_a_job_is_left_alone(s3, night, endpoint):
    list_images(s3, night, a=jpeg())
    s3.put(FILES.choice, json.dumps({"by": "batch_transform"}))
    with pytest.raises(NightChangedError, match=r"scoring\.by was changed"):
        run(scoring(), chunk="00000")
