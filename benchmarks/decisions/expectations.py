"""The manifest's suite on 100,000 lines, beside the same checks written by hand in pandas."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.common.memory import forget_peak, in_a_process, peak_since_mb, present_mb
from benchmarks.common.records import Record, compared
from nightloop.aws.datasets.expectations import read_suite, validate
from nightloop.domain.detection.manifest.check_table import COLUMNS, manifest_rows

CLASSES = [f"class-{number}" for number in range(20)]
FLAT = 1.5
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
    between |= {"max_right_overflow": (None, 0), "max_bottom_overflow": (None, 0), "min_box_side": (4, None)}
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


def rows_of(count: int) -> list[dict[str, Any]]:
    return manifest_rows([line(n) for n in range(count)], classes=CLASSES, attribute="bounding-box")


def timed(count: int) -> dict[str, float]:
    """Run both over so many lines; return their seconds and the most memory the suite took above the rows."""
    suite = read_suite(str(SUITE))
    validate(rows_of(10), COLUMNS, suite)  # pays for the imports
    rows = rows_of(count)
    before = present_mb()
    forget_peak()
    begun = time.perf_counter()
    result = validate(rows, COLUMNS, suite)
    told = {"suite": time.perf_counter() - begun, "suite_mb": peak_since_mb() - before, "rows_mb": before}
    assert not result.violations, result.violations
    del result
    before = present_mb()
    forget_peak()
    begun = time.perf_counter()
    assert by_hand(pd.DataFrame(rows, columns=list(COLUMNS))) == 0
    return told | {"hand": time.perf_counter() - begun, "hand_mb": peak_since_mb() - before}


def measure(command: str) -> list[Record]:
    """Measure 10,000 and 100,000 lines, each in a process that does nothing else."""
    few, many = (in_a_process(__name__, count) for count in (10_000, 100_000))
    count = len(read_suite(str(SUITE))["expectations"])
    what = f"the manifest's {count} expectations on 100,000 lines, with its page"
    peer = "pandas by hand"
    records = [compared(what, many["suite"], "s", peer=peer, peer_value=many["hand"], most=6, command=command)]
    for number, told in (("10,000", few), ("100,000", many)):
        what = f"the same, {number} lines: memory at most above that of the rows"
        own, hand = told["suite_mb"], told["hand_mb"]
        records.append(Record(what, round(own, 1), "MB", command, peer, round(hand, 1), round(own / hand, 2)))
    grown = many["suite_mb"] / few["suite_mb"]
    what = "the same: memory above the rows, 100,000 lines beside 10,000"
    bar, ok = f"<= {FLAT} x", grown <= FLAT
    own, less = round(many["suite_mb"], 1), round(few["suite_mb"], 1)
    return [*records, Record(what, own, "MB", command, "10,000 lines", less, round(grown, 2), bar, ok)]


if __name__ == "__main__":
    print(json.dumps(timed(*json.loads(sys.argv[1]))))
