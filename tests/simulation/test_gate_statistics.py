"""The gate tells truth from luck: how often it promotes an equally good model, and how often a better one.

Slow, so part of `make test-loop` only.
"""

import numpy as np
import pytest

from nightloop.domain.detection.evaluation import Evaluation, ModelScore
from nightloop.domain.detection.evaluation.bootstrap import paired_bootstrap
from nightloop.domain.detection.evaluation.gate import decide
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured
from nightloop.domain.detection.precision.average_precision import average_precision
from tests.simulation.detectors import Detectors

CONFIDENCE, MAX_CLASS_DROP, PAIRS = 0.9, 0.3, 250
SKILL, BETTER = 0.3, 0.05


@pytest.fixture(scope="module")
def detectors() -> Detectors:
    return Detectors()


def evaluate(champion, challenger, rounds=500) -> Evaluation:
    scores = [average_precision(matches) for matches in (champion, challenger)]
    models = [
        ModelScore(name, float(score.mean[0]), {str(k): v for k, v in enumerate(score.per_class[0].tolist())})
        for name, score in zip(("old", "new"), scores, strict=True)
    ]
    result = paired_bootstrap(VocMeasured(champion), VocMeasured(challenger), rounds=rounds, seed=1)
    return Evaluation(
        images=len(champion.truths),
        objects={str(k): count for k, count in enumerate(champion.truths.sum(axis=0).tolist())},
        champion=models[0],
        challenger=models[1],
        difference=models[1].mean - models[0].mean,
        p_better=result.p_better,
        interval=result.interval,
        rounds=rounds,
        seed=1,
    )


def promoted(detectors, skill, seed) -> bool:
    generator = np.random.default_rng(seed)
    holdout = detectors.holdout(generator)
    champion, challenger = (detectors.seen(generator, holdout, each) for each in (SKILL, skill))
    decision = decide(evaluate(champion, challenger), confidence=CONFIDENCE, max_class_drop=MAX_CLASS_DROP)
    return decision.promote


@pytest.fixture(scope="module")
def better_skill(detectors) -> float:
    """The skill whose mean average precision is higher by 0.05 over 12,000 images."""
    holdout = detectors.holdout(np.random.default_rng(1), 12_000)

    def mean(skill) -> float:
        return float(average_precision(detectors.seen(np.random.default_rng(2), holdout, skill)).mean[0])

    base, low, high = mean(SKILL), SKILL, SKILL + 0.5
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) - base < BETTER else (low, middle)
    return (low + high) / 2


def test_an_equally_good_model_is_promoted_no_more_often_than_the_confidence_allows(detectors) -> None:
    share = np.mean([promoted(detectors, SKILL, seed) for seed in range(PAIRS)])
    print(f"equally good models promoted: {share:.3f} of {PAIRS}")
    assert share <= 1 - CONFIDENCE + 0.02


def test_a_model_better_by_five_points_is_promoted(detectors, better_skill) -> None:
    share = np.mean([promoted(detectors, better_skill, 10_000 + seed) for seed in range(PAIRS)])
    print(f"models better by {BETTER} promoted: {share:.3f} of {PAIRS}")
    assert share >= 0.9
