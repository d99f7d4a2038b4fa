"""Erases a person: their answers stay under a pseudonym, and nothing here tells any more whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from services.review.errors import UnknownWorker
from services.review.people.accounts import deactivate
from services.review.people.identities import NO_EMAIL
from services.review.storage.queues.outputs import ask_again
from services.review.storage.states import ClaimState, LoopState
from services.review.storage.tables import (
    Claim,
    HumanLoop,
    Invitation,
    OutboxRecord,
    SignInFailure,
    Worker,
    WorkerIdentity,
    WorkerSession,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

_WITH_OUTPUT = (LoopState.ANSWERED, LoopState.CLOSING, LoopState.COMPLETED, LoopState.STOPPED)


@dataclass(frozen=True)
class Traces:
    """What the database has of a person: counts, and their pseudonym."""

    public_id: str
    is_erased: bool
    answers: int
    identities: int
    sessions: int
    invitations: int
    failed_sign_ins: int
    outputs: int
    waiting_outputs: int


def find_person(session: Session, who: str) -> Worker:
    """Find a person by e-mail or public id; raises UnknownWorker."""
    worker = session.scalar(select(Worker).where(or_(Worker.email == who, Worker.email == who.lower())).limit(1))
    worker = worker or session.scalar(select(Worker).where(Worker.public_id == who))
    if worker is None:
        raise UnknownWorker(
            f"nobody here has the e-mail or public id {who}; somebody who is erased has their public id only"
        )
    return worker


def erased_subject(public_id: str) -> str:
    """Return what stands for the subject of somebody who is erased."""
    return f"erased-{public_id}"


def traces(session: Session, worker: Worker) -> Traces:
    """Count what there is of a person."""

    def count(statement: Select[int]) -> int:
        return session.scalar(select(func.count()).select_from(statement.subquery())) or 0

    loops = _loops_with_output(worker)
    return Traces(
        public_id=worker.public_id,
        is_erased=worker.subject == erased_subject(worker.public_id),
        answers=count(select(Claim.slot_id).where(Claim.worker_id == worker.id, Claim.state == ClaimState.SUBMITTED)),
        identities=count(select(WorkerIdentity.id).where(WorkerIdentity.worker_id == worker.id)),
        sessions=count(select(WorkerSession.worker_id).where(WorkerSession.worker_id == worker.id)),
        invitations=count(select(Invitation.id).where(_invitations(worker))),
        failed_sign_ins=count(select(SignInFailure.id).where(SignInFailure.email == worker.email)),
        outputs=count(loops),
        waiting_outputs=count(select(OutboxRecord.id).where(OutboxRecord.human_loop_id.in_(loops))),
    )


def erase(session: Session, worker: Worker, now: datetime) -> None:
    """Replace all that tells who a person is, and ask for their outputs to be written again.

    Their public id stays: it is random, the answers and the records of their work stand under it, and nothing leads
    from it to them any more. Sign-in at a provider makes a new person.

    :raises LastAdministrator: if no administrator would be left.
    """
    if worker.subject == erased_subject(worker.public_id):
        return
    deactivate(session, worker.public_id, now)
    session.execute(delete(WorkerIdentity).where(WorkerIdentity.worker_id == worker.id))
    session.execute(delete(Invitation).where(_invitations(worker)))
    session.execute(delete(SignInFailure).where(SignInFailure.email == worker.email))
    worker.subject = erased_subject(worker.public_id)
    worker.name = f"Erased {worker.public_id[:6]}"
    worker.email = f"{worker.public_id}{NO_EMAIL}"
    worker.password_hash = ""
    worker.is_administrator = False
    worker.groups = []
    for loop_id in session.scalars(_loops_with_output(worker)).all():
        ask_again(session, loop_id, now)


def _loops_with_output(worker: Worker) -> Select[int]:
    mine = select(Claim.human_loop_id).where(Claim.worker_id == worker.id, Claim.state == ClaimState.SUBMITTED)
    return select(HumanLoop.id).where(HumanLoop.id.in_(mine), HumanLoop.state.in_(_WITH_OUTPUT)).order_by(HumanLoop.id)


def _invitations(worker: Worker) -> ColumnElement[bool]:
    return or_(Invitation.worker_id == worker.id, Invitation.email == worker.email)
