import struct

MAGIC = 0xCED7230A
MAX_LENGTH = (1 << 29) - 1


def frame_record(payload: bytes) -> bytes:
    """Wrap bytes as one whole RecordIO record.

    Little-endian: magic, then 3 bits of continuation flag (0, a whole record) and 29 bits of length, then the payload
    padded with zeros to 4 bytes. Format: dmlc-core `src/recordio.cc`.

    :raises ValueError: for 2^29 bytes and more.
    """
    if len(payload) > MAX_LENGTH:
        raise ValueError(f"a RecordIO record holds at most {MAX_LENGTH} bytes, not {len(payload)}")
    return struct.pack("<II", MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)
