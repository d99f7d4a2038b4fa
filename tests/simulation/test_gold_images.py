"""Known images as the product makes them, of its reviewers' own answers, while some send back what they are shown."""

import json
from itertools import combinations

import numpy as np
import pytest

from nightloop.domain.detection.reviewers.gold_comparison import reviewer_records
from nightloop.domain.detection.reviewers.repeated_reviews import gold_reviews
from nightloop.domain.detection.selection import Effort
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.images.image import Image
from nightloop.domain.reviewers.records import ReviewerRecords
from tests.simulation.conftest import CLASSES
from tests.simulation.crew import GOOD_MODEL, HONEST, MODEL, STAMPER, Habits, Scene, answer_review, draw, planned

NIGHTS, IMAGES, GOLD_SHARE = 12, 60, 0.1
REMEMBERED = 30
SEEDS = range(10)
PEOPLE = 6


def crew_with(stampers: int) -> dict[str, Habits]:
    return {f"person-{number}": STAMPER if number < stampers else HONEST for number in range(PEOPLE)}


def tonight(truths, night: int, model: Habits, random: np.random.Generator) -> list[Scene]:
    scenes = []
    for number in random.choice(len(truths), IMAGES, replace=False):
        width, height, truth = truths[number]
        bare = Scene(Image(f"s3://b/{night}/{number}.jpg", f"{night}-{number}", 1), width, height, truth, ())
        scenes.append(Scene(bare.image, width, height, truth, draw(bare, model, CLASSES, random)))
    return scenes


def work(truths, stampers: int, model: Habits, seed: int) -> tuple[ReviewerRecords, int]:
    """Let six people review 12 nights, three to an image; return what is known of them, and how much gold there was."""
    random = np.random.default_rng([seed, stampers, int(1000 * model.misses)])
    crew, trios = crew_with(stampers), list(combinations(range(PEOPLE), 3))
    names, records, past, scene_of, golds = list(crew), ReviewerRecords(), [], {}, 0
    for night in range(NIGHTS):
        scenes = tonight(truths, night, model, random)
        scene_of |= {scene.image.uri: scene for scene in scenes}
        reviews = [planned(scene) for scene in scenes] + gold_reviews(
            past[-REMEMBERED * IMAGES :],
            loop="voc",
            night=f"2026-01-{night + 1:02d}",
            count=round(GOLD_SHARE * IMAGES),
            agreement=0.9,
            effort=Effort(),
            seed=seed,
        )
        golds += len(reviews) - IMAGES
        answers = [
            answer_review(
                scene_of[review.image.uri],
                review,
                {names[who]: crew[names[who]] for who in trios[int(random.integers(len(trios)))]},
                CLASSES,
                random,
                weigh=records.weigh,
            )
            for review in reviews
        ]
        records = ReviewerRecords([*records, *reviewer_records(answers)])
        past += answers
    return records, golds


@pytest.mark.parametrize("model", [MODEL, GOOD_MODEL], ids=["unsure", "good"])
def test_stampers_are_found_and_nobody_else_is_flagged(truths, model) -> None:
    found = honest_flagged = stampers_seen = honest_seen = 0
    heavier, golds = [], []
    for stampers in (1, 2, 3):
        for seed in SEEDS:
            records, gold = work(truths, stampers, model, seed)
            golds.append(gold)
            of = {evidence.reviewer: evidence for evidence in records}
            bad = [of[pseudonym(f"person-{number}")] for number in range(stampers)]
            good = [of[pseudonym(f"person-{number}")] for number in range(stampers, PEOPLE)]
            found += sum(evidence.is_stamping for evidence in bad)
            honest_flagged += sum(evidence.is_stamping or evidence.is_careless for evidence in good)
            stampers_seen, honest_seen = stampers_seen + len(bad), honest_seen + len(good)
            heavier += [max(e.weight for e in bad) >= min(e.weight for e in good)]
    figures = {"stampers": [found, stampers_seen], "honest": [honest_flagged, honest_seen], "golds": min(golds)}
    print(json.dumps(figures | {"outweighing": sum(heavier)}))
    assert (found, honest_flagged, sum(heavier)) == (stampers_seen, 0, 0), figures
