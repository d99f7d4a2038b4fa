"""Making accounts from the command line: in the database of the service that runs, and in no other."""

from __future__ import annotations

import io
import json

import pytest

from services.review.__main__ import main
from services.review.people.accounts import sessions
from services.review.storage.database.engine import Database
from services.review.storage.tables import Worker

ANN = ("--name", "Ann", "--email", "ann@example.com")


@pytest.fixture
def database(tmp_path, monkeypatch):
    path = tmp_path / "review.db"
    monkeypatch.setenv("NIGHTLOOP_REVIEW_DATABASE", f"sqlite:///{path}")
    monkeypatch.setenv("NIGHTLOOP_REVIEW_ACCESS_KEYS", json.dumps({"key": "secret of the tests"}))
    monkeypatch.setenv("NIGHTLOOP_REVIEW_SECRET_KEY", "a key of the tests, long enough")
    return path


@pytest.fixture
def run(database, monkeypatch):
    def command(*arguments, password="seven green herons"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return main(arguments)

    return command


@pytest.mark.parametrize("command", ["create-admin", "create-worker"])
def test_a_database_that_is_not_there_is_not_made(run, database, capsys, command):
    assert run(command, *ANN) == 2
    said = capsys.readouterr().err
    assert f"sqlite:///{database} has no database of the review service" in said
    assert "--new-database" in said
    assert not database.exists()


def test_an_empty_file_is_no_database_either(run, database):
    database.touch()
    assert run("create-admin", *ANN) == 2
    assert run("create-admin", *ANN, "--new-database") == 0


def test_a_new_database_is_made_when_that_is_said(run, database):
    assert run("create-admin", *ANN, "--new-database") == 0
    assert accounts(database) == {"ann@example.com": True}
    assert run("create-worker", "--name", "Ben", "--email", "ben@example.com") == 0
    assert accounts(database) == {"ann@example.com": True, "ben@example.com": False}


def test_a_migrated_database_needs_no_such_word(run, database):
    assert run("migrate") == 0
    assert run("create-admin", *ANN) == 0


def test_only_another_password_ends_sessions(run, database, monkeypatch):
    ended = []
    original = sessions.close_all
    monkeypatch.setattr(sessions, "close_all", lambda *given: [ended.append(given[1]), original(*given)])
    run("create-admin", *ANN, "--new-database")
    ended.clear()
    assert run("create-admin", *ANN) == 0
    assert ended == []
    assert run("create-admin", *ANN, password="eleven quiet otters") == 0
    assert len(ended) == 1


def accounts(path):
    database = Database(f"sqlite:///{path}")
    found = database.read(lambda session: {row.email: row.is_administrator for row in session.query(Worker)})
    database.close()
    return found
