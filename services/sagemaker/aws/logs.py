import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sagemaker.aws.s3 import AwsClient
from services.sagemaker.background.threads import Threads

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
KEPT_EVENTS = 50_000  # of a stream whose group cannot be written to; older ones are dropped
BATCH_EVENTS = 5_000
BATCH_BYTES = 1_000_000  # CloudWatch Logs: at most 1,048,576 with 26 bytes of overhead an event
EVENT_OVERHEAD = 26


class LogStream:
    """One stream of CloudWatch Logs, written in order and in batches."""

    def __init__(self, client: AwsClient, group: str, stream: str) -> None:
        self._client, self._group, self._stream = client, group, stream
        self._waiting: deque[dict[str, Any]] = deque(maxlen=KEPT_EVENTS)
        self._flushing = threading.Lock()
        self._created = False
        self._warned = False

    def write(self, message: str) -> None:
        """Add one line; it is sent with the next batch."""
        self._waiting.append({"timestamp": int(time.time() * 1000), "message": message or " "})

    def flush(self) -> None:
        """Send the waiting events; an unreachable CloudWatch Logs is a warning, never an error of the job."""
        with self._flushing:
            try:
                self._create()
                while batch := self._take():
                    self._send(batch)
            except (BotoCoreError, ClientError) as error:
                if not self._warned:
                    logger.warning("log events of %s %s wait: %s", self._group, self._stream, error)
                self._warned = True

    def _create(self) -> None:
        if self._created:
            return
        self._ignore_existing(self._client.create_log_group, logGroupName=self._group)
        self._ignore_existing(self._client.create_log_stream, logGroupName=self._group, logStreamName=self._stream)
        self._created = True

    def _ignore_existing(self, call: Callable[..., object], **arguments: str) -> None:
        try:
            call(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise

    def _take(self) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        size = 0
        while self._waiting and len(batch) < BATCH_EVENTS:
            size += len(self._waiting[0]["message"].encode()) + EVENT_OVERHEAD
            if batch and size > BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _send(self, batch: list[dict[str, Any]]) -> None:
        try:
            self._client.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=batch)
        except (BotoCoreError, ClientError):
            self._waiting.extendleft(reversed(batch))
            self._created = False  # the group may have been deleted, or its server restarted
            raise


class LogShipper:
    """Owns the thread `logs-shipper`, which sends the waiting events of all open streams."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client
        self._threads = Threads("logs")
        self._lock = threading.Lock()
        self._open: set[LogStream] = set()

    def start(self) -> None:
        """Start sending."""
        self._threads.every("shipper", FLUSH_SECONDS, self._flush_all)

    def stop(self) -> None:
        """Send the rest and end the thread."""
        self._threads.stop(10)
        self._flush_all()

    def open(self, group: str, stream: str) -> LogStream:
        """Open a stream; group and stream are made at the first batch."""
        opened = LogStream(self._client, group, stream)
        with self._lock:
            self._open.add(opened)
        return opened

    def close(self, stream: LogStream) -> None:
        """Send the remaining events of a stream and drop it."""
        stream.flush()
        with self._lock:
            self._open.discard(stream)

    def read(self, group: str, stream: str) -> Iterator[str]:
        """Yield the lines of a stream from its beginning; none if nothing was written so far.

        :raises ClientError: or BotoCoreError, botocore's own errors, if CloudWatch Logs cannot be reached.
        """
        asked: dict[str, Any] = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        while True:
            try:
                page = self._client.get_log_events(**asked)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return
                raise
            yield from (event["message"] for event in page["events"])
            if page["nextForwardToken"] == asked.get("nextToken"):
                return
            asked["nextToken"] = page["nextForwardToken"]

    def _flush_all(self) -> None:
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            stream.flush()
