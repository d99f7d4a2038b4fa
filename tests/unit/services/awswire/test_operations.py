import pytest

from services.awswire import ConfigurationError, Operations
from services.awswire.models import load_service


def test_a_service_that_botocore_does_not_have():
    with pytest.raises(ConfigurationError, match="botocore has no service 'sagemakr'"):
        Operations("sagemakr")


def test_a_protocol_that_is_not_spoken_here():
    with pytest.raises(ConfigurationError, match="s3 speaks rest-xml; awswire speaks json and rest-json"):
        Operations("s3")


def test_an_operation_that_the_model_does_not_have():
    with pytest.raises(ConfigurationError, match="model of sagemaker has no operation CreateModle"):
        Operations("sagemaker").implements("CreateModle")


def test_an_operation_twice():
    operations = Operations("sagemaker")
    operations.implements("ListModels")(lambda _context, _request: {})
    with pytest.raises(ConfigurationError, match="ListModels is implemented twice"):
        operations.implements("ListModels")(lambda _context, _request: {})


def test_event_streams_are_refused_at_import():
    with pytest.raises(ConfigurationError, match="event stream"):
        Operations("sagemaker-runtime").implements("InvokeEndpointWithResponseStream")


def test_the_decorator_gives_the_function_back():
    def handler(context, request):
        return {}

    assert Operations("sagemaker").implements("ListModels")(handler) is handler


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("sagemaker", "ValidationException"),
        ("sagemaker-a2i-runtime", "ValidationException"),
        ("sagemaker-runtime", "ValidationError"),
    ],
)
def test_each_service_has_its_own_code_for_bad_requests(service, code):
    assert load_service(service).validation_code == code
