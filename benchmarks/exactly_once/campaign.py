"""A whole campaign: two loops on a stack under test, gone through until enough processes are killed."""

from __future__ import annotations

import json
import os
from random import Random
from typing import TYPE_CHECKING, Any

import botocore.loaders
import botocore.session
import yaml

from benchmarks.exactly_once.evidence import Evidence
from benchmarks.exactly_once.killer import Killer
from benchmarks.exactly_once.nights import Nights
from benchmarks.exactly_once.trainings import Trainings
from nightloop.config import read_loop
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import upload_data
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.stack import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from nightloop.config import LoopConfig
    from tests.integration.faults.stack import StackUnderTest

NIGHTS_A_TRAINING = 3


class Campaign:
    """One seed's campaign; `run` it, then take its `evidence`."""

    def __init__(self, stack: StackUnderTest, folder: Path, *, kills: int, seed: int, minutes: float) -> None:
        os.environ.update(stack.connections())
        _share_models_of_botocore()
        self.stack = stack
        self.chance = Random(seed)
        self.killer = Killer(stack, self.chance, kills, folder / "tasks.log", minutes)
        self.s3 = stack.client("s3", "aws")
        a2i = stack.client("sagemaker-a2i-runtime", "review")
        loops = {name: self._make_loop(folder, name) for name in ("nights", "trainings")}
        for loop in loops.values():
            # In a process of its own too: it leaves threads behind, which a fork does not take along.
            self.killer.do_in_peace("bootstrap", Night(loop, "2026-01-01").bootstrap)
        reviewer = Reviewer(stack).signs_in()
        self.nights = Nights(loops["nights"], self.killer, self.s3, a2i, reviewer)
        self.trainings = Trainings(loops["trainings"], self.killer, self.s3)
        self._made_before = self._job_names()

    def run(self) -> None:
        """Go on until enough processes are killed; a last night in peace takes what was answered late."""
        while not self.killer.satisfied:
            self.nights.next(self.chance)
            if len(self.nights.nights) % NIGHTS_A_TRAINING == 1 and not self.killer.satisfied:
                self.trainings.next()
        self.nights.next(self.chance, answer_all=True, images=1)

    def evidence(self) -> Evidence:
        """Gather what the services wrote and what lies in S3."""
        return Evidence(
            reviews=self.stack.history("review"),
            models=self.stack.history("sagemaker"),
            files=self.stack.history("aws"),
            nights=self.nights.records(),
            outputs=self._outputs(),
            jobs=frozenset(self.trainings.jobs | self._made_before),
            versions=frozenset(self.trainings.versions),
            updates=self.trainings.rounds,
        )

    def _job_names(self) -> set[str]:
        """Return the jobs of the bootstrap, which nobody disturbs."""
        made = self.stack.history("sagemaker")
        return {entry.name for entry in made if entry.operation == "CreateTrainingJob" and entry.effect == "created"}

    def _outputs(self) -> dict[str, Any]:
        found = {}
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.nights.loop.bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        for key in keys:
            if "/reviews/" in key and key.endswith("output.json"):
                output = json.load(self.s3.get_object(Bucket=self.nights.loop.bucket, Key=key)["Body"])
                found[output["humanLoopName"]] = output
        return found

    def _make_loop(self, folder: Path, name: str) -> LoopConfig:
        loop = yaml.safe_load((ROOT / "include/loops/voc.yaml").read_text())
        bucket = f"bucket-{name}"
        loop |= {"name": name, "bucket": bucket, "images": f"s3://{bucket}/images/{{ds}}/"}
        loop["seed"] = {"manifest": f"s3://{bucket}/seed.manifest", "holdout": f"s3://{bucket}/holdout.manifest"}
        loop["endpoint"]["name"] = f"{name}-live"
        loop["review"] |= {"poll_seconds": 1, "audit_share": 0.0}
        loop["training"]["minimum_new_lines"] = 1
        loop["promotion"] |= {"canary_seconds": 0, "bake_seconds": 0}
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(loop))
        self.s3.create_bucket(Bucket=bucket)
        upload_data(self.s3, bucket, loop["classes"])
        return read_loop(path)


def _share_models_of_botocore() -> None:
    """Let all children find botocore's models read already: a task makes three clients, a campaign thousands."""
    loader = botocore.loaders.create_loader()
    botocore.session.create_loader = lambda *_: loader
