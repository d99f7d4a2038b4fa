"""StopHumanLoops: open loops are stopped; those that have ended or never were are no failure."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import TooManyFailuresError
from nightloop.aws.operators.a2i.stop_human_loops import StopHumanLoopsOperator
from tests.support.fakes.client import BROKEN, aws_error
from tests.support.night import run, tried
from tests.unit.aws.operators.a2i.conftest import RESULTS


def stopping(*names):
    return StopHumanLoopsOperator(task_id="stop", loops=list(names), results_uri=RESULTS, concurrency=1)


def status(loops, name):
    return loops.loops[name]["HumanLoopStatus"]


def test_what_becomes_of_each(s3, loops, results):
    loops.add("open")
    loops.add("worked on", worked_on=True)
    loops.add("stopping", status="Stopping")
    loops.add("done", status="Completed")
    names = ["open", "worked on", "stopping", "done", "none"]
    found = tried(s3, lambda: stopping(*names))
    assert [line["outcome"] for line in results()] == ["stopped", "stopped", "stopped", "ended", "missing"]
    assert (found["stopped"], found["ended"], found["missing"], found["failed"]) == (3, 1, 1, 0)
    assert (status(loops, "open"), status(loops, "worked on")) == ("Stopped", "Stopping")
    assert [request["HumanLoopName"] for request in loops.requests("stop_human_loop")] == ["open", "worked on"]


def test_lines_of_the_start_are_taken(s3, loops):
    loops.add("a")
    stopper = stopping({"review_name": "a", "outcome": "opened"})
    assert run(stopper)["stopped"] == 1


def test_one_that_ends_at_the_same_moment_has_ended(s3, loops):
    loops.add("a")
    loops.before("stop_human_loop", lambda: loops.end("a"))
    assert run(stopping("a"))["ended"] == 1


def test_one_that_is_deleted_at_the_same_moment_has_ended(s3, loops):
    loops.add("a")
    loops.before("stop_human_loop", loops.loops.clear)
    assert run(stopping("a"))["ended"] == 1


def test_a_refusal_of_one_that_is_open_still_is_a_failure(s3, loops, results):
    loops.add("a")
    loops.add("b")
    loops.fail("stop_human_loop", aws_error("ValidationException", "not now"))
    with pytest.raises(TooManyFailuresError, match="not now"):
        run(stopping("a", "b"))
    assert [line["outcome"] for line in results()] == ["failed", "stopped"]
    assert run(stopping("a", "b"))["stopped"] == 2


def test_a_stop_whose_answer_was_lost_is_no_failure(s3, loops):
    loops.add("a")
    loops.lose("stop_human_loop", BROKEN)
    assert run(stopping("a"))["ended"] == 1
    assert status(loops, "a") == "Stopped"
