"""Requests to an endpoint without a pause, to see whether one of them fails while the endpoint is changed."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.stack import KEY, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def constant_load(
    url: str, secret: str, endpoint: str, *, workers: int = 3, pause: float = 0.01
) -> Iterator[tuple[list[float], list[Exception]]]:
    """Score one image again and again, without retries; gives the scores that came back and the errors."""
    scores: list[float] = []
    errors: list[Exception] = []
    stop = threading.Event()
    client = boto3.client(
        "sagemaker-runtime",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )
    # Of the pictures it is asked for, a model that learns slowly is sure of this shade first.
    body = encode(picture([(20, 30, 60, 40)], shade=80))

    def work() -> None:
        while not stop.is_set():
            try:
                answer = client.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType="image/png")
                scores.append(json.loads(answer["Body"].read())["prediction"][0][1])
            except Exception as error:  # noqa: BLE001 - every failed request counts
                errors.append(error)
            time.sleep(pause)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield scores, errors
    finally:
        stop.set()
        for thread in threads:
            thread.join()
