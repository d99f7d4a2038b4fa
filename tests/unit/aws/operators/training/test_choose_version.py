"""`ChooseVersionOperator`: the version to go back to is found, or chosen from those that were live."""

from __future__ import annotations

import pytest
from airflow.providers.standard.operators import hitl
from airflow.sdk.exceptions import TaskAwaitingInput

from nightloop.aws.errors import EndpointMissingError, RegistryError
from nightloop.aws.operators.training.choose_version import ChooseVersionOperator
from tests.support.fakes.task import context
from tests.support.one_loop import SERVING, make_live, make_model, register

MODELS = ["first", "second", "never", "third", "fourth"]


@pytest.fixture(autouse=True)
def versions(s3, sagemaker):
    """Versions 1, 2, 4 and 5 were live, 4 is; 3 was rejected."""
    sagemaker.page_size = 2
    made = {}
    for name in MODELS:
        model = make_model(sagemaker, s3, name)
        metadata = {"mean_average_precision": "0.1234"} if name == "first" else {}
        made[name] = register(sagemaker, model, "Rejected" if name == "never" else "Approved", **metadata)
    make_live(sagemaker, "third")
    return made


def choose(version="previous"):
    return ChooseVersionOperator(task_id="choose", serving=SERVING, version=version)


def test_what_is_templated():
    assert {"body", "subject", "version"} <= set(ChooseVersionOperator.template_fields)


def test_previous_is_the_one_that_was_live_before(sagemaker, versions):
    for _ in range(2):
        assert choose(" previous ").execute(context()) == {
            "version": 2,
            "package": versions["second"],
            "model": "second",
            "training_job": "voc-train-second",
            "artefact": "s3://bucket/loops/voc/models/voc-train-second/output/model.tar.gz",
            "live_model": "third",
        }
    assert list(sagemaker.models) == MODELS


def test_to_a_live_model_nobody_registered_the_newest_is_the_previous(s3, sagemaker):
    make_model(sagemaker, s3, "by-hand")
    sagemaker.delete_endpoint(EndpointName="live")
    make_live(sagemaker, "by-hand")
    assert choose().execute(context())["model"] == "fourth"


@pytest.mark.parametrize(("number", "model"), [("1", "first"), ("5", "fourth")])
def test_a_number_is_that_version(number, model):
    assert choose(number).execute(context())["model"] == model


@pytest.mark.parametrize("number", ["3", "4", "9", "first", ""])
def test_a_version_that_was_not_live_or_is_cannot_be_gone_back_to(sagemaker, number):
    with pytest.raises(RegistryError, match="third is live, and the other versions that were live are 5, 2, 1"):
        choose(number).execute(context())
    assert sagemaker.made() == []


def test_where_nothing_was_live_before_that_is_said(sagemaker, versions):
    for name in ("first", "second", "fourth"):
        sagemaker.update_model_package(ModelPackageArn=versions[name], ModelApprovalStatus="Rejected")
    for version in ("previous", "choose"):
        with pytest.raises(RegistryError, match="no earlier version of voc"):
            choose(version).execute(context())


def test_a_model_that_was_deleted_is_made_again_as_it_was(sagemaker):
    sagemaker.delete_model(ModelName="second")
    sagemaker.calls.clear()
    choose("2").execute(context())
    (request,) = sagemaker.requests("create_model")
    assert request["ModelName"] == "second"
    assert request["PrimaryContainer"]["Image"] == "old-image"
    assert request["PrimaryContainer"]["ModelDataUrl"].endswith("/voc-train-second/output/model.tar.gz")


@pytest.fixture
def asked(monkeypatch):
    questions = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: questions.append(detail))
    return questions


def test_a_person_chooses_from_those_that_were_live(sagemaker, asked):
    operator = choose("choose")
    with pytest.raises(TaskAwaitingInput):
        operator.execute(context())
    (question,) = asked
    assert question["options"] == ["5", "2", "1"]
    assert question["body"].startswith("Live now: third\n")
    assert "| 1 | 2026-11-22 02:" in question["body"]
    assert "| 0.1234 | first |" in question["body"]
    assert sagemaker.made() == []
    assert choose("choose").execute_complete(context(), {"chosen_options": ["1"]})["model"] == "first"


def test_what_was_chosen_may_have_gone_live_meanwhile(sagemaker, asked):
    with pytest.raises(RegistryError, match="'4' is no version"):
        choose("choose").execute_complete(context(), {"chosen_options": ["4"]})


def test_a_wait_that_failed_is_no_choice(sagemaker):
    with pytest.raises(Exception, match="boom"):
        choose("choose").execute_complete(context(), {"error": "boom", "error_type": "unknown"})


def test_without_an_endpoint_there_is_nothing_to_go_back_from(sagemaker):
    sagemaker.delete_endpoint(EndpointName="live")
    with pytest.raises(EndpointMissingError, match="live"):
        choose().execute(context())
