"""What another task returned is read once and checked: a wrong value names the task to clear and what it lacks."""

from __future__ import annotations

from typing import get_args

import pytest
from airflow.sdk import DAG, BaseOperator

from nightloop.aws.errors import ResultError
from nightloop.aws.operators.sagemaker.create_model import CreateModelOperator
from nightloop.aws.resources.serving import ServingSettings
from nightloop.aws.results import night
from nightloop.aws.results.given import value_of
from nightloop.aws.results.reading import all_keys, read_result, read_text, required_keys
from nightloop.aws.results.training import BuiltCohort, ParentModel, TrainedModel, Transformed
from nightloop.domain.detection.selection.planned_review import Purpose

TRANSFORMED = {"output": "s3://b/o/", "folder": "s3://b/", "model": "m"}


def test_a_result_is_given_back_as_it_is_with_what_may_be_missing_and_what_is_more():
    assert read_result(Transformed, TRANSFORMED, "champion") is TRANSFORMED
    assert (
        read_result(TrainedModel, {"training_job": "j", "artefact": "a", "metrics": {}}, "trained")["artefact"] == "a"
    )
    assert read_result(ParentModel, {}, "cohort") == {}


def test_what_is_missing_is_named_with_the_task_to_clear():
    with pytest.raises(ResultError) as caught:
        read_result(Transformed, {"output": "s3://b/o/"}, "champion", "transform_champion")
    assert str(caught.value) == (
        "The result of task transform_champion, given as `champion`, is no Transformed: it has no 'folder', 'model'. "
        "Clear transform_champion, then this task."
    )


@pytest.mark.parametrize("given", [None, "text", ["output"], 3])
def test_what_is_no_mapping_is_shown(given):
    with pytest.raises(ResultError, match=r"The value of `champion` is no Transformed but .*Correct what is given"):
        read_result(Transformed, given, "champion")


def test_a_name_must_be_text():
    assert read_text("m", "model") == "m"
    with pytest.raises(ResultError, match=r"task create_model, given as `model`, is no text but None. Clear create_m"):
        read_text(None, "model", "create_model")


def test_an_argument_that_was_not_rendered_is_told():
    with DAG("d"):
        task = BaseOperator(task_id="first")
    assert value_of("x") == "x"
    with pytest.raises(ResultError, match="is not rendered"):
        value_of(task.output)


def test_an_operator_names_the_task_its_argument_came_from():
    serving = ServingSettings(loop="voc", endpoint_name="live", image="i", role_arn="r")
    with DAG("d"):
        trained = BaseOperator(task_id="train_again")
        model = CreateModelOperator(task_id="create_model", serving=serving, trained=trained.output)

    class Task:
        """As much of a task instance as rendering needs."""

        def xcom_pull(self, **_):
            return {"training_job": "j"}

    model.render_template_fields({"ti": Task(), "expanded_ti_count": None})
    with pytest.raises(ResultError, match=r"task train_again, .*`trained`, .* no 'artefact'. Clear train_again"):
        model.execute({})


def test_keys_are_those_of_all_the_parts_of_a_result():
    assert {"train", "lines", "parent_model"} <= required_keys(BuiltCohort)
    assert all_keys(BuiltCohort) - required_keys(BuiltCohort) == {
        "copies",
        "unlabelled",
        "copies_left_out",
        "learned_before",
    }


def test_a_plan_may_count_every_purpose_of_a_review():
    assert set(get_args(Purpose)) <= all_keys(night.PlannedNight)
