from typing import Any

from services.awswire import Context, ServiceError
from services.sagemaker.api.operations import now_of, runtime, service_of
from services.sagemaker.queues.request import make_row

Document = dict[str, Any]

MAX_BODY_BYTES = 128_000


@runtime.implements("InvokeEndpointAsync")
def invoke_endpoint_async(context: Context, request: Document) -> Document:
    """Queue a request; answer where its output or failure will be."""
    name, body = request["EndpointName"], request.get("Body") or None
    router = service_of(context).endpoints.router(name.lower())
    if router is None or not router.fleets:
        raise ServiceError("ValidationError", f"Endpoint {name} of account {context.account} not found.")
    queue = router.fleets[0].deployment.asynchronous
    if queue is None:
        raise ServiceError(
            "ValidationError", f"Endpoint {name} is not an asynchronous endpoint. Invoke it with InvokeEndpoint."
        )
    if (body is None) == ("InputLocation" not in request):
        raise ServiceError("ValidationError", "Exactly one of InputLocation and Body must be given.")
    if body is not None and len(body) > MAX_BODY_BYTES:
        raise ServiceError("ValidationError", f"Request {context.request_id} has oversize body.")
    if not request.get("InputLocation", "s3://").startswith("s3://"):
        raise ServiceError("ValidationError", "InputLocation must be an S3 address, s3://bucket/key.")
    row = make_row(name.lower(), request | {"Body": body}, queue["OutputConfig"], now_of(context))
    answer = {"InferenceId": row.inference, "OutputLocation": row.output, "FailureLocation": row.failure}
    service_of(context).queues.add(row)
    return answer
