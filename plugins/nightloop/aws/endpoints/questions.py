"""A few images put to the live endpoint, of whichever kind it is."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import EndpointBusyError, EndpointDisagreesError
from nightloop.aws.hooks.invocation import InvocationHook
from nightloop.aws.hooks.queued_invocation import QueuedInvocationHook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nightloop.aws.storage.object_store import ObjectStore

_POLL_SECONDS: Final = 2
_LONGEST_SECONDS: Final = 1800
"""An endpoint without a machine first has to start one."""


class Questions:
    """Asks an endpoint what it sees in some images; a real-time one answers at once, an asynchronous one in S3.

    :param store: Where images and answers lie.
    :param content_type: The images' content type.
    :param arguments: What makes a hook: the connection and its settings.
    """

    def __init__(self, store: ObjectStore, content_type: str, **arguments: Any) -> None:
        self._store, self._content_type, self._arguments = store, content_type, arguments

    def ask(self, endpoint: Mapping[str, Any], images: Sequence[str]) -> list[dict[str, Any]]:
        """Return the endpoint's JSON for each image.

        :param endpoint: DescribeEndpoint's answer.
        :param images: Their S3 URIs.
        An asynchronous endpoint's answers are deleted once they are read.

        :raises EndpointDisagreesError: if an asynchronous endpoint gives no answer for an image.
        :raises EndpointBusyError: if an asynchronous endpoint does not answer in half an hour.
        """
        name = endpoint["EndpointName"]
        if endpoint.get("AsyncInferenceConfig"):
            return self._wait_for(name, images)
        hook = InvocationHook(**self._arguments)
        return [hook.detect(name, self._store.read(image), self._content_type) for image in images]

    def _wait_for(self, name: str, images: Sequence[str]) -> list[dict[str, Any]]:
        hook = QueuedInvocationHook(**self._arguments)
        request = {"ContentType": self._content_type, "Accept": "application/json"}
        places = [hook.ask(name, {**request, "InputLocation": image}) for image in images]
        deadline = time.monotonic() + _LONGEST_SECONDS
        return [self._answer(name, image, *place, deadline) for image, place in zip(images, places, strict=True)]

    def _answer(self, name: str, image: str, output: str, failure: str | None, deadline: float) -> dict[str, Any]:
        while True:
            answer = self._store.read_if_there(output)
            if answer is not None:
                self._store.delete(output)  # nobody else knows whose answer this is
                return dict(json.loads(answer))
            failed = self._store.read_if_there(failure) if failure else None
            if failed is not None:
                raise EndpointDisagreesError(
                    f"Endpoint {name} gives no answer for {image}, and Batch Transform did: "
                    f"{failed.decode(errors='replace')}. To go back, start this loop's rollback_endpoint DAG."
                )
            if time.monotonic() > deadline:
                raise EndpointBusyError(
                    f"Endpoint {name} has not answered for {image} in {_LONGEST_SECONDS} s. Does it scale "
                    "(endpoint.autoscaling), and has AWS machines? The task will try again later."
                )
            time.sleep(_POLL_SECONDS)
