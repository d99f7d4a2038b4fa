"""Processes: known again, stopped with all they started, never confused with another's."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import psutil
import pytest

from local.errors import PartDiedError
from local.stack.health import wait_until, wait_until_ready
from local.stack.processes import Part, Processes

CHILD = "import time; print('child', flush=True); time.sleep(600)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {CHILD!r}]); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)


@pytest.fixture
def processes(tmp_path):
    processes = Processes(tmp_path)
    yield processes
    processes.stop(processes.names())


def start(processes, program, name="part", url=None):
    part = Part(name, [sys.executable, "-c", program], dict(os.environ), processes.state, url)
    processes.start(part)
    return part


def wait_for_text(processes, text, name="part"):
    wait_until(lambda: text in processes.log(name).read_text(), processes, name, f"printed {text}", 30)


def test_a_started_part_is_known_to_a_later_command(processes):
    start(processes, PARENT)
    assert Processes(processes.state).find("part").pid == processes.find("part").pid
    assert Processes(processes.state).names() == ["part"]


def test_stop_ends_a_part_and_its_children(processes):
    start(processes, PARENT)
    wait_for_text(processes, "child")
    family = [processes.find("part"), *processes.find("part").children(recursive=True)]
    assert len(family) == 2
    processes.stop(["part"])
    assert not any(psutil.pid_exists(member.pid) for member in family)
    assert processes.names() == []


def test_children_of_a_part_that_died_are_ended_too(processes):
    start(processes, PARENT)
    wait_for_text(processes, "child")
    parent = processes.find("part")
    [child] = parent.children()
    parent.kill()
    parent.wait()
    assert child.is_running()
    processes.stop(["part"])
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_part_that_does_not_listen_is_killed(processes, monkeypatch):
    monkeypatch.setattr("local.stack.processes.STOP_SECONDS", 0.5)
    start(processes, STUBBORN)
    wait_for_text(processes, "deaf")
    deaf = processes.find("part")
    monkeypatch.setattr("local.stack.processes.END_SECONDS", 0.5)
    processes.stop(["part"])
    assert not deaf.is_running()


def test_a_number_that_belongs_to_another_process_is_left_alone(processes):
    stranger = psutil.Popen([sys.executable, "-c", CHILD])
    try:
        processes.record.write_text(json.dumps({"part": {"pid": stranger.pid, "started": time.time() - 9999}}))
        assert processes.find("part") is None
        processes.stop(["part"])
        assert stranger.is_running()
        assert stranger.status() != psutil.STATUS_ZOMBIE
    finally:
        stranger.send_signal(signal.SIGKILL)
        stranger.wait()


def test_a_part_that_dies_shows_its_last_lines(processes):
    part = start(processes, "raise SystemExit('no such table: loops')", url="http://127.0.0.1:9/")
    with pytest.raises(PartDiedError, match="no such table: loops"):
        wait_until_ready(processes, part)


def test_a_part_that_never_answers_is_given_up(processes):
    part = start(
        processes, "import time; print('still thinking', flush=True); time.sleep(600)", url="http://127.0.0.1:9/"
    )
    wait_for_text(processes, "still thinking")
    with pytest.raises(PartDiedError, match=r"(?s)not answered at http://127.0.0.1:9/.*still thinking"):
        wait_until_ready(processes, part, seconds=0.5)
