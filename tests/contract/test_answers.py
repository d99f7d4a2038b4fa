"""One valid request of each operation, as small and as full as its model allows, and the shape of the answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

ACCOUNT_ARN = "arn:aws:sagemaker:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/nightloop"
MODELS = {
    name: ServiceModel(Loader().load_service_model(name, "service-2"), name)
    for name in ("sagemaker", "sagemaker-a2i-runtime")
}
OPERATIONS = {operation: model for model in MODELS.values() for operation in model.operation_names}
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WINDOW = {"CreationTimeAfter": SINCE, "CreationTimeBefore": UNTIL, "SortOrder": "Ascending", "MaxResults": 1}
TAGS = [{"Key": "team", "Value": "night"}]
GROUPS = [{"OidcMemberDefinition": {"Groups": ["reviewers", "night-shift"]}}]
ACCESS = {"S3Presign": {"IamPolicyConstraints": {"SourceIp": "Disabled", "VpcSourceIp": "Disabled"}}}
TOPIC = {"NotificationTopicArn": "arn:aws:sns:us-east-1:123456789012:topic"}
# Members of the models that this service refuses with the reason: test_what_cannot_be_here_is_refused_with_the_reason.
REFUSED = {
    "CreateFlowDefinition": (
        "HumanLoopRequestSource",
        "HumanLoopActivationConfig",
        "HumanLoopConfig.PublicWorkforceTaskPrice",
    ),
    "CreateWorkteam": ("MemberDefinitions.CognitoMemberDefinition",),
    "UpdateWorkteam": ("MemberDefinitions.CognitoMemberDefinition",),
    "CreateWorkforce": ("CognitoConfig", "OidcConfig", "WorkforceVpcConfig", "Tags"),
    "UpdateWorkforce": ("OidcConfig", "WorkforceVpcConfig"),
}
# Given one instead of the other, or given only where there is a next page.
OTHERWISE = {"RenderUiTemplate": ("HumanTaskUiArn",), "ListTags": ("NextToken",), "ListWorkforces": ("NextToken",)}
OTHERWISE |= {"ListSubscribedWorkteams": ("NextToken",), "ListLabelingJobsForWorkteam": ("NextToken",)}


def full_flow(api):
    request = api.flow_request()
    times = {"TaskAvailabilityLifetimeInSeconds": 864_000, "TaskTimeLimitInSeconds": 30, "TaskCount": 3}
    request["HumanLoopConfig"] |= times | {"TaskKeywords": ["cats", "night shift"]}
    request["OutputConfig"] |= {"KmsKeyId": "alias/reviews"}
    return request | {"Tags": TAGS}


def without_workforce(api):
    api.make("DeleteWorkforce", WorkforceName="default")
    return {"WorkforceName": "night"}


def page_token(api, operation, make, **request):
    """The token of a second page."""
    for _ in range(2):
        make()
    return api.make(operation, **request)["NextToken"]


def second_page(api, operation, make, **request):
    return request | {"NextToken": page_token(api, operation, make, **request)}


def loops_page(api):
    arn = api.flow()[1]
    return second_page(api, "ListHumanLoops", lambda: api.loop(arn), FlowDefinitionArn=arn, **WINDOW)


def start(api):
    return {"HumanLoopName": api.name(), "FlowDefinitionArn": api.flow()[1], "HumanLoopInput": {"InputContent": "{}"}}


def workteam(api):
    return {"WorkteamName": api.name(), "Description": "d", "MemberDefinitions": GROUPS}


def ui(api):
    return {"HumanTaskUiName": api.name(), "UiTemplate": {"Content": "<p></p>"}}


RENDER = {"UiTemplate": {"Content": "<p></p>"}, "Task": {"Input": "{}"}, "RoleArn": ROLE}
DESCRIBED = {"NotificationConfiguration": TOPIC, "WorkerAccessConfiguration": ACCESS}
CIDRS = {"SourceIpConfig": {"Cidrs": ["10.0.0.0/8", "2001:db8::/32"]}, "IpAddressType": "dualstack"}
# operation -> (the smallest request, the fullest)
REQUESTS = {
    "StartHumanLoop": (
        start,
        lambda api: start(api) | {"DataAttributes": {"ContentClassifiers": ["FreeOfAdultContent"]}},
    ),
    "DescribeHumanLoop": (lambda api: {"HumanLoopName": api.loop()},),
    "StopHumanLoop": (lambda api: {"HumanLoopName": api.loop()},),
    "DeleteHumanLoop": (lambda api: {"HumanLoopName": api.stopped_loop()},),
    "ListHumanLoops": (lambda api: {"FlowDefinitionArn": api.flow()[1]}, loops_page),
    "CreateHumanTaskUi": (ui, lambda api: ui(api) | {"Tags": TAGS}),
    "DescribeHumanTaskUi": (lambda api: {"HumanTaskUiName": api.task_ui()[0]},),
    "ListHumanTaskUis": (lambda api: {}, lambda api: second_page(api, "ListHumanTaskUis", api.task_ui, **WINDOW)),
    "DeleteHumanTaskUi": (lambda api: {"HumanTaskUiName": api.task_ui()[0]},),
    "RenderUiTemplate": (lambda api: RENDER,),
    "CreateFlowDefinition": (lambda api: api.flow_request(), full_flow),
    "DescribeFlowDefinition": (lambda api: {"FlowDefinitionName": api.flow()[0]},),
    "ListFlowDefinitions": (lambda api: {}, lambda api: second_page(api, "ListFlowDefinitions", api.flow, **WINDOW)),
    "DeleteFlowDefinition": (lambda api: {"FlowDefinitionName": api.flow()[0]},),
    "CreateWorkteam": (workteam, lambda api: workteam(api) | DESCRIBED | {"Tags": TAGS, "WorkforceName": "default"}),
    "DescribeWorkteam": (lambda api: {"WorkteamName": api.team()[0]},),
    "ListWorkteams": (
        lambda api: {},
        lambda api: second_page(
            api, "ListWorkteams", api.team, SortBy="Name", SortOrder="Descending", NameContains="thing", MaxResults=1
        ),
    ),
    "UpdateWorkteam": (
        lambda api: {"WorkteamName": api.team()[0]},
        lambda api: workteam(api) | DESCRIBED | {"WorkteamName": api.team()[0]},
    ),
    "DeleteWorkteam": (lambda api: {"WorkteamName": api.team()[0]},),
    "CreateWorkforce": (without_workforce, lambda api: without_workforce(api) | CIDRS),
    "DescribeWorkforce": (lambda api: {"WorkforceName": "default"},),
    "ListWorkforces": (
        lambda api: {},
        lambda api: {"SortBy": "Name", "SortOrder": "Ascending", "NameContains": "def", "MaxResults": 1},
    ),
    "UpdateWorkforce": (
        lambda api: {"WorkforceName": "default"},
        lambda api: {"WorkforceName": "default"} | CIDRS,
    ),
    "DeleteWorkforce": (lambda api: {"WorkforceName": "default"},),
    "ListSubscribedWorkteams": (lambda api: {}, lambda api: {"NameContains": "a", "MaxResults": 1}),
    "ListLabelingJobsForWorkteam": (
        lambda api: {"WorkteamArn": api.team()[1]},
        lambda api: {"WorkteamArn": api.team()[1], "JobReferenceCodeContains": "a", "SortBy": "CreationTime"} | WINDOW,
    ),
    "AddTags": (lambda api: {"ResourceArn": api.team()[1], "Tags": TAGS},),
    "ListTags": (
        lambda api: {"ResourceArn": api.team()[1]},
        lambda api: {"ResourceArn": api.team()[1], "MaxResults": 50},
    ),
    "DeleteTags": (lambda api: {"ResourceArn": api.team()[1], "TagKeys": ["team"]},),
}
# There is no vendor's team to describe: its only answer is an error.
CASES = [
    pytest.param(operation, make, id=f"{operation}-{size}")
    for operation, makers in REQUESTS.items()
    for size, make in zip(("smallest", "fullest"), (makers[0], makers[-1]), strict=True)
]


def check(shape, wire, path=""):
    """Fail for a member the model does not know, or one it requires and is not there."""
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        assert set(wire) <= set(names), f"{path}: the model knows no {set(wire) - set(names)}"
        missing = set(shape.required_members) - {names[name] for name in wire}
        assert not missing, f"{path}: {missing} missing"
        for name, value in wire.items():
            assert value is not None, f"{path}.{name} is null"
            check(shape.members[names[name]], value, f"{path}.{name}")
    elif shape.type_name == "list":
        for element in wire:
            check(shape.member, element, f"{path}[]")


@pytest.mark.parametrize(("operation", "make"), CASES)
def test_an_answer_has_the_shape_of_its_model(api, operation, make):
    reply = api.call(operation, make(api))
    assert reply.status == 200, reply.parsed
    shape = OPERATIONS[operation].operation_model(operation).output_shape
    wire = json.loads(reply.body) if reply.body else {}
    if shape is None:
        assert wire == {}
        return
    check(shape, wire, operation)
    known = {name: value for name, value in reply.parsed.items() if name != "ResponseMetadata"}
    assert set(known) == set(wire), "botocore's parser reads all there is"
    assert reply.parsed["ResponseMetadata"]["RequestId"]


def test_every_operation_has_a_request():
    runtime = set(MODELS["sagemaker-a2i-runtime"].operation_names)
    assert set(REQUESTS) >= runtime
    assert len(set(REQUESTS) - runtime) == 24


def paths(shape, path=""):
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from paths(member, inner)
    elif shape.type_name == "list":
        yield from paths(shape.member, path)


def used(value, path=""):
    if isinstance(value, dict):
        for name, member in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from used(member, inner)
    elif isinstance(value, list):
        for element in value:
            yield from used(element, path)


@pytest.mark.parametrize("operation", REQUESTS)
def test_the_fullest_request_has_every_member_of_the_model(api, operation):
    shape = OPERATIONS[operation].operation_model(operation).input_shape
    aside = REFUSED.get(operation, ()) + OTHERWISE.get(operation, ())
    expected = {path for path in paths(shape) if not any(path == out or path.startswith(f"{out}.") for out in aside)}
    assert set(used(REQUESTS[operation][-1](api))) == expected
    smallest = {"WorkforceName"} if operation == "CreateWorkforce" else set(REQUESTS[operation][0](api))
    extra = smallest - set(shape.required_members)
    assert extra <= {"UiTemplate", "HumanLoopConfig"}, "one of two is needed, or needed for a custom task"


def holds(described, sent):
    """Whether a description repeats all that was sent."""
    if isinstance(sent, dict):
        return isinstance(described, dict) and all(holds(described.get(name), value) for name, value in sent.items())
    return described == sent


def test_a_description_repeats_all_that_was_sent(api):
    flow = full_flow(api)
    api.make("CreateFlowDefinition", **flow)
    flow.pop("Tags")
    assert holds(api.make("DescribeFlowDefinition", FlowDefinitionName=flow["FlowDefinitionName"]), flow)
    team = workteam(api) | DESCRIBED
    api.make("CreateWorkteam", **team)
    assert holds(api.make("DescribeWorkteam", WorkteamName=team["WorkteamName"])["Workteam"], team)
    api.make("UpdateWorkforce", WorkforceName="default", **CIDRS)
    assert holds(api.make("DescribeWorkforce", WorkforceName="default")["Workforce"], CIDRS)


def test_what_cannot_be_here_is_refused_with_the_reason(api):
    oidc = dict.fromkeys(("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "JwksUri"), "https://example.com/")
    oidc |= {"UserInfoEndpoint": "https://example.com/", "LogoutEndpoint": "https://example.com/"}
    oidc |= {"ClientId": "a", "ClientSecret": "very secret"}
    flow, cognito = api.flow_request(), {"UserPool": "us-east-1_a", "UserGroup": "a", "ClientId": "a"}
    config = flow["HumanLoopConfig"] | {"PublicWorkforceTaskPrice": {"AmountInUsd": {"Cents": 1}}}
    textract = {"AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"}
    conditions = {"HumanLoopActivationConditionsConfig": {"HumanLoopActivationConditions": "{}"}}
    enabled = {"S3Presign": {"IamPolicyConstraints": {"SourceIp": "Enabled"}}}
    refusals = [
        ("CreateFlowDefinition", flow | {"HumanLoopRequestSource": textract}, "Amazon Textract"),
        ("CreateFlowDefinition", flow | {"HumanLoopActivationConfig": conditions}, "decide yourself"),
        ("CreateFlowDefinition", flow | {"HumanLoopConfig": config}, "PublicWorkforceTaskPrice"),
        ("CreateWorkteam", workteam(api) | {"MemberDefinitions": [{"CognitoMemberDefinition": cognito}]}, "groups"),
        ("CreateWorkteam", workteam(api) | {"WorkerAccessConfiguration": enabled}, "SourceIpConfig"),
        ("CreateWorkteam", workteam(api) | {"WorkforceName": "another"}, "No workforce found"),
        ("UpdateWorkforce", {"WorkforceName": "default", "OidcConfig": oidc}, "NIGHTLOOP_REVIEW_OIDC_ISSUER"),
        ("UpdateWorkforce", {"WorkforceName": "default", "WorkforceVpcConfig": {}}, "the network of this service"),
        ("CreateWorkforce", {"WorkforceName": "second"}, "Cannot create more than one workforce for account"),
        ("DescribeSubscribedWorkteam", {"WorkteamArn": f"{ACCOUNT_ARN}:workteam/vendor-crowd/a"}, "does not exist"),
    ]
    for operation, request, reason in refusals:
        reply = api.call(operation, request)
        assert (reply.status, reply.error["Code"]) == (400, "ValidationException"), operation
        assert reason in reply.error["Message"]
        assert "very secret" not in reply.body.decode()
