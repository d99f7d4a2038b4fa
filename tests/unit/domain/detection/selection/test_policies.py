import pytest

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.activation_conditions import parse_conditions
from nightloop.domain.detection.selection.policies import Policies, purposes

HERE, OVERLAPPING, ELSEWHERE = (0, 0, 100, 100), (50, 0, 100, 100), (300, 300, 100, 100)  # IoU 1/3 of the first two


@pytest.fixture
def seen(make):
    def seen(*boxes) -> Prediction:
        drawn = tuple(make.box(label, *place, score=score) for label, score, place in boxes)
        return Prediction(make.image(), "model-1", 800, 533, drawn)

    return seen


CASES = [
    ("a sure image", {}, [("cat", 0.9, HERE)], []),
    ("a low best score", {}, [("cat", 0.4, HERE)], ["low-confidence"]),
    ("no box", {}, [], ["no-detection"]),
    ("no box, not asked for", {"no_detection": False}, [], []),
    (
        "one box in the band",
        {"uncertain_band": (0.3, 0.6)},
        [("cat", 0.9, HERE), ("dog", 0.3, HERE)],
        ["uncertain-box"],
    ),
    ("all boxes beside the band", {"uncertain_band": (0.3, 0.6)}, [("cat", 0.9, HERE), ("dog", 0.29, HERE)], []),
    (
        "an unsure class",
        {"class_thresholds": {"dog": 0.7}},
        [("cat", 0.9, HERE), ("dog", 0.6, HERE)],
        ["class-threshold"],
    ),
    ("the class's best box is sure", {"class_thresholds": {"dog": 0.7}}, [("dog", 0.8, HERE), ("dog", 0.6, HERE)], []),
    ("a class that is only noise", {"class_thresholds": {"dog": 0.7}}, [("cat", 0.9, HERE), ("dog", 0.05, HERE)], []),
    ("two classes at one place", {"class_margin": 0.2}, [("cat", 0.9, HERE), ("dog", 0.75, HERE)], ["class-margin"]),
    ("two, one clearly ahead", {"class_margin": 0.2}, [("cat", 0.9, HERE), ("dog", 0.6, HERE)], []),
    ("two at two places", {"class_margin": 0.2}, [("cat", 0.9, HERE), ("dog", 0.9, ELSEWHERE)], []),
    ("one class twice", {"class_margin": 0.2, "class_overlap": 0.3}, [("cat", 0.9, HERE), ("cat", 0.9, HERE)], []),
    ("overlapping classes", {"class_overlap": 0.3}, [("cat", 0.9, HERE), ("dog", 0.2, OVERLAPPING)], ["class-overlap"]),
    ("hardly overlapping classes", {"class_overlap": 0.4}, [("cat", 0.9, HERE), ("dog", 0.2, OVERLAPPING)], []),
    (
        "all at once",
        {"uncertain_band": (0.1, 0.5), "class_thresholds": {"cat": 0.5}, "class_margin": 0.2, "class_overlap": 0.5},
        [("cat", 0.4, HERE), ("dog", 0.3, HERE)],
        ["low-confidence", "uncertain-box", "class-threshold", "class-margin", "class-overlap"],
    ),
]


@pytest.mark.parametrize(
    ("settings", "boxes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_which_policies_name_an_image(seen, settings, boxes, expected) -> None:
    assert list(purposes(seen(*boxes), 0.5, Policies(**settings), seed=7)) == expected


def test_conditions_name_an_image_beside_the_others(seen) -> None:
    text = '{"Conditions": [{"ConditionType": "Sampling", "ConditionParameters": {"RandomSamplingPercentage": 100}}]}'
    policies = Policies(conditions=parse_conditions(text, ["cat"]))
    assert purposes(seen(("cat", 0.9, HERE)), 0.5, policies, seed=7) == ("condition",)
    assert purposes(seen(), 0.5, policies, seed=7) == ("no-detection", "condition")
