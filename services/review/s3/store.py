"""The service's access to S3: writes, reads and lists outputs, and signs addresses of images for browsers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.config import Config

from services.review.formats.s3_locations import S3Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.client import S3Client

    from services.review.config.settings import Settings


@dataclass(frozen=True)
class Output:
    """An output.json and its place; a review gives the same bytes until an answer is confirmed (`confirming`)."""

    location: S3Location
    body: bytes
    kms_key_id: str | None


class S3Store:
    """S3, or an S3-compatible store at the endpoint of the settings; credentials come from boto3's usual chain."""

    def __init__(self, settings: Settings) -> None:
        self._client = _client(settings.region, settings.s3_endpoint_url)
        browser_endpoint = settings.s3_browser_endpoint_url or settings.s3_endpoint_url
        self._signer = _client(settings.region, browser_endpoint)

    def write(self, output: Output) -> None:
        """Write one output.json; on return S3 has it.

        :raises ClientError: or BotoCoreError, botocore's own errors.
        """
        encryption: dict[str, Any] = {}
        if output.kms_key_id:
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": output.kms_key_id}
        self._client.put_object(
            Bucket=output.location.bucket,
            Key=output.location.key,
            Body=output.body,
            ContentType="application/json",
            **encryption,
        )

    def read(self, location: S3Location) -> bytes:
        """Read one object; raises ClientError or BotoCoreError."""
        return self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()

    def list_after(self, folder: S3Location, after: str) -> Iterator[S3Location]:
        """List what lies below a folder, in the order of the keys, from `after` on; raises as `read` does."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=folder.bucket, Prefix=f"{folder.key}/", StartAfter=f"{folder.key}/{after}"
        )
        for page in pages:
            for entry in page.get("Contents", []):
                yield S3Location(folder.bucket, entry["Key"])

    def sign(self, location: S3Location, seconds: int) -> str:
        """Sign an address that lets a browser read one object for `seconds`."""
        return self._signer.generate_presigned_url(
            "get_object", Params={"Bucket": location.bucket, "Key": location.key}, ExpiresIn=seconds
        )


def _client(region: str, endpoint_url: str) -> S3Client:
    # Bucket names in the host need DNS entries, which a private endpoint seldom has.
    style: Literal["path", "auto"] = "path" if endpoint_url else "auto"
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 2},  # the outbox itself retries
    )
    return boto3.client("s3", region_name=region, endpoint_url=endpoint_url or None, config=config)
