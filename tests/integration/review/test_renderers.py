"""Rendering in processes: real ones, with templates that would never end, never fit, or never be read."""

import json
import os
import resource
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from services.review.errors import InvalidInput, TemplateFailed
from services.review.formats.task_input import input_digest
from services.review.render.job import Job
from services.review.render.pool import process, renderer
from services.review.render.pool.renderers import Renderers
from services.review.render.pool.wire import ConnectionOver, receive, send

HONEST = Job("<p>{{ task.input.x }}</p>", '{"x": "hello"}', page=True)
ENDLESS = Job("{{ (1..90000) | join: ',' | split: ',' | uniq | size }}", "{}", page=True)
BLANKS = Job("{{" + " " * 120_000)


@pytest.fixture
def renderers():
    renderers = Renderers(2)
    yield renderers
    renderers.close()


@pytest.fixture
def quick(monkeypatch):
    """Have less patience than the service has."""
    monkeypatch.setattr(renderer, "SECONDS", 1.0)


def signed(location):
    return f"https://signed.example/{location.bucket}/{location.key}"


def run(renderers, job, grant=signed, caller="ann"):
    return renderers.run(job, grant, caller=caller, most_waiting=6)


def pids(renderers):
    return {idle._process.pid for idle in renderers._idle}


def test_a_page_comes_with_its_policy_its_findings_and_its_labels(renderers):
    template = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form>
      <crowd-bounding-box name="b" src="{{ task.input.at | grant_read_access }}" labels="['cat', 'é']">
      </crowd-bounding-box>
      <img src="https://cdn.example/x.png"></crowd-form>"""
    wanted = {"page": True, "findings": True, "labels": True, "public_url": "https://review.example"}
    done = run(renderers, Job(template, '{"at": "s3://b/k é.jpg"}', **wanted))

    assert done.granted == ("https://signed.example/b/k é.jpg",)
    assert "<crowd-bounding-box" in done.page
    assert "https://signed.example/b/k%20%C3%A9.jpg" in done.policy
    assert [(finding.code, finding.thing) for finding in done.findings] == [
        ("BlockedImage", "https://cdn.example/x.png")
    ]
    assert done.labels == {"b": frozenset({"cat", "é"})}


def test_a_digest_is_the_same_wherever_it_is_made(renderers):
    text = '{"b": [1, 2.50], "a": "\u00e9"}'
    assert run(renderers, Job("", text, digest=True)).digest == input_digest(text) == input_digest(f" {text}\n")
    with pytest.raises(InvalidInput):
        run(renderers, Job("", "[]", digest=True))


def test_the_same_process_does_one_job_after_another(renderers):
    run(renderers, HONEST)
    before = pids(renderers)
    for _ in range(5):
        assert "<p>hello</p>" in run(renderers, HONEST).page
    assert pids(renderers) == before


@pytest.mark.parametrize("job", [ENDLESS, BLANKS], ids=["uniq", "blanks"])
def test_what_does_not_end_is_ended(renderers, quick, job):
    began = time.monotonic()
    with pytest.raises(TemplateFailed, match="takes longer than 1 seconds"):
        run(renderers, job)
    assert time.monotonic() - began < 3
    assert "<p>hello</p>" in run(renderers, HONEST).page


def test_what_needs_too_much_memory_is_refused(renderers):
    hungry = Job(
        "{% for i in (1..30) %}"
        + "".join(f"{{% assign v{n} = task.input.x | concat: task.input.x %}}" for n in range(300))
        + "{% endfor %}",
        json.dumps({"x": ["y"] * 500_000}),
        page=True,
    )
    with pytest.raises(TemplateFailed, match="the template"):
        run(renderers, hungry)
    assert "<p>hello</p>" in run(renderers, HONEST).page


def test_a_process_that_took_much_is_replaced(renderers):
    large = Job("{{ task.input.x | size }}", '{"x":[' + "{}," * 600_000 + "{}]}", page=True)
    run(renderers, HONEST)
    before = pids(renderers)
    run(renderers, large)
    assert pids(renderers) != before
    assert "<p>hello</p>" in run(renderers, HONEST).page


def test_a_process_that_died_while_it_waited_is_replaced(renderers):
    run(renderers, HONEST)
    for pid in pids(renderers):
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
    assert "<p>hello</p>" in run(renderers, HONEST).page


def test_a_process_that_dies_at_work_is_the_templates_failure(renderers):
    run(renderers, HONEST)
    (pid,) = pids(renderers)
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(TemplateFailed, match="more time, memory or depth"):
        run(renderers, ENDLESS)
    assert "<p>hello</p>" in run(renderers, HONEST).page


@pytest.mark.parametrize(
    ("job", "error", "said"),
    [
        (Job("{% if %}", "{}"), TemplateFailed, "cannot be rendered"),
        (Job("{% if %}"), TemplateFailed, "not valid Liquid"),
        (Job("x", "[1]"), InvalidInput, "JSON object"),
        (Job("x", "{"), InvalidInput, "JSON object"),
        (Job("x", '{"a":' * 1000), InvalidInput, "JSON object"),
        (Job("{{ 's3://bucket' | grant_read_access }}", "{}"), TemplateFailed, "s3://bucket"),
    ],
)
def test_a_mistake_is_told_and_costs_no_process(renderers, job, error, said):
    run(renderers, HONEST)
    before = pids(renderers)
    with pytest.raises(error, match=said):
        run(renderers, job)
    assert pids(renderers) == before


def test_what_the_service_does_not_grant_fails_with_its_words(renderers):
    def refuse(location):
        raise TemplateFailed(f"no access to {location.uri}")

    with pytest.raises(TemplateFailed, match="no access to s3://b/k"):
        run(renderers, Job("{{ 's3://b/k' | grant_read_access }}", "{}", page=True), refuse)


def test_a_mistake_of_the_service_ends_the_process_it_was_talking_to(renderers):
    def fail(location):
        raise RuntimeError(location.uri)

    with pytest.raises(RuntimeError):
        run(renderers, Job("{{ 's3://b/k' | grant_read_access }}", "{}", page=True), fail)
    assert "<p>hello</p>" in run(renderers, HONEST).page


def test_half_a_character_crosses(renderers):
    assert run(renderers, Job("\ud800{{ task.input.x }}", '{"x": "y"}', page=True)).page.endswith("\ufffdy")
    with pytest.raises(InvalidInput, match="half a surrogate pair"):
        run(renderers, Job("{{ task.input.x }}", '{"x": "\\udfff"}', page=True))


def test_a_process_knows_no_secret(renderers, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_REVIEW_SECRET_KEY", "a secret of the service")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    run(renderers, HONEST)
    (pid,) = pids(renderers)
    known = {entry.partition("=")[0] for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if entry}
    assert known <= {"PYTHONPATH", "PATH", "LANG"}


def test_one_caller_does_not_have_all_processes(renderers, quick):
    """Two endless jobs of one caller: another's is done while they last."""
    for _ in range(2):
        run(renderers, HONEST)
    failures = []

    def spend():
        with pytest.raises(TemplateFailed) as failed:
            run(renderers, ENDLESS, caller="greedy")
        failures.append(failed.value)

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert "<p>hello</p>" in run(renderers, HONEST, caller="honest").page
    assert time.monotonic() - began < 0.8, "not after the greedy caller's job"
    for thread in threads:
        thread.join()
    assert len(failures) == 2


def test_the_processes_end_with_the_service(renderers):
    run(renderers, HONEST)
    (pid,) = pids(renderers)
    renderers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_ends_by_itself_when_nobody_is_left():
    here, there = socket.socketpair()
    thread = threading.Thread(target=_serve, args=(there,))
    thread.start()
    here.close()
    thread.join(5)
    assert not thread.is_alive()


def _serve(connection):
    with pytest.raises(ConnectionOver):
        receive(connection)
    connection.close()


def test_messages_have_a_time_to_arrive():
    here, there = socket.socketpair()
    with here, there:
        with pytest.raises(TimeoutError):
            receive(here, end=time.monotonic() + 0.1)
        writer = threading.Thread(target=send, args=(there, {"a": 1}, "é\ud800" * 300_000))
        writer.start()
        assert receive(here, end=time.monotonic() + 5) == ({"a": 1}, "é\ud800" * 300_000)
        writer.join()


def test_a_job_that_nobody_ends_is_ended_by_its_processor_time(monkeypatch):
    seen = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: seen.update({kind: limits}))
    process._bound_cpu()
    soft, _ = seen[resource.RLIMIT_CPU]
    assert 0 < soft - time.process_time() <= process.CPU_SECONDS + 1
