from collections.abc import Iterable, Iterator

MEGABYTE = 1024 * 1024


class RecordTooLargeError(ValueError):
    """A record, or an unsplit object, is larger than MaxPayloadInMB."""


def split_payloads(body: bytes, *, split_type: str, batch_strategy: str, max_payload_mb: int) -> Iterator[bytes]:
    """Cut an object into the bodies of its requests.

    `None` sends the object whole; `Line` sends one line (SingleRecord) or as many whole lines as fit (MultiRecord).

    :param max_payload_mb: the limit; 0 sets none.
    :raises RecordTooLargeError: if a record is larger.
    """
    limit = max_payload_mb * MEGABYTE or float("inf")
    if split_type == "None":
        yield _within(body, limit)
        return
    batch = b""
    for line in body.splitlines(keepends=True):
        _within(line.rstrip(b"\r\n"), limit)
        if batch and (batch_strategy == "SingleRecord" or len(batch) + len(line) > limit):
            yield batch
            batch = b""
        batch += line
    if batch:
        yield batch


def assemble(answers: Iterable[bytes], assemble_with: str) -> bytes:
    """Join the answers of one object: as they are, or each ended by a newline."""
    if assemble_with == "Line":
        return b"".join(answer if answer.endswith(b"\n") else answer + b"\n" for answer in answers)
    return b"".join(answers)


def _within(record: bytes, limit: float) -> bytes:
    if len(record) > limit:
        raise RecordTooLargeError(f"a record of {len(record)} bytes is larger than MaxPayloadInMB allows")
    return record


def output_key(prefix: str, relative: str) -> str:
    """Return the key of an object's result: `<S3OutputPath's prefix>/<relative key>.out`."""
    return "/".join(part for part in (prefix.strip("/"), f"{relative}.out") if part)
