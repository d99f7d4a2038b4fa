"""RecordIO framing, as Pipe mode writes it (dmlc-core's recordio: little-endian words).

A frame is: magic number, `flag << 29 | length`, payload, zeros up to a multiple of four. Flag 0 is a whole record; a
record that contains the magic number at a multiple of four is split there: flags 1 (first), 2 (middle), 3 (last), and
the magic number, left out by the writer, stands between the parts.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from services.detector.errors import CustomerError

MAGIC = struct.pack("<I", 0xCED7230A)
WHOLE, FIRST, MIDDLE, LAST = range(4)
LENGTH_BITS = 29


def read_records(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the records of a stream until it ends.

    :raises CustomerError: if the stream is not RecordIO, or ends inside a record; the byte position is named.
    """
    position = 0
    parts: list[bytes] = []
    while header := _read(stream, 8):
        if len(header) < 8 or header[:4] != MAGIC:
            raise CustomerError(
                f"Expected a RecordIO frame at byte {position}; set RecordWrapperType to RecordIO for the channel."
            )
        (word,) = struct.unpack("<I", header[4:])
        flag, length = word >> LENGTH_BITS, word & ((1 << LENGTH_BITS) - 1)
        padded = -(-length // 4) * 4
        payload = _read(stream, padded)
        if len(payload) < padded or flag > LAST or (flag in (WHOLE, FIRST)) == bool(parts):
            raise CustomerError(f"The RecordIO frame at byte {position} is incomplete or out of order.")
        position += 8 + padded
        parts.append(payload[:length])
        if flag in (WHOLE, LAST):
            yield MAGIC.join(parts)
            parts = []
    if parts:
        raise CustomerError(f"The RecordIO stream ends at byte {position} inside a split record.")


def _read(stream: BinaryIO, count: int) -> bytes:
    """Read exactly `count` bytes, fewer only at the end, since a pipe delivers them in pieces."""
    pieces = []
    while count and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
