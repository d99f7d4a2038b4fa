"""ScoreImages: a chunk is scored once with the live model; an image's fault is recorded, the model's is not."""

from __future__ import annotations

import io
import json
from functools import cache

import pytest
from PIL import Image as Picture

from nightloop.aws.errors import (
    ClassesChangedError,
    EndpointMissingError,
    NightChangedError,
    NightIncompleteError,
    ServiceFaultError,
)
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.storage.night_chunks import cut
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.images.image import Image
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, LOOP, MODEL, NIGHT, run, tried

ENDPOINT = "voc-live"
ARTEFACT = f"{LOOP}/models/job-1/output/model.tar.gz"
CAT = [0, 0.75, 0.25, 0.25, 0.75, 0.75]


@cache
def jpeg(colour="red", kind="JPEG", turned=False):
    made = io.BytesIO()
    exif = Picture.Exif()
    if turned:
        exif[0x0112] = 6
    Picture.new("RGB", (40, 20), colour).save(made, kind, exif=exif)
    return made.getvalue()


def scoring(**changes):
    given = {"task_id": "score", "night": NIGHT, "chunk": "{{ params.chunk }}", "endpoint_name": ENDPOINT}
    given |= {"classes": CLASSES, "normalised": f"{LOOP}/normalised/"}
    return ScoreImagesOperator(**given | changes)


def scored(**changes):
    return run(scoring(**changes), chunk="00000")


@pytest.fixture
def endpoint(sagemaker, runtime):
    """Let the endpoint run the model, which sees a cat everywhere."""
    role = "arn:aws:iam::123456789012:role/r"
    sagemaker.create_model(ModelName=MODEL, ExecutionRoleArn=role, PrimaryContainer={"ModelDataUrl": ARTEFACT})
    variant = {"VariantName": "AllTraffic", "ModelName": MODEL, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="voc-config", ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}]
    )
    sagemaker.serve(ENDPOINT, "voc-config")
    runtime.answers[ENDPOINT] = lambda _body: {"prediction": [CAT]}
    return runtime


def images(s3, night, *, per_chunk=3, **bodies):
    """Lay images there, list them in the order of their names, and cut the list into chunks."""
    listed = []
    for name, body in sorted(bodies.items()):
        uri = f"s3://bucket/in/2026-11-22/{name}.jpg"
        s3.put(uri, body)
        listed.append(Image(uri, s3.etag(uri), len(body)))
    night.lay(images=listed)
    cut(ObjectStore(), night.files, per_chunk)
    return listed


def predictions(night, chunk="00000"):
    return night.rows(night.files.predictions(chunk))


def test_a_chunk_is_scored_once(s3, night, endpoint):
    images(s3, night, a=jpeg(), b=jpeg("blue"))
    found = tried(s3, scoring, chunk="00000")
    assert found == {"uri": night.files.predictions("00000"), "images": 2, "errors": 0, "not_images": 0}
    assert len(endpoint.calls) == 2
    first = predictions(night)[0]
    assert (first["model"], first["width"], first["height"]) == (MODEL, 40, 20)
    (box,) = first["boxes"]
    assert (box["label"], box["score"], box["left"], box["top"], box["width"]) == ("cat", 0.75, 10, 5, 20)
    (request, _) = endpoint.requests("invoke_endpoint")
    assert (request["EndpointName"], request["ContentType"]) == (ENDPOINT, "image/jpeg")


def test_a_task_scores_its_own_chunk_only(s3, night, endpoint):
    images(s3, night, per_chunk=2, a=jpeg(), b=jpeg(), c=jpeg(), d=jpeg(), e=jpeg())
    assert run(scoring(), chunk="00002")["images"] == 1
    assert [row["image"]["uri"][-5:] for row in predictions(night, "00002")] == ["e.jpg"]
    assert run(scoring(), chunk="00001")["images"] == 2


def test_a_scored_chunk_is_kept_when_the_endpoint_runs_another_model(s3, night, endpoint, sagemaker):
    images(s3, night, a=jpeg())
    scored()
    sagemaker.endpoints.clear()
    s3.calls.clear()
    assert scored()["images"] == 1
    assert s3.written() == []


def test_what_another_try_scored_meanwhile_is_kept(s3, night, endpoint):
    (listed,) = images(s3, night, a=jpeg())
    theirs = {"image": listed.to_json(), "model": "other", "width": 40, "height": 20, "boxes": []}
    s3.before("put_object", lambda: night.lay(predictions=[theirs]))
    assert scored()["images"] == 1
    assert predictions(night) == [theirs]


def test_a_picture_that_is_shown_turned_is_scored_upright_from_a_copy(s3, night, endpoint):
    (listed,) = images(s3, night, a=jpeg(turned=True))
    tried(s3, scoring, chunk="00000")
    (row,) = predictions(night)
    assert (row["image"]["original"], row["width"], row["height"]) == (listed.uri, 20, 40)
    copy = s3.objects[row["image"]["uri"]]
    assert row["image"]["uri"].startswith(f"{LOOP}/normalised/")
    assert endpoint.requests("invoke_endpoint")[0]["Body"] == copy


def test_a_copy_that_is_there_already_is_what_is_scored(s3, night, endpoint):
    images(s3, night, a=jpeg(turned=True))
    scored()
    (row,) = predictions(night)
    s3.remove(night.files.predictions("00000"))
    s3.put(row["image"]["uri"], jpeg("green"))
    scored()
    assert endpoint.requests("invoke_endpoint")[-1]["Body"] == jpeg("green")


UNREADABLE = {
    "not decoded": (jpeg()[:99], "UnreadableImage"),
    "no image": (b"%PDF-1.7 hello", "UnreadableImage"),
}


@pytest.mark.parametrize(("body", "code"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_image_that_cannot_be_read_is_recorded_and_the_others_are_scored(s3, night, endpoint, body, code):
    images(s3, night, a=body, b=jpeg())
    found = tried(s3, scoring, chunk="00000")
    assert (found["images"], found["errors"]) == (2, 1)
    assert predictions(night)[0]["error"]["code"] == code
    assert len(endpoint.calls) == 1


def test_an_object_that_is_no_image_and_not_named_as_one_is_no_error(s3, night, endpoint):
    s3.put("s3://bucket/in/notes.txt", b"hello")
    night.lay(images=[Image("s3://bucket/in/notes.txt", s3.etag("s3://bucket/in/notes.txt"), 5)])
    cut(ObjectStore(), night.files)
    found = tried(s3, scoring, chunk="00000")
    assert (found["images"], found["errors"], found["not_images"]) == (0, 0, 1)
    assert predictions(night)[0]["error"]["code"] == "NotAnImage"


def test_images_deleted_or_replaced_after_they_were_listed(s3, night, endpoint):
    gone, other = images(s3, night, a=jpeg(), b=jpeg())
    s3.remove(gone.uri)
    s3.put(other.uri, jpeg("green"))
    assert scored()["errors"] == 2
    assert [row["error"]["code"] for row in predictions(night)] == ["ImageMissing", "ImageChanged"]
    assert endpoint.calls == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"<html>", "ModelError"), ({"boxes": []}, "BadAnswer"), ({"prediction": [[7, 0.5, 0, 0, 1, 1]]}, "BadAnswer")],
)
def test_an_answer_that_is_none_is_the_image_s_error(s3, night, endpoint, answer, code):
    images(s3, night, a=jpeg(), b=jpeg("blue"))
    endpoint.answers[ENDPOINT] = lambda body: answer if body == jpeg() else {"prediction": []}
    assert scored()["errors"] == 1
    assert predictions(night)[0]["error"]["code"] == code


def model_error(status):
    error = aws_error("ModelError", "the model failed", status=424)
    error.response["OriginalStatusCode"] = status
    return error


def test_a_model_that_fails_for_every_image_writes_nothing(s3, night, endpoint):
    images(s3, night, a=jpeg(), b=jpeg(), c=jpeg())
    endpoint.fail("invoke_endpoint", model_error(500), times=3)
    with pytest.raises(ServiceFaultError, match=f"{ENDPOINT} failed for each of the 3 images.*Nothing was written"):
        scored()
    assert night.files.predictions("00000") not in s3.objects
    assert scored()["errors"] == 0, "the next try scores them"


def test_images_the_model_refuses_are_their_own_fault_even_all(s3, night, endpoint):
    images(s3, night, a=jpeg(), b=jpeg(), c=jpeg())
    endpoint.fail("invoke_endpoint", model_error(400), times=3)
    assert scored()["errors"] == 3


def test_an_endpoint_that_fails_for_every_caller_stops_the_chunk(s3, night, endpoint):
    images(s3, night, a=jpeg())
    endpoint.fail("invoke_endpoint", aws_error("ServiceUnavailable", "later", status=503), times=1)
    with pytest.raises(ServiceFaultError):
        scored()
    assert night.files.predictions("00000") not in s3.objects


def test_a_missing_endpoint_is_named(s3, night, endpoint, sagemaker):
    images(s3, night, a=jpeg())
    sagemaker.endpoints.clear()
    with pytest.raises(EndpointMissingError, match=f"no endpoint {ENDPOINT}"):
        scored()


@pytest.mark.parametrize(("classes", "fits"), [(["cat", "dog"], True), (["dog", "cat"], False)])
def test_other_classes_than_the_model_s_score_nothing(s3, night, endpoint, classes, fits):
    images(s3, night, a=jpeg())
    s3.put(f"{LOOP}/models/job-1/output/classes.json", json.dumps(classes))
    if fits:
        assert scored()["images"] == 1
    else:
        with pytest.raises(ClassesChangedError, match=MODEL):
            scored()
        assert endpoint.calls == []


@pytest.mark.parametrize("size", [1, 3], ids=["fewer", "more"])
def test_a_chunk_that_was_scored_for_other_images_is_refused(s3, night, endpoint, size):
    images(s3, night, per_chunk=2, a=jpeg(), b=jpeg(), c=jpeg())
    scored()
    kept = s3.objects[night.files.predictions("00000")]
    s3.remove(night.files.predictions("00000"))
    s3.remove(night.files.chunks)
    cut(ObjectStore(), night.files, size)
    s3.put(night.files.predictions("00000"), kept)
    with pytest.raises(NightChangedError, match=r"00000.jsonl was written for other images"):
        scored()


def test_a_night_that_was_not_listed_names_the_task_to_clear(s3, night, endpoint):
    with pytest.raises(NightIncompleteError, match=r"chunks.json is not there. Clear list_images"):
        scored()


def test_a_chunk_that_the_night_does_not_have_is_refused(s3, night, endpoint):
    images(s3, night, a=jpeg())
    with pytest.raises(NightChangedError, match="1 chunks, but no chunk 00001"):
        run(scoring(), chunk="00001")


def test_the_link_leads_to_the_run_that_trained_the_model(s3, night, endpoint):
    images(s3, night, a=jpeg())
    s3.put(f"{LOOP}/models/origin.json", "{}")
    s3.put(f"{LOOP}/models/job-1/origin.json", json.dumps({"run": "voc_train/manual__1+00:00"}))
    run(scoring(), ti=(task := FakeTask()), chunk="00000")
    assert task.pushed["model_origin"].endswith("/dags/voc_train/runs/manual__1%2B00%3A00")
