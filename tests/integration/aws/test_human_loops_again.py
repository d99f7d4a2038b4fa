"""A bulk task of human loops whose rows failed: the next try is about those rows, and nothing is deleted by hand."""

from __future__ import annotations

import json
from functools import partial

import pytest

from nightloop.aws.clients import throttle
from nightloop.aws.errors import ServiceFaultError, TooManyFailuresError
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.operators.a2i.delete_human_loops import DeleteHumanLoopsOperator
from nightloop.aws.operators.a2i.start_human_loops import StartHumanLoopsOperator
from nightloop.aws.operators.a2i.stop_human_loops import StopHumanLoopsOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.running import run


@pytest.fixture
def flow(own_loop):
    """The ARN of an active flow definition, and a folder in S3."""
    return Night(own_loop, "2026-02-01").create_flow(), f"s3://{own_loop.bucket}/again"


@pytest.fixture
def calls(monkeypatch):
    """The names that were looked up at the service, which each row does first."""
    seen = []
    original = lifecycle._status, lifecycle.adopt

    def status(a2i, name):
        seen.append(name)
        return original[0](a2i, name)

    def adopt(a2i, name):
        seen.append(name)
        return original[1](a2i, name)

    monkeypatch.setattr(lifecycle, "_status", status)
    monkeypatch.setattr(lifecycle, "adopt", adopt)
    return seen


def started(flow, names, **arguments):
    loops = [{"name": name, "input": {"taskObject": f"{flow[1]}/{name}.png"}} for name in names]
    return StartHumanLoopsOperator(
        task_id="start", flow_definition_arn=flow[0], loops=loops, results_uri=f"{flow[1]}/started.jsonl", **arguments
    )


def lines(uri):
    return [json.loads(line) for line in ObjectStore().read(uri).splitlines()]


def outcomes(uri):
    return {line["review_name"]: line["outcome"] for line in lines(uri)}


def test_rows_that_could_not_be_deleted_are_deleted_by_the_next_try(flow, calls):
    names = ["d-0", "d-1", "d-2", "d-3"]
    run(started(flow, names))
    run(StopHumanLoopsOperator(task_id="stop", loops=names[:2], results_uri=f"{flow[1]}/stopped.jsonl"))
    uri = f"{flow[1]}/deleted.jsonl"

    def delete():
        return run(DeleteHumanLoopsOperator(task_id="delete", loops=names, results_uri=uri))

    with pytest.raises(TooManyFailuresError, match=r"2 of 4 human loops failed.*clear this task: it tries those again"):
        delete()
    assert list(outcomes(uri).values()) == ["deleted", "deleted", "failed", "failed"]
    run(StopHumanLoopsOperator(task_id="stop", loops=names[2:], results_uri=f"{flow[1]}/stopped-2.jsonl"))
    calls.clear()
    assert delete() == {"deleted": 4, "failed": 0, "loops": 4, "results": uri}, "what was done stays told as it was"
    assert set(calls) == {"d-2", "d-3"}
    calls.clear()
    assert delete()["deleted"] == 4
    assert calls == [], "cleared once more: nothing is left to do"


def test_inputs_that_are_mended_are_started_by_the_next_try(flow, calls):
    first = started(flow, ["s-0", "s-1"])
    first.loops = [*first.loops, {"name": "Not A Name", "input": {}}, {"input": None}]
    with pytest.raises(TooManyFailuresError, match="2 of 4"):
        run(first)
    written = lines(first.results_uri)
    calls.clear()
    again = started(flow, ["s-0", "s-1", "s-2"])
    again.loops = [*again.loops, {"input": {"taskObject": "mended"}}]
    result = run(again)
    assert (result["opened"], result["failed"]) == (4, 0)
    assert lines(first.results_uri)[:2] == written[:2]
    assert {"s-0", "s-1"}.isdisjoint(calls)


def test_failures_that_are_borne_are_tried_again_when_the_task_is_cleared(flow):
    operator = started(flow, ["b-0"], failure_limit=0.5)
    operator.loops = [*operator.loops, {"name": "b-1"}]
    assert run(operator)["failed"] == 1
    mended = started(flow, ["b-0", "b-1"], failure_limit=0.5)
    assert (run(mended)["opened"], outcomes(mended.results_uri)) == (2, {"b-0": "opened", "b-1": "opened"})


def test_a_line_of_another_loop_is_never_taken_for_this_one(flow):
    """The list that is given may be another one than at the last try, or in another order."""
    run(started(flow, ["o-0", "o-1", "o-2"]))
    uri = f"{flow[1]}/stopped.jsonl"
    ObjectStore().write_once(
        uri, b'{"review_name": "o-1", "outcome": "stopped"}\n{"review_name": "x", "outcome": "failed"}\n'
    )
    result = run(StopHumanLoopsOperator(task_id="stop", loops=["o-0", "o-1", "o-2"], results_uri=uri))
    assert (result["stopped"], outcomes(uri)) == (3, {"o-0": "stopped", "o-1": "stopped", "o-2": "stopped"})


def test_a_service_that_goes_away_in_between_loses_nothing_that_was_done(flow, monkeypatch):
    names = [f"a-{number}" for number in range(6)]
    run(started(flow, names))
    run(StopHumanLoopsOperator(task_id="stop", loops=names, results_uri=f"{flow[1]}/stopped.jsonl"))
    uri = f"{flow[1]}/deleted.jsonl"
    operator = DeleteHumanLoopsOperator(task_id="delete", loops=names, results_uri=uri, concurrency=1)
    with monkeypatch.context() as patch:
        original, asked = lifecycle.delete, []

        def away_after_two(a2i, name):
            asked.append(name)
            if len(asked) > 2:
                raise ServiceFaultError("the service is restarting")
            return original(a2i, name)

        patch.setattr(lifecycle, "delete", away_after_two)
        at_once = partial(throttle.repeated, sleep=lambda _: None)
        patch.setattr("nightloop.aws.operators.a2i.human_loops.repeated", at_once)
        with pytest.raises(ServiceFaultError, match="restarting"):
            run(operator)
    assert set(asked) == set(names[:3]), "the rows after it wait for the next try"
    assert asked.count("a-2") > 2, "one failed call is no reason to wait for it"
    assert list(outcomes(uri).values()) == ["deleted", "deleted", *["failed"] * 4]
    assert lines(uri)[-1]["error"] == "Not tried: the service is restarting"
    again = DeleteHumanLoopsOperator(task_id="delete", loops=names, results_uri=uri)
    assert run(again) == {"deleted": 6, "failed": 0, "loops": 6, "results": uri}


def test_results_that_another_try_replaced_meanwhile_are_not_overwritten(flow):
    store, uri = ObjectStore(), f"{flow[1]}/raced.jsonl"
    store.write_once(uri, b"1\n")
    stored = store.describe(uri)
    store.replace_lines(uri, [b"2\n"], etag=stored.etag)
    with pytest.raises(ServiceFaultError, match="changed by another try"):
        store.replace_lines(uri, [b"3\n"], etag=stored.etag)
    store.delete(uri)
    with pytest.raises(ServiceFaultError, match="changed by another try"):
        store.replace_lines(uri, [b"3\n"], etag=stored.etag)
    assert store.describe(uri) is None
