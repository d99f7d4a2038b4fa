"""One night by the live endpoint and by Batch Transform: the same predictions, the same plan, one job."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.hooks.sagemaker import ModelHook
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.test_bad_images import IMAGES


def scored_by(loop, by, **settings):
    return replace(loop, scoring=replace(loop.scoring, by=by, images_per_chunk=10, **settings))


def jobs(stack, loop):
    found = stack.client("sagemaker", "sagemaker").list_transform_jobs(NameContains=f"{loop.name}-night-")
    return {job["TransformJobName"]: job["TransformJobStatus"] for job in found["TransformJobSummaries"]}


def night_of(loop, s3, date, images):
    night = Night(loop, date)
    for name, body in images.items():
        night.put_key(s3, name, body)
    return night


def predicted(night):
    store = ObjectStore()
    return [line for entry in store.list(night.files.predictions_folder) for line in night.lines(entry.uri)]


def delete_scored(night):
    store = ObjectStore()
    for entry in list(store.list(night.files.predictions_folder)):
        store.delete(entry.uri)
    store.delete(night.files.plan)


def rows_of_scored(rows):
    return [row for row in rows if "error" not in row]


@pytest.fixture(scope="module")
def both(live_loop, s3, stack):
    """The rows and the plan of one night by the endpoint, and by Batch Transform, in the same folder."""
    with stack.connected():
        night = night_of(scored_by(live_loop, "endpoint"), s3, "2026-06-10", IMAGES)
        night.score_all()
        night.plan()
        by_endpoint = (predicted(night), ObjectStore().read(night.files.plan))
        delete_scored(night)
        night = Night(scored_by(live_loop, "batch_transform"), night.date)
        counts = night.score_all()
        night.plan()
        by_batch = (predicted(night), ObjectStore().read(night.files.plan))
    return night, counts, by_endpoint, by_batch


def test_the_same_night_gives_the_same_predictions(both):
    _, _, (endpoint, _), (batch, _) = both
    assert [row["image"] for row in batch] == [row["image"] for row in endpoint]
    assert {row["model"] for row in batch} == {row["model"] for row in endpoint}
    assert [row.get("error", {}).get("code") for row in batch] == [row.get("error", {}).get("code") for row in endpoint]
    assert len(rows_of_scored(batch)) > 10
    for one, other in zip(rows_of_scored(batch), rows_of_scored(endpoint), strict=True):
        boxes, expected = ([tuple(box[edge] for edge in sorted(box)) for box in row["boxes"]] for row in (one, other))
        assert [box[0] for box in boxes] == [box[0] for box in expected]
        assert [
            [pytest.approx(value, abs=1e-6) if isinstance(value, float) else value for value in box] for box in boxes
        ] == [list(box) for box in expected]
        assert {key: one[key] for key in one if key != "boxes"} == {key: other[key] for key in other if key != "boxes"}


def test_the_same_night_gives_the_same_plan(both):
    _, _, (_, endpoint), (_, batch) = both
    assert batch == endpoint


def test_an_image_that_the_model_refuses_is_named_and_the_night_goes_on(both, stack):
    night, counts, _, (rows, _) = both
    (blue,) = [row for row in rows if row["image"]["uri"].endswith("blue.jpg")]
    assert blue["error"]["code"] == "ModelError"
    assert "gave no result" in blue["error"]["message"]
    assert sum(count["errors"] for count in counts) == 6
    noted = json.loads(ObjectStore().read(ScoringFiles(night.folder).jobs))["jobs"]
    assert [(job["status"], job["without_result"]) for job in noted] == [("Failed", 1), ("Failed", 1)]
    assert noted[1]["images"] == 1, "one more job, over what was left only"
    assert list(jobs(stack, night.loop).values()) == ["Failed", "Failed"]


def test_a_second_run_starts_no_job_and_keeps_every_byte(both, stack):
    night, counts, _, _ = both
    before, started = night.objects(), jobs(stack, night.loop)
    assert night.score_all() == counts
    assert night.objects() == before
    assert jobs(stack, night.loop) == started


def test_images_of_two_buckets_take_a_job_each(live_loop, s3, stack):
    loop = scored_by(live_loop, "batch_transform")
    s3.create_bucket(Bucket="cameras-of-the-town")
    loop = replace(loop, images="s3://cameras-of-the-town/{ds}/")
    night = Night(loop, "2026-06-11")
    for number in range(3):
        body = IMAGES["rotated.jpg"] if number == 1 else encode(picture([(20, 30, 60, 40)], shade=50 + number))
        s3.put_object(Bucket="cameras-of-the-town", Key=f"2026-06-11/{number}.png", Body=body)
    before = set(jobs(stack, loop))
    assert night.score_all()[0]["errors"] == 0
    started = {name: status for name, status in jobs(stack, loop).items() if name not in before}
    assert list(started.values()) == ["Completed", "Completed"]
    assert [len(row["boxes"]) for row in predicted(night)] == [1, 1, 1]


def test_the_size_chooses_and_the_choice_outlasts_the_setting(live_loop, s3, stack):
    images = {f"{number}.png": encode(picture([(20, 30, 60, 40)], shade=60 + number)) for number in range(3)}
    small, large = scored_by(live_loop, "auto", batch_from_images=4), scored_by(live_loop, "auto", batch_from_images=3)
    night = night_of(small, s3, "2026-06-12", images)
    before = jobs(stack, live_loop)
    chunks = night.list()
    assert night.choose(chunks) == []
    assert Night(large, night.date).choose(chunks) == []
    assert Night(large, night.date).score_all()[0]["errors"] == 0
    assert jobs(stack, live_loop) == before

    night = night_of(large, s3, "2026-06-13", images)
    chunks = night.list()
    assert night.choose(chunks) == chunks
    assert Night(small, night.date).score_all()[0]["images"] == 3
    assert len(jobs(stack, live_loop)) == len(before) + 1


def test_a_night_begun_at_the_endpoint_stays_there(live_loop, s3, stack):
    night = night_of(
        scored_by(live_loop, "endpoint"), s3, "2026-06-14", {f"{n:02}.png": encode(picture([])) for n in range(11)}
    )
    night.list()
    night.score("00000")
    before = jobs(stack, live_loop)
    assert [count["images"] for count in Night(scored_by(live_loop, "batch_transform"), night.date).score_all()] == [
        10,
        1,
    ]
    assert jobs(stack, live_loop) == before


def test_the_predictions_name_the_model_of_the_job_whatever_is_live_later(live_loop, s3, stack, monkeypatch):
    """A promotion between the job and the chunks, or between two attempts, changes nothing."""
    night = night_of(scored_by(live_loop, "batch_transform"), s3, "2026-06-15", {"1.png": encode(picture([]))})
    chunks = night.choose(night.list())
    night.prepare()
    live = ModelHook().live_model(live_loop.endpoint.name)
    scored = night.transform(chunks)
    assert scored["model"] == live.model
    monkeypatch.setattr(ModelHook, "live_model", lambda *_: replace(live, model="promoted-meanwhile"))
    ObjectStore().delete(ScoringFiles(night.folder).jobs)
    assert night.transform(chunks) == scored, "the job is found by the night and its images, not by the live model"
    night.score()
    assert [row["model"] for row in predicted(night)] == [live.model]


def test_the_same_night_through_a_queue(both, live_loop, s3, stack):
    """The endpoint's model on an asynchronous endpoint: the same rows, and the refusal in the queue's words."""
    night, _, (endpoint, plan), _ = both
    sagemaker, name = stack.client("sagemaker", "sagemaker"), f"{live_loop.name}-queue"
    variant = {"VariantName": "AllTraffic", "ModelName": endpoint[0]["model"], "InitialInstanceCount": 1}
    folder = f"s3://{live_loop.bucket}/queue"
    sagemaker.create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": f"{folder}/out", "S3FailurePath": f"{folder}/failed"}},
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    try:
        sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1})
        delete_scored(night)
        ObjectStore().delete(ScoringFiles(night.folder).choice)
        loop = replace(scored_by(live_loop, "async_inference"), endpoint=replace(live_loop.endpoint, name=name))
        queued = Night(loop, night.date)
        assert sum(count["errors"] for count in queued.score_all()) == 6
        queued.plan()
        assert rows_of_scored(predicted(queued)) == rows_of_scored(endpoint)
        assert ObjectStore().read(queued.files.plan) == plan
    finally:
        sagemaker.delete_endpoint(EndpointName=name)
