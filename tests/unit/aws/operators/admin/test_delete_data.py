"""DeleteData: all below the loop's folder, only for the word, and never under another run's hands."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from nightloop.aws.endpoints import holds
from nightloop.aws.errors import NotConfirmedError, ServiceFaultError
from nightloop.aws.operators.admin.delete_data import DeleteDataOperator
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask, context
from tests.support.night import LOOP, run

HOLDS = f"{LOOP}/holds/"


def deleting(**changes):
    given = {"task_id": "delete", "loop": "voc", "loop_folder": LOOP, "given": "{{ params.word }}"}
    return DeleteDataOperator(**given | changes)


@pytest.fixture
def data(s3):
    for name in ("nights/2026-11-22/plan.jsonl", "cohorts/c/train.manifest", "a.json"):
        s3.put(f"{LOOP}/{name}", b"x")
    s3.put("s3://bucket/loops/voc2/nights/x", b"theirs")
    s3.put("s3://bucket/in/1.jpg", b"picture")
    return s3


def left(s3):
    return [uri for uri in s3.objects if uri.startswith(f"{LOOP}/")]


@pytest.mark.parametrize("folder", [LOOP, f"{LOOP}/"])
def test_all_of_the_loop_s_goes_and_nothing_else(data, folder):
    assert run(deleting(loop_folder=folder), word="voc") == 3
    assert list(data.objects) == ["s3://bucket/in/1.jpg", "s3://bucket/loops/voc2/nights/x"]


def test_more_than_a_page(data):
    data.page = 1
    assert run(deleting(), word="voc") == 3
    assert left(data) == []


def test_a_second_try_finds_nothing_left(data):
    run(deleting(), word="voc")
    assert run(deleting(), ti=FakeTask(try_number=2, id="0199-2"), word="voc") == 0


def test_without_the_word_it_is_skipped(data):
    with pytest.raises(AirflowSkipException, match=f"What voc learned stays in {LOOP}"):
        run(deleting(), word="")
    assert len(left(data)) == 3
    assert data.calls == []


@pytest.mark.parametrize("word", ["VOC", "voc2", "yes"])
def test_another_word_deletes_nothing(data, word):
    with pytest.raises(NotConfirmedError, match=rf"`delete_data` to 'voc' \(it was '{word}'\)"):
        run(deleting(), word=word)
    assert data.calls == []


def held_by(s3, run_id, number=1):
    s3.put(f"{HOLDS}{number:06d}.json", json.dumps({"run": run_id, "attempt": "1"}))


def test_while_another_run_changes_the_endpoint_it_waits_without_a_worker(data, monkeypatch):
    held_by(data, "voc_train/r1")
    monkeypatch.setattr(holds, "run_has_ended", lambda _run: False)
    with pytest.raises(TaskDeferred) as deferred:
        run(deleting(), word="voc")
    assert (deferred.value.method_name, deferred.value.trigger.moment is not None) == ("take_up", True)
    assert len(left(data)) == 4


def test_it_is_begun_again_when_that_run_has_ended(data, monkeypatch):
    held_by(data, "voc_train/r1")
    monkeypatch.setattr(holds, "run_has_ended", lambda run: run == "voc_train/r1")
    operator = deleting(given="voc")
    assert operator.take_up(context()) == 3
    assert left(data) == []


def test_the_hold_goes_last_its_own_entry_last_of_all(data, monkeypatch):
    held_by(data, "voc_train/r1")
    monkeypatch.setattr(holds, "run_has_ended", lambda _run: True)
    run(deleting(), word="voc")
    deleted = [request["Key"] for request in data.requests("delete_object")]
    assert deleted[-2:] == ["loops/voc/holds/000001.json", "loops/voc/holds/000002.json"]


def test_a_try_that_died_is_finished_by_the_next(data):
    data.before("delete_object", lambda: None)
    data.before("delete_object", lambda: data.fail("delete_object", aws_error("InternalError", "away", status=500)))
    with pytest.raises(ServiceFaultError):
        run(deleting(), word="voc")
    assert any(uri.startswith(HOLDS) for uri in data.objects), "it holds the endpoint still"
    assert run(deleting(), ti=FakeTask(try_number=2, id="0199-2"), word="voc") == 2
    assert left(data) == []
