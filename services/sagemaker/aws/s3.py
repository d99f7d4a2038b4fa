import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.sagemaker.errors import StorageError

AwsClient = Any  # boto3 makes its clients at run time

_URI = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


@dataclass(frozen=True)
class S3Uri:
    """A bucket and a key (or key prefix)."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> "S3Uri":
        """Read `s3://bucket/key`; raise StorageError for anything else."""
        match = _URI.fullmatch(text)
        if match is None:
            raise StorageError(f"{text!r} is not an S3 address; write s3://bucket/key")
        return cls(match[1], match[2])

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def aws_client(service: str, region: str, endpoint_url: str) -> AwsClient:
    """Make the boto3 client of one AWS service; an empty endpoint means AWS itself."""
    config = Config(
        retries={"mode": "standard", "max_attempts": 4},
        s3={"addressing_style": "path"} if endpoint_url else {},
        connect_timeout=5,
        max_pool_connections=50,
    )
    make: Callable[..., AwsClient] = boto3.client  # its type lists hundreds of services by name
    return make(service, region_name=region, endpoint_url=endpoint_url or None, config=config)


class ObjectStore:
    """The service's access to S3. Every failure is a StorageError that names the address."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    def list(self, prefix: S3Uri) -> Iterator[S3Uri]:
        """List every object whose key starts with the prefix, in key order; folder markers are left out."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=prefix.bucket, Prefix=prefix.key)
            for page in pages:
                for item in page.get("Contents", []):
                    if not item["Key"].endswith("/"):
                        yield S3Uri(prefix.bucket, item["Key"])
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"cannot list {prefix}: {error}") from error

    def exists(self, address: S3Uri) -> bool:
        """Tell whether the object is there; a missing bucket counts as no."""
        try:
            self._client.head_object(Bucket=address.bucket, Key=address.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise StorageError(f"cannot access {address}: {error}") from error
        except BotoCoreError as error:
            raise StorageError(f"cannot access {address}: {error}") from error
        return True

    def read(self, address: S3Uri) -> bytes:
        """Read a whole object."""
        try:
            body: bytes = self._client.get_object(Bucket=address.bucket, Key=address.key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"cannot read {address}: {error}") from error
        return body

    def download(self, address: S3Uri, path: Path) -> None:
        """Copy an object to a file: written beside, then renamed."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name[:200]}.part")
        try:
            with beside.open("wb") as file:
                body = self._client.get_object(Bucket=address.bucket, Key=address.key)["Body"]
                for chunk in body.iter_chunks(1 << 20):
                    file.write(chunk)
        except (BotoCoreError, ClientError) as error:
            beside.unlink(missing_ok=True)
            raise StorageError(f"cannot read {address}: {error}") from error
        beside.rename(path)

    def write(self, address: S3Uri, body: bytes | IO[bytes], content_type: str) -> None:
        """Write a whole object."""
        try:
            self._client.put_object(Bucket=address.bucket, Key=address.key, Body=body, ContentType=content_type)
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"cannot write {address}: {error}") from error
