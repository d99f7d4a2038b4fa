"""Measures how good the reviewers of a night are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.history.reviewer_records import read_records
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import NightOperator
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.night import MeasuredReviewers


class MeasureReviewersOperator(NightOperator):
    """Write what the night's answers show about each reviewer, once; name those who are careless or only stamp.

    Weights and flags follow from the records of this night and of the nights before. Returns the number of reviewers,
    the pseudonyms of the careless and of the stamping ones, and where the records are.
    """

    template_fields = aws_template_fields("night")
    operator_extra_links = (S3OutputLink(),)

    def execute(self, context: Context) -> MeasuredReviewers:
        """Measure, or find what was measured."""
        from nightloop.domain.detection.answers import Answer
        from nightloop.domain.detection.reviewers.gold_comparison import reviewer_records
        from nightloop.domain.reviewers.records import ReviewerRecord, ReviewerRecords
        from nightloop.domain.rows.jsonl import dumps_lines, loads_lines

        files = self.files.loop
        uri = files.reviewer_records(self.files.date)
        answers = [Answer.from_json(line) for line in read_lines(self.store, self.files.answers)]
        stored = self.store.write_once(uri, dumps_lines(reviewer_records(answers)))
        tonight = [ReviewerRecord.from_json(row) for row in loads_lines(stored, source=uri)]
        known = ReviewerRecords([*read_records(self.store, files, self.files.date), *tonight])
        S3OutputLink.persist_for(context, self, uri)
        for evidence in known:
            self.log.info("%s", evidence.to_json())
        careless = [evidence.reviewer for evidence in known if evidence.is_careless]
        stamping = [evidence.reviewer for evidence in known if evidence.is_stamping]
        for problem, names in (("are often wrong", careless), ("send the model's boxes back untouched", stamping)):
            if names:
                self.log.warning("These reviewers %s: %s. Their boxes count for little.", problem, ", ".join(names))
        return {"uri": uri, "reviewers": len(tonight), "careless": careless, "stamping": stamping}
