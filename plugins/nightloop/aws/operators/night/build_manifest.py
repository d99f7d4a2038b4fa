"""Turns answers into lines a model can learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

    from nightloop.aws.results.night import BuiltManifest


class BuildManifestOperator(NightOperator):
    """Write the augmented manifest of the night's answers, once; a night without answers gets an empty one.

    Three kinds of answers become no line: answers to gold images, which only measure reviewers; answers about images
    that wait for a tie-break; and unusable answers, because an answer whose boxes were all left out does not say that
    nothing is there.

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

    def execute(self, context: Context) -> BuiltManifest:
        """Build the manifest, or find it."""
        from nightloop.domain.detection.answers import Answer
        from nightloop.domain.detection.manifest.lines import manifest_line
        from nightloop.domain.rows.jsonl import dump_rows

        unsettled = self._unsettled()
        set_aside = 0

        def learned() -> Iterator[Answer]:
            nonlocal set_aside
            for answer in (Answer.from_json(line) for line in iterate_lines(self.store, self.files.answers)):
                if answer.gold is None and answer.unusable is None and answer.image.uri not in unsettled:
                    yield answer
                else:
                    set_aside += 1

        lines = (manifest_line(answer, self.classes, self.attribute) for answer in learned())
        count = self.store.write_lines_once(self.files.manifest, dump_rows(lines))
        if set_aside:
            self.log.info("%s answers only measure reviewers, wait for others or cannot be used", set_aside)
        S3OutputLink.persist_for(context, self, self.files.manifest)
        return {"uri": self.files.manifest, "lines": count}

    def _unsettled(self) -> set[str]:
        """Return the images that wait for a tie-break."""
        from nightloop.domain.detection.selection import PlannedReview
        from nightloop.domain.rows.jsonl import loads_lines

        uri = self.files.tie_breaks
        rows = loads_lines(self.store.read_if_there(uri) or b"", source=uri)
        opened = [PlannedReview.from_json(row) for row in rows]
        return {review.image.uri for review in opened if review.left_out is None}
