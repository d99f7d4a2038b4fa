"""Earlier versions of objects, in a bucket that keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightloop.aws.clients.error_translation import typed_errors
from nightloop.aws.storage import uris

if TYPE_CHECKING:
    from nightloop.aws.storage.object_store import ObjectStore


def delete_old_versions(store: ObjectStore, uri: str) -> int:
    """Delete all versions of an object but the one that a reader gets; of a deleted object, all. Return how many."""
    bucket, key = uris.split(uri)
    deleted = 0
    with typed_errors(store.aws_conn_id, "s3"):
        for page in store.client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            mine = [entry for entry in entries if entry["Key"] == key]
            gone = any(entry["IsLatest"] for entry in page.get("DeleteMarkers", []) if entry["Key"] == key)
            for entry in mine:
                if gone or not entry["IsLatest"]:
                    store.client.delete_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"])
                    deleted += 1
    return deleted
