"""How many machines an endpoint has, as Application Auto Scaling takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from nightloop.aws.hooks.scaling import ScalingRequests, scalable_variant
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.config import Autoscaling, LoopConfig

_METRICS: Final = "AWS/SageMaker"
_WAKE_SECONDS: Final = 60
"""SageMaker tells once a minute whether requests wait and no machine is there."""
_WAKE_COOLDOWN_SECONDS: Final = 300
"""The alarm stays on for a while after the first machine is there: it must not start another."""


@dataclass(frozen=True, kw_only=True)
class ScalingSettings:
    """How the machines of a loop's endpoint come and go.

    :param loop: The loop's name.
    :param endpoint_name: The live endpoint.
    :param variant: The endpoint's variant.
    :param autoscaling: What the loop's file says.
    :param timezone: The time zone of its hours.
    :param asynchronous: Whether requests wait in a queue: then its length counts, and requests start the first machine.
    """

    loop: str
    endpoint_name: str
    variant: str
    autoscaling: Autoscaling
    timezone: str = "UTC"
    asynchronous: bool = False

    @classmethod
    def of(cls, config: LoopConfig, variant: str) -> ScalingSettings | None:
        """Take the settings from a loop's file; None if its endpoint always has the same number of machines."""
        if config.endpoint.autoscaling is None:
            return None
        return cls(
            loop=config.name,
            endpoint_name=config.endpoint.name,
            variant=variant,
            autoscaling=config.endpoint.autoscaling,
            timezone=config.timezone,
            asynchronous=config.endpoint.async_inference is not None,
        )

    def requests(self, now: datetime) -> ScalingRequests:
        """Return the requests that set all this.

        The limits are those of this moment, inside or outside the hours: a scheduled action changes them only when its
        time comes next.
        """
        return ScalingRequests(
            resource=scalable_variant(self.endpoint_name, self.variant),
            limits=self._inside if self.is_inside(now) else self._outside,
            policies=[self._load_policy(), *([self._wake_policy()] if self.may_have_no_machine else [])],
            actions=self._actions(),
            alarm=self._wake_alarm() if self.may_have_no_machine else None,
        )

    def is_inside(self, now: datetime) -> bool:
        """Say whether a moment lies in the hours of the night; it always does without hours."""
        hours = self.autoscaling.hours
        if hours is None:
            return True
        clock = now.astimezone(ZoneInfo(self.timezone)).time()
        begin, end = time.fromisoformat(hours.begin), time.fromisoformat(hours.end)
        return begin <= clock < end if begin < end else clock >= begin or clock < end

    @property
    def may_have_no_machine(self) -> bool:
        """Whether the endpoint has no machine at some time: then no load is measured, and the queue has to wake it."""
        return 0 in {self._inside["MinCapacity"], self._outside["MinCapacity"]}

    def _actions(self) -> list[dict[str, Any]]:
        hours = self.autoscaling.hours
        if hours is None:
            return []
        night, day = naming.scheduled_action_names(self.loop)
        return [
            self._action(night, hours.begin, self._inside),
            self._action(day, hours.end, self._outside),
        ]

    def _wake_alarm(self) -> dict[str, Any]:
        return {
            "AlarmName": naming.wake_alarm_name(self.loop),
            "AlarmDescription": f"Starts a machine of {self.endpoint_name}: requests wait and there is none.",
            "Namespace": _METRICS,
            "MetricName": "HasBacklogWithoutCapacity",
            "Dimensions": self._endpoint_dimension,
            "Statistic": "Maximum",
            "Period": _WAKE_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }

    @property
    def _inside(self) -> dict[str, int]:
        return {"MinCapacity": self.autoscaling.min_instances, "MaxCapacity": self.autoscaling.max_instances}

    @property
    def _outside(self) -> dict[str, int]:
        """The limits outside the hours.

        A real-time endpoint without requests reports nothing, and target tracking does not act on missing data: only
        the upper limit ends its machines. An asynchronous one always reports its queue.
        """
        hours = self.autoscaling.hours
        if hours is None:
            return self._inside
        most = self.autoscaling.max_instances if self.asynchronous else hours.instances_outside
        return {"MinCapacity": hours.instances_outside, "MaxCapacity": most}

    @property
    def _endpoint_dimension(self) -> list[dict[str, str]]:
        return [{"Name": "EndpointName", "Value": self.endpoint_name}]

    def _load_policy(self) -> dict[str, Any]:
        metric: dict[str, Any] = {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
        }
        if self.asynchronous:
            metric = {
                "CustomizedMetricSpecification": {
                    "MetricName": "ApproximateBacklogSizePerInstance",
                    "Namespace": _METRICS,
                    "Dimensions": self._endpoint_dimension,
                    "Statistic": "Average",
                }
            }
        tracking = {
            "TargetValue": self.autoscaling.target_per_instance,
            "ScaleOutCooldown": self.autoscaling.scale_out_cooldown_seconds,
            "ScaleInCooldown": self.autoscaling.scale_in_cooldown_seconds,
            **metric,
        }
        return {
            "PolicyName": naming.scaling_policy_names(self.loop)[0],
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": tracking,
        }

    def _wake_policy(self) -> dict[str, Any]:
        step = {
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Maximum",
            "Cooldown": _WAKE_COOLDOWN_SECONDS,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        }
        return {
            "PolicyName": naming.scaling_policy_names(self.loop)[1],
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": step,
        }

    def _action(self, name: str, clock: str, limits: dict[str, int]) -> dict[str, Any]:
        hour, minute = (int(part) for part in clock.split(":"))
        return {
            "ScheduledActionName": name,
            "Schedule": f"cron({minute} {hour} * * ? *)",
            # Always named: an action that exists keeps what a request leaves out.
            "Timezone": "Etc/UTC" if self.timezone == "UTC" else self.timezone,
            "ScalableTargetAction": limits,
        }
