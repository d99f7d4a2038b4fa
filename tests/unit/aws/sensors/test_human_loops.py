"""HumanLoopsSensor: which loops it follows and until when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws.errors import NightIncompleteError, ReviewsMissingError, SetupError
from nightloop.aws.sensors.human_loops import HumanLoopsSensor
from tests.support.night import run
from tests.unit.aws.sensors.conftest import FLOW

RESULTS = "s3://bucket/results.jsonl"
LATER = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
PAST = "2026-11-22T00:00:00+00:00"


def waiting(loops, deadline="{{ params.deadline }}", **changes):
    given = {"task_id": "wait", "loops": loops, "deadline": deadline, "flow_definition_arn": "{{ params.flow }}"}
    return HumanLoopsSensor(**given | changes)


def wait(loops, deadline=LATER, **changes):
    return run(waiting(loops, **changes), deadline=deadline, flow=FLOW, results=RESULTS)


def lines(s3, *rows):
    s3.put(RESULTS, "".join(json.dumps(row) + "\n" for row in rows))


def line(name, outcome="opened", **more):
    return {"review_name": name, "arn": "a", "outcome": outcome, **more}


def test_names_are_followed(loops):
    loops.add("a", status="Completed")
    loops.add("other")
    assert wait(["a"]) == {"reviews": 1, "completed": 1, "failed": 0, "open": 0}


def test_results_are_followed_but_for_what_was_not_started(s3, loops):
    lines(s3, line("a"), line("b", "adopted"), line("c", "failed", error="no"), line(None, "failed", error="x"))
    loops.add("a", status="Completed")
    loops.add("b", status="Completed")
    assert wait("{{ params.results }}")["reviews"] == 2


@pytest.mark.parametrize("given", [["a"], "{{ params.results }}"], ids=["names", "address"])
def test_the_trigger_follows_the_same_loops(s3, loops, given):
    lines(s3, line("a"))
    loops.add("a")
    with pytest.raises(TaskDeferred) as deferred:
        wait(given, poll_seconds=7)
    path, arguments = deferred.value.trigger.serialize()
    assert path == "nightloop.aws.triggers.listed_human_loops.ListedHumanLoopsTrigger"
    followed = (["a"], "") if isinstance(given, list) else ([], RESULTS)
    assert (arguments["review_names"], arguments["loops_uri"]) == followed
    assert (arguments["deadline"], arguments["poll_seconds"]) == (LATER, 7)
    assert arguments["flow_definition_arn"] == FLOW


def test_a_deadline_may_be_a_time(loops):
    loops.add("a")
    assert wait(["a"], deadline=datetime(2026, 11, 22, tzinfo=UTC))["open"] == 1
    made = waiting(["a"], deadline=datetime(2026, 11, 22, tzinfo=UTC), flow_definition_arn=FLOW)
    assert run(made)["open"] == 1


def test_a_deadline_that_has_come_is_not_waited_for(loops):
    loops.add("a")
    assert wait(["a"], deadline=PAST) == {"reviews": 1, "completed": 0, "failed": 0, "open": 1}


@pytest.mark.parametrize(
    ("deadline", "said"),
    [("tomorrow", "'tomorrow' is no time"), ("2026-11-22T07:30:00", "has no offset"), ("", "no time")],
)
def test_a_deadline_that_is_none_is_named_before_anything_is_asked(loops, deadline, said):
    with pytest.raises(SetupError, match=said):
        wait(["a"], deadline=deadline)
    assert loops.calls == []


def test_results_of_nothing_but_failures_are_named(s3, loops):
    lines(s3, line("a", "failed", error="no"), line(None, "failed", error="no"))
    with pytest.raises(ReviewsMissingError, match=f"None of the 2 lines of {RESULTS} is of a human loop"):
        wait(RESULTS)


def test_results_without_a_line_are_nothing_to_wait_for(s3, loops):
    lines(s3)
    assert wait(RESULTS)["reviews"] == 0


def test_results_that_are_not_there_are_named(s3, loops):
    with pytest.raises(NightIncompleteError, match=f"{RESULTS} is not there"):
        wait(RESULTS)
