"""CreateFlowDefinition: made once for its settings, and returned when it is active."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nightloop.aws.errors import FlowDefinitionFailedError, RequestRefusedError
from nightloop.aws.operators.a2i.create_flow_definition import CreateFlowDefinitionOperator
from nightloop.aws.resources.flow_definition import FlowSettings
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import run

SETTINGS = FlowSettings(
    loop="voc",
    task_ui="voc-ui",
    output="s3://bucket/loops/voc/reviews",
    role_arn="arn:aws:iam::123456789012:role/r",
    workteam_arn=arn("workteam/private-crowd", "reviewers"),
    title="Draw",
    description="Correct the boxes",
    tags={"team": "a"},
)
PAGE = arn("human-task-ui", "voc-ui")


def creating(settings=SETTINGS, **changes):
    given = {"task_id": "flow", "settings": settings, "task_ui_arn": "{{ params.page }}"}
    return CreateFlowDefinitionOperator(**given | changes)


def create(settings=SETTINGS, ti=None, **params):
    return run(creating(settings), ti=ti, page=PAGE, **params)


def test_it_is_made_once(s3, flows, hurry, capsys):
    assert create() == create() == arn("flow-definition", SETTINGS.name)
    (made,) = flows.flows.values()
    assert made["HumanLoopConfig"]["HumanTaskUiArn"] == PAGE
    assert made["OutputConfig"] == {"S3OutputPath": SETTINGS.output}
    assert {"Key": "team", "Value": "a"} in made["Tags"]
    said = capsys.readouterr().out
    assert f"Created flow definition {SETTINGS.name}" in said
    assert f"Found flow definition {SETTINGS.name}" in said


def test_other_settings_are_another_one(s3, flows):
    create()
    create(replace(SETTINGS, title="Draw better"))
    assert len(flows.flows) == 2


def test_one_that_another_run_makes_at_the_same_moment_is_found(s3, flows):
    flows.before("create_flow_definition", lambda: flows.add_flow(SETTINGS.name))
    assert create() == arn("flow-definition", SETTINGS.name)


def test_it_waits_until_it_is_active(s3, flows, hurry):
    flows.flow_states = ["Initializing"] * 3
    assert create() == arn("flow-definition", SETTINGS.name)
    assert hurry == [2, 2, 2]


@pytest.mark.parametrize("states", [["Initializing", "Failed"], ["Initializing"] * 150], ids=["failed", "never active"])
def test_one_that_does_not_become_active_is_named(s3, flows, hurry, states):
    flows.flow_states = states
    with pytest.raises(FlowDefinitionFailedError, match=f"{SETTINGS.name} is {states[-1]}.*Check its role"):
        create()


def test_a_refusal_names_the_connection(s3, flows):
    flows.fail("create_flow_definition", aws_error("ValidationException", "no such role"))
    with pytest.raises(RequestRefusedError, match=r"no such role.*'a2i_default'"):
        create()


def test_the_links_lead_to_portal_and_answers_and_flow_definition(s3, flows):
    create(ti=(task := FakeTask()))
    assert task.pushed["worker_portal"]["portal"] == "portal.example.com"
    assert task.pushed["flow_definition"]["flow_definition"] == SETTINGS.name
    assert task.pushed["answers"]["object_key"] == "loops/voc/reviews"


def test_a_portal_that_cannot_be_asked_for_fails_nothing(s3, flows):
    flows.fail("describe_workteam", aws_error("AccessDeniedException", "no", status=403))
    create(ti=(task := FakeTask()))
    assert "worker_portal" not in task.pushed


def test_the_connection_of_the_reviews_is_templated(s3, flows, clients):
    clients.use(flows, "elsewhere")
    run(creating(a2i_conn_id="{{ params.conn }}"), page=PAGE, conn="elsewhere")
    assert ("sagemaker", "elsewhere") in {asked[:2] for asked in clients.asked}
