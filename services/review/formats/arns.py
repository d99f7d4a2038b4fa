"""Amazon resource names of this service's resources."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}")


@dataclass(frozen=True)
class Arns:
    """Names resources of one account and region, and reads such names back."""

    region: str
    account: str

    @property
    def prefix(self) -> str:
        """Everything before the resource; the partition follows from the region."""
        partition = "aws"
        if self.region.startswith("cn-"):
            partition = "aws-cn"
        elif self.region.startswith("us-gov-"):
            partition = "aws-us-gov"
        return f"arn:{partition}:sagemaker:{self.region}:{self.account}:"

    def human_loop(self, name: str) -> str:
        """Name a human loop."""
        return f"{self.prefix}human-loop/{name}"

    def flow_definition(self, name: str) -> str:
        """Name a flow definition."""
        return f"{self.prefix}flow-definition/{name}"

    def human_task_ui(self, name: str) -> str:
        """Name a worker template."""
        return f"{self.prefix}human-task-ui/{name}"

    def workteam(self, name: str) -> str:
        """Name a private work team."""
        return f"{self.prefix}workteam/private-crowd/{name}"

    def workforce(self, name: str) -> str:
        """Name a private workforce."""
        return f"{self.prefix}workforce/private-crowd/{name}"

    def name_in(self, arn: str, kind: str) -> str | None:
        """Read the name out of an ARN of `kind` (`flow-definition`, ...); None if it is foreign, or names nothing."""
        start = f"{self.prefix}{kind}/"
        name = arn.removeprefix(start)
        return name if arn.startswith(start) and _NAME.fullmatch(name) else None
