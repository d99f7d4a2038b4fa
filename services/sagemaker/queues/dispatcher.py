import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx

from services.sagemaker.background.threads import Threads
from services.sagemaker.config.resources import Resources
from services.sagemaker.fleets.endpoints import Endpoints
from services.sagemaker.fleets.routing import Router
from services.sagemaker.queues.attempt import AGAIN_SECONDS, EXPIRED, AsyncAttempt, TryAgainLaterError
from services.sagemaker.queues.backlog import Backlog, Waiting
from services.sagemaker.queues.request import AsyncRequests
from services.sagemaker.storage.tables import AsyncRequestRow, EndpointRow

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
MOST_AT_ONCE = 64
IDLE_SECONDS = 30.0  # how often the service reports an idle queue: moto keeps every value


class AsyncQueues:
    """Owns the queues of all asynchronous endpoints and the threads that work on them.

    A request leaves the disk only after its output or failure object is written: a service that is killed works on it
    again, and writes the same address.
    """

    def __init__(self, resources: Resources, endpoints: Endpoints) -> None:
        self._resources, self._endpoints = resources, endpoints
        self._requests = AsyncRequests(resources.database)
        self._threads = Threads("async")
        self._lock = threading.Condition()
        self._backlogs: dict[str, Backlog] = {}
        self._told = 0.0
        self._idle: dict[str, tuple[int, float]] = {}  # by endpoint: its instances, and when it was last reported
        self._client = httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None, keepalive_expiry=2.0))
        self._attempt = AsyncAttempt(resources, self._client)
        self._workers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="async-request")

    def start(self) -> None:
        """Take up what an earlier service left, and start working."""
        for key, waiting in self._requests.all():
            self._backlogs.setdefault(key, Backlog()).add(waiting)
        self._threads.start("dispatcher", self._run)

    def add(self, row: AsyncRequestRow) -> None:
        """Store a request and queue it."""
        waiting = self._requests.add(row)
        with self._lock:
            self._backlogs.setdefault(row.endpoint, Backlog()).add(waiting)
            self._lock.notify()

    def announce_stop(self) -> None:
        """Take no more requests from the queues."""
        self._threads.stopping.set()

    def stop(self, timeout: float) -> list[str]:
        """Wait for the dispatcher; requests under way stay on disk."""
        names = self._threads.stop(timeout)
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._client.close()
        return names

    def _run(self) -> None:
        while not self._threads.stopping.is_set():
            with self._lock:
                self._lock.wait(LOOK_SECONDS)
                keys = list(self._backlogs)
            try:
                for key in keys:
                    self._serve(key)
                self._tell()
            except Exception:
                logger.exception("async-dispatcher: one round failed, the next follows")

    def _serve(self, key: str) -> None:
        """Start as many requests as the endpoint has places for; fail those whose time is over."""
        router = self._endpoints.router(key)
        if router is None:
            self._forget_if_deleted(key)
            return
        with self._lock:
            backlog = self._backlogs[key]
            for waiting in backlog.take_expired(time.time()):
                self._workers.submit(self._expire, key, waiting)
            places = min(router.async_places, MOST_AT_ONCE)
            while backlog.working < places and (taken := backlog.take()):
                self._workers.submit(self._work, key, router, taken)

    def _work(self, key: str, router: Router, waiting: Waiting) -> None:
        self._settle(key, waiting, lambda row: self._attempt.run(row, router))

    def _expire(self, key: str, waiting: Waiting) -> None:
        self._settle(key, waiting, lambda row: self._attempt.fail(row, EXPIRED))

    def _settle(self, key: str, waiting: Waiting, step: Callable[[AsyncRequestRow], None]) -> None:
        """Take a step with a request; then it is finished, or goes back to the queue."""
        row = self._requests.find(waiting.identity)
        again = False
        try:
            if row is not None:
                step(row)
        except TryAgainLaterError as error:
            logger.info("asynchronous request %s waits: %s", waiting.identity, error)
            again = True
        except Exception:
            logger.exception("asynchronous request %s waits after a defect of the service", waiting.identity)
            again = True
        if self._threads.stopping.is_set() and again:
            return
        if row is not None and not again:
            self._requests.remove(waiting.identity)
        with self._lock:
            backlog = self._backlogs.get(key)
            if backlog is not None:
                backlog.put_back(waiting, AGAIN_SECONDS) if again else backlog.finish(waiting)
            self._lock.notify()

    def _forget_if_deleted(self, key: str) -> None:
        """Drop the queue of an endpoint that is gone; one that is being started again has no router for a moment."""
        with self._resources.database.write() as session:
            if session.get(EndpointRow, key) is not None:
                return
            for row in session.query(AsyncRequestRow).filter_by(endpoint=key):
                session.delete(row)  # came while the endpoint was being deleted
        with self._lock:
            self._backlogs.pop(key, None)

    def _tell(self) -> None:
        """Record every asynchronous endpoint's backlog for CloudWatch, once in each interval of the metrics."""
        now = time.monotonic()
        if now - self._told < self._resources.settings.metrics_interval_seconds:
            return
        self._told = now
        for router in self._asynchronous():
            fleet = router.fleets[0]
            with self._lock:
                backlog = self._backlogs.get(fleet.endpoint.lower()) or Backlog()
                size, oldest = backlog.size, backlog.oldest()
            instances = router.instances
            known, told = self._idle.get(fleet.endpoint, (-1, 0.0))
            if size == 0 and instances == known and now - told < IDLE_SECONDS:
                continue
            self._idle[fleet.endpoint] = (instances if size == 0 else -1, now)
            age = 0.0 if oldest is None else max(0.0, time.time() - oldest)
            self._resources.metrics.backlog(fleet.endpoint, size=size, instances=instances, age_seconds=age)

    def _asynchronous(self) -> Iterable[Router]:
        return [router for router in self._endpoints.routers() if router.fleets and router.is_asynchronous]
