"""From a prediction back to the people it was learned from, and from an answer on to the models that hold it."""

from __future__ import annotations

import json

import pytest

from nightloop.aws.dag_factory import scoring_tasks
from nightloop.aws.history import explain
from nightloop.aws.links.model_origin import ModelOriginLink
from nightloop.domain.identity import naming
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.running import Context
from tests.integration.aws.trainings import Training

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}


class DagRun:
    dag_id, run_id = "incremental_training_voc", "asset_triggered__2026-11-22T03:00:00+00:00"


@pytest.fixture(scope="module")
def told(make_loop, s3, stack):
    """A loop whose second model learned a reviewed night and scores the next one."""
    with stack.connected() as patch:
        loop = make_loop()
        patch.setenv("NIGHTLOOP_LOOPS", str(loop.path.parent))
        first = Night(loop, "2026-02-01")
        trained, model, _ = first.bootstrap()
        first.register(trained, model)
        first.put_key(s3, "0.png", encode(picture([(20, 30, 60, 40)], shade=70)))
        opened = first.open_all()
        reviewer = Reviewer(stack).signs_in()
        assert reviewer.answers(first.flow.name, [BOX])
        first.wait(opened["flow_definition_arn"], 1)
        first.finish()
        training = Training(loop)
        training.build_cohort()
        training.until_evaluated()
        context = Context()
        context["dag_run"] = DagRun()
        training.register(context)
        training.promote(training.results["create_model"])
        second = Night(loop, "2026-02-02")
        second.put_key(s3, "1.png", encode(picture([(20, 30, 60, 40)], shade=71)))
        second.list()
        second.score()
        yield loop, first, second, training


def ask(capsys, told, *arguments):
    code = explain.main(["--loop", told[0].name, *arguments])
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.splitlines() if line.startswith("{")], said.err


@pytest.fixture(autouse=True)
def loops(told, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(told[0].path.parent))


def test_from_a_prediction_to_model_cohort_answer_reviewer_and_template(capsys, told):
    loop, _, _, training = told
    image = f"s3://{loop.bucket}/images/2026-02-02/1.png"
    code, rows, _ = ask(capsys, told, "prediction", "2026-02-02", image)
    assert code == 0
    prediction, newest, oldest = rows[0]["prediction"], rows[1]["model"], rows[2]["model"]
    assert prediction["model"] == newest["model"] == training.results["create_model"]
    assert newest["cohort"] == training.results["build_cohort"]["cohort"]
    assert newest["parent_model"] == oldest["model"]
    assert newest["run"] == f"{DagRun.dag_id}/{DagRun.run_id}"
    answers = [row["learned"]["answer"] for row in rows[3:] if "answer" in row["learned"]]
    assert [(answer["night"], answer["boxes"]) for answer in answers] == [("2026-02-01", 1)]
    assert all(reviewer.startswith("reviewer-") for reviewer in answers[0]["reviewers"])
    template = naming.task_ui_name(loop.name, loop.template_path.read_text())
    assert answers[0]["template"].endswith(f"human-task-ui/{template}")
    assert len(rows) - 3 == 4, "three seed lines and the reviewed one, each once"


def test_from_an_answer_to_every_model_that_holds_it(capsys, told, tmp_path):
    _, first, _, training = told
    human_loop = first.lines(first.files.answers)[0]["review_name"]
    model = training.results["create_model"]
    to = tmp_path / "without.manifest"
    code, (row,), _ = ask(capsys, told, "answer", human_loop, "--without", model, "--to", str(to))
    assert code == 0
    assert (row["learned_by"], row["inherited_by"], row["lines"]) == ([model], [], 3)
    left = [json.loads(line) for line in to.read_text().splitlines()]
    assert len(left) == 3
    assert all(human_loop not in json.dumps(line) for line in left)


def test_what_is_not_known_is_said(capsys, told):
    code, _, error = ask(capsys, told, "model", "nobody")
    assert code == 1
    assert "nothing is known about model nobody" in error
    code, _, error = ask(capsys, told, "prediction", "2026-02-02", "s3://b/none.png")
    assert code == 1
    assert "scored no image s3://b/none.png" in error


def test_a_scored_chunk_links_to_the_run_that_trained_its_model(told):
    loop = told[0]
    night = Night(loop, "2026-02-02")
    context = Context()
    scoring = scoring_tasks.score_images(loop, night.run, ["00000"]).unmap({"chunk": "00000"})
    ModelOriginLink.remember(context, scoring.store, scoring.sagemaker.live_model(loop.endpoint.name))
    address = context.pushed[ModelOriginLink.key]
    assert address.endswith("/dags/incremental_training_voc/runs/asset_triggered__2026-11-22T03%3A00%3A00%2B00%3A00")
