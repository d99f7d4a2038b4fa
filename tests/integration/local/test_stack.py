"""The services of a stack as real processes: up, kept, down, and nothing left behind however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.errors import PartDiedError, PortTakenError
from local.settings import BUCKET, DEFAULT_PORTS, Settings
from local.stack.bootstrap import client
from local.stack.stack import Stack

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ["aws", "sagemaker", "review"]


def free_ports():
    listeners = [socket.socket() for _ in DEFAULT_PORTS]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = {name: str(listener.getsockname()[1]) for name, listener in zip(DEFAULT_PORTS, listeners, strict=True)}
    for listener in listeners:
        listener.close()
    return ports


def make(state, ports):
    return Stack(Settings.from_environment(ports, state), say=lambda _: None, with_airflow=False)


def belonging_to(state):
    """Return the processes whose environment names a state folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(state) in " ".join(process.environ().values()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def stack(tmp_path):
    stack = make(tmp_path / "state", free_ports())
    yield stack
    stack.down()


def test_services_start_keep_what_they_hold_and_leave_nothing(stack):
    stack.up()
    assert stack.running() == SERVICES
    s3 = client("s3", stack.settings.aws_url, stack.secrets)
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"kept")
    review = client("sagemaker", stack.settings.review_url, stack.secrets)
    assert [team["WorkteamName"] for team in review.list_workteams()["Workteams"]] == ["reviewers"]
    pids = {name: stack.processes.find(name).pid for name in SERVICES}
    stack.up()
    assert {name: stack.processes.find(name).pid for name in SERVICES} == pids, "a second up starts nothing"

    stack.processes.stop(["aws"])
    stack.up()
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"kept"
    assert stack.processes.find("review").pid == pids["review"]

    assert sorted(stack.down()) == sorted(SERVICES)
    assert stack.running() == []
    assert not belonging_to(stack.settings.state)
    stack.clean()
    assert not stack.settings.state.exists()


def test_a_taken_port_starts_nothing_and_is_named(tmp_path):
    ports = free_ports()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", int(ports["REVIEW_PORT"])))
        listener.listen()
        stack = make(tmp_path / "state", ports)
        with pytest.raises(PortTakenError, match=rf"port {ports['REVIEW_PORT']} is taken by process {os.getpid()}"):
            stack.up()
    assert stack.running() == []
    assert not belonging_to(stack.settings.state)


def test_a_start_that_fails_half_way_leaves_nothing(tmp_path):
    stack = make(tmp_path / "state", free_ports())
    # The first server finds a file where its folder should be.
    (stack.settings.state / "aws").write_text("in the way")
    with pytest.raises(PartDiedError, match="aws ended while starting"):
        stack.up()
    assert stack.running() == []
    assert not belonging_to(stack.settings.state)


def test_an_interrupted_start_leaves_nothing(tmp_path):
    state = tmp_path / "state"
    command = [sys.executable, "-m", "local", "up", "--services-only", "--state", str(state)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **free_ports()}, stderr=subprocess.PIPE, text=True)
    record = state / "processes.json"
    while process.poll() is None and not (record.exists() and "aws" in record.read_text()):
        process.send_signal(0)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in printed
    assert not belonging_to(state)
