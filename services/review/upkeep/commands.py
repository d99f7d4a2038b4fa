"""The command line of backups: `backup`, `restore`, `reconcile`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy.orm import Session

from services.review.errors import InvalidInput
from services.review.s3.store import S3Store
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.upkeep.archive import Reader
from services.review.upkeep.backing_up import back_up
from services.review.upkeep.errors import OutputsUnreachable
from services.review.upkeep.reconciling import reconcile
from services.review.upkeep.restoring import restore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from services.review.config.settings import Settings
    from services.review.upkeep.archive import Contents
    from services.review.upkeep.reconciling import Reconciled

STREAM = Path("-")


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    """Add the commands to the command line."""
    backup = commands.add_parser("backup", parents=[shared], help="copy the database into a file, while it is in use")
    backup.add_argument("file", type=Path, help="the file to make, or - for standard output")
    restore_ = commands.add_parser(
        "restore", parents=[shared], help="fill a database from a backup and from the outputs in S3"
    )
    restore_.add_argument("file", type=Path, help="the backup, or - for standard input")
    restore_.add_argument("--replace", action="store_true", help="let go of the data that the database has")
    restore_.add_argument(
        "--without-outputs",
        action="store_true",
        help="do not look into S3; run `reconcile` before anybody works, or they are asked again what was answered",
    )
    reconcile_ = commands.add_parser(
        "reconcile", parents=[shared], help="take in the outputs in S3 that the database does not know"
    )
    reconcile_.add_argument(
        "--since", type=_moment, help="reviews created from then on (UTC, as 2026-11-22T03:00); else found by itself"
    )


def backup_command(settings: Settings, options: argparse.Namespace) -> None:
    """Write a backup; the file is there when it is whole."""
    database = Database(settings.database)
    if options.file == STREAM:
        contents = back_up(database, sys.stdout.buffer, datetime.now(UTC))
    else:
        with _new_file(options.file) as stream:
            contents = back_up(database, stream, datetime.now(UTC))
    _tell(f"backed up at revision {contents.revision}: {_counts(contents)}")


def restore_command(settings: Settings, options: argparse.Namespace) -> None:
    """Restore a backup and what S3 knows beyond it, or nothing."""
    database = Database(settings.database)
    done: list[Reconciled] = []
    with _old_file(options.file) as stream:
        backup = Reader(stream)

        def look_into_s3(connection: Connection) -> None:
            with Session(connection, expire_on_commit=False) as session:
                done.append(
                    reconcile(
                        lambda work: _in_savepoint(session, work),
                        S3Store(settings),
                        issuer=settings.public_url,
                        now=datetime.now(UTC),
                        since=backup.contents.taken_at,
                    )
                )
                session.commit()

        try:
            restore(database, backup, replace=options.replace, then=None if options.without_outputs else look_into_s3)
        except OutputsUnreachable as error:
            raise OutputsUnreachable(
                f"nothing was restored: {error.message}. The outputs tell what was answered after the backup; "
                "fix the access, or say --without-outputs and run `reconcile` before anybody works"
            ) from error
    _tell(f"restored the backup of {backup.contents.taken_at:%Y-%m-%d %H:%M:%S} UTC: {_counts(backup.contents)}")
    _tell_reconciled(done)


def reconcile_command(settings: Settings, options: argparse.Namespace) -> None:
    """Take in what S3 knows and the database does not."""
    database = Database(settings.database)
    schema.check(database)
    store = S3Store(settings)
    now = datetime.now(UTC)
    _tell_reconciled([reconcile(database.write, store, issuer=settings.public_url, now=now, since=options.since)])


def _in_savepoint(session: Session, work: Callable[[Session], object]) -> object:
    with session.begin_nested():
        return work(session)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Make a file for its owner alone; it appears under its name when it is whole."""
    if path.exists():
        raise InvalidInput(f"{path} exists; name another file")
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.link(part, path)  # unlike a rename, it does not take another's place
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _old_file(path: Path) -> Iterator[IO[bytes]]:
    try:
        if path != STREAM:
            with path.open("rb") as stream:
                yield stream
            return
        with tempfile.TemporaryFile() as stream:  # a zip is read from its end
            shutil.copyfileobj(sys.stdin.buffer, stream)
            stream.seek(0)
            yield stream
    except FileNotFoundError as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _counts(contents: Contents) -> str:
    return ", ".join(f"{table['rows']} {name}" for name, table in contents.tables.items() if table["rows"])


def _tell_reconciled(done: list[Reconciled]) -> None:
    if not done:
        _tell("S3 was not looked into: run `reconcile` before anybody works")
        return
    _tell(f"outputs taken in from S3: {done[0].taken_in}")
    for uri in done[0].unusable:
        _tell(f"not taken in, it is no output.json: {uri}")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
