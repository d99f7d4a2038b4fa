"""The trainable head over the frozen trunk: one hidden layer, then class scores and box residuals for every cell.

The MultiBox predictors of SSD (Liu et al. 2016, section 2.1) are convolutions; on features that already cover their
neighbourhood a 1 x 1 convolution is enough, which is a matrix product over the cells.
"""

from dataclasses import dataclass

import numpy as np

from services.detector.boxes.priors import Array

HIDDEN = 128
RESIDUALS = 4
BACKGROUND_BIAS = 2.0  # an untrained head says background: most cells are

Parameters = dict[str, Array]


@dataclass(frozen=True)
class Activations:
    """One forward pass: features [A, F], hidden [A, H] after dropout, logits [A, 1 + K], residuals [A, 4]."""

    features: Array
    hidden: Array
    logits: Array
    residuals: Array


def initial_parameters(features: int, classes: int, generator: np.random.Generator) -> Parameters:
    """Return random weights of a new head (He et al. 2015 for the hidden layer, small ones above it)."""

    def normal(rows: int, columns: int, deviation: float) -> Array:
        return (generator.standard_normal((rows, columns)) * deviation).astype(np.float32)

    class_bias = np.zeros(1 + classes, dtype=np.float32)
    class_bias[0] = BACKGROUND_BIAS
    return {
        "hidden_weight": normal(features, HIDDEN, float(np.sqrt(2 / features))),
        "hidden_bias": np.zeros(HIDDEN, dtype=np.float32),
        "class_weight": normal(HIDDEN, 1 + classes, 0.01),
        "class_bias": class_bias,
        "box_weight": normal(HIDDEN, RESIDUALS, 0.01),
        "box_bias": np.zeros(RESIDUALS, dtype=np.float32),
    }


def forward(parameters: Parameters, features: Array, kept: Array | None = None) -> Activations:
    """Score cells. `kept` [A, H] is the dropout mask, already divided by the share kept; None when not training."""
    hidden = np.maximum(features @ parameters["hidden_weight"] + parameters["hidden_bias"], 0)
    if kept is not None:
        hidden *= kept
    logits = hidden @ parameters["class_weight"] + parameters["class_bias"]
    residuals = hidden @ parameters["box_weight"] + parameters["box_bias"]
    return Activations(features, hidden, logits, residuals)


def backward(
    parameters: Parameters, activations: Activations, d_logits: Array, d_residuals: Array, kept: Array | None = None
) -> Parameters:
    """Return the gradient of every parameter from the loss's gradients at the two outputs."""
    d_hidden = d_logits @ parameters["class_weight"].T + d_residuals @ parameters["box_weight"].T
    if kept is not None:
        d_hidden *= kept
    d_hidden[activations.hidden <= 0] = 0  # the ReLU; cells dropped out are zero too
    return {
        "hidden_weight": activations.features.T @ d_hidden,
        "hidden_bias": d_hidden.sum(axis=0),
        "class_weight": activations.hidden.T @ d_logits,
        "class_bias": d_logits.sum(axis=0),
        "box_weight": activations.hidden.T @ d_residuals,
        "box_bias": d_residuals.sum(axis=0),
    }


def probabilities(logits: Array) -> Array:
    """Return the softmax over background and classes: [A, 1 + K] -> [A, 1 + K]."""
    powers: Array = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=logits.dtype)
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
