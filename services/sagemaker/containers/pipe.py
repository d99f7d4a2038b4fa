import contextlib
import errno
import logging
import os
import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

OPEN_POLL_SECONDS = 0.02
WRITE_POLL_SECONDS = 0.2


class Pipe:
    """Feeds one Pipe-mode channel: a FIFO `<channel>_<epoch>` per epoch, until the job ends.

    The next epoch's FIFO appears when the reader has finished the last one, read whole or closed early. Owns the
    thread `pipe-<channel>`. `chunks(epoch)` gives the bytes of an epoch; its exceptions go to `failed`.
    """

    def __init__(
        self, folder: Path, channel: str, chunks: Callable[[int], Iterator[bytes]], failed: Callable[[Exception], None]
    ) -> None:
        self._folder, self._channel, self._chunks, self._failed = folder, channel, chunks, failed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pipe-{channel}", daemon=True)

    def start(self) -> None:
        """Make the FIFO of epoch 0 and start feeding."""
        os.mkfifo(self._path(0))
        self._thread.start()

    def stop(self) -> None:
        """Stop feeding; returns when the thread has ended."""
        self._stopping.set()
        self._thread.join()

    def _path(self, epoch: int) -> Path:
        return self._folder / f"{self._channel}_{epoch}"

    def _run(self) -> None:
        epoch = 0
        while not self._stopping.is_set():
            try:
                self._feed(epoch)
            except Exception as error:  # noqa: BLE001 - the job decides what it means
                self._failed(error)
                return
            os.mkfifo(self._path(epoch + 1))
            self._path(epoch).unlink()
            epoch += 1

    def _feed(self, epoch: int) -> None:
        writer = self._open(self._path(epoch))
        if writer is None:
            return
        try:
            for chunk in self._chunks(epoch):
                if not self._write(writer, chunk):
                    return
        finally:
            os.close(writer)

    def _open(self, path: Path) -> int | None:
        """Wait for a reader: opening without blocking fails with ENXIO until there is one. None if stopped."""
        while not self._stopping.is_set():
            try:
                return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
            self._stopping.wait(OPEN_POLL_SECONDS)
        return None

    def _write(self, writer: int, chunk: bytes) -> bool:
        """Write all of a chunk; False if the reader closed or the job stopped."""
        rest = memoryview(chunk)
        while rest:
            if self._stopping.is_set():
                return False
            _, writable, _ = select.select([], [writer], [], WRITE_POLL_SECONDS)
            try:
                with contextlib.suppress(BlockingIOError):
                    rest = rest[os.write(writer, rest) :] if writable else rest
            except BrokenPipeError:
                return False
        return True
