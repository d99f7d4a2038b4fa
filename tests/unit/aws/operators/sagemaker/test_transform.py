"""`TransformOperator`: a model is run over the holdout once, and never over images that were replaced meanwhile."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import TaskDeferred
from PIL import Image

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.errors import (
    CapacityError,
    ClassesChangedError,
    CohortError,
    HoldoutChangedError,
    HoldoutError,
    JobFailedError,
    JobUnfinishedError,
    JobVanishedError,
    ModelMissingError,
)
from nightloop.aws.jobs.ownership_log import OwnershipLog
from nightloop.aws.operators.sagemaker.transform import TransformOperator
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.identity import naming
from tests.support.fakes.sagemaker_jobs import NO_MACHINES
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import DATA, FILES, line, make_model, manifest, picture, put_data


@pytest.fixture(autouse=True)
def held(s3, sagemaker):
    make_model(sagemaker, s3, "challenger")
    return put_data(s3)


def transform(**arguments):
    given = {"task_id": "transform", "loop": "voc", "model": "challenger", "data": DATA, "tags": {"team": "vision"}}
    return TransformOperator(**given | arguments)


def attempt(number):
    return context(FakeTask(id=f"attempt-{number}", task_id="transform", try_number=number))


def images():
    return naming.images_digest(Cohorts(ObjectStore(), DATA).holdout_versions)


def job_name():
    return naming.transform_job_name("voc", "challenger", images())


def deferred(number=1, **arguments):
    with pytest.raises(TaskDeferred) as caught:
        transform(**arguments).execute(attempt(number))
    return caught.value


def event(waiting):
    return {
        "status": "success",
        "ended": {"name": waiting.trigger.name, "result": waiting.trigger.return_value["result"]},
    }


def test_what_is_templated():
    assert "model" in TransformOperator.template_fields


def test_the_job_reads_the_holdout_s_images_by_a_list(s3, sagemaker, held):
    name = job_name()
    waiting = deferred(instance_type="ml.g4dn.xlarge", instance_count=2, poll_seconds=6)
    (request,) = sagemaker.requests("create_transform_job")
    assert (request["TransformJobName"], request["ModelName"]) == (name, "challenger")
    assert request["TransformResources"] == {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 2}
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    assert source["S3DataType"] == "ManifestFile"
    listed = json.loads(s3.objects[source["S3Uri"]])
    assert listed == [{"prefix": "s3://bucket/holdout/"}, "200.png", "201.png", "202.png"]
    assert request["TransformOutput"]["S3OutputPath"] == FILES.transform(name)
    assert request["Tags"] == [{"Key": "nightloop:model", "Value": "challenger"}, {"Key": "team", "Value": "vision"}]
    _, arguments = waiting.trigger.serialize()
    assert (arguments["name"], arguments["waiter_delay"], arguments["cancel_on_kill"]) == (name, 6, True)
    assert arguments["ownership"] == {"owners": FILES.transform_owners(name), "attempt": "attempt-1"}
    assert arguments["result"] == {
        "output": FILES.transform(name),
        "folder": "s3://bucket/holdout/",
        "model": "challenger",
        "images": images(),
    }


def test_it_returns_what_the_trigger_carried(s3, sagemaker):
    waiting = deferred()
    sagemaker.end(waiting.trigger.name)
    result = transform().execute_complete(attempt(1), event(waiting))
    assert result == waiting.trigger.return_value["result"]
    before = s3.objects
    assert transform().execute(attempt(2)) == result
    assert s3.objects == before
    assert sagemaker.made() == ["create_transform_job"]


def test_a_job_under_way_is_adopted(s3, sagemaker):
    first, second = deferred(1), deferred(2)
    assert second.trigger.name == first.trigger.name
    assert sagemaker.made() == ["create_transform_job"]


def test_two_attempts_at_once_start_one_job(s3, sagemaker):
    sagemaker.before("create_transform_job", lambda: deferred(2))
    waiting = deferred(1)
    assert list(sagemaker.jobs)[1:] == [waiting.trigger.name]


def test_a_corrected_label_is_the_same_job_and_a_replaced_image_another(s3, sagemaker, held):
    first = deferred(1).trigger.name
    s3.put(
        DATA.holdout,
        manifest(*(line(ref, {"class_id": 1, "left": 0, "top": 0, "width": 9, "height": 9}) for ref in held)),
    )
    assert deferred(2).trigger.name == first
    s3.put(held[0], picture(999))
    assert deferred(3).trigger.name != first
    assert len(sagemaker.requests("create_transform_job")) == 2


def test_an_image_replaced_while_the_job_ran_spoils_it(s3, sagemaker, held):
    waiting = deferred(1)
    name = waiting.trigger.name
    sagemaker.end(name)
    original = s3.objects[held[0]]
    s3.put(held[0], picture(999))
    with pytest.raises(HoldoutChangedError, match="challenger"):
        transform().execute_complete(attempt(1), event(waiting))
    assert FILES.spoiled_transform(name) in s3.objects
    s3.put(held[0], original)
    assert deferred(2).trigger.name == f"{name}-2"


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_job_that_ended_badly_is_told_once_and_the_next_attempt_runs_anew(s3, sagemaker, status):
    waiting = deferred(1)
    name = waiting.trigger.name
    sagemaker.end(name, status, FailureReason="ClientError: See job logs for more information")
    with pytest.raises(JobFailedError, match=rf"{name} is {status}: ClientError.*clear this task"):
        transform().execute_complete(attempt(1), event(waiting))
    assert OwnershipLog(ObjectStore(), FILES.transform_owners(name)).history()[-1].given_up
    assert deferred(2).trigger.name == f"{name}-2"
    assert sagemaker.made() == ["create_transform_job"] * 2


def test_a_job_without_a_reason_is_told_all_the_same(s3, sagemaker):
    waiting = deferred(1)
    sagemaker.end(waiting.trigger.name, "Failed")
    with pytest.raises(JobFailedError, match="is Failed: no reason"):
        transform().execute_complete(attempt(1), event(waiting))


def test_an_attempt_that_lost_the_job_gives_up_nothing(s3, sagemaker):
    waiting = deferred(1)
    deferred(2)
    sagemaker.end(waiting.trigger.name, "Failed")
    with pytest.raises(JobFailedError):
        transform().execute_complete(attempt(1), event(waiting))
    assert not OwnershipLog(ObjectStore(), FILES.transform_owners(waiting.trigger.name)).history()[-1].given_up


def test_a_job_that_had_no_machine_cost_nothing_and_the_next_name_is_tried(s3, sagemaker):
    waiting = deferred(1)
    name = waiting.trigger.name
    sagemaker.end(name, "Failed", machine=False, FailureReason=NO_MACHINES)
    with pytest.raises(CapacityError, match=name):
        transform().execute_complete(attempt(1), event(waiting))
    assert deferred(2).trigger.name == f"{name}-2"


def test_a_job_that_vanished_is_named(s3, sagemaker):
    waiting = deferred(1)
    sagemaker.drop(waiting.trigger.name)
    with pytest.raises(JobVanishedError, match=waiting.trigger.name):
        transform().execute_complete(attempt(1), event(waiting))


def test_a_wait_that_was_too_long_is_told():
    failed = {"status": "error", "message": "m", "unfinished": True, "ended": {"name": "job", "result": {}}}
    with pytest.raises(JobUnfinishedError, match="job"):
        transform().execute_complete(attempt(1), failed)


@pytest.mark.parametrize(("state", "stopped"), [("failed", 1), ("success", 1), ("running", 0), (None, 0)])
def test_who_ends_the_task_ends_the_job_and_who_clears_it_does_not(s3, sagemaker, task_state, state, stopped):
    operator = transform()
    with pytest.raises(TaskDeferred):
        operator.execute(attempt(1))
    task_state(state)
    operator.on_kill()
    assert len(sagemaker.requests("stop_transform_job")) == stopped


def test_other_classes_than_the_model_s_are_refused_before_anything_is_paid(s3, sagemaker):
    with pytest.raises(ClassesChangedError, match="challenger"):
        transform(data=replace(DATA, classes=("dog", "cat"))).execute(attempt(1))
    assert sagemaker.made() == []


def test_a_model_that_is_gone_is_named(s3, sagemaker):
    sagemaker.delete_model(ModelName="challenger")
    with pytest.raises(ModelMissingError, match="model/challenger"):
        transform().execute(attempt(1))


@pytest.mark.parametrize(("body", "said"), [(None, "is not there"), (b"text", "cannot be measured on")])
def test_an_image_that_cannot_be_read_is_named_before_anything_is_paid(s3, sagemaker, held, body, said):
    if body is None:
        s3.delete_object(Bucket="bucket", Key="holdout/201.png")
    else:
        s3.put(held[1], body)
    with pytest.raises(HoldoutError, match=rf"201\.png {said}"):
        transform().execute(attempt(1))
    assert sagemaker.made() == []


def turned(number):
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture(number))).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_an_image_not_every_program_reads_alike_is_scored_as_a_copy(s3, sagemaker, held):
    s3.put(held[0], turned(200))
    waiting = deferred(1)
    result = waiting.trigger.return_value["result"]
    copies = json.loads(s3.objects[result["copies"]])
    assert list(copies) == held[:1]
    assert copies[held[0]].startswith(FILES.normalised)
    (request,) = sagemaker.requests("create_transform_job")
    prefix, *names = json.loads(s3.objects[request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]])
    assert sorted(prefix["prefix"] + name for name in names) == sorted([copies[held[0]], *held[1:]])
    assert result["folder"] == prefix["prefix"] == "s3://bucket/"


def test_images_of_another_bucket_have_a_copy_in_the_loop_s(s3, sagemaker, held):
    s3.put("s3://other/1.png", picture(500))
    s3.put(DATA.holdout, manifest(*map(line, [*held, "s3://other/1.png"])))
    result = deferred(1).trigger.return_value["result"]
    copies = json.loads(s3.objects[result["copies"]])
    assert list(copies) == ["s3://other/1.png"]
    assert copies["s3://other/1.png"].startswith(FILES.normalised)


def test_a_holdout_without_lines_is_refused(s3, sagemaker):
    s3.put(DATA.holdout, b"")
    with pytest.raises(CohortError, match="no line"):
        transform().execute(attempt(1))
