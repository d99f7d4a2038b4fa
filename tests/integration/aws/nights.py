"""The steps of a night and of a bootstrap as the DAG files wire them, run one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory import (
    model_tasks,
    night_tasks,
    review_tasks,
    scoring_tasks,
    serving_tasks,
    training_tasks,
)
from nightloop.aws.dag_factory.loop_files import loop_files
from nightloop.aws.dag_factory.night_run import NightRun
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.pictures import encode, manifest_line, picture
from tests.integration.aws.running import Context, run

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


class Night:
    """One night of a loop; each method runs one task and returns what it would push."""

    def __init__(self, loop: LoopConfig, date: str) -> None:
        self.loop = loop
        self.date = date
        self.loop_files = loop_files(loop)
        self.files = self.loop_files.night(date)
        self.folder = self.files.folder
        self.run = NightRun(date, self.files, answer_within_minutes=1)
        self.data = DataSettings.of(loop)
        self.flow = FlowSettings.of(loop)

    def bootstrap(self) -> tuple[dict[str, Any], str, str]:
        run(night_tasks.apply_retention(self.loop))
        self.create_flow()
        run(training_tasks.check_holdout(self.loop))
        trained = run(training_tasks.train_seed_model(self.loop, 0), poll_seconds=1)
        model = run(serving_tasks.create_model(self.loop, trained))
        config = run(serving_tasks.create_endpoint_config(self.loop, model))
        run(serving_tasks.create_endpoint(self.loop, config), poll_seconds=1)
        run(serving_tasks.scale_endpoint(self.loop))
        return trained, model, config

    def register(self, trained: dict[str, Any], model: str) -> dict[str, Any]:
        """Make what `bootstrap` trained the first version of the registry."""
        return run(model_tasks.register_model(self.loop, trained=trained, model=model))

    def approve(self, registered: dict[str, Any], config: str) -> dict[str, Any]:
        """Approve the first version."""
        return run(model_tasks.record_first_approval(registered, config, config))

    def create_flow(self) -> str:
        page = run(review_tasks.create_task_ui(self.loop))
        return run(review_tasks.create_flow_definition(self.loop, page))

    def put(self, s3: Any, **images: bytes) -> Night:
        for name, body in images.items():
            self.put_key(s3, f"{name}.jpg", body)
        return self

    def put_key(self, s3: Any, name: str, body: bytes) -> str:
        key = f"images/{self.date}/{name}"
        s3.put_object(Bucket=self.loop.bucket, Key=key, Body=body)
        return f"s3://{self.loop.bucket}/{key}"

    def list(self) -> list[str]:
        return run(night_tasks.list_images(self.loop, self.run))

    def score(self, chunk: str = "00000") -> dict[str, Any]:
        task = scoring_tasks.score_images(self.loop, self.run, [chunk]).unmap({"chunk": chunk})
        return run(task, **({"poll_seconds": 1} if hasattr(task, "poll_seconds") else {}))

    def choose(self, chunks: list[str]) -> list[str]:
        return run(scoring_tasks.choose_scoring(self.loop, self.run, chunks))

    def prepare(self, chunk: str = "00000") -> dict[str, Any]:
        return run(scoring_tasks.prepare_images(self.loop, self.run, [chunk]).unmap({"chunk": chunk}))

    def transform(self, chunks: list[str], **changed: Any) -> dict[str, Any]:
        return run(scoring_tasks.transform_images(self.loop, self.run, chunks), **{"poll_seconds": 1, **changed})

    def score_all(self) -> list[dict[str, Any]]:
        """Score the night as its DAG does; return what each chunk's task returned."""
        chunks = self.list()
        if self.loop.scoring.by in {"batch_transform", "auto"}:
            chosen = self.choose(chunks)
            for chunk in chosen:
                self.prepare(chunk)
            if chosen:
                self.transform(chosen)
        return [self.score(chunk) for chunk in chunks]

    def plan(self, *, plan_only: bool = False) -> dict[str, Any]:
        return run(night_tasks.plan_reviews(self.loop, replace(self.run, plan_only=plan_only)))

    def measure(self) -> dict[str, Any]:
        return run(review_tasks.measure_reviewers(self.run))

    def break_ties(self) -> dict[str, Any]:
        return run(review_tasks.open_tie_breaks(self.loop, self.run))

    def open(self, context: Context | None = None, *, plan_only: bool | str = False) -> dict[str, Any]:
        return run(review_tasks.open_reviews(self.loop, replace(self.run, plan_only=plan_only)), context)

    def open_all(self) -> dict[str, Any]:
        for chunk in self.list():
            self.score(chunk)
        self.plan()
        return self.open()

    def wait(
        self, arn: str | None, minutes: float, *, deferrable: bool = True, notices: Any = None, queue: str | None = None
    ) -> dict[str, int]:
        opened = {"flow_definition_arn": arn, "opened": 0, "adopted": 0, "refused": 0, "postponed": 0}
        sensor = review_tasks.wait_for_answers(self.loop, replace(self.run, answer_within_minutes=minutes), opened)
        if notices is not None:
            sensor.notices = notices
        if queue is not None:
            sensor.events_queue_url = queue
        return run(sensor, poll_seconds=0.5, poke_interval=0.5, deferrable=deferrable)

    def collect(self, **changed: Any) -> dict[str, Any]:
        return run(review_tasks.collect_answers(self.loop, self.run), **changed)

    def build(self) -> dict[str, Any]:
        return run(night_tasks.build_manifest(self.loop, self.run))

    def check(self) -> dict[str, int]:
        return run(night_tasks.check_manifest(self.loop, self.run))

    def receipt(self, expectations: dict[str, int] | None = None) -> dict[str, Any]:
        return run(night_tasks.write_receipt(self.loop, self.run, expectations))

    def finish(self) -> dict[str, Any]:
        self.collect()
        self.build()
        return self.receipt(self.check())

    def write_reviewed(self, s3: Any, shade: int = 80) -> None:
        """Write what a night of one reviewed image leaves in S3 once its manifest is checked."""
        uri = self.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=shade)))
        line = manifest_line(uri, [(20, 30, 60, 40)], list(self.loop.classes))
        store = ObjectStore()
        store.write_once(self.files.manifest, json.dumps(line).encode())
        store.write_once(self.files.answers, b"")
        store.write_once(self.files.receipt, b"{}")

    def lines(self, uri: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in ObjectStore().read(uri).splitlines()]

    def objects(self) -> dict[str, bytes]:
        """All the night wrote."""
        store = ObjectStore()
        return {entry.uri: store.read(entry.uri) for entry in store.list(self.folder + "/")}
