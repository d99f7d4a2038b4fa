"""JSON Lines, byte for byte the same for the same rows."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn, Protocol

from nightloop.domain.errors import RowError

Json = dict[str, Any]


class Row(Protocol):
    """A frozen dataclass that knows its own JSON form."""

    def to_json(self) -> Json:
        """Return the row as JSON values."""


def dump_line(value: Mapping[str, Any]) -> str:
    """Write one value as compact JSON with sorted keys, without a line end.

    :raises RowError: for what JSON cannot hold.
    """
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError) as error:
        raise RowError(f"cannot be written as JSON: {error}") from error


def dump_rows(rows: Iterable[Row | Mapping[str, Any]]) -> Iterator[bytes]:
    """Write rows as lines of JSON in UTF-8, each with its line end, one at a time."""
    for row in rows:
        line = dump_line(row if isinstance(row, Mapping) else row.to_json()) + "\n"
        try:
            yield line.encode()
        except UnicodeEncodeError as error:
            raise RowError(f"holds text that is not Unicode: {error}") from error


def dumps_lines(rows: Iterable[Row | Mapping[str, Any]]) -> bytes:
    """Write rows as JSON Lines in UTF-8, each with a line end; no rows give no bytes."""
    return b"".join(dump_rows(rows))


def load_rows(lines: Iterable[bytes], *, source: str) -> Iterator[Json]:
    """Read lines of JSON one at a time.

    Blank lines are allowed at the end only, so that the position of a row is its line number.

    :raises RowError: naming `source` and the line that is not one JSON object.
    """
    blank = None
    for number, line in enumerate(lines, start=1):
        text = _decode(line.removeprefix(BOM_UTF8) if number == 1 else line, source, number)
        if not text.strip():
            blank = blank or number
        else:
            # If a blank line came before, that is the wrong one.
            yield _load(text if blank is None else "", source, blank or number)


def loads_lines(content: bytes, *, source: str) -> list[Json]:
    """Read JSON Lines.

    :raises RowError: as `load_rows` does.
    """
    # Not splitlines(): a JSON string may hold U+2028 and its like.
    return list(load_rows(content.split(b"\n"), source=source))


def _decode(line: bytes, source: str, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise RowError("is not UTF-8 text", source=source, line=number) from error


def _load(line: str, source: str, number: int) -> Json:
    try:
        value = _DECODER.decode(line)
    except ValueError as error:
        raise RowError(f"is not JSON: {error}", source=source, line=number) from error
    if not isinstance(value, dict):
        raise RowError(f"must be a JSON object, not {type(value).__name__}", source=source, line=number)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


# Made once, because `json.dumps` and `json.loads` with such arguments make theirs again for each line.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)
