"""The store's streams and the opening of human loops, against a server that throttles."""

from __future__ import annotations

import pytest

from benchmarks.airflow_side.plan import write_plan
from benchmarks.stubs.running import connections, counts, stubs
from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.running import run

NIGHT = "s3://bench/loops/voc/nights/2026-11-22"
WORKTEAM = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/t"


@pytest.fixture(scope="module")
def server():
    with stubs(rate=100.0) as url:
        yield url


@pytest.fixture(autouse=True)
def connections_of_the_stubs(server, monkeypatch):
    for name, value in connections(server).items():
        monkeypatch.setenv(name, value)


def numbered(count):
    return (b'{"n":%d}\n' % number for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 200_000])
def test_lines_are_read_as_they_were_written(count):
    store, uri = ObjectStore(), f"s3://bench/lines-{count}"
    assert store.write_lines_once(uri, numbered(count)) == count
    assert list(store.read_lines(uri)) == list(numbered(count))
    assert store.read(uri) == b"".join(numbered(count))


def test_an_error_in_the_middle_leaves_nothing():
    def breaking():
        yield from numbered(100_000)
        raise RuntimeError("the worker is told to stop")

    store, uri = ObjectStore(), "s3://bench/broken"
    with pytest.raises(RuntimeError, match="told to stop"):
        store.write_lines_once(uri, breaking())
    assert store.describe(uri) is None
    with pytest.raises(ObjectMissingError):
        list(store.read_lines(uri))


def test_a_second_writer_keeps_what_the_first_wrote(caplog):
    store, uri = ObjectStore(), "s3://bench/twice"
    assert store.write_lines_once(uri, numbered(3)) == 3
    assert store.write_lines_once(uri, numbered(3)) == 3
    assert "kept as it is" not in caplog.text
    assert store.write_lines_once(uri, numbered(70_000)) == 3
    assert "kept as it is" in caplog.text
    assert list(store.read_lines(uri)) == list(numbered(3))


def open_loops(night):
    operator = OpenReviewsOperator(
        task_id="open", night=night, flow_definition_name="voc", workteam_arn=WORKTEAM, classes=("person",)
    )
    return run(operator)


def test_loops_are_opened_through_throttling_each_once(server):
    write_plan(NIGHT, 400, "throttled")
    opened = open_loops(NIGHT)
    assert (opened["opened"], opened["adopted"], opened["refused"]) == (400, 0, 0)
    asked = counts(server)
    assert asked["DescribeHumanLoop throttled"] > 0
    assert asked.get("started twice", 0) == 0
    again = NIGHT.replace("11-22", "11-23")
    write_plan(again, 400, "throttled")
    assert open_loops(again)["adopted"] == 400
    assert counts(server).get("started twice", 0) == 0
