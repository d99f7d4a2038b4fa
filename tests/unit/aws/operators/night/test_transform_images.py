"""TransformImages: one job for a night and its images, whatever happens to the task, the model or some images."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import (
    CapacityError,
    ClassesChangedError,
    EndpointMissingError,
    JobFailedError,
    JobVanishedError,
    ServiceFaultError,
)
from nightloop.aws.operators.night.transform_images import TransformImagesOperator
from nightloop.aws.storage.layout import ScoringFiles
from tests.support.fakes.client import BROKEN
from tests.support.fakes.sagemaker_jobs import NO_MACHINES
from tests.support.large_night import (
    ARTEFACT,
    SETTINGS,
    SOME_REFUSED,
    attempt,
    cut_again,
    end,
    jpeg,
    list_images,
    prepare,
    serve,
    transforming,
)
from tests.support.night import LOOP, MODEL

FILES = ScoringFiles(f"{LOOP}/nights/2026-11-22")


@pytest.fixture(autouse=True)
def prepared(s3, night, sagemaker):
    serve(sagemaker)
    listed = list_images(s3, night, a=jpeg(), b=jpeg("blue"))
    prepare()
    return listed


def deferred(number=1, **changes):
    with pytest.raises(TaskDeferred) as caught:
        transforming(**changes).execute(attempt(number))
    return caught.value.trigger


def resumed(trigger, number=1, **changes):
    event = {"status": "success", "ended": {"name": trigger.name, "result": None}}
    return transforming(**changes).execute_complete(attempt(number), event)


def resumed_and_deferred(trigger, number=1, **changes):
    with pytest.raises(TaskDeferred) as caught:
        resumed(trigger, number, **changes)
    return caught.value.trigger


def test_the_job_takes_the_prepared_images_by_a_list(s3, sagemaker):
    trigger = deferred(poll_seconds=9)
    (request,) = sagemaker.requests("create_transform_job")
    assert (request["TransformJobName"], request["ModelName"]) == (trigger.name, MODEL)
    assert trigger.name.startswith("voc-night-")
    assert request["TransformResources"] == {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 2}
    assert (request["MaxConcurrentTransforms"], request["MaxPayloadInMB"]) == (8, 6)
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    assert json.loads(s3.objects[source["S3Uri"]]) == [{"prefix": "s3://bucket/in/2026-11-22/"}, "a.jpg", "b.jpg"]
    assert request["TransformOutput"]["S3OutputPath"] == FILES.job_results(trigger.name)
    assert request["Tags"] == [{"Key": "nightloop:model", "Value": MODEL}, {"Key": "team", "Value": "vision"}]
    assert (trigger.waiter_delay, trigger.ownership.owners) == (9, FILES.job_owners(trigger.name))


def test_it_ends_with_the_jobs_written_down(s3, sagemaker):
    trigger = deferred()
    end(s3, sagemaker, trigger.name)
    scored = resumed(trigger)
    assert scored["model"] == MODEL
    (job,) = scored["jobs"]
    assert (job["name"], job["images"], job["without_result"], job["status"]) == (trigger.name, 2, 0, "Completed")
    assert job["machine_seconds"] == 2, "one second by the fake's clock, on two machines"
    before = dict(s3.objects)
    sagemaker.drop(trigger.name)
    assert transforming().execute(attempt(2)) == scored
    assert s3.objects == before
    assert sagemaker.requests("create_transform_job")[1:] == []


def test_a_job_under_way_is_adopted_by_the_next_attempt_whatever_is_live_by_then(s3, sagemaker):
    first = deferred(1)
    serve(sagemaker, "promoted")
    assert deferred(2).name == first.name
    end(s3, sagemaker, first.name)
    assert resumed(first, 2)["model"] == MODEL
    assert len(sagemaker.requests("create_transform_job")) == 1


def test_an_attempt_killed_between_the_create_and_its_reply_left_a_job(s3, sagemaker):
    sagemaker.lose("create_transform_job", BROKEN)
    with pytest.raises(ServiceFaultError):
        transforming().execute(attempt(1))
    serve(sagemaker, "promoted")
    name = deferred(2).name
    assert sagemaker.jobs[name]["ModelName"] == MODEL
    assert [each for each in sagemaker.jobs if each.startswith("voc-night")] == [name]


def test_two_attempts_at_once_start_one_job_even_with_a_promotion_between_them(s3, sagemaker):
    def other():
        serve(sagemaker, "promoted")
        deferred(2)

    sagemaker.before("create_transform_job", other)
    trigger = deferred(1)
    assert [each for each in sagemaker.jobs if each.startswith("voc-night")] == [trigger.name]
    end(s3, sagemaker, trigger.name)
    assert resumed(trigger)["model"] == sagemaker.jobs[trigger.name]["ModelName"]


def test_a_job_that_had_no_machine_leaves_its_name_after_a_pause(s3, sagemaker):
    trigger = deferred(1)
    sagemaker.end(trigger.name, "Failed", machine=False, FailureReason=NO_MACHINES)
    with pytest.raises(CapacityError, match=r"scoring\.transform\.instance_type"):
        resumed(trigger)
    assert len(sagemaker.requests("create_transform_job")) == 1, "no second job before the pause of the next try"
    assert deferred(2).name == f"{trigger.name}-2"


@pytest.mark.parametrize(
    ("status", "reason"),
    [("Failed", "AlgorithmError: Model container failed to respond to ping."), ("Stopped", None)],
)
def test_a_job_that_broke_leaves_its_name(s3, sagemaker, status, reason):
    trigger = deferred(1)
    sagemaker.end(trigger.name, status, **({"FailureReason": reason} if reason else {}))
    with pytest.raises(JobFailedError, match=f"{trigger.name} is {status}"):
        resumed(trigger)
    assert deferred(2).name == f"{trigger.name}-2"


def test_a_job_that_vanished_is_named(s3, sagemaker):
    trigger = deferred()
    sagemaker.drop(trigger.name)
    with pytest.raises(JobVanishedError, match=trigger.name):
        resumed(trigger)


def test_images_without_a_result_get_one_more_job_of_the_same_model(s3, sagemaker):
    trigger = deferred()
    end(s3, sagemaker, trigger.name, refused=("b.jpg",))
    serve(sagemaker, "promoted")
    again = resumed_and_deferred(trigger)
    request = sagemaker.requests("create_transform_job")[-1]
    assert (again.name != trigger.name, request["ModelName"]) == (True, MODEL)
    listed = json.loads(s3.objects[request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]])
    assert listed == [{"prefix": "s3://bucket/in/2026-11-22/"}, "b.jpg"]
    end(s3, sagemaker, again.name)
    scored = resumed(again)
    assert [(job["images"], job["without_result"]) for job in scored["jobs"]] == [(2, 1), (1, 0)]


def test_images_refused_twice_get_no_third_job(s3, sagemaker):
    trigger = deferred()
    end(s3, sagemaker, trigger.name, refused=("b.jpg",))
    again = resumed_and_deferred(trigger)
    end(s3, sagemaker, again.name, refused=("b.jpg",))
    assert [job["without_result"] for job in resumed(again)["jobs"]] == [1, 1]
    assert transforming().execute(attempt(2))["jobs"][1]["reason"] == SOME_REFUSED
    assert len(sagemaker.requests("create_transform_job")) == 2


def test_a_retry_in_the_second_round_finds_both_jobs(s3, sagemaker):
    trigger = deferred()
    end(s3, sagemaker, trigger.name, refused=("b.jpg",))
    again = resumed_and_deferred(trigger)
    assert deferred(2).name == again.name
    assert len(sagemaker.requests("create_transform_job")) == 2


def test_more_than_the_loop_s_limit_without_a_result_is_the_model_s_fault(s3, sagemaker):
    trigger = deferred()
    end(s3, sagemaker, trigger.name, refused=("a.jpg", "b.jpg"))
    with pytest.raises(JobFailedError, match=r"2 of 2 images have no result.*max_unscored_share"):
        resumed(trigger)
    assert FILES.jobs not in s3.objects
    assert deferred(2).name == f"{trigger.name}-2"


def test_copies_and_images_of_two_buckets_take_a_job_each_of_one_model(s3, night, sagemaker):
    list_images(s3, night, a=jpeg(turned=True))
    s3.put("s3://cameras/x.jpg", jpeg())
    rows = [*night.rows(night.files.images)]
    rows.append({"uri": "s3://cameras/x.jpg", "etag": s3.etag("s3://cameras/x.jpg"), "bytes": len(jpeg())})
    night.lay(images=rows)
    cut_again(s3, night)
    s3.remove(FILES.prepared("00000"))
    prepare()
    trigger = deferred()
    end(s3, sagemaker, trigger.name)
    serve(sagemaker, "promoted")
    other = resumed_and_deferred(trigger)
    end(s3, sagemaker, other.name)
    scored = resumed(other)
    assert [job["folder"].split("/")[2] for job in scored["jobs"]] == ["bucket", "cameras"]
    assert scored["model"] == MODEL
    assert {sagemaker.jobs[job["name"]]["ModelName"] for job in scored["jobs"]} == {MODEL}


def test_a_night_without_a_readable_image_starts_no_job(s3, night, sagemaker):
    list_images(s3, night, a=b"text", b=b"")
    s3.remove(FILES.prepared("00000"))
    prepare()
    assert transforming().execute(attempt(1)) == {"model": MODEL, "jobs": []}
    assert sagemaker.requests("create_transform_job") == []


def test_a_key_that_no_job_can_be_given_is_left_out_of_the_list(s3, night, sagemaker):
    for uri in ("s3://bucket/in//a.jpg", "s3://bucket/in/../b.jpg"):
        s3.put(uri, jpeg())
    uris = ["s3://bucket/in//a.jpg", "s3://bucket/in/../b.jpg"]
    night.lay(images=[{"uri": uri, "etag": s3.etag(uri), "bytes": len(jpeg())} for uri in uris])
    cut_again(s3, night)
    s3.remove(FILES.prepared("00000"))
    prepare()
    assert transforming().execute(attempt(1))["jobs"] == []


def test_other_classes_than_the_model_s_pay_nothing(s3, sagemaker):
    s3.put(ARTEFACT.replace("model.tar.gz", "classes.json"), json.dumps(["dog", "cat"]))
    with pytest.raises(ClassesChangedError, match=MODEL):
        transforming().execute(attempt(1))
    assert sagemaker.requests("create_transform_job") == []


def test_a_missing_endpoint_is_named(s3, sagemaker):
    with pytest.raises(EndpointMissingError, match="gone"):
        transforming(settings=replace(SETTINGS, endpoint_name="gone")).execute(attempt(1))


@pytest.mark.parametrize(("state", "stopped"), [("failed", 1), ("success", 1), ("running", 0)])
def test_who_ends_the_task_ends_the_job_and_who_clears_it_does_not(s3, sagemaker, task_state, state, stopped):
    operator = transforming()
    with pytest.raises(TaskDeferred):
        operator.execute(attempt(1))
    task_state(state)
    operator.on_kill()
    assert len(sagemaker.requests("stop_transform_job")) == stopped


def test_what_is_templated():
    assert {"night", "chunks"} <= set(TransformImagesOperator.template_fields)
