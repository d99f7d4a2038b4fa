"""What is missing or wrong around a night, and the sentence that mends it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from airflow.sdk import DAG

from nightloop.aws.dag_factory import review_tasks, serving_tasks
from nightloop.aws.errors import (
    BucketMissingError,
    CredentialsError,
    EndpointMissingError,
    FlowDefinitionMissingError,
    NightIncompleteError,
    NotConfirmedError,
    ReviewsNotOpenedError,
    ServiceFaultError,
    ServiceUnreachableError,
    SetupError,
)
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.aws.operators.admin.raise_error import RaiseOperator
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.config import LoopConfigError
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.running import run


@pytest.fixture
def night(make_loop):
    return Night(make_loop(), "2026-02-01")


def listed(night, s3, count=1):
    for number in range(count):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=70 + number)))
    night.list()
    return night


def test_missing_bucket_is_named(night):
    lost = Night(replace(night.loop, bucket="no-such-bucket", images="s3://no-such-bucket/{ds}/"), night.date)
    with pytest.raises(BucketMissingError, match=r"bucket of s3://no-such-bucket/.* does not exist. Create it"):
        lost.list()


def test_missing_endpoint_says_bootstrap(night, s3):
    with pytest.raises(EndpointMissingError, match=rf"no endpoint {night.loop.endpoint.name}. Run .* bootstrap"):
        listed(night, s3).score()


def test_missing_flow_definition_says_bootstrap(night, s3, live_loop):
    scored = Night(replace(night.loop, endpoint=live_loop.endpoint), night.date)
    listed(scored, s3).score()
    scored.plan()
    with pytest.raises(FlowDefinitionMissingError, match=rf"no flow definition {scored.flow.name}. Run .* bootstrap"):
        scored.open()


def test_service_that_is_down_is_named_with_its_connection(night, stack, monkeypatch):
    nowhere = stack.connection(sagemaker="http://127.0.0.1:9", sagemaker_a2i_runtime="http://127.0.0.1:9")
    monkeypatch.setenv("AIRFLOW_CONN_A2I_DEFAULT", nowhere)
    with pytest.raises(ServiceUnreachableError, match=r"http://127.0.0.1:9.*`make up`.*connection 'a2i_default'"):
        night.create_flow()


@pytest.mark.parametrize("connection", ["A2I_DEFAULT", "AWS_DEFAULT"])
def test_wrong_key_names_its_connection(night, s3, stack, monkeypatch, connection):
    reviews, models = stack.url("review"), stack.url("sagemaker")
    urls = {"sagemaker": reviews if connection == "A2I_DEFAULT" else models, "sagemaker_a2i_runtime": reviews}
    monkeypatch.setenv(f"AIRFLOW_CONN_{connection}", stack.connection(secret="not-the-secret", **urls))
    task = night.create_flow if connection == "A2I_DEFAULT" else listed(night, s3).score
    with pytest.raises(CredentialsError, match=rf"InvalidSignatureException.*connection '{connection.lower()}'"):
        task()


def test_unknown_work_team_is_told(make_loop):
    team = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/nobody"
    with pytest.raises(SetupError, match="nobody"):
        Night(make_loop(review={"workteam_arn": team}), "2026-02-01").create_flow()


def test_missing_template_is_named():
    task = CreateTaskUiOperator(task_id="create_task_ui", loop="voc", template_path="nowhere.liquid.html")
    with pytest.raises(SetupError, match=r"nowhere.liquid.html.*Correct review.template"):
        run(task)


def test_missing_file_of_the_night_names_what_to_clear(night):
    with pytest.raises(NightIncompleteError, match=r"chunks.json is not there. Clear list_images and the tasks"):
        night.score()


def test_a_night_keeps_its_chunks_when_the_setting_changes(night, s3, live_loop):
    small = replace(night.loop, endpoint=live_loop.endpoint, scoring=replace(night.loop.scoring, images_per_chunk=2))
    first = listed(Night(small, night.date), s3, count=3)
    scored = first.score("00000")
    changed = Night(replace(small, scoring=replace(small.scoring, images_per_chunk=3)), night.date)
    assert changed.list() == ["00000", "00001"]
    assert changed.score("00000") == scored
    assert changed.score("00001")["images"] == 1
    assert changed.plan()["reviews"] >= 0


def test_images_that_change_after_the_listing_are_told(live_loop, s3):
    night = listed(Night(live_loop, "2026-02-11"), s3, count=3)
    night.put_key(s3, "1.png", encode(picture([], shade=10)))
    s3.delete_object(Bucket=live_loop.bucket, Key="images/2026-02-11/2.png")
    night.score()
    codes = [line.get("error", {}).get("code") for line in night.lines(night.files.predictions("00000"))]
    assert codes == [None, "ImageChanged", "ImageMissing"]


def test_a_model_that_fails_for_every_image_writes_nothing(live_loop, s3):
    night = Night(live_loop, "2026-02-12")
    blue = picture([]).point(lambda _: 0)
    blue.paste((0, 0, 255), (0, 0, 200, 100))
    for number in range(3):
        night.put_key(s3, f"{number}.png", encode(blue) + b" " * number)
    night.list()
    with pytest.raises(ServiceFaultError, match=r"failed for each of the 3 images.*Nothing was written"):
        night.score()
    assert ObjectStore().read_if_there(night.files.predictions("00000")) is None


def test_reviews_that_are_all_refused_fail_the_task(live_loop, s3, monkeypatch):
    night = listed(Night(live_loop, "2026-02-13"), s3)
    night.score()
    night.plan()
    huge = "x" * 3_200_000
    monkeypatch.setattr("nightloop.domain.detection.selection.input_content", lambda *_: huge)
    with pytest.raises(ReviewsNotOpenedError, match="None of the 1 reviews could be opened"):
        night.open()
    monkeypatch.undo()


def test_a_conflict_of_one_review_is_recorded_and_the_others_open(live_loop, s3, stack):
    night = listed(Night(live_loop, "2026-02-14"), s3, count=2)
    night.score()
    night.plan()
    hook = A2IHook()
    there = hook.describe_human_loop

    def not_seen_yet(name):
        """Two tries at once: the other one's loop appears after this one looked."""
        found = there(name)
        if found is None and name == taken:
            hook.start_human_loop(name=name, flow_definition_arn=arn, input_content='{"another": "input"}')
        return found

    arn = night.create_flow()
    taken = night.lines(night.files.plan)[0]["review_name"]
    with stack.connected() as patch:
        patch.setattr(A2IHook, "describe_human_loop", lambda _, name: not_seen_yet(name))
        opened = night.open()
    assert (opened["opened"], opened["refused"]) == (1, 1)
    errors = [line.get("error", "") for line in night.lines(night.files.reviews)]
    assert any(error.startswith("ReviewConflict: An active human loop") for error in errors)


def test_the_wait_survives_a_service_that_restarts(live_loop, s3, stack):
    night = listed(Night(live_loop, "2026-02-15"), s3)
    opened = night.open_all()
    trigger = HumanLoopsTrigger(
        loops_uri=night.files.reviews,
        flow_definition_arn=opened["flow_definition_arn"],
        deadline="2999-01-01T00:00:00+00:00",
        poll_seconds=0.3,
    )
    name = night.lines(night.files.reviews)[0]["review_name"]

    async def restart_meanwhile():
        events = trigger.run()
        waiting = asyncio.ensure_future(events.__anext__())
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stack.stop, "review")
        await asyncio.sleep(1)
        assert not waiting.done()
        await asyncio.to_thread(stack.start, "review")
        await asyncio.to_thread(A2IHook().stop_human_loop, name)
        return await asyncio.wait_for(waiting, 30)

    event = asyncio.run(restart_meanwhile())
    assert event.payload == {"status": "finished", "reviews": 1, "completed": 0, "failed": 1, "open": 0}


def test_a_broken_loop_file_raises_what_is_wrong(tmp_path):
    error = LoopConfigError("must be text", path=tmp_path / "x.yaml", key="bucket")
    with DAG(dag_id="invalid_loop_x"):
        task = RaiseOperator(task_id="read_loop_file", error=error)
    with pytest.raises(LoopConfigError, match="bucket: must be text"):
        run(task)


def test_teardown_deletes_this_loop_only_and_asks_first(make_loop, live_loop, s3, stack):
    loop = make_loop()
    night = Night(loop, "2026-02-01")
    night.bootstrap()
    listed(night, s3)
    night.open_all()
    name = night.lines(night.files.reviews)[0]["review_name"]
    with pytest.raises(NotConfirmedError, match=rf"`confirm` set to '{loop.name}'"):
        run(serving_tasks.confirm(loop, "yes"))
    run(serving_tasks.confirm(loop, loop.name))

    reviews = review_tasks.delete_reviews(loop)
    assert run(reviews) == {"human_loops": 1, "flow_definitions": 1, "task_uis": 1}
    assert A2IHook().describe_human_loop(name) is None
    serving = serving_tasks.delete_serving(loop)
    assert run(serving) == {"endpoint": 1, "endpoint_config": 1, "model": 1, "model_package": 0, "alarm": 0}
    deadline = time.monotonic() + 20
    sagemaker = stack.client("sagemaker", "sagemaker")
    while sagemaker.list_endpoints(NameContains=loop.endpoint.name)["Endpoints"]:
        assert time.monotonic() < deadline, "the endpoint is not gone"
        time.sleep(0.2)
    assert run(reviews) == {"human_loops": 0, "flow_definitions": 0, "task_uis": 0}
    assert set(run(serving).values()) == {0}
    live = sagemaker.describe_endpoint(EndpointName=live_loop.endpoint.name)
    assert live["EndpointStatus"] == "InService", "another loop is left alone"
