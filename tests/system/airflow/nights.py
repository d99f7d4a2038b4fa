"""Nights of six images, and what the services know of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.config.settings import BUCKET, REVIEWER
from local.demo.driver.reviewer import ScriptedReviewer
from local.demo.images.upload import upload
from local.demo.report.loop_records import Records
from local.stack.bootstrap import client

if TYPE_CHECKING:
    from local.demo.driver.airflow_api import DagRun
    from local.demo.images.dataset import Dataset
    from tests.system.airflow.running import RunningAirflow

DAG = "nightly_review_voc"


class Nights:
    """Starts nights of one loop and compares what they left with what they should have left."""

    def __init__(self, airflow: RunningAirflow, dataset: Dataset, loop: dict[str, Any]) -> None:
        self.airflow, self.dataset, self.loop = airflow, dataset, loop
        self.stack = airflow.stack
        self.records = Records(self.stack, loop)
        self.s3 = client("s3", self.stack.settings.aws_url, self.stack.secrets)
        self.reviewer = ScriptedReviewer(self.stack.settings.portal_url, dataset.night)

    def begin(self, night: str, **conf: Any) -> DagRun:
        """Upload a night's images and start its run."""
        upload(self.stack, self.dataset, night)
        return self.airflow.api.trigger(DAG, logical_date=f"{night}T02:00:00Z", conf=conf)

    def answer(self) -> None:
        """Answer what waits at the portal."""
        if not self.reviewer.signed_in:
            self.reviewer.sign_in(REVIEWER, self.stack.secrets.reviewer_password)
        self.reviewer.answer_waiting(lambda _: None)

    def files(self, night: str) -> dict[str, bytes]:
        """Return all a night left in S3."""
        return self._below(f"nights/{night}/")

    def files_of_dry_run(self, run: DagRun, night: str) -> dict[str, bytes]:
        """Return all a run that only planned a night left in S3."""
        return self._below(f"dry-run-{run.run_id.replace(':', '.')}/{night}/")

    def _below(self, folder: str) -> dict[str, bytes]:
        prefix = f"{self.loop['prefix'].strip('/')}/{self.loop['name']}/{folder}"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key.removeprefix(prefix): self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def check(self, night: str, loops_before: set[str]) -> dict[str, bytes]:
        """Assert that a night ended as if nothing had happened: each review opened, answered and learned once."""
        files = self.files(night)
        plan = lines(files["plan.jsonl"])
        planned = {line["review_name"] for line in plan if not line.get("duplicate_of")}
        assert planned, "a night without reviews shows nothing"
        opened = lines(files["reviews.jsonl"])
        assert sorted(line["review_name"] for line in opened) == sorted(planned)
        assert self.records.loops() - loops_before == planned, "no loop more, none less"
        answers = lines(files["answers.jsonl"])
        assert sorted(line["review_name"] for line in answers) == sorted(planned)
        refs = [line["source-ref"] for line in lines(files["manifest.jsonl"])]
        assert len(refs) == len(set(refs)) == len(planned)
        assert "receipt.json" in files
        return files


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]
