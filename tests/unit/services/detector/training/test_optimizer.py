import numpy as np
import pytest

from services.detector.training.optimizer import Optimizer, learning_rate_at, rule

SCHEDULE = {"epochs": 10, "learning_rate": 0.1}


def one_step(name, **changed):
    parameters = {"weight": np.array([1.0], dtype=np.float32)}
    options = {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.5} | changed
    optimizer = Optimizer(rule(name, **options))
    for _ in range(2):
        optimizer.step(parameters, {"weight": np.array([2.0], dtype=np.float32)}, 0.1)
    return parameters["weight"].item()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # velocity 2.5, weight 0.75; velocity 0.9 * 2.5 + 2.375
        ("sgd", 1 - 0.25 - 0.1 * (0.9 * 2.5 + 2.375)),
        # a constant gradient moves Adam by exactly its rate
        ("adam", 1 - 0.1 - 0.1),
        # slope 2.5 -> square 0.625; then slope 2 + 0.5 * weight
        ("rmsprop", None),
        ("adadelta", None),
    ],
)
def test_two_steps_by_hand(name, expected):
    if name == "rmsprop":
        first = 1 - 0.1 * 2.5 / np.sqrt(0.1 * 2.5**2)
        slope = 2 + 0.5 * first
        expected = first - 0.1 * slope / np.sqrt(0.9 * 0.1 * 2.5**2 + 0.1 * slope**2)
    if name == "adadelta":
        change = np.sqrt(1e-5) / np.sqrt(0.1 * 4 + 1e-5) * 2
        again = np.sqrt(0.1 * change**2 + 1e-5) / np.sqrt(0.9 * 0.1 * 4 + 0.1 * 4 + 1e-5) * 2
        expected = 1 - change - again
    assert one_step(name) == pytest.approx(expected, abs=1e-5)


def test_momentum_is_only_for_sgd_and_weight_decay_for_sgd_and_rmsprop():
    for name, option in [("adam", "momentum"), ("rmsprop", "momentum"), ("adam", "weight_decay")]:
        assert one_step(name, **{option: 0.1}) == one_step(name)
    for name, option in [("sgd", "momentum"), ("sgd", "weight_decay"), ("rmsprop", "weight_decay")]:
        assert one_step(name, **{option: 0.1}) != one_step(name)


@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop", "adadelta"])
def test_each_finds_the_bottom_of_a_bowl(name):
    rate = {"sgd": 0.01, "adam": 0.05, "rmsprop": 0.01, "adadelta": 1.0}[name]
    parameters = {"weight": np.array([3.0, -2.0], dtype=np.float32)}
    optimizer = Optimizer(rule(name, learning_rate=rate, momentum=0.9, weight_decay=0.0))
    for _ in range(2000):
        optimizer.step(parameters, {"weight": 2 * parameters["weight"]}, rate)
    assert np.abs(parameters["weight"]).max() < 0.05


def test_what_is_frozen_does_not_move():
    parameters = {name: np.ones(2, dtype=np.float32) for name in ("hidden_weight", "box_weight")}
    optimizer = Optimizer(rule("adam", learning_rate=0.1, momentum=0, weight_decay=0), frozenset({"hidden_weight"}))
    optimizer.step(parameters, {name: np.ones(2, dtype=np.float32) for name in parameters}, 0.1)
    assert (parameters["hidden_weight"] == 1).all()
    assert (parameters["box_weight"] < 1).all()


def test_steps_cut_the_learning_rate_at_their_epochs():
    rates = [learning_rate_at(epoch, **SCHEDULE, steps=(3, 6), factor=0.1) for epoch in (0, 2.9, 3, 5, 6, 9)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_without_steps_it_falls_along_half_a_cosine():
    rates = [learning_rate_at(epoch, **SCHEDULE, steps=(), factor=0.1) for epoch in (0, 5, 10)]
    assert rates == pytest.approx([0.1, 0.05, 0.0])
