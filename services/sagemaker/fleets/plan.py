from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step of a deployment: the green fleet's part of the traffic, and how long to watch it afterwards."""

    part: float
    bake_seconds: float
    bake_setting: str


def plan_steps(policy: Mapping[str, Any], instances: int) -> list[Step]:
    """Turn a DeploymentConfig into steps; the last one gives the green fleet everything.

    Sizes in INSTANCE_COUNT are a part of `instances`. A rolling policy shifts traffic batch by batch.
    """
    blue_green = policy.get("BlueGreenUpdatePolicy", {})
    termination_wait = blue_green.get("TerminationWaitInSeconds", 0)
    routing = blue_green.get("TrafficRoutingConfiguration", {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0})
    wait = routing["WaitIntervalInSeconds"]
    last = Step(1.0, termination_wait, "TerminationWaitInSeconds")
    if rolling := policy.get("RollingUpdatePolicy"):
        return [*_stairs(rolling["MaximumBatchSize"], instances, rolling["WaitIntervalInSeconds"]), last]
    if routing["Type"] == "CANARY":
        return [Step(_part(routing["CanarySize"], instances), wait, "WaitIntervalInSeconds"), last]
    if routing["Type"] == "LINEAR":
        return [*_stairs(routing["LinearStepSize"], instances, wait), last]
    return [last]


def _stairs(size: Mapping[str, Any], instances: int, wait: float) -> list[Step]:
    part = _part(size, instances)
    count = ceil(round(1 / part, 6)) - 1
    return [Step(part * number, wait, "WaitIntervalInSeconds") for number in range(1, count + 1)]


def _part(size: Mapping[str, Any], instances: int) -> float:
    whole = 100 if size["Type"] == "CAPACITY_PERCENT" else instances
    return min(1.0, float(size["Value"]) / whole)


def time_limit(policy: Mapping[str, Any]) -> float:
    """Return the longest time the deployment may take, in seconds; infinite if the policy does not say."""
    for kind in ("BlueGreenUpdatePolicy", "RollingUpdatePolicy"):
        if limit := policy.get(kind, {}).get("MaximumExecutionTimeoutInSeconds"):
            return float(limit)
    return float("inf")


def alarm_names(policy: Mapping[str, Any]) -> list[str]:
    """Return the names of the alarms that roll the deployment back."""
    alarms = policy.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    return [alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm]
