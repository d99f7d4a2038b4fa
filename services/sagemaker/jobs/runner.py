import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from services.sagemaker.background.threads import Threads
from services.sagemaker.errors import JobStoppedError, ServiceStoppingError

NO_CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)


@dataclass(frozen=True)
class Signals:
    """The signals that interrupt a job: a caller stops it, or the service stops."""

    service: threading.Event
    stopped: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise ServiceStoppingError or JobStoppedError if the job must end now."""
        if self.service.is_set():
            raise ServiceStoppingError
        if self.stopped.is_set():
            raise JobStoppedError


class JobThreads:
    """Owns one thread per running job, called `{family}-{job}`."""

    def __init__(self, family: str, work: Callable[[str, Signals], None]) -> None:
        self._threads = Threads(family)
        self._work = work
        self._lock = threading.Lock()
        self._signals: dict[str, Signals] = {}

    def launch(self, key: str) -> None:
        """Start a job's thread."""
        signals = Signals(self._threads.stopping)
        with self._lock:
            self._signals[key] = signals
        self._threads.start(key, lambda: self._run(key, signals))

    def stop_job(self, key: str) -> None:
        """Tell a job to stop; its state must already say so."""
        with self._lock:
            signals = self._signals.get(key)
        if signals is not None:
            signals.stopped.set()

    def announce_stop(self) -> None:
        """Tell all jobs that the service is stopping; their states stay as they are."""
        self._threads.stopping.set()

    def stop(self, timeout: float) -> list[str]:
        """Wait for all threads; return the names of those still running."""
        return self._threads.stop(timeout)

    def _run(self, key: str, signals: Signals) -> None:
        try:
            self._work(key, signals)
        finally:
            with self._lock:
                if self._signals.get(key) is signals:  # else the job was deleted and created again meanwhile
                    del self._signals[key]
