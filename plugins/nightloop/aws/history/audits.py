"""The random audits of earlier nights and their answers, from which the live model's quality is estimated."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.history.training_history import read_origins
from nightloop.aws.storage.layout import EvaluationFiles
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import LoopFiles, NightFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.detection.evaluation.audit import AuditNight

NIGHTS_OF_AUDIT: Final = 14
"""How many nights are looked at together, the last one included, as far as one model scored them."""


def holdout_figure(store: ObjectStore, files: LoopFiles, model: str) -> dict[str, Any] | None:
    """Return what a model's last evaluation measured on the holdout; None for a first model, or one from elsewhere."""
    origin = read_origins(store, files).get(model)
    folder = files.model(origin.training_job).evaluations if origin else None
    found = [entry for entry in store.list(folder) if EvaluationFiles.is_evaluation(entry.uri)] if folder else []
    if not found:
        return None
    evaluation = json.loads(store.read(max(found, key=lambda entry: (entry.modified, entry.uri)).uri))
    return {"average_precision": evaluation["challenger"]["mean"], "images": evaluation["images"]}


def read_earlier_audits(store: ObjectStore, files: NightFiles, model: str) -> tuple[list[AuditNight], list[Answer]]:
    """Read what the audits of the 13 nights before drew for this model, and all answers about this model.

    Only nights with a receipt count: their answers were checked, and the receipt says what share was drawn. A night
    whose plan or answers were deleted does not count. A rerun of an old night ignores later ones.
    """
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.detection.evaluation.audit import AuditNight
    from nightloop.domain.detection.selection import PlannedReview

    nights, answers = [], []
    for days in range(NIGHTS_OF_AUDIT - 1, 0, -1):
        earlier = files.loop.night((date.fromisoformat(files.date) - timedelta(days=days)).isoformat())
        share = json.loads(store.read_if_there(earlier.receipt) or b"{}").get("audit_share")
        if share and all(store.describe(uri) for uri in (earlier.plan, earlier.answers)):
            plan = (PlannedReview.from_json(line) for line in iterate_lines(store, earlier.plan))
            nights.append(AuditNight.of(share, plan, model))
            read = (Answer.from_json(line) for line in iterate_lines(store, earlier.answers))
            answers += [answer for answer in read if answer.model == model]
    return nights, answers
