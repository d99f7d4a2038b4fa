"""Log lines in the built-in algorithm's forms, from which SageMaker's regular expressions read the metrics."""

import json
import logging
import sys
import time
from pathlib import Path

log = logging.getLogger("detector")


def configure_logging() -> None:
    """Write `[11/23/2026 03:00:00 INFO 12345] message` lines, in UTC, to standard output."""
    formatter = logging.Formatter("[%(asctime)s %(levelname)s %(process)d] %(message)s", "%m/%d/%Y %H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)


def current_host(resource_config: Path) -> str:
    """Return this host's name in resourceconfig.json; `algo-1` without that file, as on a developer's machine."""
    if not resource_config.exists():
        return "algo-1"
    return str(json.loads(resource_config.read_bytes()).get("current_host", "algo-1"))


class Metrics:
    """Logs one training job's metrics under its host's name."""

    def __init__(self, host: str) -> None:
        self._host = host

    def losses(self, epoch: int, cross_entropy: float, smooth_l1: float) -> None:
        """Log `train:cross_entropy` and `train:smooth_l1`, means over the epoch."""
        self._quality(epoch, f"train cross_entropy <loss>=({cross_entropy:.6f})")
        self._quality(epoch, f"train smooth_l1 <loss>=({smooth_l1:.6f})")

    def validation(self, epoch: int, mean_average_precision: float) -> None:
        """Log `validation:mAP`."""
        self._quality(epoch, f"validation mAP <score>=({mean_average_precision:.6f})")

    def progress(self, epochs_done: int, epochs: int) -> None:
        """Log `train:progress`, in percent."""
        log.info("#progress_metric: host=%s, completed %.1f %% of epochs", self._host, 100 * epochs_done / epochs)

    def throughput(self, records: int, seconds: float) -> None:
        """Log `train:throughput`."""
        rate = records / max(seconds, 1e-9)
        log.info("#throughput_metric: host=%s, train throughput=%.2f records/second", self._host, rate)

    def _quality(self, epoch: int, metric: str) -> None:
        log.info("#quality_metric: host=%s, epoch=%d, %s", self._host, epoch, metric)
