"""The commands, variables and probes of the pods, run as processes in the order of a first installation."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from tests.support.manifests import DEPLOY, ROOT, build, of_kind, pod_of

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def pods():
    objects = build(DEPLOY / "review" / "base")
    (deployment,), (job,), (settings,) = (of_kind(objects, kind) for kind in ("Deployment", "Job", "ConfigMap"))
    return pod_of(deployment)["spec"], pod_of(job)["spec"], settings["data"]


@pytest.fixture
def start(tmp_path):
    """Start a container's command with its variables; a Secret's keys have the values of the test."""
    secret = {
        "database": f"sqlite:///{tmp_path / 'review.sqlite'}",
        "secret-key": "a secret key of the tests",
        "access-keys": '{"id": "secret"}',
        "metrics-token": "a token of the tests",
    }
    started = []

    def begin(container, settings=None):
        variables = dict(settings or {})
        for one in container["env"]:
            key = one.get("valueFrom", {}).get("secretKeyRef", {}).get("key")
            variables[one["name"]] = one.get("value") or secret.get(key, "")
        command = [sys.executable, *container["command"][1:], *container["args"]]
        environment = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **variables}
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait(10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_pods_wait_for_the_job_and_then_answer_their_probes(pods, start, tmp_path):
    server, migration, settings = pods
    ((waiting,), (container,), (job,)) = server["initContainers"], server["containers"], migration["containers"]
    before = start(waiting)
    with pytest.raises(subprocess.TimeoutExpired):
        before.wait(3)
    assert start(job).wait(60) == 0, (tmp_path / "log").read_text()
    assert before.wait(20) == 0
    url = f"http://127.0.0.1:{(port := free_port())}"
    service = start(container, settings | {"NIGHTLOOP_REVIEW_PORT": str(port), "NIGHTLOOP_REVIEW_DRAIN_SECONDS": "1"})
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert answers(service, url + container[probe]["httpGet"]["path"]) == 200, (tmp_path / "log").read_text()
    metrics = httpx.get(f"{url}/metrics", headers={"Authorization": "Bearer a token of the tests"})
    assert metrics.status_code == 200
    service.send_signal(signal.SIGTERM)
    assert service.wait(server["terminationGracePeriodSeconds"]) == 0


def answers(process, url):
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            return httpx.get(url).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    return None
