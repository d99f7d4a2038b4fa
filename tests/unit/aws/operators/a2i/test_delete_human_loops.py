"""DeleteHumanLoops: ended loops are deleted, never an open one, and never what was answered."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import TooManyFailuresError
from nightloop.aws.operators.a2i.delete_human_loops import DeleteHumanLoopsOperator
from tests.support.fakes.client import BROKEN
from tests.support.night import run, tried
from tests.unit.aws.operators.a2i.conftest import RESULTS


def deleting(*names):
    return DeleteHumanLoopsOperator(task_id="delete", loops=list(names), results_uri=RESULTS, concurrency=1)


def test_ended_loops_go_and_answers_stay(s3, loops, results):
    for name, status in (("done", "Completed"), ("stopped", "Stopped"), ("failed", "Failed")):
        loops.add(name, status=status)
    s3.put("s3://bucket/answers/output.json", b"{}")
    found = tried(s3, lambda: deleting("done", "stopped", {"review_name": "failed"}, "none"))
    assert found == {"deleted": 3, "missing": 1, "failed": 0, "loops": 4, "results": RESULTS}
    assert loops.loops == {}
    assert "s3://bucket/answers/output.json" in s3.objects


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_an_open_loop_is_a_failure_and_stays(s3, loops, results, status):
    loops.add("a", status=status)
    loops.add("b", status="Completed")
    with pytest.raises(TooManyFailuresError, match=f"a is {status}. Stop it, then delete it"):
        run(deleting("a", "b"))
    assert list(loops.loops) == ["a"]
    assert loops.requests("delete_human_loop") == [{"HumanLoopName": "b"}]
    loops.end("a")
    assert run(deleting("a", "b"))["deleted"] == 2


def test_one_that_is_gone_at_the_same_moment_is_missing(s3, loops):
    loops.add("a", status="Completed")
    loops.before("delete_human_loop", loops.loops.clear)
    assert run(deleting("a"))["missing"] == 1


def test_a_delete_whose_answer_was_lost_is_no_failure(s3, loops):
    loops.add("a", status="Completed")
    loops.lose("delete_human_loop", BROKEN)
    assert run(deleting("a"))["missing"] == 1
    assert loops.loops == {}
