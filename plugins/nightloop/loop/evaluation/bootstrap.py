"""How sure it is that one model is better than another, by drawing the images again and again."""

from dataclasses import dataclass

import numpy as np

from nightloop.loop.errors import EvaluationError
from nightloop.loop.evaluation.matching import Matches
from nightloop.loop.evaluation.precision import average_precision

# Weights worked on at once: bounds the memory at some tens of megabytes, however many images and rounds there are.
_CHUNK = 4_000_000

# The same precision, summed in another order, may differ in its last digits: that is no victory.
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The challenger's mean average precision minus the champion's, over resampled images.

    ``p_better`` is the share of rounds the challenger won (ties half); ``interval`` holds the middle 95 % of rounds.
    """

    p_better: float
    interval: tuple[float, float]
    rounds: int


def paired_bootstrap(champion: Matches, challenger: Matches, *, rounds: int, seed: int) -> Bootstrap:
    """Compare two models over the same images, both always on the same draw of them.

    A round draws as many images as there are, with replacement; a round without any object tells nothing and is a tie.
    The same seed gives the same result. Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993),
    chapter 13 (percentile interval). EvaluationError when the images differ, or no round is asked for.
    """
    if champion.truths.shape != challenger.truths.shape or (champion.truths != challenger.truths).any():
        raise EvaluationError("the two models were not run over the same images")
    if rounds < 1:
        raise EvaluationError(f"a bootstrap needs at least one round, not {rounds}")
    image_count = len(champion.truths)
    generator = np.random.default_rng(seed)
    parts = []
    step = max(1, _CHUNK // image_count)
    for start in range(0, rounds, step):
        size = min(step, rounds - start)
        weights = generator.multinomial(image_count, np.full(image_count, 1 / image_count), size=size).astype(float)
        parts.append(average_precision(challenger, weights).mean - average_precision(champion, weights).mean)
    differences = np.nan_to_num(np.concatenate(parts), nan=0.0)  # [R]
    better = (differences > _TIE).mean() + (abs(differences) <= _TIE).mean() / 2
    low, high = np.percentile(differences, [2.5, 97.5])
    return Bootstrap(float(better), (float(low), float(high)), rounds)
