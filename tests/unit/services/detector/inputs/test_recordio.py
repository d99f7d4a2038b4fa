from io import BytesIO, RawIOBase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.detector.errors import CustomerError
from services.detector.inputs.recordio import MAGIC, read_records
from tests.unit.services.detector.conftest import frame


def records(content: bytes) -> list[bytes]:
    return list(read_records(BytesIO(content)))


def test_bytes_of_one_frame():
    by_hand = bytes.fromhex("0a23d7ce 05000000 68656c6c 6f000000")
    assert records(by_hand) == [b"hello"]


@given(st.lists(st.binary(max_size=40)))
def test_round_trip(payloads):
    assert records(b"".join(frame(payload) for payload in payloads)) == payloads


def test_a_record_split_at_the_magic_number_is_joined_with_it():
    split = frame(b"abcd", flag=1) + frame(b"efghijkl", flag=2) + frame(b"mn", flag=3)
    assert records(split + frame(b"next")) == [b"abcd" + MAGIC + b"efghijkl" + MAGIC + b"mn", b"next"]


class Trickle(RawIOBase):
    """A pipe that hands out three bytes at a time."""

    def __init__(self, content: bytes):
        self._content = BytesIO(content)

    def read(self, size=-1):
        return self._content.read(min(size, 3))


def test_short_reads_of_a_pipe():
    assert list(read_records(Trickle(frame(b"hello") + frame(b"")))) == [b"hello", b""]


@pytest.mark.parametrize(
    ("content", "position"),
    [
        (b"\xff\xd8\xff\xe0 a bare JPEG", 0),
        (frame(b"good") + b"bad!bad!", 12),
        (frame(b"good") + MAGIC, 12),
        (frame(b"cut short")[:-4], 0),
        (frame(b"end", flag=3), 0),
        (frame(b"first", flag=1) + frame(b"whole"), 16),
        (frame(b"first", flag=1), 16),
        (frame(b"flag", flag=5), 0),
    ],
    ids=["not-recordio", "bad-magic", "half-header", "half-payload", "last-first", "whole-in-split", "open", "flag"],
)
def test_damage_is_named_by_position(content, position):
    with pytest.raises(CustomerError, match=f"at byte {position}\\b"):
        records(content)
