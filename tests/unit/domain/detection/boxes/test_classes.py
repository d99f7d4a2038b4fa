import pytest

from nightloop.domain.detection.boxes.classes import class_list_problem


@pytest.mark.parametrize(
    ("loop", "model", "words"),
    [
        (("cat", "dog"), ("cat", "dog"), None),
        (["cat"], ("cat",), None),
        (("cat", "dog"), ("dog", "cat"), "in another order: class 0 is 'cat' in the loop's file"),
        (("cat", "fox"), ("cat", "dog"), "class 1 is 'fox' in the loop's file, the model was trained on 'dog'"),
        (("cat", "dog", "fox"), ("cat", "dog"), "names 3 classes, the model was trained on 2"),
        (("cat",), ("cat", "dog"), "names 1 classes, the model was trained on 2"),
        (("Cat",), ("cat",), "class 0 is 'Cat'"),
    ],
)
def test_order_names_and_number_count(loop, model, words) -> None:
    problem = class_list_problem(loop, model)
    assert problem is None if words is None else words in str(problem)
