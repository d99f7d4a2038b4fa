"""The steps of a loop as the DAG files wire them, run one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nightloop.aws.dag_factory import loop_dags
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.operators.a2i.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.aws.operators.night.build_manifest import BuildManifestOperator
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.operators.night.collect_answers import CollectAnswersOperator
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.operators.night.measure_reviewers import MeasureReviewersOperator
from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
from nightloop.aws.operators.night.open_tie_breaks import OpenTieBreaksOperator
from nightloop.aws.operators.night.plan_reviews import PlanReviewsOperator
from nightloop.aws.operators.night.score_images import ScoreImagesOperator
from nightloop.aws.operators.night.write_receipt import WriteReceiptOperator
from nightloop.aws.operators.sagemaker.create_endpoint import CreateEndpointOperator
from nightloop.aws.operators.sagemaker.create_endpoint_config import CreateEndpointConfigOperator
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.operators.training.check_holdout import CheckHoldoutOperator
from nightloop.aws.operators.training.train import TrainSeedModelOperator
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.resources.review_policy import Deciding
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.sensors.reviews import ReviewsSensor
from nightloop.aws.storage.layout import LoopFiles, images_of
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
        self.loop_files = LoopFiles.of(loop)
        self.files = self.loop_files.night(date)
        self.folder = self.files.folder
        self.data = DataSettings.of(loop)
        self.flow = FlowSettings.of(loop)

    def bootstrap(self) -> tuple[dict[str, Any], str, str]:
        self.create_flow()
        run(CheckHoldoutOperator(task_id="check_holdout", **loop_dags.holdout_arguments(self.loop)))
        trained = run(
            TrainSeedModelOperator(
                task_id="train_seed_model",
                settings=TrainingSettings.of(self.loop, self.loop.training.first),
                data=self.data,
                suite_path=str(loop_dags.EXPECTATIONS / "cohort.json"),
                poll_seconds=1,
            )
        )
        serving = ServingSettings.of(self.loop)
        model = run(CreateModelOperator(task_id="create_model", serving=serving, trained=trained))
        config = run(CreateEndpointConfigOperator(task_id="create_endpoint_config", serving=serving, model=model))
        name = self.loop.endpoint.name
        run(CreateEndpointOperator(task_id="create_endpoint", endpoint_name=name, config=config, poll_seconds=1))
        return trained, model, config

    def create_flow(self) -> str:
        path = str(self.loop.template_path)
        page = run(CreateTaskUiOperator(task_id="create_task_ui", loop=self.loop.name, template_path=path))
        flow = CreateFlowDefinitionOperator(task_id="create_flow_definition", settings=self.flow, task_ui_arn=page)
        return run(flow)

    def put(self, s3: Any, **images: bytes) -> Night:
        for name, body in images.items():
            self.put_key(s3, f"{name}.jpg", body)
        return self

    def put_key(self, s3: Any, name: str, body: bytes) -> str:
        key = f"images/{self.date}/{name}"
        s3.put_object(Bucket=self.loop.bucket, Key=key, Body=body)
        return f"s3://{self.loop.bucket}/{key}"

    def list(self) -> list[str]:
        images = images_of(self.loop, self.date)
        count = self.loop.scoring.images_per_chunk
        return run(ListImagesOperator(task_id="list_images", night=self.folder, images=images, images_per_chunk=count))

    def score(self, chunk: str = "00000") -> dict[str, Any]:
        return run(
            ScoreImagesOperator(
                task_id="score_images",
                night=self.folder,
                chunk=chunk,
                endpoint_name=self.loop.endpoint.name,
                classes=self.loop.classes,
                normalised=self.loop_files.normalised,
                images_per_chunk=self.loop.scoring.images_per_chunk,
                concurrency=self.loop.scoring.concurrency,
            )
        )

    def plan(self, *, plan_only: bool = False) -> dict[str, Any]:
        review = self.loop.review
        return run(
            PlanReviewsOperator(
                task_id="plan_reviews",
                night=self.folder,
                loop=self.loop.name,
                score_threshold=review.score_threshold,
                audit_share=review.audit_share,
                seed=review.seed,
                limits=self.loop.limits,
                deciding=Deciding.of(self.loop),
                attribute=self.loop.attribute,
                plan_only=plan_only,
            )
        )

    def measure(self) -> dict[str, Any]:
        return run(MeasureReviewersOperator(task_id="measure_reviewers", night=self.folder))

    def break_ties(self) -> dict[str, Any]:
        return run(
            OpenTieBreaksOperator(
                task_id="open_tie_breaks",
                night=self.folder,
                loop=self.loop.name,
                deciding=Deciding.of(self.loop),
                **loop_dags.asking_arguments(self.loop),
            )
        )

    def open(self, context: Context | None = None) -> dict[str, Any]:
        return run(
            OpenReviewsOperator(
                task_id="open_reviews",
                night=self.folder,
                flow_definition_name=self.flow.name,
                workteam_arn=self.loop.review.workteam_arn,
                classes=self.loop.classes,
                limits=self.loop.limits,
            ),
            context,
        )

    def open_all(self) -> dict[str, Any]:
        for chunk in self.list():
            self.score(chunk)
        self.plan()
        return self.open()

    def wait(
        self, arn: str | None, minutes: float, *, deferrable: bool = True, notices: Any = None, queue: str | None = None
    ) -> dict[str, int]:
        return run(
            ReviewsSensor(
                task_id="wait_for_answers",
                night=self.folder,
                flow_definition_arn=arn,
                answer_within_minutes=minutes,
                notices=notices,
                events_queue_url=queue,
                poll_seconds=0.5,
                deferrable=deferrable,
            )
        )

    def collect(self, **settings: Any) -> dict[str, Any]:
        return run(
            CollectAnswersOperator(
                task_id="collect_answers",
                night=self.folder,
                loop_folder=self.loop_files.folder,
                classes=self.loop.classes,
                give_up_after_nights=self.loop.review.give_up_after_nights,
                limits=self.loop.limits,
                **settings,
            )
        )

    def build(self) -> dict[str, Any]:
        return run(
            BuildManifestOperator(
                task_id="build_manifest",
                night=self.folder,
                classes=self.loop.classes,
                attribute=self.loop.attribute,
            )
        )

    def check(self) -> dict[str, int]:
        suite = str(loop_dags.EXPECTATIONS / "manifest.json")
        return run(
            CheckManifestOperator(
                task_id="check_manifest",
                manifest=self.files.manifest,
                suite_path=suite,
                data=self.data,
                night=self.folder,
            )
        )

    def receipt(self, expectations: dict[str, int] | None = None) -> dict[str, Any]:
        return run(
            WriteReceiptOperator(
                task_id="write_receipt",
                night=self.folder,
                loop=self.loop.name,
                expectations=expectations,
                score_threshold=self.loop.review.score_threshold,
                **loop_dags.audit_arguments(self.loop),
            )
        )

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
