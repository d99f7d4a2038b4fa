"""`python -m services.detector serve`: GET /ping, POST /invocations, GET /execution-parameters."""

import os
from typing import Any

import anyio.to_thread
import uvicorn
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.detector.contract.folders import Folders
from services.detector.contract.metrics import log
from services.detector.errors import ImageError
from services.detector.network.artefact import load_folder
from services.detector.network.inference import Model, Result
from services.detector.network.trunk import Trunk

CONTENT_TYPES = ("image/jpeg", "image/png", "application/x-image")
JSON = ("application/json", "application/*", "*/*")
MAX_BODY = 100 * 1024 * 1024  # Batch Transform's largest payload; an endpoint's own limit of 6 MiB applies before ours
CONCURRENCY = 2
THREADS = 1
SCORE_DIGITS = 4
SHUTDOWN_SECONDS = 20
BACKLOG = 128


def create_app(model: Model) -> Starlette:
    """Create the application: three routes over one model."""
    app = Starlette(
        routes=[
            Route("/ping", ping, methods=["GET"]),
            Route("/invocations", invocations, methods=["POST"]),
            Route("/execution-parameters", execution_parameters, methods=["GET"]),
        ]
    )
    app.state.model = model
    app.state.limiter = CapacityLimiter(CONCURRENCY)
    return app


async def ping(request: Request) -> Response:  # noqa: ARG001
    """Answer that the model is loaded and requests are welcome."""
    return Response()


async def execution_parameters(request: Request) -> Response:  # noqa: ARG001
    """Tell Batch Transform how to call: one image a request."""
    return JSONResponse({"MaxConcurrentTransforms": CONCURRENCY, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 6})


async def invocations(request: Request) -> Response:
    """Detect objects in the image in the request's body; answer 400, 406, 413 or 415 and a sentence if that fails."""
    content_type = _media_type(request.headers.get("content-type", ""))
    if content_type not in CONTENT_TYPES:
        return PlainTextResponse(
            f"The content type '{content_type}' is not supported; send {', '.join(CONTENT_TYPES)}.", 415
        )
    accepted = request.headers.get("accept", "*/*")
    if not any(_media_type(one) in JSON for one in accepted.split(",")):
        return PlainTextResponse(f"The answer is application/json; it cannot be '{accepted}'.", 406)
    body = await _read_body(request)
    if body is None:
        return PlainTextResponse(f"The image is larger than {MAX_BODY:,} bytes.", 413)
    try:
        result = await anyio.to_thread.run_sync(request.app.state.model, body, limiter=request.app.state.limiter)
    except ImageError as error:
        return PlainTextResponse(str(error), 400)
    in_pixels = "annotation=1" in accepted.replace(" ", "")
    return JSONResponse(pixel_answer(result) if in_pixels else ratio_answer(result))


def ratio_answer(result: Result) -> dict[str, Any]:
    """Return rows of class, score, left, top, right, bottom, best first; sides in ratios of the image."""
    found = result.detections
    rows = zip(found.classes.tolist(), found.scores.tolist(), found.boxes.tolist(), strict=True)
    return {
        "prediction": [
            [float(class_id), round(score, SCORE_DIGITS), *(round(side, SCORE_DIGITS) for side in box)]
            for class_id, score, box in rows
        ]
    }


def pixel_answer(result: Result) -> dict[str, Any]:
    """Return the image's size and its objects in pixels, in the form of a manifest's label."""
    found = result.detections
    sides = (found.boxes * [result.width, result.height, result.width, result.height]).round().astype(int)
    rows = zip(found.classes.tolist(), found.scores.tolist(), sides.tolist(), strict=True)
    return {
        "image_size": [{"width": result.width, "height": result.height, "depth": 3}],
        "annotations": [
            {
                "class_id": class_id,
                "score": round(score, SCORE_DIGITS),
                "left": left,
                "top": top,
                "width": right - left,
                "height": bottom - top,
            }
            for class_id, score, (left, top, right, bottom) in rows
        ],
    }


def serve(folders: Folders) -> None:
    """Load the artefact and serve until SIGTERM, which lets current requests finish.

    :raises CustomerError: if the model folder does not hold a model of this algorithm.
    """
    model = Model(load_folder(folders.model), Trunk(THREADS))
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    log.info("Serving on port %d", port)
    uvicorn.run(
        create_app(model),
        host=os.environ.get("SAGEMAKER_BIND_TO_HOST", "127.0.0.1"),
        port=port,
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


async def _read_body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
