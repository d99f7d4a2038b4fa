"""Lists the reviews of a flow, a page at a time, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from services.review.storage.states import ClaimState, LoopState, shown_status
from services.review.storage.tables import Claim, HumanLoop, Worker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    _LoopColumns = Row[int, str, str, datetime, datetime | None, int]

PAGE_SIZE = 50
# HumanLoopStatus as the API shows it, and the states it stands for.
STATUSES: Mapping[str, tuple[LoopState, ...]] = {
    "InProgress": (LoopState.IN_PROGRESS, LoopState.ANSWERED),
    "Completed": (LoopState.COMPLETED,),
    "Failed": (LoopState.FAILED,),
    "Stopping": (LoopState.STOPPING, LoopState.CLOSING),
    "Stopped": (LoopState.STOPPED,),
}
# Not the input: it may be megabytes.
_COLUMNS = (
    HumanLoop.id,
    HumanLoop.name,
    HumanLoop.state,
    HumanLoop.created_at,
    HumanLoop.finished_at,
    HumanLoop.task_count,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Hold:
    """A worker who has or had a task of a review: `until` is when a held task returns."""

    worker_id: str
    worker_name: str
    until: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class LoopRow:
    """A review in a list."""

    name: str
    status: str
    is_writing: bool
    created_at: datetime
    finished_at: datetime | None
    task_count: int
    holds: tuple[Hold, ...]

    @property
    def answers(self) -> int:
        """The number of its answers."""
        return sum(hold.answered_at is not None for hold in self.holds)


@dataclass(frozen=True)
class LoopPage:
    """A page of reviews; `older` is the mark of the next one, empty on the last."""

    rows: tuple[LoopRow, ...]
    older: str


def loops_of(session: Session, flow_id: int, *, status: str = "", prefix: str = "", before: str = "") -> LoopPage:
    """List a page of a flow's reviews with a status (or all) whose names begin with `prefix`.

    `before` is the mark of an earlier page; one that cannot be read gives the first page.
    """
    mark = _read_mark(before)
    found: list[_LoopColumns] = []
    # One statement for each state walks along an index in that order; a list of states would have to be sorted first.
    for state in STATUSES.get(status, (None,)):
        found += _some(session, flow_id, state, prefix, mark)
    found.sort(key=lambda loop: (loop.created_at, loop.id), reverse=True)
    shown = found[:PAGE_SIZE]
    holds = _holds(session, [loop.id for loop in shown])
    rows = tuple(_row(loop, holds.get(loop.id, [])) for loop in shown)
    return LoopPage(rows, _mark(shown[-1]) if len(found) > PAGE_SIZE else "")


def newest_input(session: Session, flow_id: int) -> str | None:
    """Return the InputContent of a flow's newest review; None when it has none."""
    return session.scalar(
        select(HumanLoop.input_content)
        .where(HumanLoop.flow_definition_id == flow_id)
        .order_by(HumanLoop.created_at.desc(), HumanLoop.id.desc())
        .limit(1)
    )


def _some(
    session: Session, flow_id: int, state: LoopState | None, prefix: str, mark: tuple[datetime, int] | None
) -> Sequence[_LoopColumns]:
    statement = select(*_COLUMNS).where(HumanLoop.flow_definition_id == flow_id)
    if state is not None:
        statement = statement.where(HumanLoop.state == state)
    if prefix:
        statement = statement.where(HumanLoop.name.startswith(prefix, autoescape=True))
    if mark is not None:
        statement = statement.where(tuple_(HumanLoop.created_at, HumanLoop.id) < tuple_(*mark))
    newest_first = statement.order_by(HumanLoop.created_at.desc(), HumanLoop.id.desc())
    return session.execute(newest_first.limit(PAGE_SIZE + 1)).all()


def _holds(session: Session, loop_ids: Sequence[int]) -> dict[int, list[Hold]]:
    rows = session.execute(
        select(Claim.human_loop_id, Claim.state, Claim.expires_at, Claim.ended_at, Worker.public_id, Worker.name)
        .join(Worker, Worker.id == Claim.worker_id)
        .where(Claim.human_loop_id.in_(loop_ids))
        .order_by(Claim.accepted_at)
    )
    holds: dict[int, list[Hold]] = {}
    for loop_id, state, expires_at, ended_at, public_id, name in rows:
        if state not in {ClaimState.HELD, ClaimState.SUBMITTED}:
            continue  # checked here: as a condition of the statement it made SQLite choose a longer index
        held = state == ClaimState.HELD
        hold = Hold(public_id, name, expires_at if held else None, None if held else ended_at)
        holds.setdefault(loop_id, []).append(hold)
    return holds


def _row(loop: _LoopColumns, holds: Sequence[Hold]) -> LoopRow:
    return LoopRow(
        name=loop.name,
        status=shown_status(loop.state),
        is_writing=loop.state in {LoopState.ANSWERED, LoopState.CLOSING},
        created_at=loop.created_at,
        finished_at=loop.finished_at,
        task_count=loop.task_count,
        holds=tuple(holds),
    )


def _mark(loop: _LoopColumns) -> str:
    return f"{(loop.created_at - _EPOCH) // _MICROSECOND}-{loop.id}"


def _read_mark(text: str) -> tuple[datetime, int] | None:
    time, _, loop_id = text.partition("-")
    if not (time.isascii() and time.isdigit() and loop_id.isascii() and loop_id.isdigit() and len(text) <= 36):
        return None
    try:
        return _EPOCH + int(time) * _MICROSECOND, int(loop_id)
    except OverflowError:
        return None
