"""The endpoint of a loop is one DAG run's at a time, in whatever order runs come, end, are killed and cleared."""

from __future__ import annotations

import contextlib
import threading

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import ErrorResponse
from hypothesis import given
from hypothesis import strategies as st

from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.endpoints.holds import EndpointHold, Holder, run_has_ended
from nightloop.aws.errors import EndpointHeldError, TransientError
from nightloop.aws.storage.object_store import StoredObject


class Store:
    """S3 as far as a log needs it: an object is created once."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.lock = threading.Lock()
        self.before_write = lambda: None
        self.before_read = lambda: None

    def list(self, prefix):
        return iter([StoredObject(uri, "e", 1, None) for uri in sorted(self.objects) if uri.startswith(prefix)])

    def read(self, uri):
        return self.objects[uri]

    def read_if_there(self, uri):
        self.before_read()
        return self.objects.get(uri)

    def write_new(self, uri, body, content_type=""):
        self.before_write()
        with self.lock:
            if uri in self.objects:
                return False
            self.objects[uri] = body
            return True


class World:
    """DAG runs that begin, end and are cleared, and what they hold."""

    def __init__(self) -> None:
        self.store = Store()
        self.going: set[str] = set()

    def hold(self, run, attempt="1"):
        self.going.add(run)
        holder = Holder(run, f"{run}-{attempt}")
        return EndpointHold(self.store, "s3://b/holds/", holder, ended=lambda name: name not in self.going)


def test_a_run_waits_for_the_other_and_goes_on_when_that_has_ended():
    world = World()
    one, two = world.hold("training/a"), world.hold("rollback/b")
    one.take()
    with pytest.raises(EndpointHeldError, match=r"The run training/a is changing the endpoint.*unpause"):
        two.take()
    with pytest.raises(EndpointHeldError):
        two.look()
    world.going.discard("training/a")
    two.look()
    two.take()
    two.check()


def test_to_wait_is_no_failure():
    decision = RETRY_POLICY.evaluate(EndpointHeldError("x"), 1, 3)
    assert decision.action is RetryAction.RETRY


def test_a_killed_task_s_retry_takes_its_runs_hold_up_again():
    world = World()
    world.hold("training/a", "1").take()
    second = world.hold("training/a", "2")
    second.take()
    second.check()
    second.take()
    assert len(world.store.objects) == 2, "the same attempt writes once"


def test_the_ghost_of_an_earlier_attempt_has_lost_it():
    world = World()
    ghost = world.hold("training/a", "1")
    ghost.take()
    world.hold("training/a", "2").take()
    with pytest.raises(EndpointHeldError, match="taken the endpoint over"):
        ghost.check()


def test_a_run_that_is_cleared_while_another_takes_over_what_it_believes_ended():
    """Both looked when the first had ended; only one of the two entries can be the next."""
    world = World()
    world.hold("training/a", "1").take()
    world.going.discard("training/a")
    other = world.hold("rollback/b")

    def cleared_just_now():
        world.store.before_write = lambda: None
        world.hold("training/a", "2").take()

    world.store.before_write = cleared_just_now
    with pytest.raises(EndpointHeldError, match="training/a"):
        other.take()
    world.hold("training/a", "2").check()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["take", "end", "clear"])), max_size=40))
def test_never_two_at_once(steps):
    """Whoever `check`s successfully is the only one of all runs that go on."""
    world, attempts = World(), dict.fromkeys("abc", 0)
    holds = {}
    for run, step in steps:
        if step == "end":
            world.going.discard(run)
        elif step == "clear" or run not in holds or run not in world.going:
            attempts[run] += 1
            holds[run] = world.hold(run, str(attempts[run]))
        else:
            with contextlib.suppress(EndpointHeldError):
                holds[run].take()
        having = [name for name, hold in holds.items() if _has(hold)]
        assert len(having) <= 1


def _has(hold):
    try:
        hold.check()
    except EndpointHeldError:
        return False
    return True


def test_a_log_that_is_deleted_while_it_is_read():
    """A teardown deletes all the loop's data, its own hold last."""
    world = World()
    world.hold("teardown/a").take()
    world.store.before_read = world.store.objects.clear
    later = world.hold("bootstrap/b")
    later.take()
    world.store.before_read = lambda: None
    later.check()


def test_of_many_that_come_at_once_one_gets_it():
    world = World()
    holds = [world.hold(f"dag/{number}") for number in range(16)]
    start, got = threading.Barrier(len(holds)), []

    def come(hold):
        start.wait()
        try:
            hold.take()
        except EndpointHeldError:
            return
        got.append(hold)

    threads = [threading.Thread(target=come, args=(hold,)) for hold in holds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    got[0].check()


class Comms:
    """What a task's supervisor answers."""

    def __init__(self, answer):
        self.answer = answer

    def send(self, msg):
        assert (msg.dag_id, msg.run_id) == ("rollback_endpoint_voc", "manual__2026-11-22T00:00:00+00:00/x")
        if isinstance(self.answer, Exception):
            raise self.answer
        return type("State", (), {"state": self.answer})()


def error(status):
    return AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail={"status_code": status}))


@pytest.mark.parametrize(
    ("answer", "ended"),
    [("queued", False), ("running", False), ("success", True), ("failed", True), (error(404), True)],
    ids=["queued", "running", "success", "failed", "deleted"],
)
def test_airflow_says_whether_a_run_has_ended(monkeypatch, answer, ended):
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", Comms(answer), raising=False)
    assert run_has_ended("rollback_endpoint_voc/manual__2026-11-22T00:00:00+00:00/x") is ended


def test_airflow_that_does_not_answer_frees_nothing(monkeypatch):
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", Comms(error(503)), raising=False)
    with pytest.raises(TransientError, match="does not say"):
        run_has_ended("rollback_endpoint_voc/manual__2026-11-22T00:00:00+00:00/x")


def test_where_there_is_no_airflow_nothing_is_taken_over(monkeypatch):
    monkeypatch.delattr(task_runner, "SUPERVISOR_COMMS", raising=False)
    assert run_has_ended("dag/run") is False
