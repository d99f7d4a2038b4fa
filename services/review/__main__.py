"""The command line: serve, migrate, settings, accounts, and what operators do on day two."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from services.review.config.settings import CONFIG, Settings, described
from services.review.errors import DatabaseNotReady, InvalidInput, ReviewError
from services.review.metrics.shared_counters import shared_counters
from services.review.people.commands import save_worker
from services.review.server import logs
from services.review.server.state import utc_now
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.database.waiting import wait_for_schema
from services.review.upkeep import commands as upkeep
from services.review.upkeep import erasing_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette

logger = logging.getLogger("services.review")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status, 2 if something must be fixed first."""
    options = _parser().parse_args(arguments)
    if options.command == "settings":
        print(described())
        return 0
    try:
        settings = Settings.from_environment(os.environ, options.config)
        logs.configure(settings.log_level)
        commands = {
            "serve": _serve,
            "migrate": _migrate,
            "wait-for-schema": _wait,
            "create-admin": _save,
            "create-worker": _save,
            "backup": upkeep.backup_command,
            "restore": upkeep.restore_command,
            "reconcile": upkeep.reconcile_command,
            "erase-worker": erasing_people.erase_command,
        }
        commands[options.command](settings, options)
    except ReviewError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        # Its text may hold the address of the database with its password.
        print(
            f"error: the database cannot be used ({type(error).__name__}): {error.__cause__ or 'check its URL'}",
            file=sys.stderr,
        )
        return 2
    return 0


def _serve(settings: Settings, options: argparse.Namespace) -> None:  # noqa: ARG001
    database = Database(settings.database)
    schema.prepare(database)
    database.close()
    details = {"host": settings.host, "port": settings.port, "public_url": settings.public_url}
    logger.info("serving", extra=details | {"processes": settings.processes})
    if settings.processes == 1:
        _serve_here(settings)
    else:
        with shared_counters():
            _serve_here(settings)


def _serve_here(settings: Settings) -> None:
    # The other commands need neither, and both take a second to import.
    from services.review.app import create_app  # noqa: PLC0415
    from services.review.server.serving import serve, serve_in_processes  # noqa: PLC0415

    def make_app() -> Starlette:
        return create_app(settings, Database(settings.database))

    if settings.processes == 1:
        serve(make_app(), settings)
    else:
        serve_in_processes(make_app, settings)


def _migrate(settings: Settings, options: argparse.Namespace) -> None:  # noqa: ARG001
    print(f"the database is at revision {schema.migrate(Database(settings.database))}")


def _wait(settings: Settings, options: argparse.Namespace) -> None:
    wait_for_schema(Database(settings.database), options.seconds)


def _save(settings: Settings, options: argparse.Namespace) -> None:
    database = Database(settings.database)
    if not options.new_database and schema.is_new(database):
        where = database.url.render_as_string(hide_password=True)
        raise DatabaseNotReady(
            f"{where} has no database of the review service: name the one that the service uses "
            "(NIGHTLOOP_REVIEW_DATABASE), or create one with --new-database"
        )
    schema.prepare(database)
    password = _password(options.password_file)
    public_id = database.write(
        lambda session: save_worker(
            session,
            name=options.name,
            email=options.email,
            password=password,
            groups=options.group,
            is_administrator=options.command == "create-admin",
            now=utc_now(),
        )
    )
    print(public_id)


def _password(file: Path | None) -> str:
    if file is None:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except OSError as error:
        raise InvalidInput(f"the password file cannot be read: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.review", description="The review service.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("settings", help="list every setting, its default and what it is for")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, metavar="FILE", help=f"read settings from a TOML file (or {CONFIG})")
    serve = "run the service; a new SQLite database is migrated by itself"
    commands.add_parser("serve", parents=[shared], help=serve)
    commands.add_parser("migrate", parents=[shared], help="bring the database's schema up to date")
    wait = "wait until `migrate`, run elsewhere, has brought the schema up to date"
    waiting = commands.add_parser("wait-for-schema", parents=[shared], help=wait)
    waiting.add_argument("--seconds", type=float, default=600, help="how long at most; 600 unless given")
    upkeep.add_parsers(commands, shared)
    erasing_people.add_parser(commands, shared)
    for command, help_ in (
        ("create-admin", "create or change an administrator, who also sees all queues"),
        ("create-worker", "create or change a worker"),
    ):
        description = f"{help_}; the password is read from stdin"
        save = commands.add_parser(command, parents=[shared], help=help_, description=description)
        save.add_argument("--name", required=True)
        save.add_argument("--email", required=True, help="the e-mail to sign in with; it names the account to change")
        save.add_argument("--group", action="append", default=[], help="a group the worker belongs to; repeat for more")
        save.add_argument("--new-database", action="store_true", help="create the SQLite database if there is none yet")
        save.add_argument("--password-file", type=Path, help="read the password from the first line of a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
