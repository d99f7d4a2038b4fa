"""The A2I family on its own: loops that belong to no night, in bulk, with partial failure."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from nightloop.aws.errors import NightIncompleteError, ReviewsMissingError, SetupError, TooManyFailuresError
from nightloop.aws.operators.a2i.delete_human_loops import DeleteHumanLoopsOperator
from nightloop.aws.operators.a2i.start_human_loops import StartHumanLoopsOperator
from nightloop.aws.operators.a2i.stop_human_loops import StopHumanLoopsOperator
from nightloop.aws.sensors.human_loops import HumanLoopsSensor
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.running import run


@pytest.fixture
def flow(own_loop):
    """The ARN of an active flow definition, and a folder in S3."""
    night = Night(own_loop, "2026-02-01")
    return night.flow.name, night.create_flow(), f"s3://{own_loop.bucket}/bulk"


def inputs(folder, count):
    return [{"input": {"taskObject": f"{folder}/{number}.png", "labels": ["cat"]}} for number in range(count)]


def start(flow, loops, results="started", **arguments):
    _, arn, folder = flow
    uri = f"{folder}/{results}.jsonl"
    operator = StartHumanLoopsOperator(
        task_id="start", flow_definition_arn=arn, loops=loops, results_uri=uri, name_prefix="bulk", **arguments
    )
    return run(operator)


def wait(flow, loops, seconds, **arguments):
    deadline = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    return run(
        HumanLoopsSensor(
            task_id="wait",
            loops=loops,
            flow_definition_arn=flow[1],
            deadline=deadline,
            **{"poll_seconds": 0.3, **arguments},
        )
    )


def lines(uri):
    return [json.loads(line) for line in ObjectStore().read(uri).splitlines()]


def test_start_adopts_what_an_earlier_try_started(flow):
    loops = inputs(flow[2], 5)
    first = start(flow, loops)
    assert (first["opened"], first["failed"], first["loops"]) == (5, 0, 5)
    assert start(flow, loops) == first, "cleared: the results are found"
    again = start(flow, loops, results="once-more")
    assert (again["adopted"], again["loops"]) == (5, 5)
    assert len({line["review_name"] for line in lines(first["results"])}) == 5


def test_start_stop_delete_by_the_address_of_the_results(flow):
    _, _, folder = flow
    ObjectStore().write_once(f"{folder}/inputs.jsonl", "\n".join(map(json.dumps, inputs(folder, 3))).encode())
    results = start(flow, f"{folder}/inputs.jsonl")["results"]
    open_yet = DeleteHumanLoopsOperator(task_id="delete", loops=results, results_uri=f"{folder}/no.jsonl")
    with pytest.raises(TooManyFailuresError, match=r"3 of 3 human loops failed.*Stop it, then delete it"):
        run(open_yet)
    stopped = run(StopHumanLoopsOperator(task_id="stop", loops=results, results_uri=f"{folder}/stopped.jsonl"))
    assert stopped == {"stopped": 3, "failed": 0, "loops": 3, "results": f"{folder}/stopped.jsonl"}
    again = run(StopHumanLoopsOperator(task_id="stop", loops=results, results_uri=f"{folder}/stopped-2.jsonl"))
    assert again["ended"] == 3
    assert wait(flow, results, 30) == {"reviews": 3, "completed": 0, "failed": 3, "open": 0}
    deleted = run(DeleteHumanLoopsOperator(task_id="delete", loops=results, results_uri=f"{folder}/deleted.jsonl"))
    assert deleted["deleted"] == 3
    names = [line["review_name"] for line in lines(results)]
    gone = run(DeleteHumanLoopsOperator(task_id="delete", loops=names, results_uri=f"{folder}/gone.jsonl"))
    assert gone["missing"] == 3
    unknown = run(StopHumanLoopsOperator(task_id="stop", loops=["never-was"], results_uri=f"{folder}/never.jsonl"))
    assert unknown["missing"] == 1


def test_one_bad_input_is_written_down_and_the_share_is_limited(flow):
    loops = [*inputs(flow[2], 3), {"name": "Not A Name", "input": {}}, {"name": "no-input"}]
    with pytest.raises(TooManyFailuresError, match="2 of 5 human loops failed, more than failure_limit allows"):
        start(flow, loops, results="not-borne", failure_limit=0.2)
    result = start(flow, loops, results="borne", failure_limit=0.5)
    assert (result["adopted"], result["failed"]) == (3, 2)
    outcomes = {line["review_name"]: line for line in lines(result["results"])}
    assert outcomes["Not A Name"]["error"].startswith("RequestRefused: ")
    assert outcomes["no-input"]["error"].startswith("Setup: ")


@pytest.mark.parametrize("deferrable", [True, False])
def test_wait_by_name_until_answered(flow, stack, deferrable):
    loops = [
        {**entry, "name": f"wait-{deferrable}-{number}".lower()} for number, entry in enumerate(inputs(flow[2], 2))
    ]
    start(flow, loops)
    names = [entry["name"] for entry in loops]
    assert wait(flow, names, 1, deferrable=deferrable)["open"] == 2
    reviewer = Reviewer(stack).signs_in()
    for _ in names:
        reviewer.answers(flow[0], [])
    assert wait(flow, names, 30, deferrable=deferrable) == {"reviews": 2, "completed": 2, "failed": 0, "open": 0}


def test_bad_input_of_the_sensor_says_what_mends_it(flow):
    sensor = HumanLoopsSensor(task_id="w", loops=["a"], flow_definition_arn=flow[1], deadline="2026-01-01T00:00:00")
    with pytest.raises(SetupError, match="has no offset"):
        run(sensor)
    with pytest.raises(NightIncompleteError, match="is not there"):
        wait(flow, f"{flow[2]}/nothing.jsonl", 5)


@pytest.mark.parametrize("deferrable", [True, False])
def test_loops_are_found_by_name_where_their_flow_definition_is_not(flow, deferrable):
    loops = [{**entry, "name": f"orphan-{deferrable}-{n}".lower()} for n, entry in enumerate(inputs(flow[2], 2))]
    start(flow, loops)
    gone = (flow[0], f"{flow[1]}-that-was-deleted", flow[2])
    assert wait(gone, [entry["name"] for entry in loops], 1, deferrable=deferrable)["open"] == 2


def test_a_deadline_may_be_a_time_already(flow):
    """So it is in a DAG whose templates are rendered as native objects."""
    loops = [{**entry, "name": "native-0"} for entry in inputs(flow[2], 1)]
    start(flow, loops)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    arguments = {"loops": ["native-0"], "flow_definition_arn": flow[1], "poll_seconds": 0.3}
    assert run(HumanLoopsSensor(task_id="wait", deadline=soon, **arguments))["open"] == 1


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("by", ["name", "address"])
def test_loops_of_which_none_is_there_are_no_success(flow, by, deferrable):
    names = [f"missing-{by}-{deferrable}-{number}".lower() for number in range(7)]
    given = names
    if by == "address":
        given = f"{flow[2]}/missing-{deferrable}.jsonl"
        rows = [{"review_name": name, "outcome": "opened", "arn": None} for name in names]
        ObjectStore().write_once(given, "\n".join(map(json.dumps, rows)).encode())
    with pytest.raises(ReviewsMissingError, match=rf"{names[0]}, {names[1]}.*{names[4]} and 2 more.* connection"):
        wait(flow, given, 20, deferrable=deferrable)


@pytest.mark.parametrize("deferrable", [True, False])
def test_loops_that_are_deleted_while_they_are_waited_for_are_no_success(flow, stack, deferrable):
    names = [f"deleted-{deferrable}-{number}".lower() for number in range(2)]
    start(flow, [{**entry, "name": name} for entry, name in zip(inputs(flow[2], 2), names, strict=True)])
    a2i = stack.client("sagemaker-a2i-runtime", "review")

    def delete():
        for name in names:
            a2i.stop_human_loop(HumanLoopName=name)
            a2i.delete_human_loop(HumanLoopName=name)

    # Both are gone between the looks at the start and the next one.
    later = threading.Timer(2, delete)
    later.start()
    with pytest.raises(ReviewsMissingError, match=", ".join(names)):
        wait(flow, names, 30, deferrable=deferrable, poll_seconds=6)
    later.join()


def test_one_loop_that_is_there_is_waited_for_though_the_others_are_not(flow):
    start(flow, [{**entry, "name": "there-0"} for entry in inputs(flow[2], 1)])
    assert wait(flow, ["there-0", "gone-0"], 1) == {"reviews": 2, "completed": 0, "failed": 1, "open": 1}


def test_results_without_a_loop_that_was_started_are_no_success(flow):
    failed = start(flow, [{"name": "Not A Name", "input": {}}, {"name": "no-input"}], failure_limit=1)
    assert failed["failed"] == 2
    with pytest.raises(ReviewsMissingError, match=r"None of the 2 lines of .*started\.jsonl is of a human loop"):
        wait(flow, failed["results"], 5)
    empty = start(flow, [], results="none")
    assert wait(flow, empty["results"], 5)["reviews"] == 0
