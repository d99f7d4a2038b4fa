import os
import subprocess
import sys
import time

from services.sagemaker.containers import orphans


def sleeper(**environment):
    return subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True, env={**os.environ, **environment}
    )


def test_a_process_is_ended_only_when_its_start_time_is_the_recorded_one():
    process = sleeper()
    started = orphans.process_start(process.pid)
    try:
        assert not orphans.end_process(process.pid, "some other time")
        assert process.poll() is None
        assert orphans.end_process(process.pid, started)
        assert process.wait(5) == -9
    finally:
        process.kill()
        process.wait()
    assert not orphans.end_process(process.pid, started)


def test_a_process_that_ended_has_no_start_time():
    process = subprocess.Popen(["true"])
    time.sleep(0.05)
    process.wait()
    assert orphans.process_start(process.pid) is None


def test_a_marked_process_is_found_by_its_environment():
    mine, other = sleeper(**{orphans.CONTAINER_VARIABLE: "id-1"}), sleeper(**{orphans.CONTAINER_VARIABLE: "id-2"})
    try:
        deadline = time.monotonic() + 5
        ended = []
        while not ended and time.monotonic() < deadline:  # the variable is there only after the exec
            ended = orphans.end_marked({"id-1"})
        assert ended == [mine.pid]
        assert other.poll() is None
    finally:
        for process in (mine, other):
            process.kill()
            process.wait()
