"""What nights have learned about their reviewers, and what past reviewers agreed on."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nightloop.aws.storage.layout import LoopFiles
    from nightloop.aws.storage.object_store import ObjectStore
    from nightloop.domain.detection.answers import Answer
    from nightloop.domain.reviewers.records import ReviewerRecords

NIGHTS_REMEMBERED: Final = 90
NIGHTS_OF_GOLD: Final = 30


def read_records(store: ObjectStore, files: LoopFiles, night: str) -> ReviewerRecords:
    """Add up the records of the 90 nights before one; a rerun of an old night ignores later ones."""
    from nightloop.domain.reviewers.records import ReviewerRecord, ReviewerRecords
    from nightloop.domain.rows.jsonl import loads_lines

    first = (date.fromisoformat(night) - timedelta(days=NIGHTS_REMEMBERED)).isoformat()
    records = []
    for entry in store.list(files.reviewers):
        if first <= files.night_of_records(entry.uri) < night:
            rows = loads_lines(store.read(entry.uri), source=entry.uri)
            records += [ReviewerRecord.from_json(row) for row in rows]
    return ReviewerRecords(records)


def read_past_answers(store: ObjectStore, files: LoopFiles, night: str) -> list[Answer]:
    """Read the answers of the 30 nights before one."""
    from nightloop.domain.detection.answers import Answer

    answers = []
    for days in range(1, NIGHTS_OF_GOLD + 1):
        earlier = (date.fromisoformat(night) - timedelta(days=days)).isoformat()
        body = store.read_if_there(files.night(earlier).answers)
        answers += [Answer.from_json(json.loads(line)) for line in (body or b"").splitlines()]
    return answers
