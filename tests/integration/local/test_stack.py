"""The services of a stack as real processes: up, kept, down, and nothing left behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.config.settings import ADMINISTRATOR, BUCKET, REVIEWER, Settings
from local.errors import PartDiedError, PortTakenError, SettingError
from local.stack.bootstrap import client
from local.stack.stack import Stack

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


def test_a_service_that_died_is_started_again_and_nobody_is_signed_out(make_stack):
    stack = make_stack()
    stack.up()
    people = {
        REVIEWER: stack.secrets.reviewer_password,
        ADMINISTRATOR: stack.secrets.administrator_password,
    }
    signed_in = {email: sign_in(stack, email, password) for email, password in people.items()}
    assert {email: page(browser, stack) for email, browser in signed_in.items()} == {REVIEWER: 403, ADMINISTRATOR: 200}
    died = stack.processes.find("review")
    died.kill()
    died.wait(30)
    make_stack().up()  # as another `make up` does
    assert {email: page(browser, stack) for email, browser in signed_in.items()} == {REVIEWER: 403, ADMINISTRATOR: 200}
    assert not list((stack.settings.state / "review").glob("*-password")), "no password lies about"


def test_a_stack_is_asked_for_without_naming_its_ports(make_stack, ports):
    stack = make_stack()
    stack.up()
    state = stack.settings.state
    assert Settings.from_environment({}, state).ports == {name: int(port) for name, port in ports.items()}
    command = [sys.executable, "-m", "local", "status", "--state", str(state)]
    kept = {name: text for name, text in os.environ.items() if name not in ports}
    printed = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False).stdout
    for port in ports.values():
        assert f"http://localhost:{port}" in printed
    moved = Stack(Settings.from_environment({"AWS_PORT": "1"}, state), say=lambda _: None, with_airflow=False)
    with pytest.raises(SettingError, match=f"runs already, with AWS_PORT={ports['AWS_PORT']}: name those ports"):
        moved.up()
    assert sorted(stack.running()) == sorted(SERVICES)


def sign_in(stack, email, password):
    browser = httpx.Client(base_url=stack.settings.review_url, follow_redirects=True, timeout=30)
    form = browser.get("/portal/sign-in").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    answer = browser.post("/portal/sign-in", data=fields | {"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    assert "sign-in" not in answer.url.path
    return browser


def page(browser, stack):
    """Return how the portal answers on a page for administrators; who is signed out is led to the sign-in."""
    answer = browser.get("/portal/admin/teams")
    assert "sign-in" not in answer.url.path, "signed out"
    return answer.status_code


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
    # A suite that runs in a shell's background ignores Ctrl-C, and what it starts would inherit that.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ports}, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, inherited)
    record = state / "processes.json"
    while process.poll() is None and not (record.exists() and "aws" in record.read_text()):
        process.send_signal(0)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in printed
    assert not left_over()
