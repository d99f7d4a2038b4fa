"""A person is erased: nothing in the database tells who they are, and what they did stays."""

import json

import pytest
from sqlalchemy import MetaData, update

from services.review.formats.arns import Arns
from services.review.humanloops import answering
from services.review.outbox.worker import OutboxWorker
from services.review.people import identities, invitations, sessions, sign_in_attempts
from services.review.people.erasing import erase, find_person, traces
from services.review.people.errors import LastAdministrator
from services.review.storage.tables import Worker
from services.review.upkeep.rows import lines_of

ISSUER, SUBJECT, EMAIL, NAME = "https://id.example", "sub-of-ann-at-the-provider", "ann@people.example", "Ann Archer"
CLAIMS = {"sub": SUBJECT, "email": EMAIL, "email_verified": True, "name": NAME, "groups": ["reviewers"]}
POLICY = identities.Policy("groups", "", link_by_email=False)


def signs_in(floor):
    def enter(session):
        return identities.enter(session, issuer=ISSUER, claims=CLAIMS, policy=POLICY, now=floor.now).id

    return floor.database.write(enter)


@pytest.fixture
def ann(floor):
    """Ann, who signed in at a provider, answered a review, holds another one and was once invited."""
    floor.makes_flow()
    worker_id = signs_in(floor)
    floor.workers.append(worker_id)
    for name in ("one", "two"):
        floor.starts(name)
    task = floor.claims(3)
    floor.does(answering.submit, task.id, worker_id, answer={"a": 1}, seconds=2)
    floor.claims(3)
    public_id = floor.database.read(lambda session: session.get(Worker, worker_id).public_id)

    def note(session):
        sessions.open_session(session, worker_id, b"key", hours=12, now=floor.now, browser="Ann's browser")
        invitations.offer_new_password(session, public_id, digest="d" * 64, days=7, now=floor.now)

    floor.database.write(note)
    sign_in_attempts.note_attempt(floor.database, EMAIL, "192.0.2.7", floor.now)
    return public_id


def everything(database):
    """All that the database holds, sessions too."""
    metadata = MetaData()
    with database.reading_engine.connect() as connection:
        metadata.reflect(connection)
        tables = [table for table in metadata.sorted_tables if table.primary_key.columns]
        return b"".join(line for table in tables for line in lines_of(connection, table)).decode()


def erases(floor, who):
    floor.does(lambda session, now: erase(session, find_person(session, who), now))


def test_nothing_tells_who_they_were_and_their_answer_stays(floor, ann):
    before = everything(floor.database)
    for trace in (SUBJECT, EMAIL, NAME, "Ann's browser", "192.0.2.7"):
        assert trace in before
    erases(floor, EMAIL.upper())
    after = everything(floor.database)
    for trace in (SUBJECT, EMAIL, NAME, "Ann", "192.0.2.7"):
        assert trace not in after
    assert '"a": 1' in json.loads(next(line for line in after.splitlines() if '"submitted"' in line))["answer"]
    found = floor.database.read(lambda session: traces(session, find_person(session, ann)))
    assert found.is_erased
    assert (found.answers, found.outputs, found.waiting_outputs) == (1, 1, 1)


def test_erasing_twice_is_erasing_once(floor, ann):
    erases(floor, EMAIL)
    once = everything(floor.database)
    floor.passes(hours=1)
    erases(floor, ann)
    assert everything(floor.database) == once


def test_the_next_sign_in_makes_a_new_person(floor, ann):
    erases(floor, EMAIL)
    newcomer = signs_in(floor)
    public_id = floor.database.read(lambda session: session.get(Worker, newcomer).public_id)
    assert public_id != ann


def test_the_last_administrator_stays(floor, ann):
    floor.database.write(
        lambda session: session.execute(update(Worker).where(Worker.public_id == ann).values(is_administrator=True))
    )
    with pytest.raises(LastAdministrator):
        erases(floor, EMAIL)
    assert EMAIL in everything(floor.database)


class Store:
    """Keeps what is written; `meanwhile` happens while the first output is on its way."""

    def __init__(self, meanwhile):
        self.written, self._meanwhile = [], meanwhile

    def write(self, output):
        if not self.written:
            self._meanwhile()
        self.written.append(json.loads(output.body))


def test_an_output_on_its_way_is_written_again_without_them(floor, ann):
    store = Store(meanwhile=lambda: erases(floor, EMAIL))
    worker = OutboxWorker(
        floor.database,
        store,
        arns=Arns("us-east-1", "123456789012"),
        issuer="http://portal",
        clock=lambda: floor.now,
        on_failure=lambda *_: None,
        on_finish=lambda: None,
    )
    while worker.run_once():
        pass
    subjects = [output["humanAnswers"][0]["workerMetadata"]["identityData"]["sub"] for output in store.written]
    assert subjects == [SUBJECT, f"erased-{ann}"]
    assert floor.state("one") == "Completed"
