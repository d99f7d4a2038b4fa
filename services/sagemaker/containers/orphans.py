import contextlib
import os
import signal
import subprocess
from pathlib import Path

CONTAINER_VARIABLE = "SAGEMAKER_LOCAL_CONTAINER_ID"


def process_start(pid: int) -> str | None:
    """Return when a process started, in a form that is only good for comparing; None if there is no such process.

    A pid alone does not identify a process, since the system reuses it. Pid and start time together do.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None if Path("/proc/self/stat").exists() else _start_by_ps(pid)
    except ProcessLookupError:
        return None
    fields = status.rpartition(")")[2].split()  # the command's name, in brackets, may contain blanks
    return None if fields[0] in {"Z", "X"} else fields[19]


def _start_by_ps(pid: int) -> str | None:
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def end_process(pid: int, started: str) -> bool:
    """Kill the process group led by pid if it is still the process that was recorded; tell whether it was."""
    if process_start(pid) != started:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return True


def end_marked(container_ids: set[str]) -> list[int]:
    """Kill every process that has one of these container ids, where /proc shows environments.

    Finds what a container's dead leader left behind, and containers whose pid was never recorded.
    """
    ended = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        pid = int(path.parent.name)
        if pid != os.getpid() and _container_id(path) in container_ids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                ended.append(pid)
    return ended


def _container_id(environment: Path) -> str | None:
    try:
        variables = environment.read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile, or belongs to another user
        return None
    marker = f"{CONTAINER_VARIABLE}=".encode()
    return next((entry[len(marker) :].decode() for entry in variables if entry.startswith(marker)), None)
