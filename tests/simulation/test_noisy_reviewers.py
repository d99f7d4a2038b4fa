"""Reviewers who miss, invent, mislabel and shift, one who is careless and one who only stamps: who is believed."""

import json
from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest

from nightloop.domain.detection.answers.consensus import merge
from nightloop.domain.detection.boxes import geometry
from nightloop.domain.detection.boxes.predictions import Box, to_array
from nightloop.domain.detection.reviewers.gold_comparison import reviewer_records
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.reviewers.records import ReviewerRecords
from tests.simulation.conftest import CLASSES
from tests.simulation.crew import CREW, answer

SEEDS = range(20)
REVIEWS = 400
GOLD_EVERY = 10
"""One image of ten is known, and nobody can tell."""


def found(boxes: tuple[Box, ...], truth: tuple[Box, ...]) -> list[tuple[float, bool]]:
    """Return for each true box the IoU of the best box, 0 if below 0.5, and whether its class is right."""
    if not boxes:
        return [(0.0, False)] * len(truth)
    overlap = geometry.iou(to_array(truth), to_array(boxes))
    best = [(float(row.max()), boxes[int(row.argmax())]) for row in overlap]
    return [
        (iou, box.class_id == true.class_id) if iou >= 0.5 else (0.0, False)
        for (iou, box), true in zip(best, truth, strict=True)
    ]


def measured(scenes, random, reviews) -> tuple[ReviewerRecords, dict[str, int]]:
    """Let everybody answer so many images alone, some of them known; say after how many each was flagged."""
    records, flagged = ReviewerRecords(), {}
    for number in range(reviews):
        gold = number % GOLD_EVERY == 0
        scene = scenes[number % len(scenes)]
        night = [answer(scene, [name], CLASSES, random, gold=gold) for name in CREW]
        records = ReviewerRecords([*records, *reviewer_records(night)])
        for evidence in records if gold else ():
            if evidence.is_careless or evidence.is_stamping:
                flagged.setdefault(evidence.reviewer, number + 1)
    return records, flagged


@pytest.fixture(scope="module")
def crews(scenes):
    """For each seed its random numbers, its images, what is known of everybody, and when somebody was flagged."""
    made = []
    for seed in SEEDS:
        random = np.random.default_rng([seed, 1])
        images = scenes(random)
        made.append((random, images, *measured(images, random, REVIEWS)))
    return made


def test_the_careless_and_the_stamper_are_found_within_400_reviews_and_nobody_else(crews) -> None:
    print("flagged at the latest after", max(max(flagged.values()) for _, _, _, flagged in crews), "reviews")
    for _, _, records, flagged in crews:
        assert set(flagged) == {pseudonym("careless"), pseudonym("stamper")}
        of = {evidence.reviewer: evidence for evidence in records}
        assert of[pseudonym("stamper")].is_stamping
        assert of[pseudonym("careless")].is_careless
        assert not of[pseudonym("careless")].is_stamping
        assert all(evidence.reviews == REVIEWS and evidence.gold == REVIEWS // GOLD_EVERY for evidence in records)


def test_weighted_consensus_beats_every_single_reviewer(crews) -> None:
    trios = list(combinations(CREW, 3))
    scores: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for random, images, records, _ in crews:
        for number, scene in enumerate(images):
            # Whoever is free takes the task: every three come up, also those with both of the bad ones.
            trio = trios[number % len(trios)]
            given = answer(scene, trio, CLASSES, random, weigh=records.weigh)
            equal, _, _ = merge([reviewer.boxes for reviewer in given.reviewers])
            for name, reviewer in zip(trio, given.reviewers, strict=True):
                scores[name, "alone"] += found(reviewer.boxes, scene.truth)
                scores[name, "together"] += found(given.boxes, scene.truth)
                scores[name, "by majority"] += found(equal, scene.truth)
    mean = {key: tuple(np.mean(values, axis=0).round(4).tolist()) for key, values in scores.items()}
    print(json.dumps({f"{name}, {way}": values for (name, way), values in mean.items()}, indent=1))
    for name in CREW:
        for way in ("alone", "by majority"):
            better = [ours > theirs for ours, theirs in zip(mean[name, "together"], mean[name, way], strict=True)]
            assert all(better), f"{name}: mean IoU and label accuracy {mean[name, way]} {way}, {mean[name, 'together']}"
