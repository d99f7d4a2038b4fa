"""Objects that may be deleted by and by, and the bucket's rule that deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.error_translation import error_code, typed_errors
from nightloop.aws.clients.ordered_pool import map_in_order
from nightloop.aws.errors import ServiceFaultError
from nightloop.aws.storage import uris

if TYPE_CHECKING:
    from nightloop.aws.storage.object_store import ObjectStore

TAG: Final = {"Key": "nightloop", "Value": "finished"}
_THREADS: Final = 16
_TRIES: Final = 5


def let_expire(store: ObjectStore, folder: str) -> None:
    """Tag all objects of a folder as finished; a rule of the bucket may delete what has this tag, and nothing else."""

    def tag(uri: str) -> None:
        bucket, key = uris.split(uri)
        with typed_errors(store.aws_conn_id, "s3"):
            store.client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [TAG]})

    _ = store.client
    for _ in map_in_order(tag, (entry.uri for entry in store.list(folder)), threads=_THREADS, name="expiry"):
        pass


class ExpiryRule:
    """The one rule of a loop among those of its bucket; all others are kept as they are.

    :param folder: The loop's folder: its address names the rule.
    """

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self.store = store
        self.bucket, key = uris.split(folder)
        self.prefix = f"{key}/nights/"
        self.rule_id = f"nightloop {key} predictions"

    def set(self, days: int | None) -> bool:
        """Make the rule say `days`, or take it away; return whether it was changed.

        S3 has one document for all rules and no way to change it only if nobody else has. So it is read again
        afterwards: who wrote at the same moment is not overwritten for long.

        :raises ServiceFaultError: if others keep changing it.
        """
        wanted = self._rule(days)
        changed = False
        for _ in range(_TRIES):
            document = self._read(may_be_denied=days is None)
            rules = document.get("Rules", [])
            mine = [rule for rule in rules if rule.get("ID") == self.rule_id]
            if mine == ([wanted] if wanted else []):
                return changed
            others = [rule for rule in rules if rule.get("ID") != self.rule_id]
            self._write(document, [*others, *([wanted] if wanted else [])])
            changed = True
        raise ServiceFaultError(
            f"The lifecycle rules of {self.bucket} are changed by others. The task will try again later."
        )

    def _rule(self, days: int | None) -> dict[str, Any] | None:
        if days is None:
            return None
        chosen = {"And": {"Prefix": self.prefix, "Tags": [TAG]}}
        return {"Expiration": {"Days": days}, "ID": self.rule_id, "Filter": chosen, "Status": "Enabled"}

    def _read(self, *, may_be_denied: bool) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        with typed_errors(self.store.aws_conn_id, "s3"):
            try:
                return dict(self.store.client.get_bucket_lifecycle_configuration(Bucket=self.bucket))
            except ClientError as error:
                # A role that may not see the rules never made one.
                none = {"NoSuchLifecycleConfiguration", *(["AccessDenied"] if may_be_denied else [])}
                if error_code(error) in none:
                    return {}
                raise

    def _write(self, document: dict[str, Any], rules: list[dict[str, Any]]) -> None:
        kept = {name: document[name] for name in ("TransitionDefaultMinimumObjectSize",) if document.get(name)}
        with typed_errors(self.store.aws_conn_id, "s3"):
            if rules:
                self.store.client.put_bucket_lifecycle_configuration(
                    Bucket=self.bucket, LifecycleConfiguration={"Rules": rules}, **kept
                )
            else:
                self.store.client.delete_bucket_lifecycle(Bucket=self.bucket)
