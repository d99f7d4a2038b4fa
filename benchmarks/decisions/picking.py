"""Picking beats chance, or not: mAP after what the policy picked beside mAP after as much that was drawn at random.

Each repetition has a night of its own. A first model learns from the labelled images; the policy plans reviews of the
pool within a budget of reviewer minutes; the same first model then learns from those images with their true boxes, and,
beside it, from images drawn at random until they cost a reviewer as much, four times over. All are measured on the
holdout. No policy was chosen by these nights (by others, of other scenes and of the same photos dealt otherwise).

`python -m benchmarks.decisions.picking [--photos FOLDER] [--seconds N]`: repetitions already measured are kept in
`build/bench/picking/`, so that the rest may be measured another time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common import records
from benchmarks.decisions.picking_world import (
    SECONDS,
    SECONDS_PER_OBJECT,
    Classroom,
    Example,
    Night,
    long_tailed_night,
    photo_night,
    sprite_night,
    true_seconds,
)
from nightloop.domain.detection.selection import Effort, Policies, plan_reviews
from nightloop.domain.selection.budget import Budget
from services.detector.training.features import FeatureFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from nightloop.domain.detection.boxes.predictions import Prediction

REPETITIONS = 12
DRAWS = 4
MINUTES = {"sprites": 15.0, "long-tailed": 15.0, "photos": 10.0}
POLICIES = Policies(uncertain_band=(0.1, 0.9))
COMMAND = "make bench-picking"


def main() -> bool:
    """Measure what is missing, then write the record of all that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of photos, as `make demo DATA=folder` takes it")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no repetition after so many")
    given = parser.parse_args()
    started = time.monotonic()
    for number in range(REPETITIONS):
        for kind, make in _nights(given.photos).items():
            path = records.FOLDER / "picking" / f"{kind}-{number:02}.json"
            if not path.exists() and time.monotonic() - started < given.seconds:
                night = make(number)
                measured = repetition(night, number, MINUTES[kind])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(measured) + "\n")
                print(kind, number, measured, flush=True)
    return records.write("picking", [record for kind in MINUTES for record in summary(kind)])


def _nights(photos: Path | None) -> dict[str, Callable[[int], Night]]:
    drawn: dict[str, Callable[[int], Night]] = {"sprites": sprite_night, "long-tailed": long_tailed_night}
    return drawn | ({"photos": partial(photo_night, photos)} if photos else {})


def repetition(night: Night, number: int, minutes: float) -> dict[str, float]:
    """Return mAP of the first model, after the policy's picks and after random ones, and what each cost."""
    with FeatureFile() as features:
        room = Classroom(features)
        first = room.first_model(night.seed)
        picked = policy_picks(room.predictions(first, night.pool), night, minutes)
        cost = sum(map(true_seconds, picked))
        draws = [random_picks(night, np.random.default_rng([300, number, draw]), cost) for draw in range(DRAWS)]

        def after(picks: list[Example]) -> float:
            return room.quality(room.next_model(first, [*night.seed, *picks]), night.holdout)

        return {
            "first": room.quality(first, night.holdout),
            "policy": after(picked),
            "random": float(np.mean([after(drawn) for drawn in draws])),
            "policy_images": len(picked),
            "policy_minutes": cost / 60,
            "random_images": float(np.mean([len(drawn) for drawn in draws])),
            "random_minutes": float(np.mean([sum(map(true_seconds, drawn)) for drawn in draws])) / 60,
        }


def policy_picks(predictions: list[Prediction], night: Night, minutes: float) -> list[Example]:
    """Return the images the loop would have reviewed."""
    plan = plan_reviews(
        predictions,
        loop="voc",
        score_threshold=0.5,
        audit_share=0.0,
        seed=7,
        policies=POLICIES,
        budget=Budget(minutes=minutes),
        effort=Effort(SECONDS, SECONDS_PER_OBJECT),
        class_counts=Counter(label for example in night.seed for label in {box.label for box in example.boxes}),
    )
    chosen = {review.image.etag for review in plan if review.is_reviewed}
    return [example for example in night.pool if example.name in chosen]


def random_picks(night: Night, random: np.random.Generator, cost: float) -> list[Example]:
    """Draw images until they cost as much, no nearer with the next one than without."""
    picks: list[Example] = []
    for index in random.permutation(len(night.pool)):
        if sum(map(true_seconds, picks)) + true_seconds(night.pool[index]) / 2 > cost:
            break
        picks.append(night.pool[index])
    return picks


def summary(kind: str) -> list[records.Record]:
    """Return the record of one kind of images: the mean difference; kept if its 95% interval lies above 0."""
    paths = sorted((records.FOLDER / "picking").glob(f"{kind}-*.json"))
    if len(paths) < 2:
        return []
    rows = [json.loads(path.read_text()) for path in paths]
    policy, chance = (np.array([row[arm] for row in rows]) for arm in ("policy", "random"))
    low, high = interval(policy - chance)
    return [
        records.Record(
            f"{kind}: mAP after the policy's picks, mean of {len(rows)} nights; "
            f"difference {np.mean(policy - chance):+.4f}, 95% interval {low:+.4f} to {high:+.4f}",
            round(float(policy.mean()), 4),
            "mAP@0.5",
            COMMAND,
            f"random picks of the same cost, from {np.mean([row['first'] for row in rows]):.4f}",
            round(float(chance.mean()), 4),
            round(float(policy.mean() / chance.mean()), 4),
            "the interval lies above 0",
            bool(low > 0),
        )
    ]


def interval(differences: np.ndarray, rounds: int = 20_000) -> tuple[float, float]:
    """Return the 95% bootstrap interval of the mean of paired differences."""
    random = np.random.default_rng(1)
    means = differences[random.integers(len(differences), size=(rounds, len(differences)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
