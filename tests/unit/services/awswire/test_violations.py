"""Every constraint that the model states is broken once, on purpose, through a real client."""

import copy

import pytest

from services.awswire.patterns import compile_pattern

_SAGEMAKER = (
    "CreateHumanTaskUi CreateFlowDefinition CreateWorkteam CreateModel CreateEndpointConfig CreateEndpoint"
    " UpdateEndpoint CreateTrainingJob CreateTransformJob CreateModelPackage AddTags ListTags ListEndpoints"
)
_OPERATIONS = [
    ("sagemaker-a2i-runtime", "StartHumanLoop DescribeHumanLoop ListHumanLoops StopHumanLoop"),
    ("sagemaker-runtime", "InvokeEndpoint InvokeEndpointAsync"),
    ("sagemaker", _SAGEMAKER),
]
_BAD_STRINGS = ("!", "\x00", "Ä ", "a b#", "..", "\x85", "-")


def places(shape, value, path=""):
    """Every place in a value: the shape there, the lower-camel path, and a function that puts another value there."""
    if shape.type_name == "structure":
        inner = [(shape.members[name], name, _lower(name)) for name in value]
    elif shape.type_name == "list":
        inner = [(shape.member, index, f"{index + 1}.member") for index in range(len(value))]
    else:
        return
    for child, key, step in inner:
        where = f"{path}.{step}" if path else step
        yield child, where, lambda new, key=key: value.__setitem__(key, new)
        yield from places(child, value[key], where)


def _lower(name):
    return name[0].lower() + name[1:]


def wrong_values(shape):
    """Values that break one constraint each, with the words AWS has for it."""
    constraints = shape.metadata
    sized = {
        "string": lambda size: "a" * size,
        "blob": bytes,
        "integer": int,
        "long": int,
        "double": float,
        "float": float,
    }
    make = sized.get(shape.type_name)
    noun = "length" if shape.type_name in ("string", "blob") else "value"
    sent_in_path = shape.serialization.get("location") == "uri"
    if make and constraints.get("max", 10**7) < 10**6 and not constraints.get("enum"):
        yield make(constraints["max"] + 1), f"Member must have {noun} less than or equal to {constraints['max']}"
    if make and constraints.get("min", 0) > 0 and not sent_in_path:
        yield make(constraints["min"] - 1), f"Member must have {noun} greater than or equal to {constraints['min']}"
    if pattern := constraints.get("pattern"):
        in_header = shape.serialization.get("location") == "header"
        bad = [s for s in _BAD_STRINGS if not compile_pattern(pattern).fullmatch(s) and not (in_header and s == "\x00")]
        for text in bad[:1]:
            yield text, f"Member must satisfy regular expression pattern: {pattern}"
    if enum := constraints.get("enum"):
        yield "NoSuchThing", f"Member must satisfy enum value set: [{', '.join(enum)}]"


def required_places(shape, value, path=""):
    """Every required member that a value has, with its path and a function that takes it out."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name in value and shape.members[name].serialization.get("location") != "uri":
                yield f"{path}.{_lower(name)}" if path else _lower(name), lambda name=name: value.pop(name)
        for name, inner in value.items():
            yield from required_places(shape.members[name], inner, f"{path}.{_lower(name)}" if path else _lower(name))
    elif shape.type_name == "list":
        for index, inner in enumerate(value, 1):
            yield from required_places(shape.member, inner, f"{path}.{index}.member")


def refused(client, operation, request):
    """Call and return code and message of the refusal."""
    with pytest.raises(client.client.exceptions.ClientError) as caught:
        client.call(operation.name, request)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def is_empty_payload(input_shape, path):
    """A required payload left out is an empty body, which is allowed."""
    payload = input_shape.serialization.get("payload")
    return payload is not None and path == _lower(payload)


@pytest.mark.parametrize(("service", "names"), _OPERATIONS, ids=[service for service, _ in _OPERATIONS])
def test_each_constraint_is_refused_in_the_words_of_aws(recorders, clients, wire, service, names):
    client, tried = clients[service], 0
    for seed, name in enumerate(names.split()):
        operation = client.client.meta.service_model.operation_model(name)
        request = wire.Samples(seed, 1.0).value(operation.input_shape)
        count = len(list(places(operation.input_shape, request)))
        for index in range(count):
            shape = list(places(operation.input_shape, request))[index][0]
            for value, words in wrong_values(shape):
                broken = copy.deepcopy(request)
                _, path, put = list(places(operation.input_shape, broken))[index]
                put(value)
                code, message = refused(client, operation, broken)
                assert code == ("ValidationError" if service == "sagemaker-runtime" else "ValidationException")
                assert f"at '{path}' failed to satisfy constraint: {words}" in message, (name, value)
                tried += 1
    assert tried >= 12


@pytest.mark.parametrize(("service", "names"), _OPERATIONS, ids=[service for service, _ in _OPERATIONS])
def test_each_missing_member_is_refused(recorders, clients, wire, service, names):
    client = clients[service]
    for seed, name in enumerate(names.split()):
        operation = client.client.meta.service_model.operation_model(name)
        request = wire.Samples(seed, 1.0).value(operation.input_shape)
        for index, (path, _) in enumerate(list(required_places(operation.input_shape, request))):
            if is_empty_payload(operation.input_shape, path):
                continue
            broken = copy.deepcopy(request)
            list(required_places(operation.input_shape, broken))[index][1]()
            message = refused(client, operation, broken)[1]
            assert f"Value null at '{path}' failed to satisfy constraint: Member must not be null" in message, name
