"""The class list of a model, kept beside its artefact."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.errors import ClassesChangedError
from nightloop.aws.storage.object_store import ObjectStore

ARTEFACT = "s3://bucket/models/job/output/model.tar.gz"
URI = "s3://bucket/models/job/output/classes.json"


@pytest.fixture
def known(s3):
    return ModelClasses(ObjectStore())


def test_a_list_is_written_once_and_found_again(s3, known):
    for _ in range(2):
        known.keep(ARTEFACT, ["cat", "Löwe"])
    assert json.loads(s3.objects[URI]) == ["cat", "Löwe"]
    known.check("m", ARTEFACT, ("cat", "Löwe"))


@pytest.mark.parametrize("classes", [["dog", "cat"], ["cat"], ["cat", "dog", "cow"], ["cat", "Dog"], []])
def test_other_names_another_order_or_number_are_refused(s3, known, classes):
    known.keep(ARTEFACT, ["cat", "dog"])
    before = s3.objects
    with pytest.raises(ClassesChangedError, match=r'model m: .*Put the list back \(\["cat", "dog"\]\)'):
        known.check("m", ARTEFACT, classes)
    with pytest.raises(ClassesChangedError):
        known.keep(ARTEFACT, classes)
    assert s3.objects == before


@pytest.mark.parametrize("body", ["no JSON", '{"cat": 0}', "[1, 2]", "null"])
def test_a_file_that_is_no_list_of_names_is_named(s3, known, body):
    s3.put(URI, body)
    with pytest.raises(ClassesChangedError, match=r"classes\.json is not a JSON list of class names"):
        known.check("m", ARTEFACT, ["cat"])


@pytest.mark.parametrize("artefact", [None, "", "https://elsewhere/model.tar.gz", ARTEFACT])
def test_of_a_model_without_a_list_only_a_warning_says_so(known, artefact, caplog):
    known.check("m", artefact, ["cat"])
    assert "Which classes model m was trained on is not written down" in caplog.text
