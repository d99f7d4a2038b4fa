import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from services.awswire import Context, ServiceError
from services.sagemaker.api.operations import runtime, service_of
from services.sagemaker.errors import NoInstanceError, UnknownVariantError
from services.sagemaker.fleets.fleet import Lease
from services.sagemaker.fleets.instance import LOG_GROUP
from services.sagemaker.lifecycle.service import Service

if TYPE_CHECKING:
    from services.sagemaker.fleets.routing import Router

Document = dict[str, Any]

MAX_BODY_BYTES = 6_291_456
CONNECT_ATTEMPTS = 3
FORWARDED = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
    "SessionId": "X-Amzn-SageMaker-Session-Id",
}
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for "
    "each container in Amazon CloudWatch, resolve the issue, and try again."
)
NO_ANSWER = "The container closed the connection without an answer."


@dataclass(frozen=True)
class ContainerAnswer:
    """A container's answer; status 0 if it did not answer in time."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    seconds: float


@runtime.implements("InvokeEndpoint")
async def invoke_endpoint(context: Context, request: Document) -> Document:
    """Send a request to one instance of the endpoint and return its answer."""
    began = time.perf_counter()
    service = service_of(context)
    _check(context, request)
    lease, answer = await _ask(context, request, service)
    service.resources.metrics.invocation(
        lease.fleet.endpoint,
        lease.variant.name,
        lease.fleet.deployment.config_name,
        instances=lease.instances,
        status=answer.status or 500,
        model_us=answer.seconds * 1e6,
        overhead_us=(time.perf_counter() - began - answer.seconds) * 1e6,
    )
    if not 200 <= answer.status < 300:
        raise _model_error(context, lease, answer)
    return {
        "Body": answer.body,
        "ContentType": answer.headers.get("Content-Type"),
        "InvokedProductionVariant": lease.variant.name,
        "CustomAttributes": answer.headers.get(CUSTOM_ATTRIBUTES),
    }


def _check(context: Context, request: Document) -> None:
    if len(request.get("Body") or b"") > MAX_BODY_BYTES:
        raise ServiceError("ValidationError", f"Request {context.request_id} has oversize body.")
    for member in ("TargetModel", "TargetContainerHostname", "InferenceComponentName"):
        if member in request:
            raise ServiceError("ValidationError", f"{member} is not supported by endpoint {request['EndpointName']}.")


async def _ask(context: Context, request: Document, service: Service) -> tuple[Lease, ContainerAnswer]:
    """Send the request to an instance; one without a connection has not received it, so another is tried."""
    for _ in range(CONNECT_ATTEMPTS):
        lease = _lease(context, request, service)
        try:
            return lease, await _send(service, lease, request)
        except httpx.ConnectError:
            continue
        finally:
            lease.release()
    raise _unavailable(request["EndpointName"])


def _unavailable(endpoint: str) -> ServiceError:
    return ServiceError(
        "ServiceUnavailable", f"Endpoint {endpoint} has no instance that can take the request now. Try again."
    )


def _lease(context: Context, request: Document, service: Service) -> Lease:
    name, target = request["EndpointName"], request.get("TargetVariant")
    router: Router | None = service.endpoints.router(name.lower())
    if router is None:
        raise ServiceError("ValidationError", f"Endpoint {name} of account {context.account} not found.")
    if router.is_asynchronous:
        raise ServiceError(
            "ValidationError", f"Endpoint {name} is an asynchronous endpoint. Invoke it with InvokeEndpointAsync."
        )
    try:
        return router.acquire(target)
    except UnknownVariantError as error:
        raise ServiceError("ValidationError", f"Variant {target} of endpoint {name} not found.") from error
    except NoInstanceError as error:
        raise _unavailable(name) from error


async def _send(service: Service, lease: Lease, request: Document) -> ContainerAnswer:
    headers = {header: request[member] for member, header in FORWARDED.items() if member in request}
    url = f"{lease.instance.base_url}/invocations"
    began = time.perf_counter()
    try:
        async with asyncio.timeout(service.settings.invocation_timeout_seconds):
            answer = await _post(service.http, url, request.get("Body") or b"", headers)
    except TimeoutError:
        return ContainerAnswer(0, TIMED_OUT.encode(), {}, time.perf_counter() - began)
    except httpx.ConnectError:
        raise
    except httpx.HTTPError:
        return ContainerAnswer(0, NO_ANSWER.encode(), {}, time.perf_counter() - began)
    return ContainerAnswer(answer.status_code, answer.content, answer.headers, time.perf_counter() - began)


async def _post(client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    try:
        return await client.post(url, content=body, headers=headers)
    except httpx.RemoteProtocolError:
        # The container closed a pooled connection as we took it. No answer has started, so a new connection is tried,
        # but only to this instance: if this request ended the container, no other instance must get it.
        try:
            return await client.post(url, content=body, headers=headers)
        except httpx.ConnectError as error:
            raise httpx.ReadError(str(error)) from error


def _model_error(context: Context, lease: Lease, answer: ContainerAnswer) -> ServiceError:
    text = answer.body.decode("utf-8", errors="replace")
    kind = "client" if 400 <= answer.status < 500 else "server"
    region, group = context.region, f"{LOG_GROUP}/{lease.fleet.endpoint}"
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}"
    stream = f"{lease.variant.name}/{lease.instance.identity}"
    return ServiceError(
        "ModelError",
        f'Received {kind} error ({answer.status}) from primary with message "{text}". See {console} in account '
        f"{context.account} for more information.",
        OriginalStatusCode=answer.status,
        OriginalMessage=text,
        LogStreamArn=f"arn:{context.partition}:logs:{region}:{context.account}:log-group:{group}:log-stream:{stream}",
    )
