"""The store's streams, against a server in memory."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.store import NightStore
from tests.bench.stubs.running import connections, stubs


@pytest.fixture(scope="module")
def server():
    with stubs() as url:
        yield url


@pytest.fixture(autouse=True)
def connections_of_the_stubs(server, monkeypatch):
    for name, value in connections(server).items():
        monkeypatch.setenv(name, value)


def numbered(count):
    return (b'{"n":%d}\n' % number for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 200_000])
def test_lines_are_read_as_they_were_written(count):
    store, uri = NightStore(), f"s3://bench/lines-{count}"
    assert store.write_lines_once(uri, numbered(count)) == count
    assert list(store.read_lines(uri)) == list(numbered(count))
    assert store.read(uri) == b"".join(numbered(count))


def test_an_error_in_the_middle_leaves_nothing():
    def breaking():
        yield from numbered(100_000)
        raise RuntimeError("the worker is told to stop")

    store, uri = NightStore(), "s3://bench/broken"
    with pytest.raises(RuntimeError, match="told to stop"):
        store.write_lines_once(uri, breaking())
    assert store.describe(uri) is None
    with pytest.raises(ObjectMissingError):
        list(store.read_lines(uri))


def test_a_second_writer_keeps_what_the_first_wrote(caplog):
    store, uri = NightStore(), "s3://bench/twice"
    assert store.write_lines_once(uri, numbered(3)) == 3
    assert store.write_lines_once(uri, numbered(3)) == 3
    assert "kept as it is" not in caplog.text
    assert store.write_lines_once(uri, numbered(70_000)) == 3
    assert "kept as it is" in caplog.text
    assert list(store.read_lines(uri)) == list(numbered(3))
