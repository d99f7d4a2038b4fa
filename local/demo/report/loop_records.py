"""What the loop wrote and what the services report: the demo's summary uses only these."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.config.settings import BUCKET
from local.errors import NightError
from local.stack.bootstrap import client

if TYPE_CHECKING:
    from local.config.place import Place

RECEIPT_FIELDS = (
    "images",
    "scored",
    "score_errors",
    "below_threshold",
    "audit",
    "reviews_opened",
    "reviews_adopted",
    "reviews_completed",
    "manifest_lines",
)


class Records:
    """Readers of one loop's files in S3 and of the services' own lists."""

    def __init__(self, place: Place, loop: dict[str, Any]) -> None:
        settings, secrets = place.settings, place.secrets
        self.s3 = client("s3", settings.aws_url, secrets)
        self.sagemaker = client("sagemaker", settings.sagemaker_url, secrets)
        self.review = client("sagemaker", settings.review_url, secrets)
        self.a2i = client("sagemaker-a2i-runtime", settings.review_url, secrets)
        self.folder = f"{loop['prefix']}/{loop['name']}"
        self.endpoint = str(loop["endpoint"]["name"])

    def read(self, key: str) -> bytes:
        """Return a file below the loop's folder."""
        body: bytes = self.s3.get_object(Bucket=BUCKET, Key=f"{self.folder}/{key}")["Body"].read()
        return body

    def read_json(self, key: str) -> dict[str, Any]:
        """Return a JSON file below the loop's folder."""
        values: dict[str, Any] = json.loads(self.read(key))
        return values

    def night(self, night: str) -> dict[str, Any]:
        """Return a night's receipt in the form the summary has."""
        receipt = self.read_json(f"nights/{night}/receipt.json")
        expectations = {name: receipt["expectations"][name] for name in ("evaluated", "failed")}
        return {"ds": night, **{name: receipt[name] for name in RECEIPT_FIELDS}, "expectations": expectations}

    def about_model(self, job: str, name: str) -> dict[str, Any]:
        """Return the result for a training job's model: its only evaluation, or the only decision on it."""
        prefix = f"{self.folder}/models/{job}/evaluations/"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        found = [key for key in keys if key.endswith(f"/{name}")]
        if len(found) != 1:
            raise NightError(f"there are {len(found)} files {name} below {prefix} instead of one")
        return self.read_json(found[0].removeprefix(f"{self.folder}/"))

    def manifest(self, night: str) -> bytes:
        """Return a night's manifest."""
        return self.read(f"nights/{night}/manifest.jsonl")

    def loops(self) -> set[str]:
        """Return the names of all human loops the review service knows."""
        flows = self.review.get_paginator("list_flow_definitions").paginate()
        arns = [flow["FlowDefinitionArn"] for page in flows for flow in page["FlowDefinitionSummaries"]]
        pages = [page for arn in arns for page in self._loop_pages(arn)]
        return {row["HumanLoopName"] for page in pages for row in page["HumanLoopSummaries"]}

    def planned_loops(self, night: str) -> set[str]:
        """Return the names of the human loops in a night's rows."""
        lines = self.read(f"nights/{night}/reviews.jsonl").decode().splitlines()
        return {json.loads(line)["review_name"] for line in lines}

    def training_jobs(self) -> set[str]:
        """Return the names of all training jobs SageMaker knows."""
        pages = self.sagemaker.get_paginator("list_training_jobs").paginate()
        return {row["TrainingJobName"] for page in pages for row in page["TrainingJobSummaries"]}

    def endpoint_config(self) -> str:
        """Return the configuration the endpoint runs now."""
        return str(self.sagemaker.describe_endpoint(EndpointName=self.endpoint)["EndpointConfigName"])

    def train_lines(self, job: str) -> int:
        """Return how many manifest lines a training job learned from."""
        channels = self.sagemaker.describe_training_job(TrainingJobName=job)["InputDataConfig"]
        train = next(channel for channel in channels if channel["ChannelName"] == "train")
        bucket, key = train["DataSource"]["S3DataSource"]["S3Uri"].removeprefix("s3://").split("/", 1)
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return len(body.splitlines())

    def _loop_pages(self, flow: str) -> list[dict[str, Any]]:
        pages: list[dict[str, Any]] = list(self.a2i.get_paginator("list_human_loops").paginate(FlowDefinitionArn=flow))
        return pages
