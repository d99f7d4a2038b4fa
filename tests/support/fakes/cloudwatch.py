# ruff: noqa: N803
"""CloudWatch's alarms in memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from .client import FakeClient, operation

if TYPE_CHECKING:
    from collections.abc import Sequence


class FakeCloudWatch(FakeClient):
    """An alarm is OK until a test sets it off."""

    service = "cloudwatch"

    def __init__(self) -> None:
        super().__init__()
        self.page_size = 50
        self.alarms: dict[str, dict[str, Any]] = {}

    def set_off(self, name: str) -> None:
        """Let an alarm go off."""
        self.alarms[name]["StateValue"] = "ALARM"

    @operation
    def put_metric_alarm(self, AlarmName: str, Tags: Sequence[dict[str, str]] = (), **more: Any) -> None:
        state = self.alarms.get(AlarmName, {}).get("StateValue", "OK")
        self.alarms[AlarmName] = {"AlarmName": AlarmName, "StateValue": state, **more}

    @operation
    def describe_alarms(
        self, AlarmNames: Sequence[str] = (), AlarmNamePrefix: str = "", NextToken: str | None = None, **_: Any
    ) -> dict[str, Any]:
        found = [
            alarm
            for name, alarm in sorted(self.alarms.items())
            if name.startswith(AlarmNamePrefix) and (not AlarmNames or name in AlarmNames)
        ]
        start = int(NextToken or 0)
        end = start + self.page_size
        more = {"NextToken": str(end)} if end < len(found) else {}
        return {"MetricAlarms": deepcopy(found[start:end]), **more}

    @operation
    def delete_alarms(self, AlarmNames: Sequence[str]) -> None:
        for name in AlarmNames:
            self.alarms.pop(name, None)
