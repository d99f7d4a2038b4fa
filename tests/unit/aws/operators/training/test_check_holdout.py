"""`CheckHoldoutOperator`: whether models can be measured is known before one is paid for."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import CohortError, HoldoutError
from nightloop.aws.operators.training.check_holdout import CheckHoldoutOperator
from tests.support.fakes.task import context
from tests.support.one_loop import BOX, DATA, line, manifest, put_data


@pytest.fixture(autouse=True)
def held(s3):
    return put_data(s3)


def check(**arguments):
    return CheckHoldoutOperator(task_id="check", data=DATA, **arguments).execute(context())


def test_it_says_how_much_there_is_of_each_class(s3, held, capsys):
    dog = BOX | {"class_id": 1}
    s3.put(DATA.holdout, manifest(line(held[0], dog), line(held[1], dog, BOX), line(held[2])))
    assert check(minimum_images=3) == {"images": 3, "objects": {"cat": 2, "dog": 2}}
    before = s3.objects
    check()
    assert s3.objects == before
    assert "shows nothing of" not in capsys.readouterr().out


def test_a_class_nothing_is_shown_of_is_warned_of(s3, capsys):
    assert check()["objects"] == {"cat": 3, "dog": 0}
    assert "The holdout shows nothing of dog" in capsys.readouterr().out


def test_too_few_images_are_told(held):
    with pytest.raises(HoldoutError, match=r"has 3 images; with fewer than 4 \(gate.min_holdout_images\)"):
        check(minimum_images=4)


def test_each_image_at_fault_is_named(s3, held):
    s3.put(
        DATA.holdout, manifest(line(held[0], size=(640, 480)), line(held[1]), line(held[2]), line("s3://bucket/gone"))
    )
    s3.put(held[1], b"text")
    with pytest.raises(HoldoutError) as caught:
        check()
    for ref in (held[0], held[1], "s3://bucket/gone"):
        assert ref in str(caught.value)
    assert held[2] not in str(caught.value)


def test_a_holdout_that_is_not_there_is_named(s3):
    s3.delete_object(Bucket="bucket", Key="holdout.manifest")
    with pytest.raises(CohortError, match=r"holdout\.manifest is not there.*seed\.holdout"):
        check()
