"""Processes that outlive the command that started them, recognised by pid and start time."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]

from local.stack.interrupts import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

STOP_SECONDS = 20.0
END_SECONDS = 5.0


@dataclass(frozen=True)
class Part:
    """A part of the stack: how it is started, and the address that tells when it is ready."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    health_url: str | None = None


class Processes:
    """The running processes of one state folder, recorded in its `processes.json`."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.record = state / "processes.json"
        self._children: list[subprocess.Popen[bytes]] = []

    def log(self, name: str) -> Path:
        """Return the file a part prints into."""
        return self.state / "logs" / f"{name}.log"

    def start(self, part: Part) -> None:
        """Start a part in a session of its own and record it before anything else happens."""
        log = self.log(part.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output, uninterrupted():
            process = subprocess.Popen(
                list(part.command),
                cwd=part.folder,
                env=dict(part.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._children.append(process)
            self._write({**self._read(), part.name: {"pid": process.pid, "started": _started(process.pid)}})

    def find(self, name: str) -> psutil.Process | None:
        """Return a part's process while it runs; a pid that now belongs to another process is not it."""
        known = self._read().get(name)
        if known is None:
            return None
        try:
            process = psutil.Process(int(known["pid"]))
            same = abs(process.create_time() - known["started"]) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def names(self) -> list[str]:
        """Return the recorded parts in the order they were started."""
        return list(self._read())

    def stop(self, names: Iterable[str]) -> None:
        """End parts and all they started, at the same time: ask first, kill those that do not end."""
        known = self._read()
        ending = [name for name in names if name in known]
        if ending:
            with ThreadPoolExecutor(len(ending)) as pool:
                list(pool.map(self._end, ending))
        self._write({name: values for name, values in known.items() if name not in ending})

    def _end(self, name: str) -> None:
        process = self.find(name)
        if process is not None:
            stop_tree(process)
        else:
            end(_session(int(self._read()[name]["pid"])))

    def _read(self) -> dict[str, dict[str, float]]:
        if not self.record.exists():
            return {}
        known: dict[str, dict[str, float]] = json.loads(self.record.read_text())
        return known

    def _write(self, known: dict[str, dict[str, float]]) -> None:
        beside = self.record.with_name("processes.json.unfinished")
        beside.write_text(json.dumps(known, indent=2))
        beside.replace(self.record)


def stop_tree(process: psutil.Process) -> None:
    """End a process and its descendants, and wait until they are gone."""
    descendants = _descendants(process)
    _signal([process], kill=False)
    psutil.wait_procs([process], timeout=STOP_SECONDS)
    # Processes it started since are found now; those it ended itself drop out.
    end([process, *_descendants(process), *descendants, *_session(process.pid)])


def end(processes: list[psutil.Process]) -> None:
    """Ask processes to end, kill those that do not, and wait until all are gone."""
    _signal(processes, kill=False)
    _, stubborn = psutil.wait_procs(processes, timeout=END_SECONDS)
    _signal(stubborn, kill=True)
    psutil.wait_procs(stubborn, timeout=END_SECONDS)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def _session(leader: int) -> list[psutil.Process]:
    """Return the remaining processes of a part's session after the part itself has ended."""
    if psutil.pid_exists(leader):
        # The pid belongs to a living process again, which is not ours, so neither is its session.
        return []
    return [process for process in psutil.process_iter() if _session_of(process.pid) == leader]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _signal(processes: list[psutil.Process], *, kill: bool) -> None:
    for process in processes:
        try:
            if kill:
                process.kill()
            else:
                process.terminate()
        except psutil.NoSuchProcess:
            continue


def _started(pid: int) -> float:
    try:
        started: float = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0
    return started
