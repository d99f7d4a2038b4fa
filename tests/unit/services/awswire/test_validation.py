import pytest

from services.awswire import ServiceError
from services.awswire.models import load_service
from services.awswire.validation import find_violations, validate


@pytest.fixture(scope="module")
def shapes():
    operations = load_service("sagemaker").operations
    return {name: operations[name].input for name in operations}


def messages(shape, request):
    return [str(violation) for violation in find_violations(shape, request)]


def test_a_good_request_has_no_violation(shapes):
    assert messages(shapes["DescribeModel"], {"ModelName": "voc-1"}) == []


def test_one_violation_reads_as_in_aws(shapes):
    with pytest.raises(ServiceError) as caught:
        validate(shapes["DescribeModel"], {"ModelName": "voc_1"}, "ValidationException")
    assert caught.value.code == "ValidationException"
    assert caught.value.message == (
        "1 validation error detected: Value 'voc_1' at 'modelName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?"
    )


def test_all_violations_come_at_once_with_one_based_list_paths(shapes):
    request = {
        "EndpointConfigName": "x" * 64,
        "ProductionVariants": [{"VariantName": "a"}, {"VariantName": "b", "ModelName": "!"}],
    }
    with pytest.raises(ServiceError) as caught:
        validate(shapes["CreateEndpointConfig"], request, "ValidationException")
    assert caught.value.message.startswith(
        "3 validation errors detected: Value '" + "x" * 64 + "' at 'endpointConfigName'"
    )
    assert "Member must have length less than or equal to 63; Value 'xxx" in caught.value.message
    assert (
        "; Value '!' at 'productionVariants.2.member.modelName' failed to satisfy constraint: " in caught.value.message
    )


def test_length_counts_code_points(shapes):
    shape = shapes["CreateFlowDefinition"].members["HumanLoopConfig"].members["TaskTitle"]
    assert messages(shape, "漢" * 128) == []
    assert "length less than or equal to 128" in messages(shape, "漢" * 129)[0]


def test_maps_are_reported_as_a_whole(shapes):
    shape = shapes["CreateTrainingJob"].members["HyperParameters"]
    words = "Map value must satisfy constraint: [Member must satisfy regular expression pattern: .*]"
    broken = {"a": "1", "b": "x\ny", "c": "\n"}
    assert messages(shape, broken) == [f"Value '{{a=1, b=x\ny, c=\n}}' at '' failed to satisfy constraint: {words}"]
    assert (
        "Map keys must satisfy constraint: [Member must have length less than or equal to 256]"
        in messages(shape, {"k" * 257: "v"})[0]
    )


def test_nulls_in_lists_and_maps_are_violations(shapes):
    tags = shapes["AddTags"].members["Tags"]
    assert messages(tags, [None]) == ["Value null at '.1.member' failed to satisfy constraint: Member must not be null"]
    assert (
        "Map value must satisfy constraint: [Member must not be null]"
        in messages(shapes["CreateTrainingJob"].members["HyperParameters"], {"a": None})[0]
    )


def test_a_union_has_exactly_one_member(shapes):
    shape = next(s for s in shapes["CreateAutoMLJobV2"].walk() if s.name == "AutoMLProblemTypeConfig")
    assert "exactly one" in messages(shape, {})[0]


def test_sensitive_values_are_not_repeated(shapes):
    shape = next(s for s in shapes["CreateWorkforce"].walk() if s.name == "ClientSecret")
    [message] = messages(shape, "hunter2" * 1000)
    assert "hunter2" not in message
    assert message.startswith("Value at ''")


def test_a_million_violations_make_a_short_message(shapes):
    with pytest.raises(ServiceError) as caught:
        validate(shapes["AddTags"], {"ResourceArn": "arn:x", "Tags": [{"Key": "#" * 129, "Value": ""}] * 20_000}, "V")
    assert caught.value.message.startswith("4000")
    assert len(caught.value.message) < 50_000


def test_not_a_number_is_in_no_range(shapes):
    shape = next(s for s in shapes["CreateEndpointConfig"].walk() if s.name == "VariantWeight")
    assert "value greater than or equal to 0" in messages(shape, float("nan"))[0]


def test_patterns_of_names_take_linear_time(shapes):
    names = [s for s in shapes["CreateEndpointConfig"].walk() if s.pattern and s.pattern.startswith("[a-zA-Z0-9](-*")]
    assert names
    for shape in names:
        assert len(messages(shape, "a-" * 100_000 + "!")) == 2
