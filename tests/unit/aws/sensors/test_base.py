"""OpenReviewsSensor: looks, waits with or without a worker, and says how the waiting ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk.exceptions import TaskDeferred

from nightloop.aws import errors
from nightloop.aws.errors import ReviewsMissingError, ServiceFaultError, SetupError, ThrottledError
from nightloop.aws.sensors.base import OpenReviewsSensor
from nightloop.aws.triggers.human_loops import HumanLoopsTrigger
from nightloop.domain.reviews.opened import OpenedReview
from tests.support.fakes.client import THROTTLED, aws_error
from tests.support.fakes.task import context
from tests.unit.aws.sensors.conftest import FLOW

AWAY = aws_error("InternalServerException", "away", status=500)


class Waiting(OpenReviewsSensor):
    """Follows the loops of the names it is given."""

    def __init__(self, *, names, ends=timedelta(hours=1), **kwargs):
        given = {"task_id": "wait", "flow_definition_arn": FLOW, "poll_seconds": 45, "deferrable": False}
        super().__init__(**given | kwargs)
        self.names = names
        self.ends = datetime.now(UTC) + ends

    def reviews_to_follow(self):
        return [OpenedReview(name, "opened") for name in self.names]

    def deadline_of_reviews(self):
        return self.ends

    def trigger(self, deadline):
        return HumanLoopsTrigger(loops_uri="s3://b/k", deadline=deadline.isoformat(), **self.trigger_arguments)


def wait(*names, **changes):
    return Waiting(names=names, **changes).execute(context())


def counts(completed=0, failed=0, still_open=0):
    return {"reviews": completed + failed + still_open, "completed": completed, "failed": failed, "open": still_open}


@pytest.mark.parametrize("deferrable", [True, False])
def test_what_has_ended_is_not_waited_for(loops, hurry, deferrable):
    for name, status in (("a", "Completed"), ("b", "Failed"), ("c", "Stopped")):
        loops.add(name, status=status)
    assert wait("a", "b", "c", deferrable=deferrable) == counts(completed=1, failed=2)
    assert hurry == []


@pytest.mark.parametrize("deferrable", [True, False])
def test_after_the_deadline_it_goes_on_with_what_there_is(loops, hurry, deferrable):
    loops.add("a", status="Completed")
    loops.add("b")
    assert wait("a", "b", ends=timedelta(seconds=-1), deferrable=deferrable) == counts(completed=1, still_open=1)
    assert hurry == []


@pytest.mark.parametrize("deferrable", [True, False])
def test_nothing_to_wait_for_needs_no_service(loops, deferrable):
    assert wait(deferrable=deferrable) == counts()
    assert loops.calls == []


def test_an_open_loop_is_waited_for_in_the_triggerer(loops):
    loops.add("a", status="Stopping")
    with pytest.raises(TaskDeferred) as deferred:
        wait("a", deferrable=True, a2i_conn_id="a2i_default", region_name="eu-west-1", verify=False)
    assert deferred.value.method_name == "execute_complete"
    path, given = deferred.value.trigger.serialize()
    assert path == "nightloop.aws.triggers.human_loops.HumanLoopsTrigger"
    assert (given["flow_definition_arn"], given["poll_seconds"]) == (FLOW, 45)
    assert (given["a2i_conn_id"], given["aws_conn_id"]) == ("a2i_default", "aws_default")
    assert (given["region_name"], given["verify"]) == ("eu-west-1", False)


def answers(loops, name, monkeypatch, after=1):
    """Let a loop end while the worker pauses for the n-th time."""
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        assert len(pauses) < 50, "it waits for ever"
        if len(pauses) == after:
            loops.end(name)

    monkeypatch.setattr("time.sleep", pause)
    return pauses


def test_a_worker_looks_until_the_last_has_ended(loops, monkeypatch):
    loops.add("a")
    loops.add("b", status="Completed")
    pauses = answers(loops, "a", monkeypatch, after=3)
    assert wait("a", "b") == counts(completed=2)
    assert pauses == [45] * 3


def test_a_worker_stops_at_the_deadline(loops, monkeypatch):
    loops.add("a")
    sensor = Waiting(names=["a"])
    monkeypatch.setattr("time.sleep", lambda _seconds: setattr(sensor, "ends", datetime.now(UTC)))
    assert sensor.execute(context()) == counts(still_open=1)


@pytest.mark.parametrize("error", [AWAY, THROTTLED])
def test_a_look_that_fails_is_made_up_for(loops, monkeypatch, error, capsys):
    loops.add("a")
    answers(loops, "a", monkeypatch)
    loops.before("list_human_loops", lambda: None)
    loops.before("list_human_loops", lambda: loops.fail("list_human_loops", error))
    assert wait("a") == counts(completed=1)
    assert "the next one makes up for it" in capsys.readouterr().out


@pytest.mark.parametrize(("error", "kind"), [(AWAY, ServiceFaultError), (THROTTLED, ThrottledError)])
def test_the_first_look_is_airflow_s_to_try_again(loops, error, kind):
    loops.add("a")
    loops.fail("list_human_loops", error)
    with pytest.raises(kind):
        wait("a")


def test_what_a_list_does_not_show_is_asked_for_by_name(loops):
    loops.add("a", status="Completed")
    loops.unlisted.add("a")
    assert wait("a") == counts(completed=1)


def test_loops_of_a_deleted_flow_definition_are_asked_for_by_name(loops, flows):
    loops.add("a", status="Completed")
    flows.flows.clear()
    assert wait("a") == counts(completed=1)


def test_one_that_was_deleted_has_failed(loops):
    loops.add("a", status="Completed")
    assert wait("a", "gone") == counts(completed=1, failed=1)


@pytest.mark.parametrize("deferrable", [True, False])
def test_where_none_is_there_it_does_not_wait(loops, deferrable):
    with pytest.raises(ReviewsMissingError, match="None of the human loops to wait for is there: a, b"):
        wait("a", "b", deferrable=deferrable)


def test_loops_that_are_deleted_while_a_worker_waits_fail_it(loops, monkeypatch):
    loops.add("a")
    monkeypatch.setattr("time.sleep", lambda _seconds: loops.loops.clear())
    with pytest.raises(ReviewsMissingError):
        wait("a")


def test_many_loops_are_listed_a_hundred_a_call(loops):
    loops.add("other", flow="else")
    for number in range(250):
        loops.add(f"l{number}", status="Completed")
    assert wait(*(f"l{number}" for number in range(250))) == counts(completed=250)
    assert len(loops.requests("list_human_loops")) == 3
    assert loops.requests("describe_human_loop") == []


@pytest.mark.parametrize("status", ["finished", "deadline"])
def test_the_event_s_counts_are_the_result(status):
    event = {"status": status, **counts(completed=2, still_open=1)}
    assert Waiting(names=[]).execute_complete(context(), event) == counts(completed=2, still_open=1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("SetupError", SetupError), ("ServiceFaultError", ServiceFaultError), ("NoSuchError", errors.NightloopError)],
)
def test_the_event_s_error_is_raised_as_what_it_was(name, kind):
    with pytest.raises(kind, match="said so") as raised:
        Waiting(names=[]).execute_complete(context(), {"status": "error", "error": name, "message": "said so"})
    assert type(raised.value) is kind


def test_loops_are_never_stopped(loops):
    loops.add("a")
    with pytest.raises(TaskDeferred):
        wait("a", deferrable=True)
    Waiting(names=["a"]).on_kill()
    assert loops.loops["a"]["HumanLoopStatus"] == "InProgress"
    assert {name for name, _ in loops.calls} <= {"list_human_loops", "describe_human_loop"}


def test_region_and_configuration_reach_the_hooks():
    sensor = Waiting(names=[], region_name="eu-west-1", verify=False, botocore_config={"read_timeout": 5})
    for hook in (sensor.a2i, sensor.store.hook):
        assert (hook._region_name, hook._verify, hook._config.read_timeout) == ("eu-west-1", False, 5)
