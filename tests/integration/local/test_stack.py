"""The services of a stack as real processes: up, kept, down, and nothing left behind however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import PartDiedError, PortTakenError
from local.settings import BUCKET
from local.stack.bootstrap import client

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ["aws", "sagemaker", "review"]


def test_services_start_keep_what_they_hold_and_leave_nothing(make_stack, left_over):
    stack = make_stack()
    stack.up()
    assert stack.running() == SERVICES
    s3 = client("s3", stack.settings.aws_url, stack.secrets)
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"kept")
    review = client("sagemaker", stack.settings.review_url, stack.secrets)
    assert [team["WorkteamName"] for team in review.list_workteams()["Workteams"]] == ["reviewers"]
    pids = {name: stack.processes.find(name).pid for name in SERVICES}

    stack.processes.stop(["aws"])
    stack.up()
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"kept"
    assert {name: stack.processes.find(name).pid for name in ("sagemaker", "review")} == {
        name: pids[name] for name in ("sagemaker", "review")
    }, "a second up starts what is missing and nothing else"

    assert sorted(stack.down()) == sorted(SERVICES)
    assert stack.running() == []
    assert not left_over()
    stack.clean()
    assert not stack.settings.state.exists()


def test_a_taken_port_starts_nothing_and_is_named(make_stack, left_over, ports):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", int(ports["REVIEW_PORT"])))
        listener.listen()
        stack = make_stack()
        with pytest.raises(PortTakenError, match=rf"port {ports['REVIEW_PORT']} is taken by process {os.getpid()}"):
            stack.up()
    assert stack.running() == []
    assert not left_over()


def test_a_start_that_fails_half_way_leaves_nothing(make_stack, left_over):
    stack = make_stack()
    # The first server finds a file where its folder should be.
    (stack.settings.state / "aws").write_text("in the way")
    with pytest.raises(PartDiedError, match="aws ended while starting"):
        stack.up()
    assert stack.running() == []
    assert not left_over()


def test_an_interrupted_start_leaves_nothing(tmp_path, ports, left_over):
    state = tmp_path / "state"
    command = [sys.executable, "-m", "local", "up", "--services-only", "--state", str(state)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ports}, stderr=subprocess.PIPE, text=True)
    record = state / "processes.json"
    while process.poll() is None and not (record.exists() and "aws" in record.read_text()):
        process.send_signal(0)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in printed
    assert not left_over()
