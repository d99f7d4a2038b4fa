"""Bias and interval of a figure, by leaving out a part of the images at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from nightloop.domain.detection.precision.matching import Floats

# Weights worked on at once: bounds the memory at some tens of megabytes, however many images and rounds there are.
_CHUNK = 4_000_000

_LEAST_FREEDOM = 3.0
"""With less, the expansion of Student's quantile does not hold; nor does any interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Jackknife:
    """For each of F figures: its value with all images, how much too high it is, and half the 95 % interval's width."""

    value: Floats  # [F]
    bias: Floats  # [F]
    half_width: Floats  # [F]


def jackknife(figures: Callable[[Floats], Floats], weights: Floats, *, seed: int, rounds: int) -> Jackknife:
    """Leave out each image in turn; if there are more than `rounds`, leave out that many groups, drawn by `seed`.

    `figures` takes weightings of the images [R, I] to figures [F, R], nan if there is nothing to measure. The width
    comes from Student's distribution, with the degrees of freedom that the spread of the single images' influences
    leaves (a few rare images that decide everything leave few). The bias is known no better than its own size, so it
    widens the interval.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 11; Satterthwaite, "An Approximate
    Distribution of Estimates of Variance Components" (1946).
    """
    count = len(weights)
    parts = min(count, rounds)
    part = np.arange(count) % parts
    if parts < count:
        part = np.random.default_rng(seed).permutation(part)
    step = max(1, _CHUNK // count)
    chunks = (np.arange(start, min(start + step, parts)) for start in range(0, parts, step))
    without = np.concatenate([figures((part != left_out[:, None]) * weights) for left_out in chunks], axis=1)  # [F, P]
    value = figures(weights[None])[:, 0]
    without = np.where(np.isnan(without), value[:, None], without)
    mean = without.mean(axis=1)
    squares = (without - mean[:, None]) ** 2
    variance = squares.sum(axis=1) * (parts - 1) / parts
    bias = (parts - 1) * (mean - value)
    quantiles = np.array([_quantile(freedom) for freedom in _freedom(squares).tolist()])
    return Jackknife(value, bias, quantiles * np.sqrt(variance + bias**2))


def _freedom(squares: Floats) -> Floats:
    """Return the degrees of freedom of each figure's variance: [F]."""
    parts = squares.shape[1]
    total, spread = squares.sum(axis=1), (squares**2).sum(axis=1)
    excess = spread - total**2 / parts
    freedom = np.divide(2 * total**2, excess, out=np.full(len(total), np.inf), where=excess > 0)
    result: Floats = freedom.clip(_LEAST_FREEDOM, max(parts - 1, _LEAST_FREEDOM))
    return result


def _quantile(freedom: float) -> float:
    """Return Student's 97.5 % quantile, to a hundredth from 3 degrees of freedom on.

    Source: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5.
    """
    z = NormalDist().inv_cdf(0.975)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))
