"""From StartHumanLoop to output.json, as a stranger with boto3 and a worker with a browser see it."""

import json
import re
import urllib.request
from datetime import UTC, datetime
from html import unescape


def test_a_loop_goes_from_start_to_output(service, job, worker, answer, written):
    assert worker.sees_waiting(job.name) == 0
    loop = job.starts_loop(header="<script>alert(1)</script>")
    assert worker.sees_waiting(job.name) == 1
    assert worker.starts_working(job.name)
    reply = worker.submits(answer, seconds=0.25)
    assert reply.json() == {"next": f"/portal/?finished={job.name}", "task": None}

    described = job.becomes(loop, "Completed")
    assert described["FlowDefinitionArn"] == job.arn
    assert described["HumanLoopArn"].endswith(f":human-loop/{loop}")
    folder = described["CreationTime"].astimezone(UTC).strftime("%Y/%m/%d/%H/%M/%S")
    uri = f"s3://nightloop-review-test/reviews/{job.name}/{folder}/{loop}/output.json"
    assert described["HumanLoopOutput"] == {"OutputS3Uri": uri}

    output = written(described)
    (human_answer,) = output.pop("humanAnswers")
    assert output["flowDefinitionArn"] == job.arn
    assert output["humanLoopName"] == loop
    assert output["inputContent"]["header"] == "<script>alert(1)</script>"
    assert human_answer["answerContent"] == answer
    assert 0 < human_answer["timeSpentInSeconds"] <= 0.25
    assert re.fullmatch(r"[0-9a-f]{16}", human_answer["workerId"])
    identity = human_answer["workerMetadata"]["identityData"]
    assert identity["identityProviderType"] == "Oidc"
    assert identity["issuer"] == service.url
    accepted, submitted = (
        datetime.strptime(human_answer[name], "%Y-%m-%dT%H:%M:%S.%f%z") for name in ("acceptanceTime", "submissionTime")
    )
    assert described["CreationTime"] <= accepted <= submitted


def test_seconds_cannot_exceed_the_wall_time(job, worker, answer, written):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    worker.submits(answer, seconds=86400)
    assert written(job.becomes(loop, "Completed"))["humanAnswers"][0]["timeSpentInSeconds"] < 60


def test_the_frame_shows_the_image_for_as_long_as_the_task_lives(new_job, service):
    job = new_job(TaskTimeLimitInSeconds=45)
    worker = service.employs("bob", job.group)
    worker.signs_in()
    job.starts_loop()
    worker.starts_working(job.name)
    page = worker.sees_frame().text
    source = unescape(re.search(r' src="(http[^"]+cat\.jpg[^"]*)"', page)[1])
    lifetime = int(re.search(r"X-Amz-Expires=(\d+)", source)[1])
    assert 0 < lifetime <= 45
    with urllib.request.urlopen(source) as image:
        assert image.read() == b"not really a cat"


def test_two_workers_answer_a_task_of_two(new_job, service, answer, written):
    job = new_job(TaskCount=2)
    ann, bob = service.employs("ann", job.group), service.employs("bob", job.group)
    loop = job.starts_loop()
    ann.signs_in()
    bob.signs_in()
    assert ann.starts_working(job.name)
    assert ann.starts_working(job.name) == ann.task, "a second start gives the same task"
    assert bob.starts_working(job.name) not in {None, ann.task}
    ann.submits(answer)
    assert ann.starts_working(job.name) is None, "nobody answers the same loop twice"
    assert job.status(loop) == "InProgress"
    announced = service.a2i.describe_human_loop(HumanLoopName=loop)["HumanLoopOutput"]
    bob.submits(answer | {"remark": "mine"})
    described = job.becomes(loop, "Completed")
    assert described["HumanLoopOutput"] == announced, "where the output will be is said from the start"
    answers = written(described)["humanAnswers"]
    assert len({one["workerId"] for one in answers}) == 2
    assert [one["answerContent"].get("remark") for one in answers] == [None, "mine"]


def test_a_worker_keeps_his_identity(service, new_job, answer, written):
    seen = set()
    first, second = new_job(), None
    worker = service.employs("ann", first.group)
    worker.signs_in()
    second = new_job()
    changed = service.command(
        *("create-worker", "--name", "Ann B", "--email", worker.email.upper(), "--group", first.group),
        *("--group", second.group),
        stdin="another password\n",
    )
    assert changed.returncode == 0
    assert worker.opens("/portal/").url.path == "/portal/sign-in", "a new password ends the old sessions"
    assert worker.signs_in("another password").url.path == "/portal/"
    for job in (first, second):
        loop = job.starts_loop()
        worker.starts_working(job.name)
        worker.submits(answer)
        seen.add(written(job.becomes(loop, "Completed"))["humanAnswers"][0]["workerId"])
    assert seen == {changed.stdout.strip()}


def test_submitting_leads_to_the_next_task(job, worker, answer):
    loops = [job.starts_loop() for _ in range(2)]
    first = worker.starts_working(job.name)
    reply = worker.submits(answer).json()
    worker.task = reply["task"]["id"]
    assert worker.task != first
    assert reply["next"] == f"/portal/tasks/{worker.task}"
    page = worker.opens(reply["next"]).text
    state = json.loads(re.search(r"data-state='([^']+)'", page)[1])
    assert (state["id"], state["loop"]) == (worker.task, reply["task"]["loop"]), "the page itself shows the same task"
    assert 'data-sandbox="allow-scripts allow-forms' in page
    frame = worker.sees_frame()
    assert 'name="annotatedResult"' in frame.text
    (sandbox,) = re.findall(r"sandbox ([^;]+)", frame.headers["Content-Security-Policy"])
    assert "allow-scripts allow-forms" in sandbox
    assert "same-origin" not in sandbox
    worker.submits(answer)
    for loop in loops:
        job.becomes(loop, "Completed")


def test_the_same_answer_may_be_sent_twice_and_another_may_not(job, worker, answer, written):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    assert worker.submits(answer).status_code == 200
    assert worker.submits(answer).status_code == 200
    refused = worker.submits({"other": True})
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "TaskAlreadySubmitted"
    assert written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"] == answer


def test_an_answer_with_every_kind_of_text_arrives_unchanged(job, worker, written):
    answer = {"名前": "ねこ \u2028 </script> \" ' \\ \U0001f408", "nested": [1, 2.5, None, True, {"": ""}]}
    loop = job.starts_loop()
    worker.starts_working(job.name)
    assert worker.submits(answer).status_code == 200
    assert written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"] == json.loads(json.dumps(answer))
