"""The four optimizers of the built-in algorithm, and how the learning rate falls over the epochs."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from services.detector.boxes.priors import Array
from services.detector.network.head import Parameters

EPSILON = np.float32(1e-8)
ADADELTA_EPSILON = np.float32(1e-5)


State = dict[str, Array]


class Rule(Protocol):
    """Change one parameter in place; `state` starts empty and belongs to that parameter, `step` counts from 1."""

    def move(self, parameter: Array, gradient: Array, state: State, step: int, rate: float) -> None:
        """Move `parameter` against `gradient`."""


class Sgd:
    """Stochastic gradient descent with momentum and weight decay."""

    def __init__(self, momentum: float, weight_decay: float) -> None:
        self._momentum, self._weight_decay = np.float32(momentum), np.float32(weight_decay)

    def move(self, parameter: Array, gradient: Array, state: State, step: int, rate: float) -> None:  # noqa: ARG002
        """Follow the velocity the gradients have built up."""
        velocity = state.setdefault("velocity", np.zeros_like(parameter))
        velocity *= self._momentum
        velocity += gradient + self._weight_decay * parameter
        parameter -= np.float32(rate) * velocity


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1)."""

    def move(self, parameter: Array, gradient: Array, state: State, step: int, rate: float) -> None:
        """Follow the mean gradient in units of its own spread."""
        mean = state.setdefault("mean", np.zeros_like(parameter))
        square = state.setdefault("square", np.zeros_like(parameter))
        mean += np.float32(0.1) * (gradient - mean)
        square += np.float32(0.001) * (gradient**2 - square)
        corrected = np.sqrt(square / np.float32(1 - 0.999**step)) + EPSILON
        parameter -= np.float32(rate / (1 - 0.9**step)) * mean / corrected


class RmsProp:
    """RMSProp (Tieleman and Hinton 2012, lecture 6.5) with weight decay."""

    def __init__(self, weight_decay: float) -> None:
        self._weight_decay = np.float32(weight_decay)

    def move(self, parameter: Array, gradient: Array, state: State, step: int, rate: float) -> None:  # noqa: ARG002
        """Follow the gradient in units of its recent size."""
        square = state.setdefault("square", np.zeros_like(parameter))
        slope = gradient + self._weight_decay * parameter
        square += np.float32(0.1) * (slope**2 - square)
        parameter -= np.float32(rate) * slope / (np.sqrt(square) + EPSILON)


class AdaDelta:
    """AdaDelta (Zeiler 2012, algorithm 1): finds its own step size, which `rate` only scales down over the epochs."""

    def __init__(self, initial_rate: float) -> None:
        self._initial_rate = initial_rate

    def move(self, parameter: Array, gradient: Array, state: State, step: int, rate: float) -> None:  # noqa: ARG002
        """Follow the gradient, scaled by the size of recent steps."""
        square = state.setdefault("square", np.zeros_like(parameter))
        moved = state.setdefault("moved", np.zeros_like(parameter))
        square += np.float32(0.1) * (gradient**2 - square)
        change = np.sqrt(moved + ADADELTA_EPSILON) / np.sqrt(square + ADADELTA_EPSILON) * gradient
        moved += np.float32(0.1) * (change**2 - moved)
        parameter -= np.float32(rate / self._initial_rate) * change


class Optimizer:
    """Applies one rule to every parameter that is not frozen, in place."""

    def __init__(self, rule: Rule, frozen: frozenset[str] = frozenset()) -> None:
        self._rule = rule
        self._frozen = frozen
        self._states: dict[str, State] = {}
        self._steps = 0

    def step(self, parameters: Parameters, gradients: Parameters, rate: float) -> None:
        """Move every parameter against its gradient."""
        self._steps += 1
        for name in sorted(parameters.keys() - self._frozen):
            state = self._states.setdefault(name, {})
            self._rule.move(parameters[name], gradients[name], state, self._steps, rate)


def rule(name: str, *, learning_rate: float, momentum: float, weight_decay: float) -> Rule:
    """Return the rule called `name`; as in the built-in algorithm sgd has momentum, sgd and rmsprop weight decay."""
    rules: dict[str, Rule] = {
        "sgd": Sgd(momentum, weight_decay),
        "adam": Adam(),
        "rmsprop": RmsProp(weight_decay),
        "adadelta": AdaDelta(learning_rate),
    }
    return rules[name]


def learning_rate_at(
    progress: float, *, epochs: int, learning_rate: float, steps: Sequence[int], factor: float
) -> float:
    """Return the learning rate after `progress` epochs (a float).

    With `steps` it is multiplied by `factor` at each of these epochs, as in the built-in algorithm. Without steps it
    falls along half a cosine (Loshchilov and Hutter 2017, equation 5), where the built-in algorithm would keep it
    constant.
    """
    if steps:
        return learning_rate * factor ** sum(1 for step in steps if progress >= step)
    return float(learning_rate * (1 + np.cos(np.pi * min(progress / epochs, 1.0))) / 2)
