import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.sagemaker.containers.images import repository_of

_QUALITY = r"#quality_metric: host=\S+, epoch=\S+, .*"

# The metrics the built-in object detection algorithm defines for itself.
BUILT_IN: Mapping[str, Sequence[Mapping[str, str]]] = {
    "object-detection": (
        {"Name": "validation:mAP", "Regex": _QUALITY + r"validation mAP <score>=\((\S+)\)"},
        {"Name": "train:smooth_l1", "Regex": _QUALITY + r"train smooth_l1 <loss>=\((\S+)\)"},
        {"Name": "train:cross_entropy", "Regex": _QUALITY + r"train cross_entropy <loss>=\((\S+)\)"},
        {"Name": "train:progress", "Regex": r"#progress_metric: host=\S+, completed (\S+) %"},
        {"Name": "train:throughput", "Regex": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second"},
    )
}


def definitions_of(image: str, requested: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Join the algorithm's own metric definitions with the request's; the request's win by name."""
    joined = {entry["Name"]: dict(entry) for entry in BUILT_IN.get(repository_of(image), ())}
    joined.update({entry["Name"]: dict(entry) for entry in requested})
    return list(joined.values())


class MetricReader:
    """Finds metric values in log lines and keeps the last value of each."""

    def __init__(self, definitions: Sequence[Mapping[str, str]]) -> None:
        self._patterns = [(entry["Name"], re.compile(entry["Regex"])) for entry in definitions]
        self._last: dict[str, tuple[float, float]] = {}

    def read(self, line: str, now: float) -> list[tuple[str, float]]:
        """Read one line; return the name and value of every metric in it."""
        found = []
        for name, pattern in self._patterns:
            match = pattern.search(line)
            value = _number(match) if match else None
            if value is not None:
                self._last[name] = (value, now)
                found.append((name, value))
        return found

    def final(self) -> list[dict[str, Any]]:
        """Give FinalMetricDataList, in the order of the definitions; times in seconds."""
        names = [name for name, _ in self._patterns if name in self._last]
        return [{"MetricName": name, "Value": self._last[name][0], "Timestamp": self._last[name][1]} for name in names]


def _number(match: re.Match[str]) -> float | None:
    """Read the first group as a finite number; None for anything else, as SageMaker drops it."""
    try:
        value = float(match[1])
    except (ValueError, IndexError, TypeError):
        return None
    return value if math.isfinite(value) else None
