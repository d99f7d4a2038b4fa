import logging
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sagemaker.aws.s3 import AwsClient
from services.sagemaker.background.threads import Threads

logger = logging.getLogger(__name__)

Dimensions = tuple[tuple[str, str], ...]
Series = tuple[str, str, str, Dimensions]  # namespace, metric, unit, dimensions

VALUES_PER_DATUM = 150  # CloudWatch's limit
DATA_PER_CALL = 100
KEPT_VALUES = 100_000  # while CloudWatch cannot be reached; newer ones are then dropped
ENDPOINTS = "AWS/SageMaker"
TRAINING = "/aws/sagemaker/TrainingJobs"


class MetricPublisher:
    """Collects metric values and publishes them in batches; owns the thread `metrics-publisher`. Best effort."""

    def __init__(self, client: AwsClient, interval: float) -> None:
        self._client, self._interval = client, interval
        self._threads = Threads("metrics")
        self._lock = threading.Lock()
        self._values: dict[Series, Counter[float]] = {}
        self._kept = 0

    def start(self) -> None:
        """Start publishing."""
        self._threads.every("publisher", self._interval, self.publish)

    def stop(self) -> None:
        """Publish the rest and end the thread."""
        self._threads.stop(10)
        self.publish()

    def invocation(
        self,
        endpoint: str,
        variant: str,
        config: str,
        *,
        instances: int,
        status: int,
        model_us: float,
        overhead_us: float,
    ) -> None:
        """Count one invocation: for the variant, and for the fleet of one endpoint config within it."""
        variant_only: Dimensions = (("EndpointName", endpoint), ("VariantName", variant))
        failed = status >= 400
        values = (
            ("Invocations", "None", 1.0),
            ("InvocationsPerInstance", "None", 1.0 / max(1, instances)),
            ("Invocation4XXErrors", "None", float(400 <= status < 500)),
            ("Invocation5XXErrors", "None", float(status >= 500)),
            ("InvocationModelErrors", "None", float(failed)),
            ("ModelLatency", "Microseconds", float(round(model_us))),
            ("OverheadLatency", "Microseconds", float(round(overhead_us))),
        )
        with self._lock:
            for dimensions in (variant_only, (*variant_only, ("EndpointConfigName", config))):
                for metric, unit, value in values:
                    self._add((ENDPOINTS, metric, unit, dimensions), value)

    def backlog(self, endpoint: str, *, size: int, instances: int, age_seconds: float) -> None:
        """Record the queue of an asynchronous endpoint."""
        dimensions: Dimensions = (("EndpointName", endpoint),)
        values = (
            ("ApproximateBacklogSize", "None", float(size)),
            ("ApproximateBacklogSizePerInstance", "None", size / max(1, instances)),
            ("HasBacklogWithoutCapacity", "None", float(size > 0 and instances == 0)),
            ("ApproximateAgeOfOldestRequest", "Seconds", round(age_seconds, 1)),
        )
        with self._lock:
            for metric, unit, value in values:
                self._add((ENDPOINTS, metric, unit, dimensions), value)

    def training(self, job: str, metric: str, value: float) -> None:
        """Record one value from a training job's log."""
        with self._lock:
            self._add((TRAINING, metric, "None", (("TrainingJobName", job),)), value)

    def publish(self) -> None:
        """Send everything collected so far; values that cannot be sent are kept for the next round."""
        with self._lock:
            collected, self._values, self._kept = self._values, {}, 0
        data = [(series, part) for series, values in collected.items() for part in _parts(values)]
        for namespace in sorted({series[0] for series, _ in data}):
            of_namespace = [entry for entry in data if entry[0][0] == namespace]
            for start in range(0, len(of_namespace), DATA_PER_CALL):
                self._send(namespace, of_namespace[start : start + DATA_PER_CALL])

    def _add(self, series: Series, value: float, count: int = 1) -> None:
        if self._kept < KEPT_VALUES:
            self._values.setdefault(series, Counter())[value] += count
            self._kept += 1

    def _send(self, namespace: str, batch: Sequence[tuple[Series, list[tuple[float, int]]]]) -> None:
        try:
            self._client.put_metric_data(Namespace=namespace, MetricData=[_datum(*entry) for entry in batch])
        except (BotoCoreError, ClientError) as error:
            logger.warning("metrics of %s wait: %s", namespace, error)
            with self._lock:
                for series, values in batch:
                    for value, count in values:
                        self._add(series, value, count)


def _parts(values: Counter[float]) -> Iterator[list[tuple[float, int]]]:
    items = list(values.items())
    for start in range(0, len(items), VALUES_PER_DATUM):
        yield items[start : start + VALUES_PER_DATUM]


def _datum(series: Series, values: Sequence[tuple[float, int]]) -> dict[str, Any]:
    _, metric, unit, dimensions = series
    return {
        "MetricName": metric,
        "Unit": unit,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        "Values": [value for value, _ in values],
        "Counts": [float(count) for _, count in values],
    }


def alarm_states(client: AwsClient, names: Sequence[str]) -> dict[str, str]:
    """Ask CloudWatch for the states of these alarms; one that does not exist is not in the answer.

    :raises ClientError: or BotoCoreError, botocore's own errors.
    """
    if not names:
        return {}
    answer = client.describe_alarms(AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
