"""`EvaluateOperator`: two models are compared once for one holdout, class list and number of draws."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.errors import ClassesChangedError, HoldoutChangedError, HoldoutError, TransformOutputError
from nightloop.aws.operators.training import evaluate as evaluate_module
from nightloop.aws.operators.training.evaluate import EvaluateOperator
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import DATA, DETECTED, FILES, line, manifest, picture


def evaluate(transforms, **arguments):
    champion, challenger = transforms
    given = {
        "task_id": "evaluate",
        "data": DATA,
        "trained": {"training_job": "job", "artefact": "s3://bucket/m"},
        "bootstrap_rounds": 20,
    }
    return EvaluateOperator(**given | {"champion": champion, "challenger": challenger} | arguments)


def evaluations(s3):
    return [uri for uri in s3.objects if uri.endswith("/evaluation.json")]


def test_what_is_templated():
    assert {"challenger", "champion", "trained"} <= set(EvaluateOperator.template_fields)


def test_it_measures_once_and_finds_the_evaluation_again(s3, sagemaker, transforms, monkeypatch):
    task = FakeTask()
    found = evaluate(transforms).execute(context(task))
    assert (found["champion"], found["challenger"], found["p_better"]) == (0.0, 1.0, 1.0)
    assert found["holdout"] == {"images": 3, "groups": 3, "objects": {"cat": 3}}
    assert found["figures"]["challenger"]["average_precision"] == 1.0
    assert evaluations(s3) == [found["uri"]]
    assert found["uri"].startswith(FILES.model("job").evaluations)
    assert task.pushed["s3_output"]["object_key"] == found["uri"].removeprefix("s3://bucket/")
    before = s3.objects
    monkeypatch.setattr(EvaluateOperator, "_compare", lambda *_: pytest.fail("it is measured again"))
    assert evaluate(transforms).execute(context()) == found
    assert s3.objects == before
    assert sagemaker.made() == []


def test_of_two_at_once_the_first_evaluation_counts(s3, transforms):
    first = evaluate(transforms).execute(context())
    body = s3.objects[first["uri"]]
    s3.delete_object(Bucket="bucket", Key=first["uri"].removeprefix("s3://bucket/"))
    other = json.loads(body) | {"p_better": 0.25}
    s3.before("put_object", lambda: s3.put(first["uri"], json.dumps(other)))
    assert evaluate(transforms).execute(context())["p_better"] == 0.25


@pytest.mark.parametrize("change", [{"bootstrap_rounds": 21}, {"seed": 2}, {"metric": "coco_ap"}])
def test_other_draws_or_another_metric_make_another_evaluation(s3, transforms, change):
    uris = {evaluate(transforms, **changed).execute(context())["uri"] for changed in ({}, change)}
    assert len(uris) == 2


def test_a_corrected_holdout_is_measured_anew(s3, transforms):
    first = evaluate(transforms).execute(context())["uri"]
    refs = [f"s3://bucket/holdout/{number}.png" for number in (200, 201, 202)]
    dog = {"class_id": 1, "left": 0, "top": 0, "width": 9, "height": 9}
    s3.put(DATA.holdout, manifest(line(refs[0], dog), *map(line, refs[1:])))
    second = evaluate(transforms).execute(context())
    assert second["uri"] != first
    assert second["holdout"]["objects"] == {"cat": 2, "dog": 1}


def test_a_replaced_image_is_not_measured_on(s3, transforms):
    digest = evaluate_module.check_images(evaluate_module.Cohorts(evaluate(transforms).store, DATA))
    known = [one | {"images": digest} for one in transforms]
    evaluate(known).execute(context())
    s3.put("s3://bucket/holdout/200.png", picture(999))
    with pytest.raises(HoldoutChangedError, match="model champion was run over"):
        evaluate(known).execute(context())


@pytest.mark.parametrize("model", ["champion", "challenger"])
def test_a_model_of_other_classes_is_not_measured(s3, transforms, model):
    s3.put(f"{FILES.folder}/models/voc-train-{model}/output/classes.json", json.dumps(["car"]))
    with pytest.raises(ClassesChangedError, match=model):
        evaluate(transforms).execute(context())
    assert evaluations(s3) == []


@pytest.mark.parametrize("body", [None, "no JSON", json.dumps({"prediction": [[7, 0.9, 0, 0, 1, 1]]})])
def test_a_result_that_is_none_is_named(s3, transforms, body):
    uri = f"{transforms[1]['output']}201.png.out"
    if body is None:
        s3.delete_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/"))
    else:
        s3.put(uri, body)
    with pytest.raises(TransformOutputError, match=r"201\.png\.out is not a result"):
        evaluate(transforms).execute(context())
    assert evaluations(s3) == []


def test_an_image_of_another_size_than_its_line_says_is_named(s3, transforms):
    refs = [f"s3://bucket/holdout/{number}.png" for number in (200, 201, 202)]
    s3.put(DATA.holdout, manifest(line(refs[0], size=(640, 480)), *map(line, refs[1:])))
    with pytest.raises(HoldoutError, match=refs[0]):
        evaluate(transforms).execute(context())


def test_a_result_of_a_copy_is_the_image_s(s3, transforms):
    ref, copy = "s3://bucket/holdout/200.png", "s3://bucket/holdout/copy.jpg"
    s3.put("s3://bucket/copies.json", json.dumps({ref: copy}))
    s3.put(f"{transforms[0]['output']}copy.jpg.out", json.dumps({"prediction": [DETECTED]}))
    champion = transforms[0] | {"copies": "s3://bucket/copies.json"}
    assert evaluate([champion, transforms[1]]).execute(context())["champion"] > 0.3


def test_settings_of_another_loop_do_not_matter(s3, transforms):
    uris = {evaluate(transforms, data=data).execute(context())["uri"] for data in (DATA, replace(DATA, copy_bits=3))}
    assert len(uris) == 1
