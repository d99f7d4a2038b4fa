"""One `sagemaker` address for models and reviews: the review service is a real one, and does not run in one test."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.integration.aws.stack import KEY, REGION, SECRET, Stack

TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-input name="what" value="{{ task.input.taskObject }}"></crowd-input></crowd-form>"""
ROLE = "arn:aws:iam::123456789012:role/nightloop"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("one-address"))
    for name in ("aws", "sagemaker", "review"):
        stack.start(name)
    yield stack
    for name in list(stack.processes):
        stack.stop(name)


def client_of(stack, service="sagemaker", secret=SECRET):
    return boto3.client(
        service,
        endpoint_url=stack.url("sagemaker"),
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_a_client_of_one_address_makes_models_and_reviews(stack):
    client, reviews = client_of(stack), client_of(stack, "sagemaker-a2i-runtime")
    assert client.list_models()["Models"] == []
    page = client.render_ui_template(
        UiTemplate={"Content": TEMPLATE}, Task={"Input": '{"taskObject": "naïve 漢"}'}, RoleArn=ROLE
    )
    assert "naïve 漢" in page["RenderedContent"]
    team = client.create_workteam(
        WorkteamName="pool",
        Description="all",
        MemberDefinitions=[{"OidcMemberDefinition": {"Groups": ["pool"]}}],
    )["WorkteamArn"]
    ui = client.create_human_task_ui(HumanTaskUiName="one", UiTemplate={"Content": TEMPLATE})["HumanTaskUiArn"]
    flow = client.create_flow_definition(
        FlowDefinitionName="one",
        HumanLoopConfig={
            "WorkteamArn": team,
            "HumanTaskUiArn": ui,
            "TaskTitle": "one",
            "TaskDescription": "one",
            "TaskCount": 1,
        },
        OutputConfig={"S3OutputPath": "s3://bucket-one/a2i"},
        RoleArn=ROLE,
        Tags=[{"Key": "loop", "Value": "voc"}],
    )["FlowDefinitionArn"]
    assert client.list_tags(ResourceArn=flow)["Tags"] == [{"Key": "loop", "Value": "voc"}]
    reviews.start_human_loop(
        HumanLoopName="one", FlowDefinitionArn=flow, HumanLoopInput={"InputContent": '{"taskObject": "x"}'}
    )
    (listed,) = reviews.list_human_loops(FlowDefinitionArn=flow)["HumanLoopSummaries"]
    assert listed["HumanLoopName"] == "one"
    assert stack.client("sagemaker-a2i-runtime", "review").describe_human_loop(HumanLoopName="one")


def test_errors_come_back_as_they_were_given(stack):
    with pytest.raises(ClientError) as caught:
        client_of(stack).describe_flow_definition(FlowDefinitionName="nobody")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFound"
    with pytest.raises(ClientError) as caught:
        client_of(stack).list_tags(ResourceArn=f"arn:aws:sagemaker:{REGION}:123456789012:model/nobody")
    assert "nobody" in caught.value.response["Error"]["Message"], "a model's tags are this service's own"
    with pytest.raises(ClientError) as caught:
        client_of(stack, secret="another").list_workteams()
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_a_review_service_that_is_away_is_named(stack):
    stack.stop("review")
    try:
        with pytest.raises(ClientError) as caught:
            client_of(stack).list_workteams()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert stack.url("review") in caught.value.response["Error"]["Message"]
        assert client_of(stack).list_models()["Models"] == []
    finally:
        stack.start("review")
