"""The manifest's suite on 100,000 lines, beside the same checks written by hand in pandas."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pandas as pd

from nightloop.aws.expectations import read_suite, validate
from nightloop.loop.manifest_table import COLUMNS, manifest_rows
from tests.bench.records import Record, compared

CLASSES = [f"class-{number}" for number in range(20)]
SUITE = Path(__file__).parents[2] / "include" / "expectations" / "manifest.json"


def line(number: int) -> dict:
    annotations = [
        {"class_id": (number + k) % 20, "left": 10 * k, "top": 5, "width": 50, "height": 40} for k in range(3)
    ]
    return {
        "source-ref": f"s3://bucket/images/{number}.jpg",
        "bounding-box": {"annotations": annotations, "image_size": [{"width": 640, "height": 480, "depth": 3}]},
        "bounding-box-metadata": {
            "class-map": {str(k): label for k, label in enumerate(CLASSES)},
            "objects": [{"confidence": 1}] * 3,
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-11-23T07:59:58.321Z",
            "job-name": "a2i/x",
        },
    }


def by_hand(frame: pd.DataFrame) -> int:
    """Count the lines that break a rule of the suite."""
    between = {"width": (1, None), "height": (1, None), "min_left": (0, None), "min_top": (0, None)}
    between |= {"max_right_overflow": (None, 0), "max_bottom_overflow": (None, 0), "min_box_side": (1, None)}
    between |= {"min_class_id": (0, None), "agreement": (0.2, None), "night_agreement": (0.4, None)}
    between |= {"contradicted": (None, 0.5), "class_drift": (None, 0.6)}
    wrong = frame["problem"].notna() | frame["source_ref"].isna() | frame["creation_date"].isna()
    wrong |= ~frame["source_ref"].str.match(r"^s3://[^/]+/.+")
    wrong |= ~frame["creation_date"].str.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$")
    for column, (low, high) in between.items():
        values = pd.to_numeric(frame[column])
        wrong |= (values < low) if low is not None else (values > high)
    for column in ("class_ids_known", "class_map_matches", "confidences_valid", "unchanged"):
        wrong |= ~frame[column].isin([True])
    for column in ("duplicate", "near_holdout"):
        wrong |= ~frame[column].isin([False])
    wrong |= ~frame["depth"].isin([3]) | ~frame["type"].isin(["groundtruth/object-detection"])
    wrong |= ~frame["human_annotated"].isin(["yes"]) | (frame["objects"] != frame["annotations"])
    return int(wrong.sum())


def measure(command: str) -> list[Record]:
    suite = read_suite(str(SUITE))
    seconds, peaks = {}, {}
    for count in (10, 10_000, 100_000):  # the first pays for the imports
        rows = manifest_rows([line(n) for n in range(count)], classes=CLASSES, attribute="bounding-box")
        before = _peak()
        begun = time.perf_counter()
        result = validate(rows, COLUMNS, suite)
        seconds[count], peaks[count] = time.perf_counter() - begun, _peak() - before
        assert not result.violations, result.violations
    begun = time.perf_counter()
    assert by_hand(pd.DataFrame(rows, columns=list(COLUMNS))) == 0
    hand = time.perf_counter() - begun
    what = f"the manifest's {len(suite['expectations'])} expectations on 100,000 lines, with its page"
    memory = Record("the same: memory above the rows", round(peaks[100_000], 1), "MB", command)
    return [
        compared(what, seconds[100_000], "s", peer="pandas by hand", peer_value=hand, most=6, command=command),
        memory,
    ]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
