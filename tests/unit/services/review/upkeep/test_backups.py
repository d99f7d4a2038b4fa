"""A backup holds everything of one moment; a restore brings all of it back, or changes nothing."""

import io
import json
import zipfile

import pytest
from sqlalchemy import inspect, select, text

from services.review.errors import DatabaseNotReady
from services.review.humanloops import answering
from services.review.people import sessions
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.tables import Base, HumanLoop, Tag, Worker, WorkerSession
from services.review.upkeep.archive import Reader
from services.review.upkeep.backing_up import back_up
from services.review.upkeep.errors import BackupUnusable, DatabaseHasData, DatabaseInUse
from services.review.upkeep.restoring import restore
from services.review.upkeep.rows import LEFT_OUT, lines_of, tables_of
from tests.unit.services.review.conftest import NOW

ANSWER = {"annotatedResult": {"boundingBoxes": [], "note": "雪 \u2028 ' \" \\ é", "score": 0.1 + 0.2}}


@pytest.fixture
def filled(floor):
    """A database with reviews in several states."""
    floor.makes_flow(task_count=2)
    for name in ("answered", "half", "open"):
        floor.starts(name, content=json.dumps({"image": name, "note": "雪"}))
    for worker, count in ((0, 2), (1, 1)):
        for _ in range(count):
            task = floor.claims(worker)
            arguments = {"answer": ANSWER, "seconds": 1.25}
            floor.does(answering.submit, task.id, floor.workers[worker], **arguments)
    floor.claims(2)
    floor.database.write(
        lambda session: sessions.open_session(session, floor.workers[0], b"key", hours=12, now=floor.now)
    )
    return floor


def taken(database):
    stream = io.BytesIO()
    back_up(database, stream, NOW)
    return stream


def rows(database):
    with database.reading_engine.connect() as connection:
        return {table.name: sorted(lines_of(connection, table)) for table in tables_of(connection)}


@pytest.fixture
def empty(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'another.sqlite'}")
    yield database
    database.close()


def test_everything_comes_back_also_on_the_other_kind_of_database(filled, empty):
    before = rows(filled.database)
    assert len(before["claims"]) == 4
    restore(empty, Reader(taken(filled.database)))
    assert rows(empty) == before
    schema.check(empty)
    filled.database.engine.dispose()
    restore(filled.database, Reader(taken(empty)), replace=True)
    assert rows(filled.database) == before
    filled.starts("after the restore")
    assert filled.state("after the restore") == "InProgress", "new rows get numbers that are free"


def test_all_tables_of_the_code_are_in_it_but_sessions(filled):
    names = set(Reader(taken(filled.database)).contents.tables)
    assert names == set(Base.metadata.tables) - LEFT_OUT
    assert filled.database.read(lambda session: session.scalar(select(WorkerSession.digest))), "there is one"


def test_it_is_of_one_moment_while_others_write(filled, monkeypatch):
    def add(number):
        filled.database.write(lambda session: session.add(Tag(resource_arn=str(number), key="k", value="v")))

    add(0)
    from services.review.upkeep import backing_up

    original = backing_up.lines_of

    def lines(connection, table):
        if table.name != "tags":
            add(table.name)
        yield from original(connection, table)

    monkeypatch.setattr(backing_up, "lines_of", lines)
    assert Reader(taken(filled.database)).contents.tables["tags"]["rows"] == 1


def test_data_is_not_replaced_unless_told(filled, empty):
    backup = Reader(taken(filled.database))
    filled.database.engine.dispose()
    with pytest.raises(DatabaseHasData, match="3 human loops and 3 workers"):
        restore(filled.database, backup)
    filled.starts("later")
    filled.database.engine.dispose()
    restore(filled.database, backup, replace=True)
    assert filled.state("later") is None


def test_a_migrated_empty_database_is_filled(filled, empty):
    schema.migrate(empty)
    restore(empty, Reader(taken(filled.database)))
    assert empty.read(lambda session: session.query(HumanLoop).count()) == 3


def test_a_database_in_use_is_not_touched(filled):
    backup = Reader(taken(filled.database))
    other = Database(filled.database.url.render_as_string(hide_password=False))
    with other.reading_engine.connect() as connection:
        connection.execute(select(Worker.id)).all()
        with pytest.raises(DatabaseInUse, match="stop"):
            restore(filled.database, backup, replace=True)
    other.close()
    assert filled.state("open") == "InProgress"


def test_what_fails_in_between_changes_nothing(filled, empty):
    def fail(connection):
        assert connection.scalar(text("SELECT count(*) FROM human_loops")) == 3
        raise RuntimeError("S3 is away")

    with pytest.raises(RuntimeError, match="S3 is away"):
        restore(empty, Reader(taken(filled.database)), then=fail)
    assert inspect(empty.reading_engine).get_table_names() == []


def damaged(stream, *, change):
    """Write a backup anew with one of its files changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            body = change(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
    return result


def without_a_line(name, body):
    return b"".join(body.splitlines(keepends=True)[1:]) if name == "tables/claims.jsonl" else body


def with_another_answer(name, body):
    return body.replace(b"boundingBoxes", b"boundingBoxen") if name == "tables/claims.jsonl" else body


@pytest.mark.parametrize("change", [without_a_line, with_another_answer])
def test_a_changed_backup_is_refused(filled, empty, change):
    backup = Reader(damaged(taken(filled.database), change=change))
    with pytest.raises(BackupUnusable, match="claims"):
        restore(empty, backup)
    assert inspect(empty.reading_engine).get_table_names() == []


def test_a_cut_or_foreign_file_is_refused(filled):
    whole = taken(filled.database).getvalue()
    for body in (whole[: len(whole) // 2], b"", b"SQLite format 3\x00"):
        with pytest.raises(BackupUnusable, match="no whole backup"):
            Reader(io.BytesIO(body))


def test_a_backup_of_a_newer_schema_is_refused(filled, empty):
    def newer(name, body):
        return body.replace(schema.newest_revision().encode(), b"9999") if name == "backup.json" else body

    with pytest.raises(DatabaseNotReady, match="revision 9999, which this version of the service does not know"):
        restore(empty, Reader(damaged(taken(filled.database), change=newer)))


def test_an_empty_place_has_nothing_to_back_up(empty):
    with pytest.raises(DatabaseNotReady, match="nothing to back up"):
        back_up(empty, io.BytesIO(), NOW)
