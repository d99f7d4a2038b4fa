"""What the owner of an application does around each call."""

import pytest
from botocore.exceptions import ClientError

from services.awswire import Dropped, ServiceError


class Hooked:
    """A hook that notes what it is told; it may refuse a call before its handler, or drop it after."""

    def __init__(self) -> None:
        self.seen = []
        self.refusal = self.end = None

    def __call__(self, context, parameters):
        self.seen.append((context.operation, parameters))
        return self

    async def before(self):
        self.seen.append("before")
        if self.refusal:
            raise self.refusal

    async def after(self):
        self.seen.append("after")
        if self.end:
            raise self.end

    def failed(self, code):
        self.seen.append(code)


@pytest.fixture
def hooked(wire):
    hook = Hooked()
    recorder = wire.Recorder("sagemaker-a2i-runtime", ["StopHumanLoop"], hook=hook)
    return hook, recorder, wire.WireClient(recorder.app, "sagemaker-a2i-runtime")


def stop(client, name="a"):
    return client.call("StopHumanLoop", {"HumanLoopName": name})


def test_a_hook_goes_along_with_every_call(hooked):
    hook, _, client = hooked
    stop(client)
    assert hook.seen == [("StopHumanLoop", {"HumanLoopName": "a"}), "before", "after"]


def test_a_hook_hears_of_the_handlers_refusal(hooked):
    hook, recorder, client = hooked
    recorder.answer = ServiceError("ResourceNotFoundException", "no loop of that name")
    with pytest.raises(ClientError, match="no loop of that name"):
        stop(client)
    assert hook.seen[1:] == ["before", "ResourceNotFoundException"]


def test_a_hook_refuses_before_the_handler(hooked):
    hook, recorder, client = hooked
    hook.refusal = ServiceError("ThrottlingException", "Rate exceeded")
    with pytest.raises(ClientError, match="ThrottlingException"):
        stop(client)
    assert recorder.received == []
    assert hook.seen[1:] == ["before", "ThrottlingException"]


def test_a_hook_breaks_the_connection_off_after_the_handler(hooked):
    hook, recorder, client = hooked
    hook.end = Dropped()
    stop(client)
    assert len(recorder.received) == 1
    assert client.replies[-1].body == b""
    assert "content-length" not in client.replies[-1].headers


def test_a_call_that_is_not_valid_has_no_hook(hooked):
    hook, _, client = hooked
    with pytest.raises(ClientError, match="ValidationException"):
        stop(client, "Bad_Name!")
    assert hook.seen == []
