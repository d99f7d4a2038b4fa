"""`AskApprovalOperator`: a person sees figures and pictures; what they answer is kept before it is followed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from airflow.providers.standard.operators import hitl
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import DownstreamTasksSkipped, TaskAwaitingInput

from nightloop.aws.errors import ObjectMissingError
from nightloop.aws.operators.training.ask_approval import ANSWER, AskApprovalOperator, figures, further_figures
from nightloop.aws.operators.training.evaluate import EvaluateOperator
from nightloop.domain.detection.evaluation import Evaluation
from tests.support.fakes.task import FakeTask, context
from tests.support.one_loop import DATA, EVALUATED

REASONS = {"uri": "s3://bucket/gate.json", "promote": True, "reasons": ["surely better", "nothing falls"]}


@pytest.fixture
def evaluated(transforms):
    champion, challenger = transforms
    given = {"data": DATA, "trained": {"training_job": "job", "artefact": "s3://bucket/m"}, "bootstrap_rounds": 20}
    evaluation = EvaluateOperator(task_id="e", champion=champion, challenger=challenger, **given).execute(context())
    return {"champion": champion, "challenger": challenger, "evaluation": evaluation}


def ask(evaluated, **arguments):
    given = {"task_id": "approve", "loop": "voc", "data": DATA, "response_timeout": timedelta(hours=6)}
    return AskApprovalOperator(**given | evaluated | arguments)


@pytest.fixture
def asked(monkeypatch):
    """What Airflow would show."""
    questions = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: questions.append(detail))
    return questions


def test_what_is_templated():
    assert {"body", "champion", "challenger", "evaluation", "subject"} <= set(AskApprovalOperator.template_fields)


def test_a_person_sees_figures_reasons_and_pictures(s3, evaluated, asked):
    task = FakeTask({("gate", "decision"): REASONS})
    with pytest.raises(TaskAwaitingInput) as waiting:
        ask(evaluated).execute(context(task))
    assert waiting.value.method_name == "execute_complete"
    (question,) = asked
    assert question["subject"] == "Promote the new model of voc?"
    assert question["defaults"] == ["Reject"]
    for part in (
        "- surely better\n- nothing falls",
        "| **all classes** | 3 | 0.000 | 1.000 | +1.000 |",
        "| cat | 3 | 0.000 | 1.000 | +1.000 |",
        "holdout of 3 images of 3 scenes",
        "COCO AP50",
        "White: the true boxes",
        "**200.png**",
    ):
        assert part in question["body"]
    folder = evaluated["evaluation"]["uri"].removesuffix("evaluation.json")
    pictures = [uri for uri in s3.objects if uri.startswith(f"{folder}pictures/")]
    assert [uri.rsplit("/", 1)[1] for uri in pictures] == ["1.jpg", "2.jpg", "3.jpg"]
    before = s3.objects
    with pytest.raises(TaskAwaitingInput):
        ask(evaluated).execute(context(task))
    assert s3.objects == before


def test_as_many_pictures_as_are_wanted_are_shown_as_long_as_is_asked(s3, evaluated):
    body = ask(evaluated, pictures=1).question(REASONS)
    assert body.count("![") == 1
    assert f"X-Amz-Expires={7 * 3600}" in body
    longest = ask(evaluated, pictures=1, response_timeout=timedelta(days=30)).question(REASONS)
    assert f"X-Amz-Expires={7 * 24 * 3600}" in longest
    assert "White: the true boxes" not in ask(evaluated, pictures=0).question(REASONS)


def test_an_evaluation_that_is_gone_is_named(s3, evaluated):
    evaluated["evaluation"] = EVALUATED | {"uri": "s3://bucket/gone/evaluation.json"}
    with pytest.raises(ObjectMissingError, match="gone"):
        ask(evaluated).question(REASONS)


def answered(evaluated, option, user):
    """Give an answer; return what was pushed and which tasks are skipped, None if none."""
    task = FakeTask(task_id="approve")
    with DAG("training"):
        operator = ask(evaluated)
        operator >> EmptyOperator(task_id="promote")
    event = {
        "chosen_options": [option],
        "params_input": {},
        "responded_at": datetime.now(UTC),
        "responded_by_user": user,
    }
    try:
        operator.execute_complete(context(task, task=operator), event)
    except DownstreamTasksSkipped as skipped:
        return task.pushed, skipped.tasks
    return task.pushed, None


def test_who_approves_lets_it_go_on(evaluated):
    pushed, skipped = answered(evaluated, "Approve", {"id": "1", "name": "Ann"})
    assert skipped is None
    assert pushed[ANSWER] == {"chosen_options": ["Approve"], "responded_by_user": {"id": "1", "name": "Ann"}}


@pytest.mark.parametrize("user", [{"id": "1", "name": "Ann"}, None])
def test_a_refusal_is_kept_although_it_ends_the_task(evaluated, user):
    pushed, skipped = answered(evaluated, "Reject", user)
    assert [getattr(one, "task_id", one) for one in skipped] == ["promote"]
    assert pushed[ANSWER] == {"chosen_options": ["Reject"], "responded_by_user": user}


def test_a_wait_that_failed_is_no_answer(evaluated):
    task = FakeTask()
    with pytest.raises(Exception, match="boom"):
        ask(evaluated).execute_complete(context(task), {"error": "boom", "error_type": "unknown"})
    assert ANSWER not in task.pushed


def test_figures_that_were_not_measured_are_not_shown(s3, evaluated):
    row = json.loads(s3.objects[evaluated["evaluation"]["uri"]])
    assert "COCO AP75" in further_figures(Evaluation.from_json(row))
    for model in ("champion", "challenger"):
        row[model] = {key: row[model][key] for key in ("model", "mean", "per_class")}
    assert further_figures(Evaluation.from_json(row)) == ""
    assert "| cat | 3 | 0.000 | 1.000 | +1.000 |" in figures(Evaluation.from_json(row))
