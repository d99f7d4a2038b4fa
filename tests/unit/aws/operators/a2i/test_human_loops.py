"""HumanLoopsOperator: one thing done to many loops, each once, whatever becomes of the others."""

from __future__ import annotations

import threading

import pytest

from nightloop.aws.errors import (
    NightIncompleteError,
    QuotaError,
    ServiceFaultError,
    SetupError,
    TooManyFailuresError,
)
from nightloop.aws.operators.a2i.human_loops import HumanLoopsOperator, named
from tests.support.fakes.task import FakeTask
from tests.support.night import run, tried
from tests.unit.aws.operators.a2i.conftest import RESULTS


class Treating(HumanLoopsOperator):
    """Notes each loop; raises what the entry says."""

    treated: list[str]

    def treat(self, entry):
        self.treated.append(named(entry))
        if entry.get("raises"):
            raise entry["raises"]
        return {"review_name": named(entry), "outcome": "done"}


@pytest.fixture
def treating():
    treated: list[str] = []

    def make(loops, **changes):
        given = {"task_id": "treat", "loops": loops, "results_uri": "{{ params.results }}", "concurrency": 1}
        operator = Treating(**given | changes)
        operator.treated = treated
        return operator

    make.treated = treated
    return make


def treat(operator, **params):
    return run(operator, results=RESULTS, **params)


def failing(name, error=None):
    return {"name": name, "raises": error or QuotaError("used up")}


def test_each_loop_has_a_line_in_the_order_given(s3, loops, treating, results):
    found = tried(s3, lambda: treating(["b", {"name": "a"}, {"review_name": "c"}]), results=RESULTS)
    assert found == {"done": 3, "failed": 0, "loops": 3, "results": RESULTS}
    assert [line["review_name"] for line in results()] == ["b", "a", "c"]
    assert treating.treated == ["b", "a", "c"], "a retry does nothing again"


def test_loops_may_be_given_by_the_address_of_their_lines(s3, loops, treating):
    s3.put("s3://bucket/in.jsonl", b'{"review_name": "a"}\n{"name": "b"}\n')
    treat(treating("{{ params.given }}"), given="s3://bucket/in.jsonl")
    assert treating.treated == ["a", "b"]


def test_no_loop_is_no_failure(s3, loops, treating):
    assert tried(s3, lambda: treating([]), results=RESULTS) == {"failed": 0, "loops": 0, "results": RESULTS}


def test_what_fails_has_a_line_with_its_error_and_fails_the_task(s3, loops, treating, results, capsys):
    with pytest.raises(TooManyFailuresError, match=r"1 of 2 human loops failed.*\(0\).*Quota: used up"):
        treat(treating([failing("a"), "b"]))
    assert results() == [
        {"review_name": "a", "outcome": "failed", "error": "Quota: used up"},
        {"review_name": "b", "outcome": "done"},
    ]
    assert "a: Quota: used up" in capsys.readouterr().out


@pytest.mark.parametrize(("limit", "fails"), [(0.5, False), (0.49, True)])
def test_a_share_of_failures_may_be_allowed(s3, loops, treating, limit, fails):
    made = treating([failing("a"), "b"], failure_limit=limit)
    if fails:
        with pytest.raises(TooManyFailuresError):
            treat(made)
    else:
        assert treat(made)["failed"] == 1


def test_a_retry_tries_only_what_failed(s3, loops, treating, results):
    with pytest.raises(TooManyFailuresError):
        treat(treating(["a", failing("b"), "c"]))
    treating.treated.clear()
    assert treat(treating(["a", "b", "c"]))["done"] == 3
    assert treating.treated == ["b"]
    assert [line["outcome"] for line in results()] == ["done"] * 3


def test_a_line_of_another_loop_is_not_taken_for_this_one_s(s3, loops, treating):
    with pytest.raises(TooManyFailuresError):
        treat(treating(["a", failing("b")]))
    treating.treated.clear()
    treat(treating(["x", "b"]))
    assert treating.treated == ["x", "b"]


def test_a_service_that_is_away_stops_the_rest_for_the_next_try(s3, loops, treating, results, hurry):
    away = {"name": "b", "raises": ServiceFaultError("away")}
    with pytest.raises(ServiceFaultError, match="away"):
        treat(treating(["a", away, "c"]))
    assert [line["outcome"] for line in results()] == ["done", "failed", "failed"]
    assert results()[2]["error"] == "Not tried: away"
    assert treating.treated.count("b") == 8
    assert "c" not in treating.treated
    treating.treated.clear()
    assert treat(treating(["a", "b", "c"]))["done"] == 3
    assert treating.treated == ["b", "c"]


def test_another_try_that_replaced_the_results_meanwhile_wins(s3, loops, treating):
    s3.put(RESULTS, b'{"review_name": "a", "outcome": "failed", "error": "x"}\n')
    s3.before("put_object", lambda: s3.put(RESULTS, b'{"review_name": "a", "outcome": "done"}\n'))
    with pytest.raises(ServiceFaultError, match="was changed by another try meanwhile"):
        treat(treating(["a"]))
    assert treat(treating(["a"]))["done"] == 1


def test_another_try_that_wrote_first_is_counted(s3, loops, treating):
    s3.before("put_object", lambda: s3.put(RESULTS, b'{"review_name": "a", "outcome": "theirs"}\n'))
    assert treat(treating(["a"]))["theirs"] == 1


@pytest.mark.parametrize("entry", [7, None, ["a"]])
def test_an_entry_that_is_none_is_named_and_nothing_is_written(s3, loops, treating, entry):
    with pytest.raises(SetupError, match=r"Entry 2 of loops is "):
        treat(treating(["a", entry]))
    assert RESULTS not in s3.objects


@pytest.mark.parametrize("entry", [{}, {"name": ""}, {"input": {}}])
def test_an_entry_without_a_name_is_a_failure_of_its_own(s3, loops, treating, results, entry):
    with pytest.raises(TooManyFailuresError, match="names no human loop"):
        treat(treating([entry, "b"]))
    assert [line["outcome"] for line in results()] == ["failed", "done"]


def test_an_address_without_an_object_is_named(s3, loops, treating):
    with pytest.raises(NightIncompleteError, match=r"s3://bucket/none.jsonl is not there"):
        treat(treating("s3://bucket/none.jsonl"))


def test_so_many_threads_call_at_once(s3, loops, treating):
    together = threading.Barrier(3, timeout=10)

    class Meeting(Treating):
        def treat(self, entry):
            together.wait()
            return {"review_name": named(entry), "outcome": "met"}

    meeting = Meeting(task_id="t", loops=["a", "b", "c"], results_uri=RESULTS, concurrency=3)
    assert treat(meeting)["met"] == 3


def test_the_link_leads_to_the_results(s3, loops, treating):
    run(treating([]), ti=(task := FakeTask()), results=RESULTS)
    assert task.pushed["s3_output"]["object_key"] == "results.jsonl"


def test_the_connection_of_the_reviews_is_templated(treating):
    made = treating([], a2i_conn_id="{{ params.conn }}")
    made.render_template_fields({"params": {"conn": "elsewhere", "results": RESULTS}})
    assert made.a2i.aws_conn_id == "elsewhere"
