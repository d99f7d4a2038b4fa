"""The one importer of moto's S3: reads objects from it, puts them back, and tracks which keys change."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any

# Read when moto is imported: the bucket is always the path's first part, never part of the host name.
os.environ.setdefault("S3_IGNORE_SUBDOMAIN_BUCKETNAME", "true")

from moto.s3.models import FakeAcl, FakeBucket, FakeGrant, FakeGrantee, FakeKey, S3Backend, s3_backends
from moto.s3.utils import _VersionedKeyStore

from services.aws.storage.bodies import StoredBody
from services.aws.storage.objects import ObjectRecord, StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator


class WatchedKeys(_VersionedKeyStore):  # type: ignore[misc]
    """A bucket's keys, which remember which of them were set or removed."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: set[str] = set()

    def setlist(self, key: str, list_: object) -> None:
        """Set a key's versions, and remember the key."""
        self.touched.add(key)
        super().setlist(key, list_)

    def __setitem__(self, key: str, value: object) -> None:
        self.touched.add(key)
        super().__setitem__(key, value)

    def pop(self, key: str) -> None:
        """Remove a key, and remember it."""
        self.touched.add(key)
        super().pop(key)


def find_bucket(name: str) -> FakeBucket | None:
    """Return a bucket of any partition, its keys watched; None if there is none."""
    for backend in _backends():
        bucket = backend.buckets.get(name)
        if bucket is not None:
            if not isinstance(bucket.keys, WatchedKeys):
                bucket.keys = WatchedKeys()
            return bucket
    return None


def take_touched(bucket: FakeBucket) -> list[str]:
    """Return the keys set or removed since the last call, in order of name."""
    touched = sorted(bucket.keys.touched)
    bucket.keys.touched.clear()
    return touched


def describe(bucket: FakeBucket, key: FakeKey) -> ObjectRecord:
    """Describe an object of moto as the disk keeps it."""
    return ObjectRecord(
        bucket=bucket.name,
        key=key.name,
        size=key.size,
        etag=key.etag.strip('"'),
        last_modified=key.last_modified.isoformat(),
        metadata={name: str(value) for name, value in key.metadata.items()},
        storage_class=key.storage_class or "STANDARD",
        encryption={"name": key.encryption, "key": key.kms_key_id, "bucket_key": key.bucket_key_enabled},
        checksum={
            "algorithm": key.checksum_algorithm,
            "value": key.checksum_value,
            "type": key.checksum_type,
            "parts": key.checksum_parts,
        },
        redirect=key.website_redirect_location,
        tags=_backend(bucket).tagger.get_tag_dict_for_resource(key.arn),
        grants=_describe_acl(key.acl),
    )


def give_body(key: FakeKey, stored: StoredObject) -> None:
    """Let an object read its bytes from the disk, and free the memory that held them."""
    key.etag  # noqa: B018 - computed once from the bytes in memory
    key._value_buffer.close()
    key._value_buffer = StoredBody(stored.path, stored.offset, stored.record.size)
    key.contentsize = stored.record.size
    if key.multipart is not None:
        key.multipart.dispose()


def restore_object(stored: StoredObject) -> bool:
    """Put an object from the disk back; False if its bucket is deleted."""
    record = stored.record
    bucket = find_bucket(record.bucket)
    if bucket is None:
        return False
    key = _make_key(bucket, record)
    give_body(key, stored)
    bucket.keys.setlist(record.key, [key])
    tagger = _backend(bucket).tagger
    tagger.delete_all_tags_for_resource(key.arn)
    tagger.tag_resource(key.arn, tagger.convert_dict_to_tags_input(record.tags))
    return True


def _make_key(bucket: FakeBucket, record: ObjectRecord) -> FakeKey:
    key = FakeKey(
        name=record.key,
        value=b"",
        account_id=bucket.account_id,
        region_name=bucket.region_name,
        storage=record.storage_class,
        etag=record.etag,
        version_id="null",
        bucket_name=bucket.name,
        encryption=record.encryption.get("name"),
        kms_key_id=record.encryption.get("key"),
        bucket_key_enabled=record.encryption.get("bucket_key"),
        checksum_value=record.checksum.get("value"),
        checksum_type=record.checksum.get("type"),
        checksum_parts=record.checksum.get("parts"),
    )
    key.checksum_algorithm = record.checksum.get("algorithm")
    key.set_metadata(dict(record.metadata))
    key.set_acl(_make_acl(record.grants))
    key.last_modified = datetime.datetime.fromisoformat(record.last_modified)
    key.website_redirect_location = record.redirect
    return key


def _describe_acl(acl: FakeAcl | None) -> list[dict[str, Any]]:
    return [
        {
            "permissions": list(grant.permissions),
            "grantees": [
                {"grantee_id": to.id, "uri": to.uri, "display_name": to.display_name} for to in grant.grantees
            ],
        }
        for grant in (acl.grants if acl else [])
    ]


def _make_acl(grants: list[dict[str, Any]]) -> FakeAcl:
    return FakeAcl(
        [FakeGrant([FakeGrantee(**to) for to in grant["grantees"]], grant["permissions"]) for grant in grants]
    )


def _backends() -> Iterator[S3Backend]:
    for account in list(s3_backends.values()):
        yield from list(account.values())


def _backend(bucket: FakeBucket) -> S3Backend:
    return s3_backends[bucket.account_id][bucket.partition]


__all__ = ["describe", "find_bucket", "give_body", "restore_object", "take_touched"]
