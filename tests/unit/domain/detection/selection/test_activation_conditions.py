import json

import pytest

from nightloop.domain.detection.boxes.predictions import Prediction
from nightloop.domain.detection.selection.activation_conditions import parse_conditions
from nightloop.domain.errors import SelectionError
from nightloop.domain.images.image import Image

CLASSES = ["cat", "dog"]


def check(label="*", kind="ModerationLabel", **comparisons):
    return {
        "ConditionType": f"{kind}ConfidenceCheck",
        "ConditionParameters": {f"{kind}Name": label}
        | {f"Confidence{name}": value for name, value in comparisons.items()},
    }


def sampling(percentage):
    return {"ConditionType": "Sampling", "ConditionParameters": {"RandomSamplingPercentage": percentage}}


def holds(prediction, *conditions, seed=7):
    parsed = parse_conditions(json.dumps({"Conditions": list(conditions)}), CLASSES)
    return any(condition.holds(prediction, seed) for condition in parsed)


@pytest.fixture
def seen(make):
    def seen(**scores) -> Prediction:
        boxes = tuple(make.box(label, score=score) for label, score in scores.items())
        return Prediction(make.image(), "model-1", 800, 533, boxes)

    return seen


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (check("cat", LessThan=50), True),
        (check("cat", LessThan=40), False),
        (check("cat", LessThanEquals=40), True),
        (check("cat", GreaterThan=40), False),
        (check("cat", GreaterThanEquals=40), True),
        (check("cat", Equals=40), True),
        (check("dog", LessThan=50), False),
        (check("*", LessThan=50), True),
        (check("*", GreaterThan=95), False),
        (check("*", GreaterThan=45, LessThan=85), False),  # one box must meet both
        (check("*", GreaterThan=35, LessThan=45), True),
        (check("cat", "Object", LessThan=50), True),
        ({"Not": check("cat", LessThan=50)}, False),
        ({"And": [check("cat", LessThan=50), check("dog", GreaterThan=80)]}, True),
        ({"And": [check("cat", LessThan=50), check("dog", GreaterThan=95)]}, False),
        ({"Or": [check("cat", LessThan=10), check("dog", GreaterThan=80)]}, True),
        ({"Or": [{"And": [check("cat", LessThan=10), sampling(100)]}, {"Not": sampling(100)}]}, False),
    ],
)
def test_condition(seen, condition, expected) -> None:
    assert holds(seen(cat=0.4, dog=0.9), condition) is expected


def test_any_of_the_independent_conditions_is_enough(seen) -> None:
    assert holds(seen(cat=0.4), check("dog", LessThan=50), check("cat", LessThan=50))
    assert not holds(seen(cat=0.4), check("dog", LessThan=50), check("cat", LessThan=30))


def test_an_image_without_boxes_meets_no_check(seen) -> None:
    assert not holds(seen(), check("*", LessThan=100))
    assert holds(seen(), {"Not": check("*", GreaterThanEquals=0)})


def test_a_sample_is_of_the_size_asked_for_and_stays_the_same() -> None:
    images = [Prediction(Image(f"s3://b/{n}.jpg", "e", 1), "m", 10, 10, ()) for n in range(4000)]
    drawn = [holds(image, sampling(25)) for image in images]
    assert sum(drawn) == pytest.approx(1000, abs=4 * (4000 * 0.25 * 0.75) ** 0.5)
    assert drawn == [holds(image, sampling(25)) for image in images]
    within = [holds(image, {"And": [sampling(50), sampling(50)]}) for image in images]
    assert sum(within) == pytest.approx(1000, abs=110), "two samples of one document are drawn independently"


DOCUMENTS = [
    ("[", "is not JSON"),
    ("[]", "has no 'Conditions'"),
    ('{"Conditions": []}', r"Conditions: must be a list of at least one condition"),
    ([3], r"Conditions\[0\]: must be a condition, not 3"),
    ([{"Xor": []}], r"Conditions\[0\]: must hold And, Or or Not, or ConditionType .* it holds \['Xor'\]"),
    ([{"And": [sampling(1), {"Or": []}]}], r"Conditions\[0\]\.And\[1\]\.Or: must be a list"),
    ([check("cow", LessThan=5)], r"'cow' is not one of the loop's classes"),
    ([check("cats", LessThan=5)], r"did you mean 'cat'"),
    ([check("cat")], r"must compare with one of ConfidenceEquals"),
    ([check("cat", LessThan=101)], r"ConfidenceLessThan must be 0 to 100, not 101"),
    ([check("cat", LessThan="5")], r"'ConfidenceLessThan' must be a number, not '5'"),
    ([check("cat", Below=5)], r"'ConfidenceBelow' is not a parameter here"),
    ([{"ConditionType": "ModerationLabelConfidenceCheck", "ConditionParameters": {}}], r"has no 'ModerationLabelName'"),
    ([{"ConditionType": "MissingImportantFormKey", "ConditionParameters": {}}], r"is not about a detector's boxes"),
    ([{"ConditionType": "Sampling", "ConditionParameters": 5}], r"ConditionParameters: must be an object"),
    ([sampling(0.001)], r"must be 0\.01 to 100"),
]


@pytest.mark.parametrize(("document", "message"), DOCUMENTS, ids=[message for _, message in DOCUMENTS])
def test_a_wrong_document_is_refused_at_its_place(document, message) -> None:
    text = document if isinstance(document, str) else json.dumps({"Conditions": document})
    with pytest.raises(SelectionError, match=message) as caught:
        parse_conditions(text, CLASSES, source="mine.json")
    assert str(caught.value).startswith("mine.json: ")
