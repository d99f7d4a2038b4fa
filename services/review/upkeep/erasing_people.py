"""The command that erases a reviewer: in the database, and in outputs whose review is deleted."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.review.formats.strict_json import write_json
from services.review.people.erasing import erase, erased_subject, find_person, traces
from services.review.s3.store import Output, S3Store
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.upkeep.errors import OutputsUnreachable
from services.review.upkeep.outputs_in_s3 import orphaned_outputs

if TYPE_CHECKING:
    import argparse

    from sqlalchemy.orm import Session

    from services.review.config.settings import Settings


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "erase-worker", parents=[shared], help="erase who a worker is; their answers stay under a pseudonym"
    )
    parser.add_argument("who", help="their e-mail, or their public id")
    parser.add_argument("--yes", action="store_true", help="do it; without it, only print what would be done")


def erase_command(settings: Settings, options: argparse.Namespace) -> None:
    """Print what there is of a person and, if told, erase it; again after a kill, it does the rest."""
    database = Database(settings.database)
    schema.check(database)
    store = S3Store(settings)
    found = database.read(lambda session: traces(session, find_person(session, options.who)))
    orphans = database.read(lambda session: _orphans(session, store, found.public_id))
    print(json.dumps({**vars(found), "outputs_of_deleted_reviews": len(orphans)}, indent=1))
    if not options.yes:
        print("nothing was changed; say --yes to erase", file=sys.stderr)
        return
    # First what only the person's public id leads to, so that a killed command still finds them by e-mail.
    for output in orphans:
        store.write(_without(output, found.public_id, settings.public_url))
    database.write(lambda session: erase(session, find_person(session, found.public_id), datetime.now(UTC)))
    left = database.read(lambda session: traces(session, find_person(session, found.public_id)).waiting_outputs)
    print(f"erased; {left} outputs are written again by the service when it runs", file=sys.stderr)


def _orphans(session: Session, store: S3Store, public_id: str) -> list[Output]:
    """Read the outputs of deleted reviews that name the subject of a worker."""
    found = []
    for output, flow in orphaned_outputs(session, store):
        try:
            document = output.read(store)
            named = any(_names(answer, public_id) for answer in document["humanAnswers"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutputsUnreachable(f"{output.location.uri} is no output.json: look at it, or delete it") from error
        if named:
            found.append(Output(output.location, json.dumps(document).encode(), flow.kms_key_id))
    return found


def _names(answer: dict[str, Any], public_id: str) -> bool:
    identity = answer.get("workerMetadata", {}).get("identityData", {})
    return bool(answer["workerId"] == public_id and identity.get("sub") != erased_subject(public_id))


def _without(output: Output, public_id: str, issuer: str) -> Output:
    document = json.loads(output.body)
    for answer in document["humanAnswers"]:
        if _names(answer, public_id):
            answer["workerMetadata"]["identityData"] |= {"issuer": issuer, "sub": erased_subject(public_id)}
    return Output(output.location, write_json(document).encode(), output.kms_key_id)
