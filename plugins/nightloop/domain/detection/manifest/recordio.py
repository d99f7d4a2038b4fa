"""MXNet's RecordIO: records in a `.rec` file, and what an image record holds.

A frame is the magic number, `flag << 29 | length`, the payload and zeros up to a multiple of four, in little-endian
words. Flag 0 is a whole record. A record that holds the magic number at a multiple of four is split there: flags
1 (first), 2 (middle), 3 (last); the magic number itself is left out. Source: dmlc-core, recordio.h and recordio.cc.
An image record is IRHeader (flag, label, id, id2), `flag` label numbers as float32, the image's bytes.
Source: MXNet, `mxnet.recordio.pack`.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nightloop.domain.errors import RecordError

_MAGIC = struct.pack("<I", 0xCED7230A)
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)
_LENGTH_BITS = 29
_HEADER = struct.Struct("<IfQQ")


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image's number, its label numbers and its bytes."""

    number: int
    label: tuple[float, ...]
    body: bytes


def pack_record(record: ImageRecord) -> bytes:
    """Write an image record's payload."""
    label = np.array(record.label, dtype="<f4")
    return _HEADER.pack(len(label), 0.0, record.number, 0) + label.tobytes() + record.body


def unpack_record(payload: bytes) -> ImageRecord:
    """Read an image record's payload.

    :raises RecordError: if it is too short for what its header says.
    """
    if len(payload) < _HEADER.size:
        raise RecordError(f"an image record has at least {_HEADER.size} bytes, not {len(payload)}")
    count, single, number, _ = _HEADER.unpack_from(payload)
    begin = _HEADER.size + 4 * count
    if len(payload) < begin:
        raise RecordError(f"image record {number} promises {count} label numbers and has {len(payload)} bytes")
    label = np.frombuffer(payload, dtype="<f4", count=count, offset=_HEADER.size).tolist() if count else [single]
    return ImageRecord(number, tuple(label), payload[begin:])


def frame(payload: bytes) -> bytes:
    """Frame one record.

    :raises RecordError: if it has 512 MB or more.
    """
    parts = _split(payload)
    flags = [_WHOLE] if len(parts) == 1 else [_FIRST, *[_MIDDLE] * (len(parts) - 2), _LAST]
    return b"".join(_frame(flag, part) for flag, part in zip(flags, parts, strict=True))


def write_records(payloads: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return a `.rec` file and its `.idx` file: record number, tab, position, a line each."""
    body, lines = bytearray(), []
    for number, payload in enumerate(payloads):
        lines.append(f"{number}\t{len(body)}\n")
        body += frame(payload)
    return bytes(body), "".join(lines).encode()


def read_records(body: bytes) -> Iterator[bytes]:
    """Yield a `.rec` file's payloads.

    :raises RecordError: naming the byte at which it is no RecordIO.
    """
    position, parts = 0, list[bytes]()
    while position < len(body):
        header = body[position : position + 8]
        if len(header) < 8 or header[:4] != _MAGIC:
            raise RecordError(f"there is no RecordIO frame at byte {position}")
        word = int.from_bytes(header[4:], "little")
        flag, length = word >> _LENGTH_BITS, word & (1 << _LENGTH_BITS) - 1
        end = position + 8 + length
        if end > len(body) or flag > _LAST or (flag in {_WHOLE, _FIRST}) == bool(parts):
            raise RecordError(f"the RecordIO frame at byte {position} is incomplete or out of order")
        parts.append(body[position + 8 : end])
        if flag in {_WHOLE, _LAST}:
            yield _MAGIC.join(parts)
            parts = []
        position = end + -length % 4
    if parts:
        raise RecordError(f"the file ends at byte {position} inside a split record")


def _split(payload: bytes) -> list[bytes]:
    parts, begin, found = [], 0, payload.find(_MAGIC)
    while found >= 0:
        if found % 4 == 0:
            parts.append(payload[begin:found])
            begin = found + 4
        found = payload.find(_MAGIC, begin if found % 4 == 0 else found + 1)
    return [*parts, payload[begin:]]


def _frame(flag: int, part: bytes) -> bytes:
    if len(part) >= 1 << _LENGTH_BITS:
        raise RecordError(f"a record of {len(part)} bytes is too long for RecordIO")
    return _MAGIC + struct.pack("<I", flag << _LENGTH_BITS | len(part)) + part + bytes(-len(part) % 4)
