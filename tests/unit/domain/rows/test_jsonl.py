import pickle
from collections.abc import Iterator

import pytest

from nightloop.domain.errors import RowError
from nightloop.domain.images.image import Image
from nightloop.domain.rows.jsonl import dump_line, dump_rows, dumps_lines, load_rows, loads_lines


def test_lines_are_sorted_compact_and_in_utf8() -> None:
    rows = [{"b": 1.5, "a": "caf\u00e9"}, Image("s3://b/k", "e", 3)]
    assert dumps_lines(rows) == '{"a":"caf\u00e9","b":1.5}\n{"bytes":3,"etag":"e","uri":"s3://b/k"}\n'.encode()


def test_what_was_written_is_read() -> None:
    rows = [{"a": "line\nfeed \u2028 separator"}, {"a": None}, {}]
    assert loads_lines(dumps_lines(rows), source="x") == rows


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n"])
def test_nothing_is_no_rows(content: bytes) -> None:
    assert loads_lines(content, source="x") == []
    assert dumps_lines([]) == b""


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert loads_lines(b'\xef\xbb\xbf{"a":1}\r\n{"a":2}\r\n', source="x") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b'{"a":1}\n{"a":\n', 2, "is not JSON"),
        (b'{"a":1}\n\n{"a":2}\n', 2, "is not JSON"),  # a blank line would shift the numbers of all others
        (b'{"a":1}\n[1]\n', 2, "must be a JSON object, not list"),
        (b'{"a":NaN}\n', 1, "NaN is not a JSON number"),
        (b'{"a":1}\n{"a":"\xff"}\n', 2, "is not UTF-8"),
    ],
)
def test_a_wrong_line_is_named(content: bytes, line: int, words: str) -> None:
    with pytest.raises(RowError, match=words) as caught:
        loads_lines(content, source="s3://b/plan.jsonl")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"s3://b/plan.jsonl, line {line}: ")


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": {1, 2}}])
def test_what_json_cannot_hold_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(RowError, match="cannot be written as JSON"):
        dump_line(value)


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(RowError, match="not Unicode"):
        dumps_lines([{"a": "\ud800"}])


def test_an_error_survives_the_way_to_another_process() -> None:
    error = RowError("is not JSON", source="plan.jsonl", line=3, image="s3://b/1.jpg")
    copied = pickle.loads(pickle.dumps(error))
    assert str(copied) == "plan.jsonl, line 3, image s3://b/1.jpg: is not JSON"
    assert (copied.source, copied.line, copied.image, copied.message) == (
        "plan.jsonl",
        3,
        "s3://b/1.jpg",
        "is not JSON",
    )


def test_rows_are_read_one_at_a_time() -> None:
    taken = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            taken.append(number)
            yield b'{"n":%d}\n' % number

    rows = load_rows(lines(), source="x")
    assert next(rows) == {"n": 0}
    assert taken == [0]
    assert list(rows) == [{"n": 1}, {"n": 2}]


def test_rows_are_written_one_at_a_time_as_the_same_bytes() -> None:
    rows = [{"b": 1, "a": "café"}, {"a": None}]
    assert b"".join(dump_rows(iter(rows))) == dumps_lines(rows)
