# ruff: noqa: N803
"""SageMaker's control plane in memory; texts and codes of its refusals are SageMaker's own."""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from .client import ACCOUNT, REGION, FakeClient, operation
from .sagemaker_endpoints import Endpoints
from .sagemaker_jobs import Jobs
from .sagemaker_packages import Packages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ARN: Final = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:"


class FakeSageMaker(Jobs, Endpoints, Packages, FakeClient):
    """Models, endpoint configurations, endpoints, training and transform jobs, model packages.

    Nothing ends by itself: a test says `end` (a job) or `settle` (an endpoint), at once or, with `later`, at one of the
    next moments: each pause of the code under test is one (`tick`). `page_size` is how much a list shows at once.
    """

    service = "sagemaker"

    def __init__(self) -> None:
        super().__init__()
        self.page_size = 10
        self.models: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, list[dict[str, str]]] = {}
        self._moments: deque[Callable[[], Any]] = deque()
        self._clock = datetime(2026, 11, 22, 2, tzinfo=UTC)

    def later(self, *moments: Callable[[], Any]) -> None:
        """Let things happen at the next moments, one at each."""
        self._moments += moments

    def tick(self) -> None:
        """Let a moment pass."""
        if self._moments:
            self._moments.popleft()()

    def now(self) -> datetime:
        """Return the time, a second later each time."""
        self._clock += timedelta(seconds=1)
        return self._clock

    def made(self) -> list[str]:
        """Return which operations created, changed, stopped or deleted something or tried to, in order."""
        return [operation for operation, _ in self.calls if not operation.startswith(("describe_", "list_"))]

    def invalid(self, message: str) -> Exception:
        """Return the error that SageMaker refuses most requests with."""
        return self.error("ValidationException", message)

    @staticmethod
    def arn(kind: str, name: str) -> str:
        """Return the ARN of a thing, its name in lower case, as SageMaker does."""
        return f"{_ARN}{kind}/{name.lower()}"

    def tag(self, arn: str, tags: Sequence[dict[str, str]]) -> str:
        """Keep a new thing's tags; return its ARN."""
        self.tags[arn] = list(tags)
        return arn

    def page(self, entries: Sequence[dict[str, Any]], key: str, token: str | None) -> dict[str, Any]:
        """Return a page of a list; the last one has no token."""
        start = int(token or 0)
        end = start + self.page_size
        more = {"NextToken": str(end)} if end < len(entries) else {}
        return {key: list(entries[start:end]), **more}

    @operation
    def list_tags(self, ResourceArn: str, **_: Any) -> dict[str, Any]:
        if ResourceArn not in self.tags:
            raise self.error("ResourceNotFound", f"{ResourceArn} does not exist.")
        return {"Tags": self.tags[ResourceArn]}

    @operation
    def create_model(self, ModelName: str, Tags: Sequence[dict[str, str]] = (), **more: Any) -> dict[str, Any]:
        arn = self.arn("model", ModelName)
        if ModelName in self.models:
            raise self.invalid(f'Cannot create already existing model "{arn}".')
        self.models[ModelName] = {"ModelName": ModelName, "ModelArn": arn, "CreationTime": self.now(), **more}
        return {"ModelArn": self.tag(arn, Tags)}

    @operation
    def describe_model(self, ModelName: str) -> dict[str, Any]:
        return deepcopy(self.model(ModelName))

    @operation
    def delete_model(self, ModelName: str) -> None:
        del self.models[self.model(ModelName)["ModelName"]]

    @operation
    def list_models(self, NameContains: str = "", NextToken: str | None = None, **_: Any) -> dict[str, Any]:
        found = [
            {key: model[key] for key in ("ModelName", "ModelArn", "CreationTime")}
            for model in reversed(self.models.values())
            if NameContains in model["ModelName"]
        ]
        return self.page(found, "Models", NextToken)

    def model(self, name: str) -> dict[str, Any]:
        """Return a model."""
        if name not in self.models:
            raise self.invalid(f'Could not find model "{self.arn("model", name)}".')
        return self.models[name]
