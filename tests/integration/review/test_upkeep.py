"""The restore drill: back up, work on, lose the database, restore, and nothing anybody did is lost or asked again."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import create_engine, make_url, text

from tests.integration.review.conftest import BUCKET, POSTGRESQL, ROOT, wait_until


def is_lost(service):
    """Lose the database as a deleted volume does; what takes its place is empty."""
    service.behind.dispose()
    url = make_url(service.database)
    if url.get_backend_name() == "sqlite":
        for file in Path(url.database).parent.glob("review.sqlite*"):
            file.unlink()
        return
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {url.database}"))
    server.dispose()


def output_of(s3, described):
    key = described["HumanLoopOutput"]["OutputS3Uri"].removeprefix(f"s3://{BUCKET}/")
    found = s3.get_object(Bucket=BUCKET, Key=key)
    return found["Body"].read(), found["LastModified"]


class Shift:
    """A service with a flow of one reviewer and one of two, and the reviewers."""

    def __init__(self, service, new_job, answer):
        self.service, self.answer = service.starts(), answer
        self.one, self.two = new_job(on=service), new_job(on=service, TaskCount=2)
        self.ann = service.employs("ann", self.one.group, self.two.group)
        self.ben = service.employs("ben", self.two.group)
        for worker in (self.ann, self.ben):
            worker.signs_in()

    def answers(self, worker, job, loop, *, until="Completed"):
        worker.starts_working(job.name)
        assert worker.submits(self.answer).status_code == 200
        return job.becomes(loop, until)


@pytest.fixture
def shift(new_service, new_job, answer):
    return Shift(new_service(), new_job, answer)


def test_the_database_is_lost_and_every_loop_and_answer_is_there(shift, tmp_path, s3):
    service, one, two, ann, ben = shift.service, shift.one, shift.two, shift.ann, shift.ben
    outputs = {}

    def answered(worker, job, loop):
        outputs[loop] = output_of(s3, shift.answers(worker, job, loop))

    before = one.starts_loop()
    answered(ann, one, before)
    half = two.starts_loop()
    shift.answers(ann, two, half, until="InProgress")
    later = one.starts_loop()
    untouched = one.starts_loop()

    backup = tmp_path / "review.backup"
    made = service.command("backup", str(backup))
    assert made.returncode == 0, made.stderr
    assert "4 human_loops" in made.stderr
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert service.command("backup", str(backup)).returncode == 2, "a backup takes no other's place"

    answered(ann, one, later)
    answered(ben, two, half)
    newcomer = service.employs("cem", two.group)
    newcomer.signs_in()
    new = two.starts_loop()
    shift.answers(newcomer, two, new, until="InProgress")
    answered(ben, two, new)
    never_answered = one.starts_loop()

    refused = service.command("restore", str(backup), "--replace")
    assert refused.returncode == 2
    assert "stop" in refused.stderr, "not while the service runs"
    service.is_killed()
    is_lost(service)
    restored = service.command("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "outputs taken in from S3: 3" in restored.stderr

    service.starts()
    for loop in (before, later, half, new):
        job = two if loop in {half, new} else one
        described = job.becomes(loop, "Completed")
        assert output_of(s3, described) == outputs[loop], "S3 has what it had, and nobody wrote it again"
        job.starts_loop(loop)  # adopted: the service knows its input
    assert one.status(untouched) == "InProgress"
    with pytest.raises(ClientError) as gone:
        one.status(never_answered)
    assert gone.value.response["Error"]["Code"] == "ResourceNotFoundException"

    ann.signs_in()
    assert ann.sees_waiting(one.name) == 1, "nobody is asked again what they answered"
    answered(ann, one, untouched)
    assert service.command("reconcile").stderr.endswith("outputs taken in from S3: 0\n")
    # What is written again is what was written: also the answers of somebody who came after the backup.
    service.changes(
        "INSERT INTO outbox (human_loop_id, attempts, next_attempt_at, created_at) "
        "SELECT id, 0, created_at, created_at FROM human_loops WHERE name IN (:half, :new)",
        half=half,
        new=new,
    )
    wait_until(lambda: service.reads("SELECT count(*) FROM outbox") == [(0,)], seconds=90)
    for loop in (half, new):
        assert output_of(s3, two.becomes(loop, "Completed"))[0] == outputs[loop][0]


def test_a_service_that_ran_before_it_was_reconciled_loses_nobodys_answer(shift, tmp_path, s3):
    """The database's own tools restored it, and two people worked on what Ann had answered."""
    service, two, ann, ben = shift.service, shift.two, shift.ann, shift.ben
    loop, waiting = two.starts_loop(), two.starts_loop()
    backup = tmp_path / "review.backup"
    assert service.command("backup", str(backup)).returncode == 0
    shift.answers(ann, two, loop, until="InProgress")
    described = shift.answers(ben, two, loop)
    service.is_killed()
    is_lost(service)
    restored = service.command("restore", str(backup), "--without-outputs")
    assert restored.returncode == 0, restored.stderr
    assert "run `reconcile`" in restored.stderr
    service.starts()
    cem, dee = service.employs("cem", two.group), service.employs("dee", two.group)
    cem.signs_in()
    shift.answers(cem, two, loop, until="InProgress")
    dee.signs_in()
    dee.starts_working(two.name)

    told = service.command("reconcile")
    assert "outputs taken in from S3: 1" in told.stderr
    two.becomes(loop, "Completed")
    answers = json.loads(output_of(s3, described)[0])["humanAnswers"]
    assert len(answers) == 3, "Ann's and Ben's of before, Cem's of since"
    late = dee.submits(shift.answer)
    assert late.status_code == 409
    assert service.reads("SELECT count(*) FROM claims WHERE late_answer IS NOT NULL") == [(1,)], "what Dee did is kept"
    assert two.status(waiting) == "InProgress"


@pytest.mark.skipif(not POSTGRESQL, reason="pg_dump is PostgreSQL's")
def test_a_dump_of_postgresqls_own_tools_does_as_well(shift, tmp_path, s3):
    service, one, ann = shift.service, shift.one, shift.ann
    loop = one.starts_loop()
    url = make_url(service.database)
    place = ["--host", url.host, "--port", str(url.port), "--username", url.username]
    dump = tmp_path / "review.dump"
    subprocess.run(["pg_dump", *place, "--format", "custom", "--file", dump, url.database], check=True)
    output = output_of(s3, shift.answers(ann, one, loop))
    service.is_killed()
    is_lost(service)
    assert service.command("migrate").returncode == 0
    subprocess.run(["pg_restore", *place, "--clean", "--if-exists", "--dbname", url.database, dump], check=True)
    assert "outputs taken in from S3: 1" in service.command("reconcile").stderr
    service.starts()
    assert output_of(s3, one.becomes(loop, "Completed")) == output
    assert ann.signs_in().status_code == 200


def test_without_s3_nothing_is_restored_unless_told(shift, tmp_path, s3_server):
    service = shift.service
    backup = tmp_path / "review.backup"
    assert service.command("backup", str(backup)).returncode == 0
    service.is_killed()
    is_lost(service)
    service.s3_url = "http://127.0.0.1:9"
    refused = service.command("restore", str(backup))
    assert refused.returncode == 2
    assert "nothing was restored" in refused.stderr
    assert "--without-outputs" in refused.stderr
    service.s3_url = s3_server
    assert service.command("restore", str(backup)).returncode == 0


def test_a_backup_goes_through_a_pipe(shift, tmp_path):
    """As a command in a container gives it to the machine around it."""
    service = shift.service

    def pipe(*arguments, given=b""):
        command = [sys.executable, "-m", "services.review", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=service.environment(), input=given, capture_output=True, check=True
        )

    made = pipe("backup", "-")
    service.is_killed()
    is_lost(service)
    assert b"restored the backup of" in pipe("restore", "-", given=made.stdout).stderr
    assert service.command("backup", str(tmp_path / "again")).returncode == 0


def test_a_reviewer_is_erased_and_their_answers_stay(shift, s3):
    service, one, two, ann, ben = shift.service, shift.one, shift.two, shift.ann, shift.ben
    alone, both, deleted = one.starts_loop(), two.starts_loop(), one.starts_loop()
    described = {alone: shift.answers(ann, one, alone), deleted: shift.answers(ann, one, deleted)}
    shift.answers(ann, two, both, until="InProgress")
    described[both] = shift.answers(ben, two, both)
    service.a2i.delete_human_loop(HumanLoopName=deleted)
    held = one.starts_loop()
    ann.starts_working(one.name)
    before = {loop: json.loads(output_of(s3, told)[0]) for loop, told in described.items()}
    [(subject, public_id)] = service.reads("SELECT subject, public_id FROM workers WHERE email = :e", e=ann.email)
    everything = json.dumps(before)
    assert subject in everything

    dry = service.command("erase-worker", ann.email)
    assert dry.returncode == 0, dry.stderr
    told = json.loads(dry.stdout)
    assert (told["answers"], told["outputs"], told["outputs_of_deleted_reviews"]) == (2, 2, 1)
    assert {loop: json.loads(output_of(s3, told)[0]) for loop, told in described.items()} == before, "only looked"

    done = service.command("erase-worker", ann.email, "--yes")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: service.reads("SELECT count(*) FROM outbox") == [(0,)], seconds=90)
    after = {loop: json.loads(output_of(s3, told)[0]) for loop, told in described.items()}
    assert subject not in json.dumps(after)
    assert ben.email not in json.dumps(after)
    for loop, document in after.items():
        for old, new in zip(before[loop]["humanAnswers"], document["humanAnswers"], strict=True):
            assert new["answerContent"] == old["answerContent"]
            assert new["workerId"] == old["workerId"], "the pseudonym that nights know them by"
    assert "/sign-in" in str(ann.opens("/portal/").url), "they are signed out"
    assert ann.signs_in().status_code == 401
    assert one.status(held) == "InProgress"
    assert service.reads("SELECT count(*) FROM claims WHERE state = 'held'") == [(0,)], "their task is for others"

    assert service.command("erase-worker", ann.email, "--yes").returncode == 2, "nobody has this e-mail any more"
    again = service.command("erase-worker", public_id, "--yes")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["is_erased"]
