"""A night of prepared images, a live model in the fake SageMaker, and the results its transform jobs would write."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from PIL import Image as Picture

from nightloop.aws.operators.night.prepare_images import PrepareImagesOperator
from nightloop.aws.operators.night.transform_images import TransformImagesOperator
from nightloop.aws.resources.night_transform import NightTransformSettings
from nightloop.aws.storage.layout import ScoringFiles
from nightloop.aws.storage.night_chunks import cut
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.images.image import Image
from tests.support.fakes.task import FakeTask, context
from tests.support.night import CLASSES, LOOP, MODEL, NIGHT, run

if TYPE_CHECKING:
    from tests.support.fakes.s3 import FakeS3
    from tests.support.fakes.sagemaker import FakeSageMaker
    from tests.support.night import Night

ENDPOINT: Final = "voc-live"
ARTEFACT: Final = f"{LOOP}/models/job-1/output/model.tar.gz"
CAT: Final = [0, 0.75, 0.25, 0.25, 0.75, 0.75]
SETTINGS: Final = NightTransformSettings(
    loop="voc",
    endpoint_name=ENDPOINT,
    classes=CLASSES,
    instance_type="ml.g4dn.xlarge",
    instance_count=2,
    max_concurrent_transforms=8,
    few=2,
    tags={"team": "vision"},
)
SOME_REFUSED: Final = "ClientError: See job logs for more information"


@cache
def jpeg(colour: str = "red", *, turned: bool = False) -> bytes:
    made, exif = io.BytesIO(), Picture.Exif()
    if turned:
        exif[0x0112] = 6
    Picture.new("RGB", (40, 20), colour).save(made, "JPEG", exif=exif)
    return made.getvalue()


def serve(sagemaker: FakeSageMaker, model: str = MODEL) -> None:
    """Let the endpoint run a model, from now on."""
    role = "arn:aws:iam::123456789012:role/r"
    sagemaker.create_model(ModelName=model, ExecutionRoleArn=role, PrimaryContainer={"ModelDataUrl": ARTEFACT})
    variant = {"VariantName": "AllTraffic", "ModelName": model, "InitialInstanceCount": 1}
    config = f"config-of-{model}"
    sagemaker.create_endpoint_config(
        EndpointConfigName=config, ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}]
    )
    sagemaker.endpoints.pop(ENDPOINT, None)
    sagemaker.serve(ENDPOINT, config)


def list_images(s3: FakeS3, night: Night, **bodies: bytes) -> list[Image]:
    """Lay images there and list them, in the order of their names."""
    listed = []
    for name, body in sorted(bodies.items()):
        uri = f"s3://bucket/in/2026-11-22/{name}.jpg"
        s3.put(uri, body)
        listed.append(Image(uri, s3.etag(uri), len(body)))
    night.lay(images=listed)
    cut_again(s3, night)
    return listed


def cut_again(s3: FakeS3, night: Night, per_chunk: int | None = None) -> None:
    """Cut a list into chunks that somebody has just laid there."""
    if night.files.chunks in s3.objects:
        s3.remove(night.files.chunks)
    cut(ObjectStore(), night.files, per_chunk)


def preparing(**changes: Any) -> PrepareImagesOperator:
    given = {"task_id": "prepare", "night": NIGHT, "chunk": "{{ params.chunk }}", "normalised": f"{LOOP}/normalised/"}
    return PrepareImagesOperator(**given | changes)


def prepare(*chunks: str) -> None:
    for chunk in chunks or ("00000",):
        run(preparing(), chunk=chunk)


def transforming(chunks: tuple[str, ...] = ("00000",), **changes: Any) -> TransformImagesOperator:
    given = {"task_id": "transform", "night": ScoringFiles(f"{LOOP}/nights/2026-11-22").folder}
    return TransformImagesOperator(**given | {"chunks": list(chunks), "settings": SETTINGS} | changes)


def attempt(number: int) -> dict[str, Any]:
    return context(FakeTask(id=f"attempt-{number}", task_id="transform", try_number=number))


def write_results(s3: FakeS3, sagemaker: FakeSageMaker, name: str, refused: tuple[str, ...] = ()) -> None:
    """Write what a job writes: a result for each image of its list but the refused ones."""
    job = sagemaker.jobs[name]
    (prefix, *names) = json.loads(s3.objects[job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]])
    assert prefix["prefix"].endswith("/")
    for image in names:
        if not image.endswith(refused or ("/",)):
            s3.put(f"{job['TransformOutput']['S3OutputPath']}{image}.out", json.dumps({"prediction": [CAT]}))


def end(s3: FakeS3, sagemaker: FakeSageMaker, name: str, refused: tuple[str, ...] = ()) -> None:
    """End a job as SageMaker does: failed, if any image was refused."""
    write_results(s3, sagemaker, name, refused)
    reason = {"FailureReason": SOME_REFUSED} if refused else {}
    sagemaker.end(name, "Failed" if refused else "Completed", **reason)


def chunk_task(kind, **changes):
    """Return a task that scores one chunk of the night, of the kind that is tested."""
    given = {"task_id": "score", "night": NIGHT, "chunk": "{{ params.chunk }}", "endpoint_name": ENDPOINT}
    given |= {"classes": CLASSES, "normalised": f"{LOOP}/normalised/"}
    return kind(**given | changes)
