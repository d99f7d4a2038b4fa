"""What was acknowledged survives: kill -9, a restart, an S3 that is away."""

import json
import socket
import threading

import httpx

from benchmarks.review.crash import crash


def dead_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_an_answer_outlives_a_kill_between_submit_and_output(new_service, new_job, s3_server, answer, written):
    service = new_service(s3_url=dead_address()).starts()
    job = new_job(on=service)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    loop, next_loop = job.starts_loop(), job.starts_loop()
    worker.starts_working(job.name)
    next_task = worker.submits(answer).json()["next"].rsplit("/", 1)[1]
    described = service.a2i.describe_human_loop(HumanLoopName=loop)
    assert described["HumanLoopStatus"] == "InProgress", "not Completed before output.json is in S3"
    assert described["HumanLoopOutput"]["OutputS3Uri"].endswith(f"/{loop}/output.json"), "said from the start"
    service.is_killed()

    service.s3_url = s3_server
    service.starts()
    described = job.becomes(loop, "Completed")
    assert written(described)["humanAnswers"][0]["answerContent"] == answer
    assert service.reads("SELECT count(*) FROM outbox") == [(0,)]
    assert worker.starts_working(job.name) == next_task, "he is signed in and holds his task"
    assert worker.submits(answer).status_code == 200
    job.becomes(next_loop, "Completed")
    goes_on_when_a_newer_version_has_migrated_and_does_not_start_then(service)
    stops_gracefully_and_does_not_serve_an_old_database(service)


def goes_on_when_a_newer_version_has_migrated_and_does_not_start_then(service):
    """A rolling upgrade: the old processes serve until the new ones do."""
    [(revision,)] = service.reads("SELECT version_num FROM alembic_version")
    service.changes("UPDATE alembic_version SET version_num = '9999'")
    assert httpx.get(f"{service.url}/readyz").status_code == 200
    done = service.command("serve")
    assert done.returncode == 2
    assert "a newer one made it; run that version, or restore a backup from before it" in done.stderr
    service.changes("UPDATE alembic_version SET version_num = :revision", revision=revision)


def stops_gracefully_and_does_not_serve_an_old_database(service):
    service.changes("UPDATE alembic_version SET version_num = '0001'")
    ready = httpx.get(f"{service.url}/readyz")
    assert ready.status_code == 503
    assert "migrate" in ready.json()["reason"]
    assert httpx.get(f"{service.url}/healthz").status_code == 200
    assert service.stops() == 0
    for line in service.log.splitlines():
        assert set(json.loads(line)) >= {"time", "level", "message"}, "every line is one JSON object"
    done = service.command("serve")
    assert done.returncode == 2
    assert "python -m services.review migrate" in done.stderr


def test_the_output_is_written_when_its_bucket_is_there(job, worker, s3, answer, eventually):
    service = job.service
    sagemaker, elsewhere = service.sagemaker, f"{job.name}-elsewhere"
    flow = sagemaker.describe_flow_definition(FlowDefinitionName=job.name)
    job.arn = sagemaker.create_flow_definition(
        FlowDefinitionName=elsewhere,
        RoleArn=flow["RoleArn"],
        HumanLoopConfig=flow["HumanLoopConfig"],
        OutputConfig={"S3OutputPath": f"s3://{elsewhere}/reviews"},
    )["FlowDefinitionArn"]
    loop = job.starts_loop()
    worker.starts_working(elsewhere)
    worker.submits(answer)
    eventually(lambda: "NoSuchBucket" in service.log)
    assert job.status(loop) == "InProgress"
    arguments = ("create-admin", "--name", "Ada", "--email", "ada@example.com", "--group", job.group)
    made = service.command(*arguments, stdin="a long password\n")
    assert made.returncode == 0, made.stderr
    administrator = type(worker)(service, "ada@example.com", "a long password")
    administrator.signs_in()
    assert "cannot be written to S3" in administrator.opens(f"/portal/admin/flows/{elsewhere}").text
    s3.create_bucket(Bucket=elsewhere)
    job.becomes(loop, "Completed")
    assert "cannot be written to S3" not in administrator.opens(f"/portal/admin/flows/{elsewhere}").text


def test_a_crowd_never_shares_a_task(service, new_job, answer):
    job = new_job()
    loops = {job.starts_loop() for _ in range(6)}
    workers = [service.employs(f"worker{number}", job.group) for number in range(4)]
    answered, failures = [], []

    def work(worker):
        worker.signs_in()
        place = f"/portal/tasks/{worker.starts_working(job.name)}"
        while place.startswith("/portal/tasks/") and not place.endswith("None"):
            task = place.rsplit("/", 1)[1]
            worker.sees(task)
            reply = worker.submits(answer, task=task)
            if reply.status_code != 200:
                failures.append(reply.text)
                return
            answered.append(task)
            place = reply.json()["next"]

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(answered) == len(set(answered)) == len(loops)
    for loop in loops:
        job.becomes(loop, "Completed")


def test_nothing_acknowledged_is_lost_when_the_service_is_killed_under_load(tmp_path, service):
    """The short form of `make bench-review-crash`."""
    kind = "sqlite" if service.database.startswith("sqlite") else "postgresql"
    records = crash(kind, tmp_path, kills=4, seed=7, seconds=0.5, command="")
    assert [record for record in records if record.ok is False] == []
    counts = {record.what.split(": ", 2)[2]: record.value for record in records}
    assert counts["submissions acknowledged"] > 0, "there was a load"
    assert counts["loops Completed"] > 0
