"""What moto leaves out of CloudWatch: evaluating whether an alarm's metric breaches its threshold."""

from __future__ import annotations

import logging
import math
import operator
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import services.aws.emulator.s3_objects  # noqa: F401 - sets moto's switches, before moto reads them

# isort: split
from moto.cloudwatch.models import Alarm, MetricAggregatedDatum, MetricDatum, cloudwatch_backends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

log = logging.getLogger(__name__)

EVALUATION_SECONDS: Final = 1.0
LATE: Final = timedelta(minutes=5)
"""How much older a value may be than one that was stored before it."""

COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
STATISTICS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "Average": lambda values: sum(values) / len(values),
    "Sum": sum,
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}


class AlarmClock:
    """Evaluates every alarm of every account once a second, in the thread `alarms`, as CloudWatch does.

    Alarms on one metric only: metric math, composite alarms and actions are not evaluated.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def start(self) -> None:
        """Start evaluating."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(EVALUATION_SECONDS):
            try:
                evaluate_all(datetime.now(UTC))
            except Exception:
                log.exception("alarms: one round failed, the next follows")


def evaluate_all(now: datetime) -> None:
    """Set every alarm to the state that its metric gives."""
    for backend in _backends():
        for alarm in list(backend.alarms.values()):
            if alarm.metric_name and alarm.comparison_operator in COMPARISONS and _statistic(alarm) is not None:
                _evaluate(alarm, list(backend.metric_data), now)


def _backends() -> Iterator[Any]:
    for regions in list(cloudwatch_backends.values()):
        yield from list(regions.values())


def _evaluate(alarm: Alarm, data: Sequence[Any], now: datetime) -> None:
    periods = _values_by_period(alarm, data, now)
    state, reason = judge(alarm, periods)
    if state != alarm.state_value:
        log.info("alarm %s goes from %s to %s: %s", alarm.name, alarm.state_value, state, reason)
        alarm.update_state(reason, "{}", state)


def _values_by_period(alarm: Alarm, data: Sequence[Any], now: datetime) -> list[list[float]]:
    """Sort the metric's values into the alarm's periods, the newest first. Values are stored as they arrive."""
    length = timedelta(seconds=int(alarm.period))
    periods: list[list[float]] = [[] for _ in range(int(alarm.evaluation_periods))]
    wanted = {(dimension.name, dimension.value) for dimension in alarm.dimensions}
    for datum in reversed(data):
        moment = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
        age = now - moment
        if age > length * len(periods) + LATE:
            break
        number = age // length
        if 0 <= number < len(periods) and _is_of(datum, alarm, wanted):
            periods[number].extend(_values(datum))
    return periods


def _is_of(datum: Any, alarm: Alarm, wanted: set[tuple[str, str]]) -> bool:  # noqa: ANN401 - moto has no types
    if (datum.namespace, datum.name) != (alarm.namespace, alarm.metric_name):
        return False
    return {(dimension.name, dimension.value) for dimension in datum.dimensions} == wanted


def _values(datum: Any) -> list[float]:  # noqa: ANN401
    if isinstance(datum, MetricDatum):
        return [float(datum.value)]
    assert isinstance(datum, MetricAggregatedDatum)
    count = max(1, int(datum.sample_count))
    return [float(datum.min), float(datum.max), *[float(datum.sum) / count] * (count - 2)][:count]


def judge(alarm: Alarm, periods: Sequence[Sequence[float]]) -> tuple[str, str]:
    """Return the state of an alarm for the values of its periods, and the reason.

    Source: Amazon CloudWatch User Guide, "Using Amazon CloudWatch alarms": M of N data points, missing data.
    """
    statistic, breaches = _statistic(alarm), COMPARISONS[alarm.comparison_operator]
    assert statistic is not None
    points = [statistic(values) for values in periods if values]
    missing = len(periods) - len(points)
    treatment = alarm.treat_missing_data or "missing"
    breaching = [point for point in points if breaches(point, float(alarm.threshold))]
    count = len(breaching) + (missing if treatment == "breaching" else 0)
    if count >= int(alarm.datapoints_to_alarm or len(periods)):
        values = ", ".join(f"{point:g}" for point in breaching)
        return "ALARM", f"Threshold Crossed: {count} datapoints [{values}] breach the threshold ({alarm.threshold})."
    if not points and treatment == "missing":
        return "INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received."
    if not points and treatment == "ignore":
        return alarm.state_value, alarm.state_reason
    return "OK", f"Threshold not crossed: {count} datapoints breach the threshold ({alarm.threshold})."


def _statistic(alarm: Alarm) -> Callable[[Sequence[float]], float] | None:
    extended = alarm.extended_statistic
    if extended and extended.startswith("p"):
        share = float(extended[1:]) / 100
        return lambda values: sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
    return STATISTICS.get(alarm.statistic or "")
