"""Turns answers into lines a model can learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.operators.rows import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context


class BuildManifestOperator(NightOperator):
    """Write the augmented manifest of the night's answers, once; a night without answers gets an empty one.

    Returns the number of lines and the manifest's address.

    :param classes: The loop's classes, in the order of their numbers.
    :param attribute: The label attribute of the manifest.

    .. seealso::
        https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
    """

    operator_extra_links = (S3OutputLink(),)

    def __init__(self, *, classes: tuple[str, ...], attribute: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.attribute = attribute

    def execute(self, context: Context) -> dict[str, Any]:
        """Build the manifest, or find it."""
        from nightloop.loop.answers import Answer
        from nightloop.loop.jsonl import dumps_lines
        from nightloop.loop.manifest import manifest_line

        answers = [Answer.from_json(line) for line in read_lines(self.store, self.files.answers)]
        lines = [manifest_line(answer, self.classes, self.attribute) for answer in answers]
        stored = self.store.write_once(self.files.manifest, dumps_lines(lines))
        S3OutputLink.persist_for(context, self, self.files.manifest)
        return {"uri": self.files.manifest, "lines": stored.count(b"\n")}
