"""StartHumanLoops: a loop for each input, its name made from it, so that no retry starts another."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.errors import TooManyFailuresError
from nightloop.aws.operators.a2i.start_human_loops import StartHumanLoopsOperator
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import run, tried
from tests.unit.aws.operators.a2i.conftest import FLOW, RESULTS

INPUTS = [{"input": {"b": 2, "a": "é"}}, {"input": {"a": 1}}]


def starting(given=INPUTS, **changes):
    arguments = {"task_id": "start", "loops": given, "results_uri": RESULTS, "concurrency": 1}
    return StartHumanLoopsOperator(**arguments | {"flow_definition_arn": "{{ params.flow }}"} | changes)


def start(*args, **changes):
    return run(starting(*args, **changes), flow=FLOW)


def test_each_input_is_started_once(s3, loops, results):
    found = tried(s3, starting, flow=FLOW)
    assert found == {"opened": 2, "failed": 0, "loops": 2, "results": RESULTS, "flow_definition_arn": FLOW}
    names = [line["review_name"] for line in results()]
    assert list(loops.loops) == names
    assert all(name.startswith("loop-") for name in names)
    assert loops.loops[names[0]]["input"] == '{"a":"é","b":2}', "byte for byte the same for the same input"
    assert results()[0]["arn"] == arn("human-loop", names[0])


def test_a_name_follows_from_flow_definition_and_input(loops, flows, s3):
    flows.add_flow("other")
    start(name_prefix="mine")
    first = set(loops.loops)
    s3.remove(RESULTS)
    run(starting(name_prefix="mine"), flow=arn("flow-definition", "other"))
    assert len(first) == 2
    assert all(name.startswith("mine-") for name in loops.loops)
    assert len(loops.loops) == 4


def test_a_loop_may_be_named(s3, loops):
    start([{"name": "given", "input": {}}])
    assert list(loops.loops) == ["given"]


def test_a_loop_that_is_there_is_adopted(s3, loops, results):
    loops.add("given", content="whatever")
    assert start([{"name": "given", "input": {}}])["adopted"] == 1
    assert loops.requests("start_human_loop") == []
    assert results()[0]["created"]


def test_results_that_are_lost_are_made_again_without_a_second_loop(s3, loops):
    start()
    s3.remove(RESULTS)
    assert start()["adopted"] == 2
    assert len(loops.loops) == 2


def test_a_start_whose_answer_was_lost_is_found_again(s3, loops):
    loops.lose("start_human_loop", BROKEN)
    assert start(INPUTS[:1])["adopted"] == 1
    assert len(loops.loops) == 1


def test_a_throttled_start_is_made_again(s3, loops, hurry):
    loops.fail("start_human_loop", THROTTLED)
    assert start(INPUTS[:1])["opened"] == 1
    assert hurry


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (aws_error("ServiceQuotaExceededException", "used up", status=402), "used up"),
        (aws_error("ValidationException", "no such template"), "was refused: no such template"),
        (aws_error("ConflictException", "other", status=409), "Stop and delete it"),
        (aws_error("AccessDeniedException", "no", status=403), "Give the key or role"),
    ],
)
def test_a_refusal_is_a_line_and_the_others_are_started(s3, loops, results, error, said):
    loops.fail("start_human_loop", error)
    with pytest.raises(TooManyFailuresError, match="1 of 2 human loops failed"):
        start()
    assert said in results()[0]["error"]
    assert results()[1]["outcome"] == "opened"
    assert start()["opened"] == 2, "the next try starts what failed"


@pytest.mark.parametrize("entry", [{}, {"name": "a"}, {"name": "a", "input": "text"}, "a"])
def test_an_entry_without_an_input_is_a_failure(s3, loops, entry):
    with pytest.raises(TooManyFailuresError, match="has no `input`"):
        start([entry])
    assert loops.loops == {}


def test_the_retry_of_an_unnamed_entry_knows_its_line(s3, loops, results):
    loops.fail("start_human_loop", aws_error("ValidationException", "no"))
    with pytest.raises(TooManyFailuresError):
        start()
    assert results()[0]["review_name"].startswith("loop-")
    loops.calls.clear()
    start()
    assert len(loops.requests("describe_human_loop")) == 1, "only the one that failed is looked at"


def test_inputs_may_lie_in_s3(s3, loops):
    s3.put("s3://bucket/in.jsonl", "".join(json.dumps(entry) + "\n" for entry in INPUTS))
    assert run(starting("{{ params.given }}"), flow=FLOW, given="s3://bucket/in.jsonl")["opened"] == 2


@pytest.mark.parametrize(("workteam", "linked"), [(arn("workteam/private-crowd", "reviewers"), True), (None, False)])
def test_the_link_leads_to_the_portal_of_the_team(s3, loops, workteam, linked):
    run(starting(workteam_arn=workteam), ti=(task := FakeTask()), flow=FLOW)
    assert ("worker_portal" in task.pushed) is linked
    assert "s3_output" in task.pushed
