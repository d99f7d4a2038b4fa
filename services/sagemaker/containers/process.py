import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.sagemaker.containers import orphans
from services.sagemaker.errors import ServiceStoppingError
from services.sagemaker.storage.database import Database
from services.sagemaker.storage.tables import ContainerRow

logger = logging.getLogger(__name__)

LAUNCHER = Path(__file__).with_name("launch.py")
READER_SECONDS = 5.0
LINE_BYTES = 200_000  # CloudWatch Logs takes events up to 256 KB


@dataclass(frozen=True)
class Command:
    """What to run: the words, the whole environment, and a label for threads and messages."""

    words: Sequence[str]
    environment: Mapping[str, str]
    label: str


class Container:
    """One running container process, leader of its own process group. Made by `Containers.start`."""

    def __init__(self, identity: str, label: str, process: subprocess.Popen[bytes]) -> None:
        self.identity = identity
        self.label = label
        self.pid = process.pid
        self._process = process
        self._signalling = threading.Lock()  # no signal after the pid was returned to the system
        self._ended = threading.Event()

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode if self._ended.is_set() else None

    def wait(self, seconds: float) -> int | None:
        """Wait for the end; None if it still runs after these seconds."""
        self._ended.wait(seconds)
        return self.exit_code

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole process group, if it still runs."""
        with self._signalling:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, number)

    def stop(self, grace: float) -> None:
        """End it as SageMaker does: SIGTERM, `grace` seconds, SIGKILL; returns when it has ended."""
        self.signal(signal.SIGTERM)
        self.kill_after(grace)

    def kill_after(self, grace: float) -> None:
        """Wait `grace` seconds for the end, then SIGKILL; returns when it has ended."""
        if self.wait(grace) is None:
            logger.warning("container %s does not end in %.0f s: killed", self.label, grace)
            self.signal(signal.SIGKILL)
            self._ended.wait()

    def follow(self, sink: Callable[[str], None], at_end: Callable[[], None]) -> None:
        """Start the two threads of a container: its log reader and the one that waits for its end."""
        stdout = self._process.stdout
        assert stdout is not None
        reader = threading.Thread(
            target=_read_lines, args=(stdout, sink), name=f"container-log-{self.label}", daemon=True
        )
        reader.start()
        waiter = threading.Thread(
            target=self._reap, args=(reader, at_end), name=f"container-wait-{self.label}", daemon=True
        )
        waiter.start()

    def _reap(self, reader: threading.Thread, at_end: Callable[[], None]) -> None:
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        with self._signalling:
            # Processes that the leader leaves behind end with it, as in a container whose process 1 ends.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        reader.join(READER_SECONDS)  # longer only if a descendant left the group and kept the pipe
        try:
            at_end()
        finally:
            self._ended.set()


def _read_lines(stdout: IO[bytes], sink: Callable[[str], None]) -> None:
    with stdout:
        for line in iter(lambda: stdout.readline(LINE_BYTES), b""):
            try:
                sink(line.decode("utf-8", errors="replace").rstrip("\r\n"))
            except Exception:
                logger.exception("a log line could not be handled")


class Containers:
    """Starts every container process, records it, and ends all of them with the service.

    One thread, `container-spawner`, starts them all: the kernel's "die with your parent" means the parent *thread*, so
    the thread that forks must live as long as the service.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="container-spawner")
        self._lock = threading.Lock()
        self._running: dict[str, Container] = {}
        self._stopping = False

    def start(self, command: Command, sink: Callable[[str], None]) -> Container:
        """Start a container; every line it prints goes to the sink; raises ServiceStoppingError after `stop`."""
        identity = uuid.uuid4().hex
        with self._database.write() as session:
            session.add(ContainerRow(id=identity, label=command.label, pid=None, process_started=None))
        try:
            container = self._spawner.submit(self._spawn, identity, command).result()
        except BaseException:
            self._forget(identity)
            raise
        container.follow(sink, lambda: self._forget(identity))
        with self._database.write() as session:
            row = session.get(ContainerRow, identity)
            if row is not None:  # else it has ended already
                row.pid, row.process_started = container.pid, orphans.process_start(container.pid)
        return container

    def end_orphans(self) -> None:
        """End the containers that an earlier, killed service left behind, and no other process."""
        with self._database.write() as session:
            rows = session.query(ContainerRow).all()
            for row in rows:
                if row.pid is not None and row.process_started is not None:
                    orphans.end_process(row.pid, row.process_started)
            orphans.end_marked({row.id for row in rows})
            for row in rows:
                logger.info("container %s of the last run is ended", row.label)
                session.delete(row)

    def stop(self, grace: float) -> None:
        """End every container: SIGTERM to all, one common grace, SIGKILL to the rest."""
        with self._lock:
            self._stopping = True
        self._spawner.submit(lambda: None).result()  # every container being started is now in the table
        with self._lock:
            running = list(self._running.values())
        for container in running:
            container.signal(signal.SIGTERM)
        deadline = time.monotonic() + grace
        for container in running:
            container.kill_after(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """End the spawner's thread; call it after `stop`."""
        self._spawner.shutdown()

    def _spawn(self, identity: str, command: Command) -> Container:
        with self._lock:
            if self._stopping:
                raise ServiceStoppingError("the service is stopping and starts no more containers")
        words = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *resolve(command.words)]
        process = subprocess.Popen(
            words,
            env=dict(command.environment) | {orphans.CONTAINER_VARIABLE: identity},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        container = Container(identity, command.label, process)
        with self._lock:
            self._running[identity] = container
        return container

    def _forget(self, identity: str) -> None:
        with self._lock:
            self._running.pop(identity, None)
        with self._database.write() as session:
            row = session.get(ContainerRow, identity)
            if row is not None:
                session.delete(row)


def resolve(words: Sequence[str]) -> list[str]:
    """Replace `python` by the interpreter that runs this service, so that an unactivated environment also works."""
    return [sys.executable, *words[1:]] if words[0] == "python" else list(words)
