"""Objects that need not be found and may be: COCO's crowds as pycocotools takes them, VOC's difficult ones."""

import contextlib
import io

import numpy as np
import pytest

from nightloop.domain.detection.boxes.predictions import Box, Prediction
from nightloop.domain.detection.evaluation.comparison import compare
from nightloop.domain.detection.precision.average_precision import average_precision
from nightloop.domain.detection.precision.matching import Detections, Truth, match

CELL = 100


def scene(generator, class_count):
    """Return one image: objects far apart, crowds anywhere, detections on, in and beside them, each score once."""
    places = [(CELL * x, CELL * y) for x in range(4) for y in range(4)]
    generator.shuffle(places)
    count = int(generator.integers(0, 7))
    objects = [(x + 20, y + 20, *generator.integers(20, 60, 2)) for x, y in places[:count]]
    crowds = [
        (*generator.integers(0, 250, 2), *generator.integers(60, 300, 2)) for _ in range(generator.integers(0, 4))
    ]
    boxes = np.array([*objects, *crowds], dtype=np.float64).reshape(-1, 4)
    flags = np.array([False] * len(objects) + [True] * len(crowds), dtype=np.bool_)
    kinds = generator.integers(0, class_count, len(boxes))
    near = [box + generator.integers(-8, 9, 4) for box in boxes[:count] for _ in range(generator.integers(0, 4))]
    anywhere = [
        (*generator.integers(0, 350, 2), *generator.integers(5, 120, 2)) for _ in range(generator.integers(0, 12))
    ]
    drawn = np.array([*near, *anywhere], dtype=np.float64).reshape(-1, 4)
    labels = generator.integers(0, class_count, len(drawn))
    order = generator.permutation(len(boxes))
    scores = generator.permutation(1000)[: len(drawn)] / 1000
    return Truth(boxes[order], kinds[order], flags[order]), Detections(drawn, labels, scores)


def judged_by_pycocotools(truth, found, class_count):
    """Return the hits and the detections that do not count, by score, at an IoU of one half."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations = [
        {"id": number, "image_id": 1, "category_id": int(kind), "bbox": list(box), "area": box[2] * box[3]}
        | {"iscrowd": int(crowd)}
        for number, (box, kind, crowd) in enumerate(
            zip(truth.boxes, truth.class_ids, truth.ignored, strict=True), start=1
        )
    ]
    results = [
        {"image_id": 1, "category_id": int(kind), "bbox": list(box), "score": float(score)}
        for box, kind, score in zip(found.boxes, found.class_ids, found.scores, strict=True)
    ]
    if not results:
        return set(), set()
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"info": {}, "images": [{"id": 1}], "annotations": annotations}
        coco.dataset["categories"] = [{"id": number, "name": str(number)} for number in range(class_count)]
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
    hits, dropped = set(), set()
    for judged in evaluation.evalImgs[:: len(evaluation.params.areaRng)]:
        if judged is not None:
            for score, matched, ignored in zip(
                judged["dtScores"], judged["dtMatches"][0], judged["dtIgnore"][0], strict=True
            ):
                if ignored:
                    dropped.add(score)
                elif matched:
                    hits.add(score)
    return hits, dropped


@pytest.mark.parametrize("seed", range(120))
def test_crowds_are_taken_as_pycocotools_takes_them(seed) -> None:
    generator = np.random.default_rng(7000 + seed)
    class_count = int(generator.integers(1, 3))
    truth, found = scene(generator, class_count)
    hits, dropped = judged_by_pycocotools(truth, found, class_count)
    matches = match([truth], [found], class_count=class_count)
    assert set(matches.scores[matches.hits].tolist()) == hits
    assert set(found.scores.tolist()) - set(matches.scores.tolist()) == dropped
    assert matches.truths.sum() == (~truth.ignored).sum()


def found_in(crowd, objects, boxes, **flags):
    truth = Truth(np.array([crowd, *objects], float), np.zeros(1 + len(objects), dtype=np.int64), **flags)
    scores = np.linspace(0.9, 0.1, len(boxes))
    found = Detections(np.array(boxes, float), np.zeros(len(boxes), dtype=np.int64), scores)
    return float(average_precision(match([truth], [found], class_count=1)).mean[0])


CROWD, OBJECT = (0, 0, 800, 800), (850, 850, 60, 60)
FLAGS = np.array([True, False])


def test_any_number_of_detections_may_lie_in_a_crowd() -> None:
    inside = [(60 * number, 10, 50, 50) for number in range(10)]
    assert found_in(CROWD, [OBJECT], [*inside, OBJECT], ignored=FLAGS) == 1.0
    half_out, mostly_out = (775, 10, 50, 50), (776, 10, 50, 50)
    assert found_in(CROWD, [OBJECT], [half_out, OBJECT], ignored=FLAGS) == 1.0
    assert found_in(CROWD, [OBJECT], [mostly_out, OBJECT], ignored=FLAGS) == 0.5


def test_a_difficult_object_is_overlapped_as_any_other() -> None:
    inside = [(60 * number, 10, 50, 50) for number in range(10)]
    assert found_in(CROWD, [OBJECT], [*inside, OBJECT], difficult=FLAGS) == pytest.approx(1 / 11)
    assert found_in(CROWD, [OBJECT], [CROWD, (0, 0, 800, 500), OBJECT], difficult=FLAGS) == 1.0


def test_an_object_in_a_crowd_is_found_first_and_its_duplicates_are_the_crowds() -> None:
    within = (100, 100, 60, 60)
    assert found_in(CROWD, [within], [within, within, within], ignored=FLAGS) == 1.0
    assert found_in(CROWD, [within], [(300, 300, 60, 60), within], ignored=FLAGS) == 1.0


def test_another_classes_crowd_takes_nothing() -> None:
    truth = Truth(np.array([CROWD, OBJECT], float), np.array([1, 0]), FLAGS)
    found = Detections(np.array([(10, 10, 50, 50), OBJECT], float), np.zeros(2, dtype=np.int64), np.array([0.9, 0.5]))
    assert match([truth], [found], class_count=2).hits.tolist() == [False, True]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"iscrowd": 1}, 1.0),
        ({"iscrowd": "1"}, 1.0),
        ({"iscrowd": "true", "difficult": 1}, 1.0),
        ({"difficult": 1}, 0.5),
        ({"difficult": "1", "iscrowd": "0"}, 0.5),
        ({"iscrowd": "0", "difficult": "false"}, 0.25),
    ],
)
def test_a_holdouts_flags_decide_how_its_objects_are_measured(make, flags, expected) -> None:
    line = make.line(make.drawn("cat", 0, 0, 400, 400), make.drawn("cat", 700, 400, 60, 60), uri="s3://b/1.jpg")
    line["bounding-box"]["annotations"][0] |= flags
    boxes = [Box(7, "cat", 0.9, 10, 10, 50, 50), Box(7, "cat", 0.5, 700, 400, 60, 60)]
    prediction = Prediction(make.image("s3://b/1.jpg"), "model", 800, 533, tuple(boxes))
    result = compare(
        [line], [prediction], [prediction], classes=make.classes, attribute="bounding-box", rounds=100, seed=1
    )
    assert result.champion.mean == pytest.approx(expected)
