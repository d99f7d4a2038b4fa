"""A real database with a flow in it, and rules to play on it."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, make_url, select, text

from services.review.formats.task_input import input_digest
from services.review.humanloops import claiming, showing, starting
from services.review.humanloops.flows import live_flow
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.tables import FlowDefinition, HumanLoop, HumanTaskUi, Worker, WorkerGroup, Workteam

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
# A second database to run the same tests on: postgresql+psycopg://... of an empty database.
POSTGRESQL = os.environ.get("NIGHTLOOP_TEST_POSTGRESQL", "")


@pytest.fixture(scope="session")
def postgresql():
    """The URL of a database that no other process of the tests uses; empty where no server is named."""
    if not POSTGRESQL:
        return ""
    name = f"unit_{uuid.uuid4().hex}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path, postgresql):
    """An empty database of each kind; PostgreSQL only where NIGHTLOOP_TEST_POSTGRESQL names one."""
    if request.param == "postgresql" and not postgresql:
        pytest.skip("NIGHTLOOP_TEST_POSTGRESQL names no database")
    database = Database(f"sqlite:///{tmp_path / 'review.sqlite'}" if request.param == "sqlite" else postgresql)
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    schema.migrate(database)
    yield database
    database.close()


class Floor:
    """A database with one team of three workers and flows for it."""

    def __init__(self, database):
        self.database = database
        self.now = NOW
        self.workers = database.write(self._people)

    def _people(self, session):
        member = [{"OidcMemberDefinition": {"Groups": ["reviewers"]}}]
        times = {"created_at": NOW, "updated_at": NOW}
        session.add(Workteam(id=1, name="team", description="d", member_definitions=member, **times))
        session.add(HumanTaskUi(id=1, name="ui", content="x", content_sha256="0", created_at=NOW))
        workers = [
            Worker(
                subject=str(uuid.uuid4()),
                public_id=f"{number:016x}",
                email=f"{number}@example.com",
                name=str(number),
                password_hash="",
                is_administrator=False,
                groups=[WorkerGroup(group_name="reviewers")],
                **times,
            )
            for number in range(3)
        ]
        session.add_all(workers)
        session.flush()
        return [worker.id for worker in workers]

    def makes_flow(self, name="flow", *, task_count=1, time_limit=60, availability=3600):
        def make(session):
            session.add(
                FlowDefinition(
                    name=name,
                    status="Active",
                    request={},
                    human_task_ui_id=1,
                    workteam_id=1,
                    title="Title",
                    description="d",
                    task_count=task_count,
                    time_limit_seconds=time_limit,
                    availability_seconds=availability,
                    output_path="s3://bucket/reviews",
                    created_at=self.now,
                )
            )

        self.database.write(make)
        return name

    def passes(self, **time):
        self.now += timedelta(**time)

    def starts(self, name, flow="flow", content='{"a": 1}'):
        start = partial(
            starting.start,
            name=name,
            flow_name=flow,
            input_content=content,
            digest=input_digest(content),
            classifiers=[],
            now=self.now,
        )
        return self.database.write(start)

    def is_given(self, worker, flow="flow"):
        """Give a worker a task whose page is not before their eyes yet."""

        def claim(session):
            return claiming.claim_next(session, live_flow(session, flow), self.workers[worker], self.now)

        return self.database.write(claim)

    def claims(self, worker, flow="flow"):
        """Give a worker a task and show it to them."""
        task = self.is_given(worker, flow)
        return task and self.does(showing.show, task.id, self.workers[worker])

    def does(self, rule, *arguments, **values):
        """Run a rule: a function of a session, these arguments and the time."""
        return self.database.write(lambda session: rule(session, *arguments, **values, now=self.now))

    def state(self, name):
        return self.database.read(lambda session: session.scalar(select(HumanLoop.state).where(HumanLoop.name == name)))


@pytest.fixture
def floor(database):
    return Floor(database)
