"""Deciding, measured beside what others use for the same, in one run: `make bench-loop`."""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hotcoco
import numpy as np

from benchmarks.common.records import Record, compared, write
from benchmarks.decisions import expectations
from nightloop.domain.detection.answers.consensus import merge
from nightloop.domain.detection.boxes.predictions import Box
from nightloop.domain.detection.evaluation.bootstrap import differences_of, draw, paired_bootstrap
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import Detections, Matches, Truth, match

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = "make bench-loop"
IMAGES, CLASSES, DETECTIONS, ROUNDS = 5_000, 20, 30_000, 1_000


def best_of(count: int, call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least seconds of some calls, and the last one's result."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begun)
    return min(times), result


def boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    return np.column_stack([generator.uniform(0, 300, (count, 2)), generator.uniform(20, 200, (count, 2))])


def scene() -> list[Truth]:
    generator = np.random.default_rng(1)
    counts = generator.integers(1, 7, IMAGES)
    return [Truth(boxes(generator, count), generator.integers(0, CLASSES, count)) for count in counts]


def model(truths: list[Truth], seed: int, recall: float) -> list[Detections]:
    """See that share of the objects, with boxes a little off; fill up with false boxes to the number asked for."""
    generator = np.random.default_rng(seed)
    found = [generator.random(len(truth.class_ids)) < recall for truth in truths]
    false = np.bincount(generator.integers(0, IMAGES, DETECTIONS - sum(map(int, map(np.sum, found)))), minlength=IMAGES)
    seen = []
    for truth, kept, extra in zip(truths, found, false, strict=True):
        true = truth.boxes[kept]
        true = true + generator.normal(0, 0.1, true.shape) * np.tile(true[:, 2:], 2)
        true[:, 2:] = np.maximum(true[:, 2:], 1)
        classes = np.concatenate([truth.class_ids[kept], generator.integers(0, CLASSES, extra)])
        scores = np.concatenate([generator.beta(4, 2, len(true)), generator.beta(2, 4, extra)])
        seen.append(Detections(np.concatenate([true, boxes(generator, extra)]), classes, scores))
    return seen


def as_coco(truths: list[Truth]) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for number, truth in enumerate(truths):
        for box, kind in zip(truth.boxes.tolist(), truth.class_ids.tolist(), strict=True):
            entry = {"id": len(annotations) + 1, "image_id": number, "category_id": kind, "bbox": box, "iscrowd": 0}
            annotations.append(entry | {"area": box[2] * box[3]})
    images = [{"id": number, "width": 500, "height": 500} for number in range(IMAGES)]
    categories = [{"id": number, "name": str(number)} for number in range(CLASSES)]
    return {"info": {}, "images": images, "annotations": annotations, "categories": categories}


def results_of(found: list[Detections]) -> list[dict[str, Any]]:
    return [
        {"image_id": number, "category_id": kind, "bbox": box, "score": score}
        for number, image in enumerate(found)
        for box, kind, score in zip(image.boxes.tolist(), image.class_ids.tolist(), image.scores.tolist(), strict=True)
    ]


def run_pycocotools(evaluation: Any) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()


def pycocotools_at_half(dataset: dict[str, Any], results: list[dict[str, Any]]) -> Any:
    """Prepare what we do too and no more: one IoU, no sizes."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = dataset
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
    evaluation.params.iouThrs = np.array([0.5])
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
    evaluation.params.maxDets = [100]
    return evaluation


def hotcoco_at_half(dataset: Any, results: list[dict[str, Any]]) -> Any:
    evaluation = hotcoco.COCOeval(dataset, dataset.load_res(results), "bbox")
    evaluation.params.iou_thrs = [0.5]
    evaluation.params.area_rng, evaluation.params.area_rng_lbl = [[0, 1e10]], ["all"]
    evaluation.params.max_dets = [100]
    return evaluation


def run_hotcoco(evaluation: Any) -> None:
    evaluation.evaluate()
    evaluation.accumulate()


def measure_evaluation(truths: list[Truth], found: list[Detections]) -> list[Record]:
    def ours() -> float:
        return float(average_precision(match(truths, found, class_count=CLASSES)).mean[0])

    dataset, results = as_coco(truths), results_of(found)
    python = pycocotools_at_half(dataset, results)
    rust = hotcoco_at_half(hotcoco.COCO(dataset), results)
    own, _ = best_of(3, ours)
    slow, _ = best_of(1, lambda: run_pycocotools(python))
    fast, _ = best_of(3, lambda: run_hotcoco(rust))
    what = f"AP at IoU 0.5 of {IMAGES} images, {CLASSES} classes, {DETECTIONS} detections"
    return [
        compared(what, own, "s", peer="pycocotools, IoU 0.5 only", peer_value=slow, most=0.1, command=COMMAND),
        Record(what, round(own, 3), "s", COMMAND, "hotcoco, IoU 0.5 only", round(fast, 3), round(own / fast, 3)),
    ]


def measure_bootstrap(truths: list[Truth], models: list[list[Detections]]) -> list[Record]:
    """Intervals are compared on hotcoco's own draws: it counts an image once however often it was drawn."""
    old, new = (match(truths, found, class_count=CLASSES) for found in models)
    coco = hotcoco.COCO(as_coco(truths))
    evaluations = [hotcoco_at_half(coco, results_of(found)) for found in models]
    for evaluation in evaluations:
        evaluation.evaluate()
    own, result = best_of(2, lambda: paired_bootstrap(VocMeasured(old), VocMeasured(new), rounds=ROUNDS, seed=1))
    theirs, peer = best_of(1, lambda: hotcoco.compare(*evaluations, n_bootstrap=ROUNDS, seed=1))
    interval = peer["ci"]["AP50"]["lower"], peer["ci"]["AP50"]["upper"]
    ends = np.percentile(once_each(old, new), [2.5, 97.5])
    off = float(abs(ends - interval).max())
    far = float(abs(np.array(result.interval) - interval).max())
    what = f"{ROUNDS} paired bootstrap rounds, IoU 0.5"
    bound = "interval ends off, each image counted once as hotcoco does"
    own_way = "interval ends off, images counted as often as drawn (ours; hotcoco's is narrower)"
    return [
        compared(what, own, "s", peer="hotcoco.compare, IoU 0.5 only", peer_value=theirs, most=0.25, command=COMMAND),
        Record(bound, round(off, 5), "mAP", COMMAND, "hotcoco.compare", bar="<= 0.002", ok=off <= 0.002),
        Record(own_way, round(far, 5), "mAP", COMMAND, "hotcoco.compare"),
    ]


def once_each(old: Matches, new: Matches) -> np.ndarray:
    generator = np.random.default_rng(2)
    weights = [np.minimum(draw(generator, 200, IMAGES), 1) for _ in range(ROUNDS // 200)]
    return np.concatenate([differences_of(VocMeasured(old), VocMeasured(new), part) for part in weights])


def measure_consensus(count: int = 100_000) -> Record:
    generator = np.random.default_rng(3)
    true = [Box(k, str(k), None, 100.0 * k, 50.0, 80.0, 60.0) for k in range(3)]
    crews = [
        [[replace(box, left=box.left + float(generator.normal(0, 3))) for box in true] for _ in range(3)]
        for _ in range(100)
    ]
    before = peak_megabytes()
    seconds, _ = best_of(1, lambda: [len(merge(crews[number % 100]).boxes) for number in range(count)])
    what = f"consensus of {count} images, 3 reviewers, 3 objects (memory +{peak_megabytes() - before:.0f} MB)"
    return Record(what, round(seconds, 2), "s", COMMAND)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure everything; 1 when a bar was missed."""
    truths = scene()
    models = [model(truths, 1, 0.70), model(truths, 2, 0.72)]
    records = [*measure_evaluation(truths, models[0]), *measure_bootstrap(truths, models), measure_consensus()]
    return 0 if write("loop", [*records, *expectations.measure(COMMAND)]) else 1


if __name__ == "__main__":
    sys.exit(main())
