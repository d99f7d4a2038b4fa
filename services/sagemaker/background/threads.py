import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Threads:
    """Own a family of named background threads that share one stop signal."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[int, threading.Thread] = {}

    def start(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a thread called `{family}-{name}`; any exception it raises is logged."""
        thread = threading.Thread(target=self._run, args=(target,), name=f"{self.family}-{name}", daemon=True)
        with self._lock:
            self._running[id(thread)] = thread
        thread.start()
        return thread

    def every(self, name: str, seconds: float, action: Callable[[], None]) -> threading.Thread:
        """Start a thread that calls action every so many seconds until the family stops."""

        def loop() -> None:
            while not self.stopping.wait(seconds):
                try:
                    action()
                except Exception:
                    logger.exception("%s-%s: one round failed, the next follows", self.family, name)

        return self.start(name, loop)

    def stop(self, timeout: float) -> list[str]:
        """Ask all threads to stop and wait for them; return the names of those still running."""
        self.stopping.set()
        deadline = time.monotonic() + timeout
        with self._lock:
            running = list(self._running.values())
        for thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in running if thread.is_alive()]

    def _run(self, target: Callable[[], None]) -> None:
        thread = threading.current_thread()
        try:
            target()
        except Exception:
            logger.exception("thread %s ended by an error", thread.name)
        finally:
            with self._lock:
                self._running.pop(id(thread), None)
