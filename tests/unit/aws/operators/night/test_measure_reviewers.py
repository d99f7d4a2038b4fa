"""MeasureReviewers: what a night's known images show about each reviewer is written once."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import NightIncompleteError
from nightloop.aws.operators.night.measure_reviewers import MeasureReviewersOperator
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.reviewers.records import ReviewerRecord
from tests.support.fakes.task import FakeTask
from tests.support.night import LOOP, NIGHT, Night, answer, box, human, review, run, tried

KNOWN = (box("cat"), box("dog", edges=(100.0, 10.0, 50.0, 50.0)))


def measuring(**changes):
    return MeasureReviewersOperator(**{"task_id": "measure", "night": NIGHT} | changes)


def gold(number, *humans):
    return answer(review(number, purpose="gold", gold=KNOWN, gold_by=("maker",)), *humans)


def test_a_night_s_evidence_is_written_once(s3, night):
    night.lay(answers=[gold(1, human(*KNOWN, worker="a"), human(box("dog"), worker="b"))])
    found = tried(s3, measuring)
    uri = f"{LOOP}/reviewers/2026-11-22.jsonl"
    assert found == {"uri": uri, "reviewers": 2, "careless": [], "stamping": []}
    rows = {row["reviewer"]: row for row in night.rows(uri)}
    assert rows[pseudonym("a")]["right"] == 2
    assert rows[pseudonym("b")]["right"] == 0


def careless(night, s3, nights=20):
    """Let many nights show that one reviewer draws nothing that is there."""
    record = ReviewerRecord(pseudonym("b"), reviews=nights, gold=nights, missed=2 * nights)
    Night(s3).s3.put(night.loop.reviewer_records("2026-11-21"), b"")
    s3.put(night.loop.reviewer_records("2026-11-20"), _line(record))


def _line(record):
    from nightloop.domain.rows.jsonl import dumps_lines

    return dumps_lines([record])


def test_earlier_nights_speak_too(s3, night, capsys):
    careless(night, s3)
    night.lay(answers=[gold(1, human(*KNOWN, worker="a"), human(box("dog"), worker="b"))])
    assert tried(s3, measuring)["careless"] == [pseudonym("b")]
    assert f"These reviewers are often wrong: {pseudonym('b')}" in capsys.readouterr().out


def test_later_nights_do_not(s3, night):
    s3.put(night.loop.reviewer_records("2026-11-23"), _line(ReviewerRecord(pseudonym("b"), gold=20, missed=40)))
    night.lay(answers=[gold(1, human(*KNOWN, worker="b"))])
    assert tried(s3, measuring)["careless"] == []


def test_who_only_stamps_is_named(s3, night, capsys):
    s3.put(
        night.loop.reviewer_records("2026-11-20"),
        _line(ReviewerRecord(pseudonym("s"), gold=30, sound=25, sound_squares=25, correctable=30, stamped=30)),
    )
    night.lay(answers=[])
    found = tried(s3, measuring)
    assert (found["stamping"], found["reviewers"]) == ([pseudonym("s")], 0)
    assert "send the model's boxes back untouched" in capsys.readouterr().out


def test_what_another_try_measured_meanwhile_counts(s3, night):
    night.lay(answers=[gold(1, human(*KNOWN, worker="a"))])
    theirs = _line(ReviewerRecord("x", reviews=1)) + _line(ReviewerRecord("y", reviews=1))
    s3.before("put_object", lambda: s3.put(night.loop.reviewer_records(night.date), theirs))
    assert run(measuring())["reviewers"] == 2
    assert s3.objects[night.loop.reviewer_records(night.date)] == theirs


def test_missing_answers_are_named(s3, night):
    with pytest.raises(NightIncompleteError, match=r"answers.jsonl is not there"):
        run(measuring())
    assert s3.objects == {}


def test_the_link_leads_to_the_evidence(s3, night):
    night.lay(answers=[])
    run(measuring(), ti=(task := FakeTask()))
    assert task.pushed["s3_output"]["object_key"] == "loops/voc/reviewers/2026-11-22.jsonl"
