"""Takes the answers of an output.json back into a database that does not have them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from services.review.formats.strict_json import write_json
from services.review.formats.task_input import input_digest
from services.review.humanloops.answering import answer_text
from services.review.humanloops.settling import apply, end_claim, settle
from services.review.people.identities import NO_EMAIL
from services.review.storage.queues import outputs
from services.review.storage.queues.claims import MET, lock_loop
from services.review.storage.states import FINISHED_STATES, ClaimState, LoopEvent, LoopState, SlotState
from services.review.storage.tables import (
    Claim,
    FlowDefinition,
    HumanLoop,
    OutboxRecord,
    Slot,
    Worker,
    WorkerIdentity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from services.review.upkeep.outputs_in_s3 import WrittenOutput

# An answer marked as too fast missed a limit that output.json does not tell; it was at least this.
_LEAST_LIMIT = 1.0


def take_in(
    session: Session, output: WrittenOutput, document: Mapping[str, Any], *, issuer: str, now: datetime
) -> bool:
    """Give a review the answers that S3 has, and finish it; return False if it is finished already.

    A review that the database does not know is created. Who works on it now loses the task, and what they drew is kept
    as a late answer. If the database has answers that S3 has not, output.json is written again with all of them.

    :param issuer: The public URL of the portal, for workers who sign in here.
    """
    known = session.scalar(select(HumanLoop.id).where(HumanLoop.name == output.loop_name))
    loop = lock_loop(session, known) if known is not None else _new_loop(session, output, document)
    if loop.state in FINISHED_STATES:
        return False
    there = {_take_answer(session, loop, answer, issuer=issuer) for answer in document["humanAnswers"]}
    session.flush()
    held = select(Claim).where(Claim.human_loop_id == loop.id, Claim.state == ClaimState.HELD)
    for claim in session.scalars(held).all():
        end_claim(session, claim, loop, state=ClaimState.EXPIRED, now=now)
    _finish(session, loop, output, now, there=there)
    return True


def _new_loop(session: Session, output: WrittenOutput, document: Mapping[str, Any]) -> HumanLoop:
    flow = session.get_one(FlowDefinition, output.flow_definition_id)
    content = write_json(document["inputContent"])
    loop = HumanLoop(
        name=output.loop_name,
        flow_definition_id=flow.id,
        state=LoopState.IN_PROGRESS,
        input_content=content,
        input_digest=input_digest(content),
        content_classifiers=[],
        task_count=flow.task_count,
        created_at=output.created_at,
        expires_at=output.created_at + timedelta(seconds=flow.availability_seconds),
    )
    session.add(loop)
    session.flush()
    session.add_all(
        Slot(human_loop_id=loop.id, ordinal=ordinal, state=SlotState.WAITING) for ordinal in range(flow.task_count)
    )
    session.flush()
    return loop


def _take_answer(session: Session, loop: HumanLoop, answer: Mapping[str, Any], *, issuer: str) -> int:
    """Store one answer unless it is there; return whose it is."""
    worker_id = _worker(session, answer, issuer=issuer)
    claim = session.scalar(
        select(Claim).where(Claim.human_loop_id == loop.id, Claim.worker_id == worker_id, Claim.state.in_(MET))
    )
    if claim is not None and claim.state == ClaimState.SUBMITTED:
        return worker_id
    slot_id = claim.slot_id if claim is not None and claim.state == ClaimState.HELD else _free_slot(session, loop)
    session.get_one(Slot, slot_id).state = SlotState.ANSWERED
    if claim is None:
        claim = Claim(id=uuid.uuid4().hex, human_loop_id=loop.id, flow_definition_id=loop.flow_definition_id)
    claim.worker_id, claim.slot_id = worker_id, slot_id
    claim.state, claim.is_shown = ClaimState.SUBMITTED, True
    claim.accepted_at = datetime.fromisoformat(answer["acceptanceTime"])
    claim.ended_at = claim.expires_at = datetime.fromisoformat(answer["submissionTime"])
    claim.answer = answer_text(answer["answerContent"])
    claim.active_seconds = answer["timeSpentInSeconds"]
    claim.draft = claim.next_slot_id = None
    _mark(claim, answer.get("tooFast"))
    session.add(claim)
    session.flush()
    return worker_id


def _mark(claim: Claim, too_fast: bool | None) -> None:
    seconds = claim.active_seconds or 0.0
    if too_fast is None or (not too_fast and seconds < _LEAST_LIMIT):
        claim.floor_seconds = None
        return
    claim.floor_seconds = max(_LEAST_LIMIT, seconds)
    claim.confirmed_at = None if too_fast else claim.ended_at


def _free_slot(session: Session, loop: HumanLoop) -> int:
    """Return a waiting slot, or a new one: others may have the rest."""
    waiting = session.scalar(
        select(Slot)
        .where(Slot.human_loop_id == loop.id, Slot.state == SlotState.WAITING)
        .order_by(Slot.ordinal)
        .limit(1)
    )
    if waiting is not None:
        return waiting.id
    last = session.scalar(select(func.max(Slot.ordinal)).where(Slot.human_loop_id == loop.id))
    slot = Slot(human_loop_id=loop.id, ordinal=(-1 if last is None else last) + 1, state=SlotState.ANSWERED)
    session.add(slot)
    session.flush()
    return slot.id


def _worker(session: Session, answer: Mapping[str, Any], *, issuer: str) -> int:
    """Find the worker of an answer; one who came after the backup gets an account without name and password.

    Somebody of a sign-in provider is the same person again at their next sign-in.
    """
    public_id = str(answer["workerId"])
    known = session.scalar(select(Worker.id).where(Worker.public_id == public_id))
    if known is not None:
        return known
    identity = answer.get("workerMetadata", {}).get("identityData", {})
    subject, from_here = str(identity.get("sub", "")), identity.get("issuer") == issuer
    moment = datetime.fromisoformat(answer["submissionTime"])
    worker = Worker(
        subject=subject if from_here and len(subject) <= 36 else f"restored-{public_id}",
        public_id=public_id,
        email=f"{public_id}{NO_EMAIL}",
        name=f"Reviewer {public_id[:6]}",
        password_hash="",
        is_administrator=False,
        created_at=moment,
        updated_at=moment,
    )
    session.add(worker)
    session.flush()
    if subject and not from_here and not _identity(session, identity):
        session.add(
            WorkerIdentity(worker_id=worker.id, issuer=identity["issuer"], subject=subject, email="", created_at=moment)
        )
    return worker.id


def _identity(session: Session, identity: Mapping[str, str]) -> WorkerIdentity | None:
    return session.scalar(
        select(WorkerIdentity).where(
            WorkerIdentity.issuer == identity["issuer"], WorkerIdentity.subject == identity["sub"]
        )
    )


def _finish(session: Session, loop: HumanLoop, output: WrittenOutput, now: datetime, *, there: set[int]) -> None:
    answered = set(
        session.scalars(
            select(Claim.worker_id).where(Claim.human_loop_id == loop.id, Claim.state == ClaimState.SUBMITTED)
        )
    )
    if loop.state == LoopState.IN_PROGRESS and len(answered) < loop.task_count:
        # Its output was written with fewer answers than were asked for: it had been stopped.
        apply(session, loop, LoopEvent.STOP_ASKED, now)
    settle(session, loop, now)
    if answered <= there:
        loop.output_uri = output.location.uri
        record = session.scalar(select(OutboxRecord.id).where(OutboxRecord.human_loop_id == loop.id))
        if record is not None:
            outputs.remove(session, record)
        apply(session, loop, LoopEvent.OUTPUT_WRITTEN, now)
