"""One small loop as its settings, its files in S3 and its live model in SageMaker say it: `voc`, cats and dogs."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.aws.storage.layout import LoopFiles
from nightloop.domain.lineage.origins import ModelOrigin

if TYPE_CHECKING:
    from tests.support.fakes.s3 import FakeS3
    from tests.support.fakes.sagemaker import FakeSageMaker

FOLDER: Final = "s3://bucket/loops/voc"
FILES: Final = LoopFiles(FOLDER)
CLASSES: Final = ("cat", "dog")
SIZE: Final = (64, 48)
DATA: Final = DataSettings(
    folder=FOLDER,
    seed="s3://bucket/seed.manifest",
    holdout="s3://bucket/holdout.manifest",
    classes=CLASSES,
    attribute="box",
)
SERVING: Final = ServingSettings(
    loop="voc",
    endpoint_name="live",
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/detector:1",
    role_arn="arn:aws:iam::123456789012:role/nightloop",
    folder=FOLDER,
    tags={"team": "vision"},
)
TRAINING: Final = TrainingSettings(
    loop="voc",
    image=SERVING.image,
    role_arn=SERVING.role_arn,
    hyperparameters={"epochs": "2", "mini_batch_size": "8"},
    classes=CLASSES,
    attribute="box",
    output=f"{FOLDER}/models",
    max_runtime_seconds=3600,
    tags={"team": "vision"},
)
BOX: Final = {"class_id": 0, "left": 8, "top": 12, "width": 32, "height": 24}
DETECTED: Final = [0, 0.9, 8 / 64, 12 / 48, 40 / 64, 36 / 48]
"""A detector's row for just that box."""
EVALUATED: Final = {
    "uri": "s3://bucket/e/evaluation.json",
    "champion": 0.4,
    "challenger": 0.5,
    "p_better": 0.99,
    "figures": {"champion": {"average_precision": 0.4}, "challenger": {"average_precision": 0.5, "coco_50": 0.25}},
    "holdout": {"images": 40, "groups": 40, "objects": {"cat": 50}},
}
"""What `EvaluateOperator` returns."""


@cache
def picture(number: int) -> bytes:
    """Return a PNG that is no copy of another number's."""
    pixels = np.random.default_rng(number).integers(0, 255, (6, 8, 3), dtype="u1")
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize(SIZE, Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def line(ref: str, *boxes: dict[str, int], job: str = "labeling-job/seed", size: tuple[int, int] = SIZE) -> dict:
    """Return a manifest line; of one object, if no box is given."""
    annotations = list(boxes) or [BOX]
    return {
        "source-ref": ref,
        "box": {"annotations": annotations, "image_size": [{"width": size[0], "height": size[1], "depth": 3}]},
        "box-metadata": {
            "class-map": {str(number): label for number, label in enumerate(CLASSES)},
            "objects": [{"confidence": 1} for _ in annotations],
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-11-20T00:00:00",
            "job-name": job,
        },
    }


def manifest(*lines: dict[str, Any]) -> bytes:
    """Return manifest lines as the file they make."""
    return "".join(json.dumps(one) + "\n" for one in lines).encode()


def put_images(s3: FakeS3, folder: str, count: int, first: int) -> list[str]:
    """Lay pictures there; return their addresses."""
    refs = [f"s3://bucket/{folder}/{number}.png" for number in range(first, first + count)]
    for number, ref in enumerate(refs, start=first):
        s3.put(ref, picture(number))
    return refs


def put_data(s3: FakeS3, seed: int = 4, holdout: int = 3) -> list[str]:
    """Lay seed and holdout there; return the addresses of the holdout's images."""
    s3.put(DATA.seed, manifest(*map(line, put_images(s3, "seed", seed, 100))))
    held = put_images(s3, "holdout", holdout, 200)
    s3.put(DATA.holdout, manifest(*map(line, held)))
    return held


def put_night(s3: FakeS3, date: str, count: int, first: int = 300, *, receipt: bool = True) -> list[str]:
    """Lay a night's checked manifest there; return the addresses of its images."""
    night, refs = FILES.night(date), put_images(s3, f"night-{date}", count, first)
    lines = [line(ref, job=f"a2i/voc-{date}-{number}") for number, ref in enumerate(refs)]
    s3.put(night.manifest, manifest(*lines))
    s3.put(night.answers, b"")
    if receipt:
        s3.put(night.receipt, b"{}")
    return refs


def make_model(
    sagemaker: FakeSageMaker, s3: FakeS3, name: str, *, parent: str | None = None, lines: list[dict] | None = None
) -> dict[str, str]:
    """Let a model of the loop be there: its training job, manifests, origin and classes; return what names it."""
    job = f"voc-train-{name}"
    train, validation = FILES.cohort(f"of-{name}").train, FILES.cohort(f"of-{name}").validation
    learned = [line(f"s3://bucket/seed/{number}.png") for number in range(100, 104)] if lines is None else lines
    s3.put(train, manifest(*learned[1:]))
    s3.put(validation, manifest(*learned[:1]))
    request = TRAINING.request(
        name=job, train=train, validation=validation, lines=learned, label_width=350, parent=None, cohort=f"of-{name}"
    )
    sagemaker.create_training_job(**request)
    sagemaker.end(job)
    artefact = f"{FOLDER}/models/{job}/output/model.tar.gz"
    s3.put(f"{FOLDER}/models/{job}/output/classes.json", json.dumps(CLASSES))
    origin = ModelOrigin(name, job, artefact, f"of-{name}", train, validation, parent)
    s3.put(FILES.model(job).origin, json.dumps(origin.to_json()) + "\n")
    sagemaker.create_model(
        ModelName=name,
        PrimaryContainer={"Image": SERVING.image, "ModelDataUrl": artefact},
        ExecutionRoleArn=SERVING.role_arn,
    )
    sagemaker.calls.clear()
    return {"model": name, "training_job": job, "artefact": artefact, "train": train, "validation": validation}


def make_live(sagemaker: FakeSageMaker, model: str) -> str:
    """Let the loop's endpoint serve a model; return the endpoint configuration."""
    config = SERVING.config_request(model)
    sagemaker.create_endpoint_config(**config)
    sagemaker.serve("live", config["EndpointConfigName"])
    sagemaker.calls.clear()
    return str(config["EndpointConfigName"])


def register(sagemaker: FakeSageMaker, model: dict[str, str], status: str = "Approved", **metadata: str) -> str:
    """Let a model be a version of the registry; return its ARN."""
    if "voc-models" not in sagemaker.groups:
        sagemaker.create_model_package_group(ModelPackageGroupName="voc-models")
    made = sagemaker.create_model_package(
        ModelPackageGroupName="voc-models",
        ModelApprovalStatus=status,
        InferenceSpecification={"Containers": [{"Image": "old-image", "ModelDataUrl": model["artefact"]}]},
        CustomerMetadataProperties={"model": model["model"], "training_job": model["training_job"], **metadata},
    )
    sagemaker.calls.clear()
    return str(made["ModelPackageArn"])
