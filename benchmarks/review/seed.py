"""Databases as they look after a while: a flow with any number of loops, and the people of its team."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from services.review.formats.task_input import input_digest
from services.review.people.commands import save_worker
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.states import LoopState, SlotState
from services.review.storage.tables import FlowDefinition, HumanLoop, HumanTaskUi, Slot, Workteam

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BATCH = 5_000
GROUP, PASSWORD, BUCKET = "reviewers", "a long password", "bench"
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-classifier name="animal" categories="['cat', 'dog']"></crowd-classifier></crowd-form>"""


def seed(url: str, *, loops: int, finished: int = 0, workers: int = 1) -> None:
    """Fill an empty database: a flow `waiting` with `loops` loops, the oldest `finished` of them completed.

    A flow `empty` of the same team has none yet.
    """
    database = Database(url)
    schema.migrate(database)
    database.write(lambda session: _people_and_flows(session, workers))
    for first in range(0, loops, BATCH):
        numbers = range(first, min(first + BATCH, loops))
        database.write(lambda session, numbers=numbers: _loops(session, numbers, finished))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.is_sqlite:  # it does not see that ids were given
            for table in ("human_loops", "slots", "flow_definitions"):
                last = f"(SELECT coalesce(max(id), 1) FROM {table})"
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
        connection.exec_driver_sql("ANALYZE")
    database.close()


def worker_email(number: int) -> str:
    """Name the e-mail of a worker, counted from 0."""
    return f"worker-{number}@example.com"


def _people_and_flows(session: Session, workers: int) -> None:
    now = datetime.now(UTC)
    member = [{"OidcMemberDefinition": {"Groups": [GROUP]}}]
    session.add(Workteam(id=1, name="team", description="d", member_definitions=member, created_at=now, updated_at=now))
    session.add(HumanTaskUi(id=1, name="ui", content=TEMPLATE, content_sha256="0", created_at=now))
    session.flush()
    for number in range(workers):
        account = {"name": f"Worker {number}", "email": worker_email(number), "password": PASSWORD, "groups": [GROUP]}
        save_worker(session, **account, is_administrator=False, now=now)
    for number, name in enumerate(("waiting", "empty"), start=1):
        session.add(
            FlowDefinition(
                id=number,
                name=name,
                status="Active",
                request={},
                human_task_ui_id=1,
                workteam_id=1,
                title=name,
                description="d",
                task_count=1,
                time_limit_seconds=3600,
                availability_seconds=864_000,
                output_path=f"s3://{BUCKET}/reviews",
                created_at=now,
            )
        )


def _loops(session: Session, numbers: range, finished: int) -> None:
    now = datetime.now(UTC)
    content = json.dumps({"taskObject": f"s3://{BUCKET}/images/cat.jpg"})
    digest = input_digest(content)
    loops = [
        {
            "id": number + 1,
            "name": f"seeded-{uuid.uuid5(uuid.NAMESPACE_OID, str(number)).hex}",
            "flow_definition_id": 1,
            "state": LoopState.COMPLETED if number < finished else LoopState.IN_PROGRESS,
            "input_content": content,
            "input_digest": digest,
            "content_classifiers": [],
            "task_count": 1,
            "created_at": now - timedelta(hours=2) + timedelta(milliseconds=number),
            "expires_at": now + timedelta(days=10),
        }
        for number in numbers
    ]
    session.execute(insert(HumanLoop), loops)
    slots = [
        {
            "id": number + 1,
            "human_loop_id": number + 1,
            "ordinal": 0,
            "state": SlotState.ANSWERED if number < finished else SlotState.WAITING,
        }
        for number in numbers
    ]
    session.execute(insert(Slot), slots)
    session.flush()
