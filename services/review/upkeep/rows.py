"""The rows of a table as lines of JSON, the same for both databases."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, DateTime, MetaData, null, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Table

# Sessions and sign-ins under way: a restored database must not let in a browser that has signed out since.
LEFT_OUT = frozenset({"worker_sessions", "provider_tokens", "provider_sign_ins", "sign_in_failures"})
_REVISION = "alembic_version"
_BATCH = 500


class Digest:
    """Counts lines and digests them, in any order: databases sort texts differently."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Take in one line."""
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256

    def to_json(self) -> dict[str, Any]:
        """Return the count and the digest."""
        return {"rows": self.rows, "digest": f"{self._sum:064x}"}


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables that a backup holds as the database has them, parents first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT | {_REVISION}]


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Read the rows of a table, a line each, without keeping them in memory."""
    statement = select(table).order_by(*table.primary_key.columns)
    # Options of the statement: those of a connection would stay with it.
    options = {"stream_results": True, "yield_per": _BATCH}
    for row in connection.execute(statement, execution_options=options).mappings():
        values = {name: _to_json(value) for name, value in row.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest_of(connection: Connection, table: Table) -> Digest:
    """Count and digest what a table holds now."""
    digest = Digest()
    for line in lines_of(connection, table):
        digest.add(line)
    return digest


def insert(connection: Connection, table: Table, lines: Iterator[bytes]) -> Digest:
    """Insert the rows of the lines; return the digest of what was read."""
    digest = Digest()
    batch: list[dict[str, Any]] = []
    for line in lines:
        digest.add(line)
        batch.append(_to_row(table, json.loads(line)))
        if len(batch) == _BATCH:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
    return digest


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat(timespec="microseconds")
    return value


def _to_row(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _to_column(table, name, value) for name, value in values.items()}


def _to_column(table: Table, name: str, value: object) -> object:
    column = table.columns[name]
    if isinstance(column.type, DateTime) and isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(column.type, JSON) and value is None and column.nullable:
        return null()  # otherwise it would be JSON's null, which is a value
    return value
