"""How sure it is that one model is better than another, by drawing the holdout's scenes again and again."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from nightloop.domain.detection.precision.matching import Floats, Integers
from nightloop.domain.detection.precision.metric import Measured
from nightloop.domain.errors import EvaluationError

# Weights worked on at once: bounds the memory at some tens of megabytes, however many images and rounds there are.
_CHUNK = 4_000_000

_LEAST_GROUPS = 2

# The same precision, summed in another order, may differ in its last digits: that is no victory.
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The challenger's mean average precision minus the champion's, over resampled groups of images.

    `p_better` is the share of rounds that the challenger won (ties count half); if images were grouped, it is moved
    towards one half. `interval` holds the middle 95 % of rounds.
    """

    p_better: float
    interval: tuple[float, float]
    rounds: int


def paired_bootstrap(
    champion: Measured, challenger: Measured, *, rounds: int, seed: int, groups: Integers | None = None
) -> Bootstrap:
    """Compare two models over the same images, both always on the same draw of them.

    `groups` [I] gives each image the number of its group, from 0: images of one scene are drawn together, because each
    tells what the others tell. If it is None, each image is a group of its own. A round draws as many groups as there
    are, with replacement; a round without any object tells nothing and is a tie. The same seed gives the same result.
    Few groups vary less from round to round than new ones would. So if images are grouped, the share of rounds won is
    read as a probability of Student's distribution, not of the normal one.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13 (percentile interval); Davison
    and Hinkley, "Bootstrap Methods and their Application" (1997), section 3.8 (groups).

    :raises EvaluationError: if the images or the groups differ in number, or no round is asked for.
    """
    if champion.truths.shape != challenger.truths.shape or (champion.truths != challenger.truths).any():
        raise EvaluationError("the two models were not run over the same images")
    if rounds < 1:
        raise EvaluationError(f"a bootstrap needs at least one round, not {rounds}")
    image_count = len(champion.truths)
    if groups is None:
        groups = np.arange(image_count)
    if len(groups) != image_count:
        raise EvaluationError(f"{image_count} images have {len(groups)} groups")
    group_count = int(groups.max(initial=0)) + 1
    generator = np.random.default_rng(seed)
    step = max(1, _CHUNK // image_count)
    sizes = [min(step, rounds - start) for start in range(0, rounds, step)]
    draws = (draw(generator, size, group_count)[:, groups] for size in sizes)
    parts = [differences_of(champion, challenger, drawn) for drawn in draws]
    differences = np.concatenate(parts)  # [R]
    better = (differences > _TIE).mean() + (abs(differences) <= _TIE).mean() / 2
    low, high = np.percentile(differences, [2.5, 97.5])
    won = float(better) if group_count == image_count else _of_few(float(better), group_count)
    return Bootstrap(won, (float(low), float(high)), rounds)


def _of_few(share: float, groups: int) -> float:
    """Return the probability that a share of rounds stands for when there are few groups.

    Source: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.8.
    """
    if not 0 < share < 1 or groups < _LEAST_GROUPS:
        return share
    freedom = groups - 1
    t = NormalDist().inv_cdf(share) * math.sqrt(freedom / groups)
    return NormalDist().cdf(t * (1 - 1 / (4 * freedom)) / math.sqrt(1 + t * t / (2 * freedom)))


def draw(generator: np.random.Generator, rounds: int, count: int) -> Floats:
    """Draw as many things as there are, with replacement, for each round; return each one's count, [R, count]."""
    drawn = generator.integers(0, count, (rounds, count))
    drawn += np.arange(rounds)[:, None] * count
    counts = np.bincount(drawn.ravel(), minlength=rounds * count)
    return counts.reshape(rounds, count).astype(np.float64)


def differences_of(champion: Measured, challenger: Measured, weights: Floats) -> Floats:
    """Return the challenger's mean average precision minus the champion's for each weighting, 0 without objects: [R].

    `weights` [R, I] says how often each image counts.
    """
    means = [measured.average_precision(weights).mean for measured in (challenger, champion)]
    differences: Floats = np.nan_to_num(means[0] - means[1], nan=0.0)
    return differences
