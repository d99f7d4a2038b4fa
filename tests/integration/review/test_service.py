"""The service as its operator meets it: probes, metrics, logs, files of settings, a clean end."""

import json
import re
import signal
import threading
import time
import uuid

import httpx
import pytest

TOKEN = "a token only Prometheus has"


@pytest.fixture(scope="module")
def operated(tmp_path_factory, s3_server, s3, service):
    """A service whose log and metrics are looked at, apart from the shared one."""
    one = type(service)(tmp_path_factory.mktemp("operated"), s3_server)
    one.settings = {"METRICS_TOKEN": TOKEN, "LOG_LEVEL": "DEBUG"}
    one.starts()
    yield one
    one.is_killed()


def metrics_of(service):
    answer = httpx.get(f"{service.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text


def value(text, name, **labels):
    pairs = ",".join(f'{key}="{label}"' for key, label in labels.items())
    found = re.search(rf"^{re.escape(name)}{re.escape('{' + pairs + '}')} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


def requests_in(log):
    """Return the requests of a log; each is written when its answer has gone, so the newest may be missing yet."""
    whole = log[: log.rfind("\n") + 1]
    return [line for line in map(json.loads, whole.splitlines()) if line["message"] == "request"]


def test_metrics_are_shut_without_a_token_and_to_the_wrong_one(service, operated):
    assert httpx.get(f"{service.url}/metrics").status_code == 404
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        assert httpx.get(f"{operated.url}/metrics", headers=headers).status_code == 401


def test_metrics_tell_what_happened_and_how_the_loops_stand(operated, new_job, answer):
    job = new_job(on=operated)
    worker = operated.employs("ann", job.group)
    worker.signs_in()
    loops = [job.starts_loop() for _ in range(3)]
    worker.starts_working(job.name)
    next_task = worker.submits(answer).json()["next"].rsplit("/", 1)[1]
    job.becomes(loops[0], "Completed")
    worker.sees(next_task)
    operated.time_of_task_passes(next_task)
    assert worker.submits(answer, task=next_task).status_code == 409
    text = metrics_of(operated)
    assert value(text, "nightloop_review_claims_total", event="taken") == 2
    assert value(text, "nightloop_review_claims_total", event="submitted") == 1
    assert value(text, "nightloop_review_claims_total", event="expired") == 1
    start = "sagemaker-a2i-runtime.StartHumanLoop"
    assert value(text, "nightloop_review_requests_total", method="POST", route=start, status="200") == 3
    submit = "/portal/tasks/{task_id}/submit"
    assert value(text, "nightloop_review_requests_total", method="POST", route=submit, status="409") == 1
    assert value(text, "nightloop_review_request_seconds_count", method="POST", route=submit) == 2
    assert value(text, "nightloop_review_loops", flow=job.name, state="Completed") == 1
    assert value(text, "nightloop_review_loops", flow=job.name, state="InProgress") == 2
    assert value(text, "nightloop_review_waiting_tasks", flow=job.name) == 2
    assert value(text, "nightloop_review_oldest_waiting_seconds", flow=job.name) >= 0
    assert value(text, "nightloop_review_outbox", destination="s3") == 0


def test_a_request_keeps_its_id_or_gets_one(operated, eventually):
    for given in ("of-the-proxy-1", "x" * 129, 'with"quotes', ""):
        answered = httpx.get(f"{operated.url}/healthz", headers={"X-Request-Id": given}).headers["x-request-id"]
        assert (answered == given) == (given == "of-the-proxy-1")
    metadata = operated.sagemaker.list_workteams()["ResponseMetadata"]
    request_id = metadata["RequestId"]
    assert metadata["HTTPHeaders"]["x-request-id"] == request_id, "Amazon's id and ours are one"
    (line,) = eventually(lambda: [line for line in requests_in(operated.log) if line["request_id"] == request_id])
    assert (line["method"], line["route"], line["status"]) == ("POST", "sagemaker.ListWorkteams", 200)
    assert line["milliseconds"] > 0


def test_no_secret_reaches_the_log(operated, new_job, answer, eventually):
    """Sign-in, a task with its image, calls with wrong signatures, all at the level that tells most."""
    job = new_job(on=operated)
    password = "a pass phrase nobody guesses"
    worker = operated.employs("bob", job.group, password=password)
    worker.signs_in("a wrong pass phrase")
    worker.signs_in()
    job.starts_loop(note="what only the worker should read")
    task = worker.starts_working(job.name)
    granted = re.search(r"X-Amz-Signature=([0-9a-f]{64})", worker.sees_frame().text)
    assert granted, "the image's address is signed"
    worker.submits(answer | {"said": "an answer that is nobody else's business"})
    unsigned = httpx.post(
        f"{operated.url}/human-loops?X-Amz-Signature=5ecre7",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x, Signature=f0r9ed", "X-Request-Id": "the-forged-one"},
        json={"HumanLoopName": "x"},
    )
    assert unsigned.status_code == 403
    with pytest.raises(Exception, match="signature"):
        operated.client("sagemaker", aws_secret_access_key="not the secret").list_workteams()
    headers = {"X-Request-Id": "the-last-one"}
    httpx.get(f"{operated.url}/portal/invitations/5ecret-1nvitation", headers=headers)
    eventually(lambda: any(line["request_id"] == "the-last-one" for line in requests_in(operated.log)))
    log = operated.log
    cookies = list(worker.browser.cookies.jar)
    assert cookies
    secrets = [cookie.value for cookie in cookies] + [worker.csrf, granted[1], password, TOKEN]
    secrets += ["a wrong pass phrase", "a secret of the tests", "not the secret", "a secret key of the tests"]
    secrets += ["5ecre7", "f0r9ed", "5ecret-1nvitation", "what only the worker", "nobody else's business", worker.email]
    assert [secret for secret in secrets if secret in log] == []
    lines = requests_in(log)
    submitted = next(line for line in lines if line["route"] == "/portal/tasks/{task_id}/submit")
    ((public_id,),) = operated.reads("SELECT public_id FROM workers WHERE email = :email", email=worker.email)
    assert public_id in {line.get("worker") for line in lines}
    assert submitted["status"] == 200
    assert task not in {line["route"] for line in lines}
    assert any(line["request_id"] == "the-forged-one" and line["status"] == 403 for line in lines)


def slow_submit(worker, answer, begun):
    """Send an answer piece by piece, as a phone in a tunnel would."""
    body = json.dumps({"answer": answer, "seconds": 1.0}).encode()

    def pieces():
        for start in range(0, len(body), max(1, len(body) // 10)):
            yield body[start : start + max(1, len(body) // 10)]
            begun.set()
            time.sleep(0.2)

    headers = {"X-CSRF-Token": worker.csrf, "Content-Type": "application/json", "Content-Length": str(len(body))}
    return worker.browser.post(f"/portal/tasks/{worker.task}/submit", content=pieces(), headers=headers)


def test_sigterm_drains_then_finishes_what_is_open(new_service, new_job, answer, eventually):
    service = new_service()
    service.settings = {"DRAIN_SECONDS": "1"}
    service.starts()
    job = new_job(on=service)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    job.starts_loop()
    worker.starts_working(job.name)
    begun, replies = threading.Event(), []
    request = threading.Thread(target=lambda: replies.append(slow_submit(worker, answer, begun)))
    request.start()
    assert begun.wait(10)
    service.process.send_signal(signal.SIGTERM)
    eventually(lambda: httpx.get(f"{service.url}/readyz").status_code == 503)
    assert httpx.get(f"{service.url}/healthz").status_code == 200, "it still serves, for the balancer to notice"
    assert service.process.wait(20) == 0
    request.join(5)
    assert [reply.status_code for reply in replies] == [200], "the request that was open got its answer"
    assert service.reads("SELECT count(*) FROM claims WHERE state = 'submitted'") == [(1,)]


def test_settings_from_a_file(new_service):
    service = new_service()
    secret = service.folder / "secret"
    secret.write_text("a key from a file of its own\n")
    file = service.folder / "review.toml"
    file.write_text(
        f'account = "210987654321"\nsecret_key_file = "{secret}"\n[access_keys]\nnightloop = "from a file"\n'
    )
    service.settings = {"CONFIG": str(file), "ACCESS_KEYS": "", "SECRET_KEY": ""}
    service.starts()
    made = service.client("sagemaker", aws_secret_access_key="from a file").create_workteam(
        WorkteamName=f"team-{uuid.uuid4().hex[:8]}",
        Description="d",
        MemberDefinitions=[{"OidcMemberDefinition": {"Groups": ["g"]}}],
    )
    assert ":210987654321:" in made["WorkteamArn"]
    file.write_text("acount = 1\n")
    refused = service.command("migrate", "--config", str(file))
    assert refused.returncode == 2
    assert "`acount`; the nearest known one is `account`" in refused.stderr
