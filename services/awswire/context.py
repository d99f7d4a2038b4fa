"""What a handler knows about the call in addition to its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass
class Outcome:
    """What a handler reports beside its answer.

    `adopted` if the requested thing already existed, `name` if the service names it and not the caller.
    """

    adopted: bool = False
    name: str = ""


@dataclass(frozen=True)
class Context:
    """One call: who called which operation, where, and the service's own state.

    `region` is the one the caller signed for, `now` gives epoch seconds, `headers` ignore upper and lower case.
    """

    service: str
    operation: str
    region: str
    account: str
    request_id: str
    access_key: str
    state: Any
    now: Callable[[], float]
    headers: Mapping[str, str]
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def partition(self) -> str:
        """The partition of the region: aws, aws-cn or aws-us-gov."""
        return next((name for prefix, name in _PARTITIONS.items() if self.region.startswith(prefix)), "aws")
