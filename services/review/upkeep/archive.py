"""The file of a backup: a zip with `backup.json` and a file of JSON Lines for each table."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from services.review.upkeep.errors import BackupUnusable
from services.review.upkeep.rows import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = 1
_CONTENTS = "backup.json"


@dataclass
class Contents:
    """What a backup holds: when it was taken, its schema's revision, and each table's count and digest."""

    taken_at: datetime
    revision: str
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it as `backup.json` has it."""
        taken_at = self.taken_at.isoformat()
        return {"format": FORMAT, "taken_at": taken_at, "revision": self.revision, "tables": self.tables}


class Writer:
    """Writes a backup to a stream, which need not be able to seek."""

    def __init__(self, stream: IO[bytes], contents: Contents) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self.contents = contents

    def add(self, table: str, lines: Iterable[bytes]) -> None:
        """Write the lines of a table."""
        digest = Digest()
        with self._zip.open(_member(table), "w", force_zip64=True) as member:
            for line in lines:
                digest.add(line)
                member.write(line)
        self.contents.tables[table] = digest.to_json()

    def close(self) -> None:
        """Write the contents last: a file without them was cut off."""
        self._zip.writestr(_CONTENTS, json.dumps(self.contents.to_json(), indent=1))
        self._zip.close()


class Reader:
    """Reads a backup.

    :raises BackupUnusable: if the file is none, is cut off or damaged, or has a format that this version does not know.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
            found = json.loads(self._zip.read(_CONTENTS))
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
            raise BackupUnusable(f"the file is no whole backup of this service: {error}") from error
        if found.get("format") != FORMAT:
            raise BackupUnusable(
                f"the backup has format {found.get('format')!r}, and this version of the service reads {FORMAT}: "
                "restore it with the version that made it, or a newer one"
            )
        self.contents = Contents(datetime.fromisoformat(found["taken_at"]), found["revision"], found["tables"])

    def lines(self, table: str) -> Iterator[bytes]:
        """Read the lines of a table."""
        try:
            with self._zip.open(_member(table)) as member:
                yield from member
        except (zipfile.BadZipFile, KeyError, EOFError, OSError) as error:
            raise BackupUnusable(f"the backup is damaged at table {table}: {error}") from error


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
