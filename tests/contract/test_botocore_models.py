"""Every constraint of botocore's models is kept by the service, and every answer has the shape of its model.

The models are walked: for each operation a request that breaks nothing is made, and from it one for each thing that can
be broken. botocore itself knows required members and some ranges only, and would not send the others either way.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from services.review.api import app
from services.review.api.human_loops import operations as runtime

ACCOUNT = "123456789012"
ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:"
MODELS = [
    ServiceModel(Loader().load_service_model(name, "service-2"), name)
    for name in ("sagemaker-a2i-runtime", "sagemaker")
]
CONTROL_PLANE = """
    CreateHumanTaskUi DescribeHumanTaskUi ListHumanTaskUis DeleteHumanTaskUi RenderUiTemplate
    CreateFlowDefinition DescribeFlowDefinition ListFlowDefinitions DeleteFlowDefinition
    CreateWorkteam DescribeWorkteam ListWorkteams UpdateWorkteam DeleteWorkteam
    CreateWorkforce DescribeWorkforce ListWorkforces UpdateWorkforce DeleteWorkforce
    ListSubscribedWorkteams DescribeSubscribedWorkteam ListLabelingJobsForWorkteam AddTags ListTags DeleteTags
""".split()  # noqa: SIM905 - read as a table
SHAPES = {name: MODELS[0].operation_model(name).input_shape for name in MODELS[0].operation_names} | {
    name: MODELS[1].operation_model(name).input_shape for name in CONTROL_PLANE
}
# What a pattern accepts, by the name of the shape; a name that is not here takes "a".
SAMPLES = {
    "FlowDefinitionArn": f"{ARN}flow-definition/a",
    "HumanTaskUiArn": f"{ARN}human-task-ui/a",
    "WorkteamArn": f"{ARN}workteam/private-crowd/a",
    "ResourceArn": f"{ARN}workteam/private-crowd/a",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/a",
    "NotificationTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:a",
    "S3Uri": "s3://bucket/prefix",
    "OidcEndpoint": "https://example.com/",
    "CognitoUserPool": "us-east-1_a",
    "Cidr": "10.0.0.0/16",
    "WorkforceVpcId": "vpc-1",
    "WorkforceSecurityGroupId": "sg-1",
    "WorkforceSubnetId": "subnet-1",
    "TaskInput": "{}",
}
# What no pattern of these services accepts; but these two accept a line's end, and one of them everything.
NO_MATCH = "\n"
OTHER_NO_MATCH = {"FlowDefinitionTaskTitle": "\x01"}
ANYTHING = "[\\S\\s]+"


@dataclass(frozen=True)
class Violation:
    """One broken constraint: where, which (as the message says it), and the request that breaks it."""

    operation: str
    path: str
    kind: str
    says: str
    request: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.operation}-{self.path}-{self.kind}"


def sample(shape) -> Any:
    """A value of a shape with every member there is."""
    if shape.type_name == "structure":
        return {name: sample(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member)] * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "map":
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else SAMPLES.get(shape.name, "a" * max(1, shape.metadata.get("min", 1)))
    values = {"integer": shape.metadata.get("min", 1), "timestamp": datetime(2026, 1, 1, tzinfo=UTC), "boolean": True}
    return values[shape.type_name]


def lower(name):
    return name[:1].lower() + name[1:]


def places(shape, keys=(), path=""):
    """Yield (keys to get there, path as messages write it, shape) of everything inside a shape."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            inside = (*keys, name), f"{path}.{lower(name)}" if path else lower(name)
            yield *inside, member
            yield from places(member, *inside)
    elif shape.type_name == "list":
        inside = (*keys, 0), f"{path}.1.member"
        yield *inside, shape.member
        yield from places(shape.member, *inside)


def changed(request, keys, value):
    """A copy of a request with another value at a place; None takes the member away."""
    request = copy.deepcopy(request)
    holder = request
    for key in keys[:-1]:
        holder = holder[key]
    if value is None:
        del holder[keys[-1]]
    else:
        holder[keys[-1]] = value
    return request


def broken(shape):
    """Yield (kind, what the message says, value) for each constraint of the shape itself."""
    limits, value, kind = shape.metadata, sample(shape), shape.type_name
    if kind == "integer":
        if "min" in limits:
            yield "min", f"value greater than or equal to {limits['min']}", limits["min"] - 1
        if "max" in limits:
            yield "max", f"value less than or equal to {limits['max']}", limits["max"] + 1
    if kind in {"string", "list"} and limits.get("min", 0) > 0:
        yield "min", f"length greater than or equal to {limits['min']}", value[:0]
    if kind in {"string", "list"} and "max" in limits:
        longer = value + (value[-1:] or "a") * (limits["max"] + 1 - len(value))
        yield "max", f"length less than or equal to {limits['max']}", longer
    if kind == "map" and "max" in limits:
        many = {f"a{number}": "a" for number in range(limits["max"] + 1)}
        yield "max", f"length less than or equal to {limits['max']}", many
        yield "key", "Map keys must satisfy", {"a" * (shape.key.metadata["max"] + 1): "a"}
        yield "value", "Map value must satisfy", {"a": "a" * (shape.value.metadata["max"] + 1)}
    if limits.get("pattern", ANYTHING) != ANYTHING:
        yield "pattern", "regular expression pattern: ", OTHER_NO_MATCH.get(shape.name, NO_MATCH) + value
    if getattr(shape, "enum", None):
        yield "enum", f"enum value set: [{', '.join(shape.enum)}]", "NotInTheModel"


def violations():
    for operation, shape in SHAPES.items():
        whole = sample(shape)
        for keys, path, member in places(shape):
            holder = shape
            for key in keys[:-1]:
                holder = holder.member if key == 0 else holder.members[key]
            in_path = member.serialization.get("location") == "uri"
            # An address without its name is the address of something else.
            if keys[-1] in getattr(holder, "required_members", ()) and not in_path:
                yield Violation(operation, path, "required", "Member must not be null", changed(whole, keys, None))
            for kind, says, value in broken(member):
                if not (in_path and value == ""):
                    yield Violation(operation, path, kind, says, changed(whole, keys, value))


@pytest.mark.parametrize("violation", list(violations()), ids=str)
def test_a_broken_constraint_is_a_validation_error(refusing_api, violation):
    reply = refusing_api.call(violation.operation, violation.request)
    assert (reply.status, reply.error["Code"]) == (400, "ValidationException")
    message = reply.error["Message"]
    assert "validation error" in message
    assert f"at '{violation.path}' failed to satisfy constraint: " in message
    assert violation.says in message


def test_the_walk_meets_every_kind_of_constraint():
    kinds = [violation.kind for violation in violations()]
    assert {kind: kinds.count(kind) > 0 for kind in set(kinds)} == dict.fromkeys(
        ("required", "min", "max", "pattern", "enum", "key", "value"), True
    )
    assert len(kinds) > 400


def test_a_request_that_breaks_nothing_is_not_refused_for_a_constraint(refusing_api):
    for operation, shape in SHAPES.items():
        reply = refusing_api.call(operation, sample(shape))
        assert "failed to satisfy constraint" not in reply.error.get("Message", ""), operation


def test_every_operation_is_there():
    assert set(runtime.handlers) == set(MODELS[0].operation_names)
    assert set(app.control_plane.handlers) == set(CONTROL_PLANE)


def test_there_is_no_operation_to_change_a_flow_definition():
    assert "UpdateFlowDefinition" not in MODELS[1].operation_names
