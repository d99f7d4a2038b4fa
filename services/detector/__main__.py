"""The container's entry point: `python -m services.detector train|serve`."""

import os
import sys
import traceback

from services.detector.contract.folders import Folders, write_whole
from services.detector.contract.metrics import configure_logging, log
from services.detector.contract.stopping import Stopping, StopRequested
from services.detector.errors import DetectorError

COMMANDS = ("train", "serve")
MAX_FAILURE_BYTES = 1024


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code: 0 done, 2 the customer's mistake, 1 ours."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.stderr.write("usage: python -m services.detector train|serve\n")
        return 64
    command = arguments[0]
    for library in ("OPENBLAS", "MKL", "OMP"):
        # Read once, when numpy is imported (below). One, because on shared cores a second thread mostly spins while it
        # waits.
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    configure_logging()
    folders = Folders.from_environment()
    return _train(folders) if command == "train" else _serve(folders)


def _train(folders: Folders) -> int:
    stopping = Stopping().install()
    try:
        from services.detector.commands.train import train  # noqa: PLC0415

        train(folders, stopping)
    except StopRequested:
        log.info("Stopped on request")
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the reason the job gives
        return _failed(folders, error)
    return 0


def _serve(folders: Folders) -> int:
    try:
        from services.detector.commands.serve import serve  # noqa: PLC0415

        serve(folders)
    except DetectorError as error:
        log.error("%s", error)
        return error.exit_code
    return 0


def _failed(folders: Folders, error: Exception) -> int:
    if isinstance(error, DetectorError):
        exit_code, reason = error.exit_code, str(error)
    else:
        exit_code, reason = 1, f"{type(error).__name__}: {error}"
        log.error("%s", traceback.format_exc())
    log.error("%s", reason)
    write_whole(folders.failure, reason.encode()[:MAX_FAILURE_BYTES].decode(errors="ignore").encode())
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
