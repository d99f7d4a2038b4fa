"""Asks a person before a model goes live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.standard.operators.hitl import ApprovalOperator

from nightloop.aws.datasets.cohorts import Cohorts
from nightloop.aws.operators.base import ReadsResults
from nightloop.aws.operators.training.gate import DECISION
from nightloop.aws.results.reading import read_result
from nightloop.aws.results.training import Answered, Evaluated, Transformed, Verdict
from nightloop.aws.storage.layout import EvaluationFiles
from nightloop.aws.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow.sdk import Context

    from nightloop.aws.datasets.cohorts import DataSettings
    from nightloop.aws.results.given import Given
    from nightloop.domain.detection.evaluation import Evaluation
    from nightloop.domain.detection.evaluation.changed_images import Shown

ANSWER: Final = "answer"
"""XCom key of what was chosen, and by whom."""

_LONGEST_ADDRESS_SECONDS: Final = 7 * 24 * 3600
"""AWS signs an address for no longer."""

_FURTHER: Final = {
    "coco": "COCO AP (mean of IoU 0.5 to 0.95)",
    "coco_50": "COCO AP50",
    "coco_75": "COCO AP75",
    "calibration_error": "calibration error of the scores (0 is best)",
}
_HEADER_LINES: Final = 2


class AskApprovalOperator(ApprovalOperator, ReadsResults):
    """Show figures, reasons and pictures, and wait, without a worker or trigger, until somebody decides in Airflow.

    No answer in time is a refusal. The pictures show the images that changed most, better and worse. They lie beside
    the model and have signed addresses, so the browser must reach S3, and they can be seen for a week at most.

    :param loop: The loop's name.
    :param data: What the loop learns from: the holdout.
    :param champion: What `TransformOperator` returned for the live model (templated).
    :param challenger: What `TransformOperator` returned for the new model (templated).
    :param evaluation: What `EvaluateOperator` returned (templated).
    :param response_timeout: How long to wait.
    :param gate_task_id: The task that decided.
    :param pictures: How many images to show.
    :param aws_conn_id: The Airflow connection of S3.
    """

    template_fields = ("subject", "body", "champion", "challenger", "evaluation")

    def __init__(
        self,
        *,
        loop: str,
        data: DataSettings,
        champion: Given[Transformed],
        challenger: Given[Transformed],
        evaluation: Given[Evaluated],
        response_timeout: timedelta,
        gate_task_id: str = "gate",
        pictures: int = 4,
        aws_conn_id: str | None = "aws_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            subject=f"Promote the new model of {loop}?",
            body="",
            defaults=self.REJECT,
            response_timeout=response_timeout,
            **kwargs,
        )
        self.loop = loop
        self.data = data
        self.champion = champion
        self.challenger = challenger
        self.evaluation = evaluation
        self.gate_task_id = gate_task_id
        self.pictures = pictures
        self.aws_conn_id = aws_conn_id

    def execute(self, context: Context) -> Any:
        """Write the question and ask it."""
        given = context["ti"].xcom_pull(task_ids=self.gate_task_id, key=DECISION)
        self.body = self.question(read_result(Verdict, given, DECISION, self.gate_task_id))
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keep the answer, then follow it: a refusal ends the task at once, and its return value is lost."""
        if "error" not in event:
            answer: Answered = {
                "chosen_options": event["chosen_options"],
                "responded_by_user": event.get("responded_by_user"),
            }
            context["ti"].xcom_push(key=ANSWER, value=answer)
        return super().execute_complete(context, event)

    def question(self, decision: Verdict) -> str:
        """Return the question as Markdown."""
        from nightloop.domain.detection.evaluation import Evaluation

        store = ObjectStore(self.aws_conn_id)
        evaluation = Evaluation.from_json(json.loads(store.read(self._evaluation)))
        parts = [
            "\n".join(f"- {reason}" for reason in decision["reasons"]),
            figures(evaluation),
            f"Measured on a holdout of {evaluation.images} images of {evaluation.group_count} scenes.",
            further_figures(evaluation),
        ]
        shown = self._pictures(store)
        if shown:
            parts.append("White: the true boxes. Orange: the model's. The number says how well they fit, 0 to 1.")
        return "\n\n".join(part for part in (*parts, *shown) if part)

    @property
    def _evaluation(self) -> str:
        """Where the evaluation is."""
        return self.read(Evaluated, evaluation=self.evaluation)["uri"]

    def _pictures(self, store: ObjectStore) -> list[str]:
        cohorts = Cohorts(store, self.data)
        files = EvaluationFiles.of(self._evaluation)
        return [
            self._picture(store, image, files.picture(number))
            for number, image in enumerate(self._changed(cohorts), start=1)
        ]

    def _changed(self, cohorts: Cohorts) -> list[Shown]:
        from nightloop.aws.datasets.holdout_results import read_results
        from nightloop.domain.detection.evaluation.changed_images import most_changed

        lines, classes, attribute = cohorts.holdout_lines, self.data.classes, self.data.attribute
        results = [
            read_results(cohorts.store, transform, lines, classes, attribute)
            for transform in (
                self.read(Transformed, champion=self.champion),
                self.read(Transformed, challenger=self.challenger),
            )
        ]
        return most_changed(lines, *results, classes=classes, attribute=attribute, count=self.pictures)

    def _picture(self, store: ObjectStore, image: Shown, uri: str) -> str:
        from nightloop.aws.images.comparison_pictures import draw_comparison

        store.write_once(uri, draw_comparison(store.read(image.source_ref), image), "image/jpeg")
        assert self.response_timeout is not None
        seconds = min(_LONGEST_ADDRESS_SECONDS, int(self.response_timeout.total_seconds()) + 3600)
        name = image.source_ref.rsplit("/", 1)[-1].replace("[", "").replace("]", "")
        return f"**{name}**\n\n![{name}]({store.signed_address(uri, seconds)})"


def figures(evaluation: Evaluation) -> str:
    """Return the average precision of both models, overall and for each class, as a Markdown table."""
    champion, challenger = evaluation.champion, evaluation.challenger
    rows = [("**all classes**", sum(evaluation.objects.values()), champion.mean, challenger.mean)]
    rows += [
        (label, count, champion.per_class.get(label, 0.0), challenger.per_class.get(label, 0.0))
        for label, count in sorted(evaluation.objects.items(), key=lambda item: (-item[1], item[0]))
    ]
    table = ["| AP at IoU 0.5 | objects | live model | new model | change |", "|---|--:|--:|--:|--:|"]
    for label, count, before, after in rows:
        table.append(f"| {label} | {count} | {before:.3f} | {after:.3f} | {after - before:+.3f} |")
    return "\n".join(table)


def further_figures(evaluation: Evaluation) -> str:
    """Return the other figures of both models, which decide nothing, as a Markdown table; empty if there are none."""
    before, after = evaluation.champion.figures, evaluation.challenger.figures
    table = ["| for comparison | live model | new model | change |", "|---|--:|--:|--:|"]
    for name, title in _FURTHER.items():
        if name in before and name in after:
            old, new = before[name], after[name]
            table.append(f"| {title} | {old:.3f} | {new:.3f} | {new - old:+.3f} |")
    return "\n".join(table) if len(table) > _HEADER_LINES else ""
