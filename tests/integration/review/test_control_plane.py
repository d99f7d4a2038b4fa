"""Templates, flow definitions, work teams, the workforce and tags through plain boto3."""

import hashlib
import uuid

import httpx
import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/nightloop"
ACCOUNT_ARN = "arn:aws:sagemaker:us-east-1:123456789012"


@pytest.fixture
def unique():
    return uuid.uuid4().hex[:10]


def code_of(call, **request):
    with pytest.raises(ClientError) as caught:
        call(**request)
    return caught.value.response["Error"]["Code"]


def test_the_life_of_a_template(service, unique):
    sagemaker, name = service.sagemaker, f"ui-{unique}"
    made = sagemaker.create_human_task_ui(HumanTaskUiName=name, UiTemplate={"Content": "<p>{{ task.input.x }}</p>"})
    assert made["HumanTaskUiArn"] == f"{ACCOUNT_ARN}:human-task-ui/{name}"
    described = sagemaker.describe_human_task_ui(HumanTaskUiName=name)
    assert described["HumanTaskUiStatus"] == "Active"
    digest = hashlib.sha256(b"<p>{{ task.input.x }}</p>").hexdigest()
    assert described["UiTemplate"]["ContentSha256"] == digest
    assert hashlib.sha256(httpx.get(described["UiTemplate"]["Url"]).content).hexdigest() == digest
    again = {"HumanTaskUiName": name, "UiTemplate": {"Content": "<p></p>"}}
    assert code_of(sagemaker.create_human_task_ui, **again) == "ResourceInUse"
    pages = sagemaker.get_paginator("list_human_task_uis").paginate(PaginationConfig={"PageSize": 2})
    names = [summary["HumanTaskUiName"] for page in pages for summary in page["HumanTaskUiSummaries"]]
    assert names[0] == name
    assert len(names) == len(set(names))
    sagemaker.delete_human_task_ui(HumanTaskUiName=name)
    assert code_of(sagemaker.describe_human_task_ui, HumanTaskUiName=name) == "ResourceNotFound"
    assert code_of(sagemaker.delete_human_task_ui, HumanTaskUiName=name) == "ResourceNotFound"
    sagemaker.create_human_task_ui(**again)


def test_a_template_that_is_not_liquid_is_refused(service, unique):
    with pytest.raises(ClientError, match=r"ValidationException.*not valid Liquid"):
        service.sagemaker.create_human_task_ui(HumanTaskUiName=f"ui-{unique}", UiTemplate={"Content": "{% if %}"})


def test_a_deleted_template_is_still_shown_to_running_loops(service, job, worker):
    job.starts_loop(header="still here")
    config = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)["HumanLoopConfig"]
    service.sagemaker.delete_human_task_ui(HumanTaskUiName=config["HumanTaskUiArn"].rpartition("/")[2])
    worker.starts_working(job.name)
    assert "still here" in worker.sees_frame().text


def test_a_flow_definition_describes_what_was_asked_for(service, job):
    described = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)
    assert described["FlowDefinitionStatus"] == "Active"
    assert described["FlowDefinitionArn"] == job.arn
    assert described["RoleArn"] == ROLE
    assert described["OutputConfig"] == {"S3OutputPath": "s3://nightloop-review-test/reviews"}
    assert described["HumanLoopConfig"]["TaskCount"] == 1
    assert "FailureReason" not in described
    pages = service.sagemaker.get_paginator("list_flow_definitions").paginate(PaginationConfig={"PageSize": 5})
    summaries = [summary for page in pages for summary in page["FlowDefinitionSummaries"]]
    assert job.name in {summary["FlowDefinitionName"] for summary in summaries}


def test_what_a_flow_definition_refuses(service, job, unique):
    create = service.sagemaker.create_flow_definition
    good = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)
    request = {name: good[name] for name in ("RoleArn", "HumanLoopConfig", "OutputConfig")}
    request["FlowDefinitionName"] = f"flow-{unique}"

    def changed(**config):
        return request | {"HumanLoopConfig": good["HumanLoopConfig"] | config}

    assert code_of(create, **request | {"FlowDefinitionName": job.name}) == "ResourceInUse"
    with pytest.raises(ClientError, match=r"The specified Workteam '.*' does not exist or you do not have access"):
        create(**changed(WorkteamArn=f"{ACCOUNT_ARN}:workteam/private-crowd/nobody"))
    with pytest.raises(ClientError, match=r"humanLoopConfig\.workteamArn.*regular expression"):
        create(**changed(WorkteamArn="arn:aws:sagemaker:us-east-1:123456789012:workforce/private"))
    for bad in (
        changed(HumanTaskUiArn=f"{ACCOUNT_ARN}:human-task-ui/none"),
        changed(TaskCount=4),
        changed(TaskDescription="two\nlines"),
        changed(PublicWorkforceTaskPrice={"AmountInUsd": {"Cents": 1}}),
        request | {"OutputConfig": {"S3OutputPath": "https://example.com/somewhere"}},
        request
        | {"HumanLoopRequestSource": {"AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"}},
    ):
        assert code_of(create, **bad) == "ValidationException"
    assert code_of(service.sagemaker.delete_flow_definition, FlowDefinitionName=f"flow-{unique}") == "ResourceNotFound"


def test_the_life_of_a_work_team(service, unique):
    sagemaker, name = service.sagemaker, f"Team-{unique}"
    members = [{"OidcMemberDefinition": {"Groups": ["reviewers"]}}]
    request = {"WorkteamName": name, "Description": "First", "MemberDefinitions": members}
    arn = sagemaker.create_workteam(**request)["WorkteamArn"]
    assert arn == f"{ACCOUNT_ARN}:workteam/private-crowd/{name}"
    assert code_of(sagemaker.create_workteam, **request) == "ResourceInUse"
    team = sagemaker.describe_workteam(WorkteamName=name)["Workteam"]
    assert team["SubDomain"] == f"{service.url.removeprefix('http://')}/portal"
    assert team["MemberDefinitions"] == members
    updated = sagemaker.update_workteam(WorkteamName=name, Description="Second")["Workteam"]
    assert (updated["Description"], updated["MemberDefinitions"]) == ("Second", members)
    pages = sagemaker.get_paginator("list_workteams").paginate(
        SortBy="Name", NameContains=unique, PaginationConfig={"PageSize": 1}
    )
    assert [team["WorkteamName"] for page in pages for team in page["Workteams"]] == [name]
    assert sagemaker.delete_workteam(WorkteamName=name)["Success"] is True
    with pytest.raises(ClientError, match=r"ValidationException.*The work team"):
        sagemaker.describe_workteam(WorkteamName=name)
    cognito = {"UserPool": "us-east-1_abc", "UserGroup": "g", "ClientId": "c"}
    request["MemberDefinitions"] = [{"CognitoMemberDefinition": cognito}]
    assert code_of(sagemaker.create_workteam, **request) == "ValidationException"


def test_a_team_in_use_is_not_deleted(service, job):
    config = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)["HumanLoopConfig"]
    team = config["WorkteamArn"].rpartition("/")[2]
    with pytest.raises(ClientError, match=job.name):
        service.sagemaker.delete_workteam(WorkteamName=team)


def test_there_is_one_private_workforce(service):
    (workforce,) = service.sagemaker.list_workforces()["Workforces"]
    assert workforce["Status"] == "Active"
    described = service.sagemaker.describe_workforce(WorkforceName=workforce["WorkforceName"])
    assert described["Workforce"]["WorkforceArn"] == workforce["WorkforceArn"]
    with pytest.raises(ClientError, match=r"ValidationException.*No workforce"):
        service.sagemaker.describe_workforce(WorkforceName="another")


@pytest.fixture
def open_again(service):
    """Let workers come from anywhere again, whatever the test did."""
    yield
    service.sagemaker.update_workforce(WorkforceName="default", SourceIpConfig={"Cidrs": []})


def test_workers_come_from_the_addresses_of_the_workforce_only(service, worker, open_again):
    def opens_for(*cidrs):
        answer = service.sagemaker.update_workforce(WorkforceName="default", SourceIpConfig={"Cidrs": list(cidrs)})
        assert answer["Workforce"]["SourceIpConfig"]["Cidrs"] == list(cidrs)
        return worker.browser.get("/portal/", headers={"Accept-Language": "en"})

    shut = opens_for("10.0.0.0/8", "2001:db8::/32")
    assert shut.status_code == 403
    assert "127.0.0.1" in shut.text
    assert worker.browser.get("/portal/sign-in").status_code == 403
    assert worker.submits({}, task="0" * 32).json()["error"]["code"] == "AddressNotAllowed"
    assert service.sagemaker.list_workteams()["ResponseMetadata"]["HTTPStatusCode"] == 200, "the API has keys instead"
    assert opens_for("10.0.0.0/8", "127.0.0.0/8").status_code == 200
    assert opens_for().status_code == 200
    many = {"Cidrs": [f"10.0.{number}.0/24" for number in range(11)]}
    assert code_of(service.sagemaker.update_workforce, WorkforceName="default", SourceIpConfig=many) == (
        "ValidationException"
    )


def test_what_this_service_has_none_of(service, job):
    team = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)["HumanLoopConfig"]["WorkteamArn"]
    assert service.sagemaker.list_labeling_jobs_for_workteam(WorkteamArn=team)["LabelingJobSummaryList"] == []
    jobs_of = service.sagemaker.list_labeling_jobs_for_workteam
    assert code_of(jobs_of, WorkteamArn=f"{team}-unknown") == "ResourceNotFound"
    assert service.sagemaker.list_subscribed_workteams()["SubscribedWorkteams"] == []
    assert code_of(service.sagemaker.describe_subscribed_workteam, WorkteamArn=team) == "ValidationException"
    assert code_of(service.sagemaker.list_subscribed_workteams, NextToken="made up") == "ValidationException"


def test_tags(service, unique):
    sagemaker = service.sagemaker
    made = sagemaker.create_human_task_ui(
        HumanTaskUiName=f"ui-{unique}", UiTemplate={"Content": "x"}, Tags=[{"Key": "a", "Value": "1"}]
    )
    arn = made["HumanTaskUiArn"]
    added = sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])["Tags"]
    assert added == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    many = [{"Key": f"key-{number}", "Value": "x"} for number in range(50)]
    assert code_of(sagemaker.add_tags, ResourceArn=arn, Tags=many) == "ValidationException"
    assert len(sagemaker.list_tags(ResourceArn=arn)["Tags"]) == 1, "a refused call leaves nothing behind"
    sagemaker.delete_human_task_ui(HumanTaskUiName=f"ui-{unique}")
    assert code_of(sagemaker.list_tags, ResourceArn=arn) == "ValidationException"
    workforce = f"{ACCOUNT_ARN}:workforce/private-crowd/default"
    with pytest.raises(ClientError, match="Invalid resource type: workforce"):
        sagemaker.add_tags(ResourceArn=workforce, Tags=[])


def test_rendering_a_template(service, job):
    template = (
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
        '<crowd-form><img src="{{ task.input.image | grant_read_access }}">{{ task.input.text }}</crowd-form>'
    )
    rendered = service.sagemaker.render_ui_template(
        UiTemplate={"Content": template},
        Task={"Input": '{"image": "s3://nightloop-review-test/images/cat.jpg", "text": "<b>"}'},
        RoleArn=ROLE,
    )
    assert rendered["Errors"] == []
    assert f'src="{service.url}/elements/index.js"' in rendered["RenderedContent"]
    assert "X-Amz-Signature=" in rendered["RenderedContent"]
    assert "&lt;b&gt;" in rendered["RenderedContent"]
    config = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)["HumanLoopConfig"]
    by_name = service.sagemaker.render_ui_template(
        HumanTaskUiArn=config["HumanTaskUiArn"], Task={"Input": "{}"}, RoleArn=ROLE
    )
    assert "crowd-bounding-box" in by_name["RenderedContent"]


def test_rendering_says_what_will_not_work(service):
    template = (
        '<script src="https://code.jquery.com/jquery.js"></script><crowd-form><crowd-telepathy></crowd-telepathy>'
        "{{ task.input.x | divided_by: 0 }}</crowd-form>"
    )
    task = {"Input": '{"x": 1}'}

    def errors(content):
        answer = service.sagemaker.render_ui_template(UiTemplate={"Content": content}, Task=task, RoleArn=ROLE)
        return {error["Code"]: error["Message"] for error in answer["Errors"]}

    assert list(errors(template)) == ["TemplateRenderingError"]
    found = errors(template.replace("divided_by: 0", "plus: 0"))
    assert set(found) == {"UnsupportedElement", "BlockedScript", "NoElements"}
    assert "crowd-telepathy" in found["UnsupportedElement"]
    unknown = f"{ACCOUNT_ARN}:human-task-ui/none"
    render = service.sagemaker.render_ui_template
    assert code_of(render, HumanTaskUiArn=unknown, Task=task, RoleArn=ROLE) == "ResourceNotFound"
    assert code_of(render, Task=task, RoleArn=ROLE) == "ValidationException"


def test_an_operation_that_is_not_there_says_so(service):
    assert code_of(service.sagemaker.list_models) == "NotImplemented"
