"""Lines that are kept out of training, until a person releases them."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.datasets.quarantine import Quarantines
from nightloop.aws.errors import QuarantineError
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.lineage.origins import line_key
from nightloop.domain.lineage.quarantine import Quarantine
from tests.support.one_loop import FILES, line

LINES = [line(f"s3://bucket/{number}.png") for number in range(3)]


@pytest.fixture
def quarantines(s3):
    return Quarantines(ObjectStore(), FILES)


def of(model, *lines):
    return Quarantine.of(model, list(lines), "good", [], attribute="box", reason="r")


def test_the_lines_of_all_rolled_back_models_are_held(s3, quarantines):
    assert quarantines.held() == set()
    for _ in range(2):
        quarantines.put(of("bad", *LINES[:2]))
    quarantines.put(of("worse", *LINES[1:]))
    assert quarantines.models() == ["bad", "worse"]
    assert quarantines.held() == {line_key(one, "box") for one in LINES}


def test_a_release_is_of_one_model_s_lines_and_is_taken_back_by_the_next_roll_back(s3, quarantines):
    quarantines.put(of("bad", *LINES[:2]))
    quarantines.put(of("worse", *LINES[1:]))
    quarantines.release("worse", "run")
    quarantines.release("worse", "another run")
    assert json.loads(s3.objects[FILES.release("worse")]) == {"model": "worse", "by": "run"}
    assert quarantines.held() == {line_key(one, "box") for one in LINES[:2]}
    quarantines.put(of("worse", *LINES[1:]))
    assert quarantines.models() == ["bad", "worse"]


def test_what_is_not_in_quarantine_cannot_be_released(s3, quarantines):
    with pytest.raises(QuarantineError, match=r"because of 'bad'\. In quarantine are the lines of: no model"):
        quarantines.release("bad", "run")
    assert s3.objects == {}
