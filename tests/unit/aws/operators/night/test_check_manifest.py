"""CheckManifest: what is checked with which evidence, what is kept of it, and what a violation does.

The expectations are evaluated by a stand-in here; Great Expectations itself evaluates them in
`tests/unit/domain/detection/manifest/test_expectations.py` and in the integration tests.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.datasets import expectations
from nightloop.aws.datasets.cohorts import DataSettings
from nightloop.aws.datasets.expectations import SuiteResult, Violation
from nightloop.aws.errors import ManifestCheckError, NightIncompleteError, SetupError
from nightloop.aws.operators.night.check_manifest import CheckManifestOperator
from nightloop.aws.resources.training_job import TrainingSettings
from nightloop.domain.detection.manifest.lines import manifest_line
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, LOOP, NIGHT, answer, box, human, review, run, tried

DATA = DataSettings(
    folder=LOOP,
    seed="s3://bucket/seed.manifest",
    holdout="s3://bucket/holdout.manifest",
    classes=CLASSES,
    attribute="box",
)
TRAINING = TrainingSettings(
    loop="voc",
    image="1.dkr.ecr.us-east-1.amazonaws.com/object-detection:1",
    role_arn="arn:aws:iam::123456789012:role/r",
    hyperparameters={},
    classes=CLASSES,
    attribute="box",
    output=f"{LOOP}/models",
)
SUITE = {
    "name": "s",
    "expectations": [
        {"column": "in_holdout", "value": False, "severity": "critical"},
        {"column": "duplicate", "value": False, "severity": "warning"},
        {"column": "unchanged", "value": True, "severity": "warning"},
    ],
}


class Evaluated(list):
    """The tables that were checked, each row a mapping of the table's columns."""

    def __call__(self, rows, columns, suite):
        assert all(set(row) == set(columns) for row in rows)
        self.append(rows)
        found = []
        for wanted in suite["expectations"]:
            lines = tuple(row["line_number"] for row in rows if row[wanted["column"]] != wanted["value"])
            if lines:
                critical = wanted["severity"] == "critical"
                found.append(Violation("equal", wanted["column"], lines, "", critical))
        return SuiteResult(len(suite["expectations"]), tuple(found), f"<html>{len(rows)}</html>")


@pytest.fixture
def evaluated(monkeypatch):
    tables = Evaluated()
    monkeypatch.setattr(expectations, "validate", tables)
    return tables


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(SUITE))
    return str(path)


@pytest.fixture
def checking(suite, s3, evaluated):
    s3.put(DATA.seed, _lines(9))
    s3.put(DATA.holdout, _lines(8))

    def make(**changes):
        given = {"task_id": "check", "manifest": "{{ params.manifest }}", "suite_path": suite, "data": DATA}
        return CheckManifestOperator(**given | {"night": NIGHT} | changes)

    return make


def line(number, *boxes):
    return manifest_line(answer(review(number), human(*boxes or (box(),))), CLASSES, "box")


def _lines(*numbers):
    return "".join(json.dumps(line(number)) + "\n" for number in numbers)


def settled(s3, night, *numbers):
    """Lay a night's manifest there with its answers; their images are as they were reviewed."""
    answers = []
    for number in numbers:
        asked = review(number)
        s3.put(asked.image.uri, f"picture {number}")
        answers.append(answer(review(number, image=replace(asked.image, etag=s3.etag(asked.image.uri))), human(box())))
    night.lay(answers=answers, manifest=[line(number) for number in numbers])
    return night.files.manifest


def test_a_good_manifest_passes_and_its_page_lies_beside_it(s3, night, checking):
    manifest = settled(s3, night, 1, 2)
    assert tried(s3, checking, manifest=manifest) == {"evaluated": 3, "failed": 0}
    pages = [uri for uri in s3.objects if uri.endswith(".html")]
    assert len(pages) == 1
    assert pages[0].startswith(f"{night.folder}/expectations-")
    assert s3.objects[pages[0]] == b"<html>2</html>"


def test_the_link_leads_to_the_page(s3, night, checking):
    run(checking(), ti=(task := FakeTask()), manifest=settled(s3, night, 1))
    page = next(uri for uri in s3.objects if uri.endswith(".html"))
    assert f"s3://bucket/{task.pushed['data_docs']['object_key']}" == page


def test_what_is_not_critical_is_told_and_counted(s3, night, checking, caplog):
    manifest = settled(s3, night, 1)
    night.lay(manifest=[line(1), line(1)])
    with caplog.at_level("WARNING"):
        assert run(checking(), manifest=manifest) == {"evaluated": 3, "failed": 1}
    assert "duplicate (equal): lines 1, 2" in caplog.text
    assert f"{night.folder}/rejected.jsonl" not in s3.objects


def test_what_is_critical_fails_and_the_lines_lie_in_rejected(s3, night, checking):
    manifest = settled(s3, night, 1, 8)
    for _ in range(2):
        with pytest.raises(
            ManifestCheckError, match=rf"{manifest} does not meet 1 of 3 .* in_holdout \(equal\): line 2"
        ):
            run(checking(training=TRAINING), manifest=manifest)
        (row,) = night.rows(f"{night.folder}/rejected.jsonl")
        assert (row["line"], row["reasons"]) == (2, ["in_holdout"])
        assert row["manifest_line"] == line(8)


def test_the_holdout_is_looked_at_only_for_what_is_trained_on(s3, night, checking):
    manifest = settled(s3, night, 1, 8)
    assert run(checking(training=None), manifest=manifest)["failed"] == 0


def test_an_image_that_was_replaced_after_its_review_is_named(s3, night, checking, evaluated):
    manifest = settled(s3, night, 1, 2)
    s3.put(review(2).image.uri, b"another picture")
    assert run(checking(), manifest=manifest)["failed"] == 1
    assert [row["unchanged"] for row in evaluated[-1]] == [True, False]


def test_a_training_set_is_checked_with_the_nights_it_is_made_of(s3, night, checking, evaluated):
    settled(s3, night, 1, 2)
    s3.put(night.files.receipt, b"{}")
    s3.put(review(2).image.uri, b"another picture")
    s3.put(f"{LOOP}/cohorts/c/train.manifest", _lines(1, 2))
    made = checking(night=None, training=TRAINING, num_training_samples="{{ params.samples }}")
    assert run(made, manifest=f"{LOOP}/cohorts/c/train.manifest", samples="2") == {"evaluated": 3, "failed": 1}
    assert [row["unchanged"] for row in evaluated[-1]] == [True, False]
    assert {row["num_training_samples"] for row in evaluated[-1]} == {2}


def test_the_validation_set_is_checked_alike(s3, night, checking, evaluated):
    manifest = settled(s3, night, 1)
    validation = f"{LOOP}/cohorts/c/validation.manifest"
    s3.put(validation, _lines(1, 1))
    given = {"manifest": manifest, "validation": validation}
    made = checking(validation="{{ params.validation }}")
    assert run(made, **given) == {"evaluated": 3, "failed": 1}
    assert [len(rows) for rows in evaluated] == [1, 2]
    s3.put(validation, _lines(8))
    with pytest.raises(ManifestCheckError, match=r"validation\.manifest does not meet"):
        run(checking(validation=validation, training=TRAINING), manifest=manifest)
    assert f"{LOOP}/cohorts/c/rejected.jsonl" in s3.objects


def test_an_empty_manifest_has_nothing_to_check(s3, night, checking, evaluated):
    night.lay(manifest=[])
    assert tried(s3, checking, manifest=night.files.manifest) == {"evaluated": 0, "failed": 0}
    assert evaluated == []


def test_a_missing_manifest_is_named(night, checking):
    with pytest.raises(NightIncompleteError, match=r"manifest.jsonl is not there"):
        run(checking(), manifest=night.files.manifest)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("[", "cannot be read"), ("{}", "no expectations")]
)
def test_a_suite_that_is_none_is_named(s3, night, checking, tmp_path, *, text, said):
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SetupError, match=rf"other\.json (holds )?{said}"):
        run(checking(suite_path=str(path)), manifest=settled(s3, night, 1))
