"""From the oldest schema with data to the newest: nothing that people did is lost, whoever starts at once."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from services.review.humanloops.finding import find_loop
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.tables import Claim, Worker

ROOT = Path(__file__).parents[6]
OLDEST = "0001"
# Rows as the first version of the service wrote them; a column of its own may have been added since.
ROWS = [
    "INSERT INTO human_task_uis (id, name, content, content_sha256, created_at) VALUES (1, 'ui', '<p>', '0', :now)",
    (
        "INSERT INTO workteams (id, name, description, member_definitions, created_at, updated_at)"
        " VALUES (1, 'team', 'd', '[]', :now, :now)"
    ),
    (
        "INSERT INTO workers"
        " (id, subject, public_id, email, name, password_hash, is_administrator, created_at, updated_at)"
        " VALUES (1, 'subject', '0123456789abcdef', 'ann@example.com', 'Ann', '', false, :now, :now)"
    ),
    "INSERT INTO worker_groups (worker_id, group_name) VALUES (1, 'reviewers')",
    (
        "INSERT INTO flow_definitions (id, name, status, request, human_task_ui_id, workteam_id, title, description,"
        " task_count, time_limit_seconds, availability_seconds, output_path, created_at)"
        " VALUES (1, 'flow', 'Active', '{}', 1, 1, 't', 'd', 2, 60, 3600, 's3://bucket/reviews', :now)"
    ),
    (
        "INSERT INTO human_loops (id, name, flow_definition_id, state, input_content, input_digest,"
        " content_classifiers, task_count, created_at, expires_at)"
        " VALUES (1, 'loop', 1, 'InProgress', '{}', 'd', '[]', 2, :now, :now)"
    ),
    "INSERT INTO slots (id, human_loop_id, ordinal, state) VALUES (1, 1, 0, 'answered'), (2, 1, 1, 'waiting')",
    (
        "INSERT INTO claims (id, slot_id, human_loop_id, flow_definition_id, worker_id, state, accepted_at, expires_at,"
        " ended_at, answer, active_seconds) VALUES ('c', 1, 1, 1, 1, 'submitted', :now, :now, :now, '{\"a\": 1}', 2.5)"
    ),
    "INSERT INTO outbox (human_loop_id, attempts, next_attempt_at, created_at) VALUES (1, 0, :now, :now)",
]


@pytest.fixture
def oldest(database):
    """A database of the first version, with an answer in it."""
    config = schema.configuration()
    with database.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        command.upgrade(config, OLDEST)
        for statement in ROWS:
            connection.execute(text(statement), {"now": "2026-01-01 03:00:00.000000"})
    return database


def test_every_answer_survives_every_migration(oldest):
    assert schema.migrate(oldest) == schema.newest_revision()
    schema.check(oldest)

    def look(session):
        claim = session.get(Claim, "c")
        loop = find_loop(session, "loop")
        return claim.answer, claim.active_seconds, claim.is_shown, loop.state, session.get(Worker, 1).email

    assert oldest.read(look) == ('{"a": 1}', 2.5, True, "InProgress", "ann@example.com")
    with oldest.reading_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 1
        assert connection.scalar(text("SELECT count(*) FROM workforces")) == 1


def test_several_starters_at_once_migrate_once(oldest):
    """Threads on connections of their own, as processes have them."""
    url = oldest.url.render_as_string(hide_password=False)
    together, revisions = threading.Barrier(4), []

    def start():
        mine = Database(url)
        together.wait()
        revisions.append(schema.migrate(mine))
        mine.close()

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)
    assert revisions == [schema.newest_revision()] * 4
    schema.check(oldest)


def test_processes_that_make_a_new_database_at_once_make_one(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    start = (
        "import sys; from services.review.storage.database import engine, schema; "
        "schema.prepare(engine.Database(sys.argv[1]))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", start, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in running]
    assert [status for _, status in ended] == [0, 0, 0], ended
    schema.check(Database(url))
