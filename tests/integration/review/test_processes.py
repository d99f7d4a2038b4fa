"""Several processes behind one port: one service to its callers, whichever process they meet and whichever dies."""

import json
import os
import signal
import socket
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import boto3
import httpx
import pytest

from tests.integration.review.conftest import POSTGRESQL
from tests.integration.review.test_service import TOKEN, metrics_of, slow_submit, value

pytestmark = pytest.mark.skipif(not POSTGRESQL, reason="several processes need PostgreSQL (NIGHTLOOP_TEST_DATABASE)")


@pytest.fixture
def new_pair(new_service):
    """Make a service of two processes."""

    def make(**settings):
        service = new_service()
        service.settings = {"PROCESSES": "2", "METRICS_TOKEN": TOKEN, **settings}
        return service.starts()

    return make


def children(service):
    """List the serving processes; what renders templates are children of these."""
    parent = service.process.pid
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@contextmanager
def alone(service, pid):
    """Let one process answer all callers that connect now."""
    others = [other for other in children(service) if other != pid]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def connecting_anew(worker):
    """Give a worker's browser no connection to a process it has met before."""
    worker.browser.headers["Connection"] = "close"
    return worker


def test_a_limit_of_sign_ins_counts_what_every_process_has_seen(new_pair, new_job):
    service = new_pair()
    first, second = children(service)
    worker = connecting_anew(service.employs("ann", new_job(on=service).group))
    for pid, wrong in ((first, 3), (second, 2)):
        with alone(service, pid):
            for _ in range(wrong):
                assert worker.signs_in("not the password").status_code == 401
    for pid in (first, second):
        with alone(service, pid):
            assert worker.signs_in().status_code == 429, "five failures, wherever they were seen"


def test_a_session_and_a_task_are_known_to_every_process(new_pair, new_job, answer, written):
    service = new_pair()
    first, second = children(service)
    job = new_job(on=service)
    worker = connecting_anew(service.employs("ann", job.group))
    loop = job.starts_loop()
    with alone(service, first):
        worker.signs_in()
    with alone(service, second):
        assert worker.starts_working(job.name)
    with alone(service, first):
        assert worker.sees_frame().status_code == 200
        assert worker.submits(answer).status_code == 200
    with alone(service, second):
        assert worker.submits(answer).status_code == 200, "the same answer, acknowledged again"
    assert len(written(job.becomes(loop, "Completed"))["humanAnswers"]) == 1


def test_every_process_tells_the_sum_of_all_and_a_dead_ones_part_stays(new_pair, eventually):
    service = new_pair()
    first, second = children(service)

    def asks(times):
        for _ in range(times):
            assert httpx.get(f"{service.url}/portal/sign-in").status_code == 200

    def count():
        return value(
            metrics_of(service), "nightloop_review_requests_total", method="GET", route="/portal/sign-in", status="200"
        )

    for pid, times in ((first, 3), (second, 4)):
        with alone(service, pid):
            asks(times)
    for pid in (first, second):
        with alone(service, pid):
            # A request is counted when its answer has gone.
            eventually(lambda: count() == 7)
            assert metrics_of(service).count("\nnightloop_review_claims_total{") == 5
            assert "nightloop_review_outbox{" in metrics_of(service)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(set(children(service)) - {first}) == 2)
    asks(1)
    eventually(lambda: count() == 8)


def test_an_event_is_sent_once_though_every_process_sends(new_pair, new_job, s3_server, answer):
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    sqs = boto3.client("sqs", endpoint_url=s3_server, **keys)
    queue = sqs.create_queue(QueueName=f"queue-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    service = new_pair(EVENT_QUEUE_URL=queue, SQS_ENDPOINT_URL=s3_server)
    job = new_job(on=service)
    workers = [connecting_anew(service.employs(f"w{number}", job.group)) for number in range(4)]
    loops = [job.starts_loop() for _ in range(24)]
    threads = [threading.Thread(target=_works_on, args=(worker, job.name, answer)) for worker in workers]
    for worker, thread in zip(workers, threads, strict=True):
        worker.signs_in()
        thread.start()
    for thread in threads:
        thread.join(60)
    for loop in loops:
        job.becomes(loop, "Completed")
    sent: Counter[str] = Counter()
    begun = time.monotonic()
    # One that is sent twice is sent twice soon: wait a little after the last.
    while time.monotonic() < begun + (20 if sum(sent.values()) < len(loops) else 3):
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            sent[json.loads(message["Body"])["detail"]["humanLoopName"]] += 1
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert sent == Counter(loops)


def _works_on(worker, flow, answer):
    """Answer task after task until none is left."""
    task = worker.starts_working(flow)
    while task:
        assert worker.sees(task).status_code == 200
        following = worker.submits(answer, task=task).json()["task"]
        task = following["id"] if following else None


def _insists(call):
    """Repeat a call whose connection was lost, as a browser's page does."""
    while True:
        try:
            reply = call()
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        assert reply.status_code == 200, reply.text
        return reply


def test_a_killed_process_loses_no_answer_and_another_takes_its_place(new_pair, new_job, answer, eventually):
    service = new_pair()
    job = new_job(on=service)
    loops = [job.starts_loop() for _ in range(60)]
    workers = [service.employs(f"w{number}", job.group) for number in range(4)]
    acknowledged, begun = [], threading.Event()

    def work(worker):
        task = worker.starts_working(job.name)
        while task:
            _insists(lambda task=task: worker.sees(task))
            following = _insists(lambda task=task: worker.submits(answer, task=task)).json()["task"]
            acknowledged.append(task)
            begun.set()
            # A submit that was stored before its reply was lost has taken the next task with it.
            task = following["id"] if following else worker.starts_working(job.name)

    for worker in workers:
        worker.signs_in()
    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    for _ in range(3):
        before = children(service)
        os.kill(before[0], signal.SIGKILL)
        eventually(lambda before=before: len(set(children(service)) - {before[0]}) == 2)
        time.sleep(0.3)
    for thread in threads:
        thread.join(90)
    assert sorted(service.reads("SELECT id FROM claims WHERE state = 'submitted'")) == sorted(
        (task,) for task in acknowledged
    )
    assert len(acknowledged) == len(loops)
    assert service.reads("SELECT count(*) FROM claims WHERE state = 'held'") == [(0,)]
    for loop in loops:
        job.becomes(loop, "Completed")
    assert service.log.count("a process ended and is replaced") == 3


def test_sigterm_drains_every_process(new_pair, new_job, answer, eventually):
    service = new_pair(DRAIN_SECONDS="1")
    job = new_job(on=service)
    workers, requests, replies = [], [], []
    for pid in children(service):
        job.starts_loop()
        worker = service.employs("ann", job.group)
        with alone(service, pid):
            worker.signs_in()  # its connection to this process stays
            worker.starts_working(job.name)
        workers.append(worker)
    for worker in workers:
        begun = threading.Event()
        request = threading.Thread(
            target=lambda worker=worker, begun=begun: replies.append(slow_submit(worker, answer, begun))
        )
        request.start()
        assert begun.wait(10)
        requests.append(request)
    service.process.send_signal(signal.SIGTERM)
    eventually(lambda: httpx.get(f"{service.url}/readyz").status_code == 503)
    assert httpx.get(f"{service.url}/healthz").status_code == 200
    assert service.process.wait(25) == 0
    for request in requests:
        request.join(5)
    assert [reply.status_code for reply in replies] == [200, 200]
    assert service.reads("SELECT count(*) FROM claims WHERE state = 'submitted'") == [(2,)]


def test_a_second_sigterm_ends_the_draining(new_pair, eventually):
    service = new_pair(DRAIN_SECONDS="60")
    service.process.send_signal(signal.SIGTERM)
    eventually(lambda: httpx.get(f"{service.url}/readyz").status_code == 503)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(20) == 0


def test_ctrl_c_reaches_parent_and_children_and_ends_them_once(new_pair):
    service = new_pair(DRAIN_SECONDS="60")
    for pid in (*children(service), service.process.pid):
        os.kill(pid, signal.SIGINT)
    assert service.process.wait(20) == 0


def test_the_children_of_a_killed_parent_end_and_free_the_port(new_pair, eventually):
    service = new_pair()
    left = children(service)
    service.process.kill()
    service.process.wait(10)
    eventually(lambda: not any(_is_running(pid) for pid in left), seconds=30)
    service.starts()
    assert len(children(service)) == 2


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_no_process_can_start_with_ends_the_service(new_service):
    service = new_service()
    service.settings = {"PROCESSES": "2", "SECRET_KEY": "short"}
    refused = service.command("serve")
    assert refused.returncode == 2
    assert "NIGHTLOOP_REVIEW_SECRET_KEY" in refused.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        service.settings = {"PROCESSES": "2", "PORT": str(taken.getsockname()[1])}
        refused = service.command("serve")
    assert refused.returncode == 3, "uvicorn's own status"
    assert "Address already in use" in refused.stderr
