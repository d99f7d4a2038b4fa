"""BuildManifest: a line for each answer that a model may learn from, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.operators.night.build_manifest import BuildManifestOperator
from nightloop.domain.detection.answers import Unusable
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, NIGHT, answer, box, human, review, run, tried


def building(**changes):
    return BuildManifestOperator(
        **{"task_id": "build", "night": NIGHT, "classes": CLASSES, "attribute": "box"} | changes
    )


def answered(number, *boxes, **changes):
    return replace(answer(review(number), human(*boxes)), **changes)


def test_answers_become_lines_in_their_order(s3, night):
    night.lay(answers=[answered(1, box("dog")), answered(2)])
    assert tried(s3, building) == {"uri": night.files.manifest, "lines": 2}
    dog, nothing = night.rows(night.files.manifest)
    assert (dog["source-ref"], nothing["source-ref"]) == (review(1).image.uri, review(2).image.uri)
    assert [found["class_id"] for found in dog["box"]["annotations"]] == [1]
    assert dog["box-metadata"]["class-map"] == {"0": "cat", "1": "dog"}
    assert nothing["box"]["annotations"] == [], "that nothing is there is an answer"


@pytest.mark.parametrize(
    "changes",
    [{"gold": (box(),)}, {"gold": ()}, {"unusable": Unusable("no-output", "gone")}],
    ids=["gold", "gold without an object", "unusable"],
)
def test_what_says_nothing_about_its_image_is_no_line(s3, night, changes):
    night.lay(answers=[answered(1, box(), **changes), answered(2, box())])
    assert tried(s3, building)["lines"] == 1
    assert [line["source-ref"] for line in night.rows(night.files.manifest)] == [review(2).image.uri]


def test_an_image_that_is_looked_at_again_is_no_line_yet(s3, night):
    again = [review(1, ordinal=1), review(2, ordinal=1, left_out="RequestRefused: no")]
    night.lay(answers=[answered(1, box()), answered(2, box())], tie_breaks=again)
    assert tried(s3, building)["lines"] == 1
    assert [line["source-ref"] for line in night.rows(night.files.manifest)] == [review(2).image.uri]


def test_a_night_without_answers_has_an_empty_manifest(s3, night):
    night.lay(answers=[])
    assert tried(s3, building)["lines"] == 0
    assert s3.objects[night.files.manifest] == b""


def test_what_another_try_wrote_meanwhile_is_kept_and_counted(s3, night):
    night.lay(answers=[answered(1, box())])
    s3.before("put_object", lambda: s3.put(night.files.manifest, b"{}\n{}\n{}\n"))
    assert run(building())["lines"] == 3
    assert s3.objects[night.files.manifest] == b"{}\n{}\n{}\n"


def test_missing_answers_are_named(s3, night):
    with pytest.raises(NightIncompleteError, match=r"answers.jsonl is not there\. Clear the task that writes it"):
        run(building())
    assert s3.objects == {}


def test_the_link_leads_to_the_manifest(s3, night):
    night.lay(answers=[])
    run(building(), ti=(task := FakeTask()))
    assert task.pushed["s3_output"]["object_key"].endswith("nights/2026-11-22/manifest.jsonl")
