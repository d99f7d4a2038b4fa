"""output.json: what a finished review leaves in S3."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.review.formats.s3_locations import S3Location
from services.review.formats.strict_json import write_json
from services.review.s3.store import Output
from services.review.storage.states import ClaimState
from services.review.storage.tables import Claim, Worker, WorkerIdentity

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from services.review.formats.arns import Arns
    from services.review.storage.tables import HumanLoop


# Nightloop's own reader of A2I's files treats an answer of less than a second as too fast.
_READERS_FLOOR = 1.0


def build_output(session: Session, loop: HumanLoop, *, arns: Arns, issuer: str) -> Output:
    """Build a review's output.json from its answers, in the order they arrived.

    The shape is A2I's for a custom task type ("Amazon A2I Output Data" in the SageMaker developer guide). `issuer` is
    the public URL of the portal: it is the issuer of workers who sign in here; a provider is the issuer of those who
    sign in there.
    """
    flow = loop.flow_definition
    answers = session.execute(
        select(Claim, Worker)
        .join(Worker, Worker.id == Claim.worker_id)
        .where(Claim.human_loop_id == loop.id, Claim.state == ClaimState.SUBMITTED)
        .order_by(Claim.ended_at, Claim.id)
    )
    identities = _identities(session, loop)
    document = {
        "flowDefinitionArn": arns.flow_definition(flow.name),
        "humanAnswers": [
            _human_answer(claim, worker, identities.get(worker.id, (issuer, worker.subject)))
            for claim, worker in answers
        ],
        "humanLoopName": loop.name,
        "inputContent": json.loads(loop.input_content),
    }
    return Output(
        location=output_location(flow.output_path, flow.name, loop.created_at, loop.name),
        body=write_json(document).encode(),
        kms_key_id=flow.kms_key_id,
    )


def output_location(output_path: str, flow_name: str, created_at: datetime, loop_name: str) -> S3Location:
    """Place an output.json below the flow's S3OutputPath, by the review's creation time in UTC."""
    folder = created_at.astimezone(UTC).strftime("%Y/%m/%d/%H/%M/%S")
    return S3Location.parse(output_path).join(flow_name, folder, loop_name, "output.json")


def public_worker_id(subject: str) -> str:
    """Derive the 16 characters by which output.json knows a worker from the subject that never changes."""
    return hashlib.sha256(subject.encode()).hexdigest()[:16]


def _identities(session: Session, loop: HumanLoop) -> dict[int, tuple[str, str]]:
    """Map workers who signed in at a provider to its issuer and their subject there; the last identity counts."""
    rows = session.execute(
        select(WorkerIdentity.worker_id, WorkerIdentity.issuer, WorkerIdentity.subject)
        .where(WorkerIdentity.worker_id.in_(select(Claim.worker_id).where(Claim.human_loop_id == loop.id)))
        .order_by(WorkerIdentity.id)
    )
    return {worker_id: (issuer, subject) for worker_id, issuer, subject in rows}


def _human_answer(claim: Claim, worker: Worker, identity: tuple[str, str]) -> dict[str, Any]:
    assert claim.answer is not None, "a submitted claim has its answer"
    assert claim.ended_at is not None, "a submitted claim has ended"
    return _mark(claim) | {
        "acceptanceTime": _timestamp(claim.accepted_at),
        "answerContent": json.loads(claim.answer),
        "submissionTime": _timestamp(claim.ended_at),
        "timeSpentInSeconds": claim.active_seconds,
        "workerId": worker.public_id,
        "workerMetadata": {
            "identityData": {"identityProviderType": "Oidc", "issuer": identity[0], "sub": identity[1]},
        },
    }


def _mark(claim: Claim) -> dict[str, bool]:
    """Return the mark of an answer given too fast, where its time alone would not show it; A2I has no such field.

    It is true until an administrator confirms the answer, and false where a reader that judges by `timeSpentInSeconds`
    would treat the answer as too fast.
    """
    if claim.floor_seconds is not None:
        return {"tooFast": claim.confirmed_at is None}
    return {"tooFast": False} if (claim.active_seconds or 0.0) < _READERS_FLOOR else {}


def _timestamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
