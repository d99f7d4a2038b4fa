import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

Document = Mapping[str, Any]

SLACK = 0.9  # target tracking ends instances only when the metric is a tenth below its target
_DAILY = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)")


def tracked(count: int, value: float | None, target: float) -> int:
    """Return how many instances keep a metric per instance at its target; without a value nothing changes."""
    if value is None:
        return count
    if value > target:
        return max(count + 1, ceil(max(count, 1) * value / target))
    return ceil(count * value / target) if value < SLACK * target else count


def stepped(count: int, configuration: Document) -> int:
    """Return how many instances the first step of a step scaling policy makes of a count."""
    change = int(configuration["StepAdjustments"][0]["ScalingAdjustment"])
    return change if configuration["AdjustmentType"] == "ExactCapacity" else count + change


def metric_of(configuration: Document, endpoint: str, variant: str) -> dict[str, Any] | None:
    """Return what a target tracking policy follows, as GetMetricStatistics takes it; None: this service cannot.

    Known are SageMakerVariantInvocationsPerInstance and any single metric with a statistic.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined is not None:
        if predefined["PredefinedMetricType"] != "SageMakerVariantInvocationsPerInstance":
            return None
        place = {"EndpointName": endpoint, "VariantName": variant}
        return {
            "Namespace": "AWS/SageMaker",
            "MetricName": "InvocationsPerInstance",
            "Dimensions": [{"Name": name, "Value": value} for name, value in place.items()],
            "Statistics": ["Sum"],
        }
    custom = configuration.get("CustomizedMetricSpecification", {})
    if "MetricName" not in custom:
        return None
    return {
        "Namespace": custom["Namespace"],
        "MetricName": custom["MetricName"],
        "Dimensions": custom.get("Dimensions", []),
        "Statistics": [custom["Statistic"]],
    }


def last_due(schedule: str, timezone: str | None, now: datetime) -> datetime | None:
    """Return when a scheduled action was last due; None for a schedule that is not one time of every day."""
    match = _DAILY.fullmatch(schedule)
    if match is None:
        return None
    local = now.astimezone(ZoneInfo(timezone or "UTC"))
    due = local.replace(hour=int(match[2]), minute=int(match[1]), second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)
