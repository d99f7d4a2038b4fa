"""OpenTieBreaks: an image without a decision is asked about once more, once, and left to later nights."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nightloop.aws.errors import FlowDefinitionMissingError, NightIncompleteError, ServiceFaultError
from nightloop.aws.operators.night.open_tie_breaks import OpenTieBreaksOperator
from nightloop.aws.resources.review_policy import Deciding
from nightloop.config import Budget, Trust
from nightloop.domain.detection.answers import Answer, Unusable
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import BROKEN, aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, NIGHT, answer, box, human, review, run, tried

FLOW = arn("flow-definition", "voc-flow")
ELSEWHERE = (120.0, 50.0, 40.0, 40.0)


def asking(**changes):
    deciding = changes.pop("deciding", Deciding(classes=CLASSES, trust=Trust(tie_break_below=0.8)))
    given = {"task_id": "ask", "night": NIGHT, "loop": "voc", "flow_definition_name": "{{ params.flow }}"}
    return OpenTieBreaksOperator(**given | {"deciding": deciding} | changes)


@pytest.fixture
def loops(human_loops, flows):
    flows.add_flow("voc-flow")
    return human_loops


def asked(**changes):
    return run(asking(**changes), flow="voc-flow")


def agreed(number):
    return answer(review(number), human(box(), worker="a"), human(box(), worker="b"))


def split(number):
    return answer(review(number), human(box(), worker="a"), human(box("dog", edges=ELSEWHERE), worker="b"))


def lost(number):
    return Answer.refused(review(number), Unusable("no-output", "it is gone"))


def lay(night, *answers):
    night.lay(answers=answers, plan=[review(number) for number in (1, 2, 3)])


def test_what_is_not_decided_is_asked_again(s3, night, loops):
    lay(night, split(1), agreed(2), lost(3))
    found = tried(s3, asking, flow="voc-flow")
    assert found == {"uri": night.files.tie_breaks, "opened": 2, "refused": 0}
    rows = night.rows(night.files.tie_breaks)
    assert sorted(row["image"]["uri"] for row in rows) == [review(1).image.uri, review(3).image.uri]
    assert {row["ordinal"] for row in rows} == {1}
    assert sorted(loops.loops) == sorted(row["review_name"] for row in rows)
    assert len(loops.requests("start_human_loop")) == 2
    content = json.loads(next(iter(loops.loops.values()))["input"])
    assert content["labels"] == list(CLASSES)


def test_they_are_left_to_later_nights(s3, night, loops):
    lay(night, lost(1))
    asked()
    (row,) = night.rows(night.files.tie_breaks)
    left = json.loads(s3.objects[night.loop.open_review(row["review_name"])])
    assert left == {"night": "2026-11-22", "review": row}


def test_reviewers_may_disagree_where_the_loop_s_file_asks_for_no_tie_break(s3, night, loops):
    lay(night, split(1))
    found = asked(deciding=Deciding(classes=CLASSES, trust=Trust(tie_break_below=0.0)))
    assert found["opened"] == 0
    assert s3.objects[night.files.tie_breaks] == b""


def test_a_night_in_which_all_is_decided_asks_no_service(s3, night, human_loops):
    lay(night, agreed(1))
    assert tried(s3, asking, flow="none")["opened"] == 0
    assert human_loops.calls == []


def test_only_as_far_as_the_night_s_budget_reaches(s3, night, loops):
    lay(night, lost(1), lost(2))
    deciding = Deciding(classes=CLASSES, budget=Budget(reviews=4))
    assert asked(deciding=deciding)["opened"] == 1, "three of the four were planned"


def test_a_loop_of_a_try_that_died_is_adopted(s3, night, loops):
    lay(night, lost(1))
    s3.fail("put_object", aws_error("InternalError", "away", status=500))
    with pytest.raises(ServiceFaultError):
        asked()
    assert len(loops.loops) == 1
    assert asked()["opened"] == 1
    assert len(loops.loops) == len(loops.requests("start_human_loop")) == 1


def test_a_start_whose_answer_was_lost_is_found_again(s3, night, loops):
    lay(night, lost(1))
    loops.lose("start_human_loop", BROKEN)
    assert asked()["opened"] == 1
    assert len(loops.requests("start_human_loop")) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (aws_error("ValidationException", "no such image"), "no such image"),
        (aws_error("ServiceQuotaExceededException", "used up", status=402), "used up"),
        (aws_error("ConflictException", "other", status=409), "has another input"),
    ],
)
def test_one_that_is_refused_is_recorded_and_not_left_to_anybody(s3, night, loops, error, said):
    lay(night, lost(1))
    loops.fail("start_human_loop", error)
    found = tried(s3, asking, flow="voc-flow")
    assert (found["opened"], found["refused"]) == (0, 1)
    (row,) = night.rows(night.files.tie_breaks)
    assert said in row["left_out"]
    assert not [uri for uri in s3.objects if uri.startswith(night.loop.open_reviews)]


def test_one_that_a_later_night_has_taken_is_not_handed_on_again(s3, night, loops):
    lay(night, lost(1))
    asked()
    (row,) = night.rows(night.files.tie_breaks)
    uri = night.loop.open_review(row["review_name"])
    s3.remove(uri)
    s3.put(night.loop.late_answer(row["review_name"]), b'{"night": "2026-11-23"}')
    asked()
    assert uri not in s3.objects


def test_two_tries_at_once_keep_one_record(s3, night, loops):
    lay(night, lost(1))
    s3.before("put_object", asked)
    assert asked()["opened"] == 1
    assert len(loops.loops) == 1
    assert len(night.rows(night.files.tie_breaks)) == 1


def test_a_missing_flow_definition_is_named(s3, night, human_loops):
    lay(night, lost(1))
    with pytest.raises(FlowDefinitionMissingError, match="There is no flow definition voc-flow"):
        asked()
    assert night.files.tie_breaks not in s3.objects


def test_missing_answers_are_named(night, loops):
    night.lay(plan=[])
    with pytest.raises(NightIncompleteError, match=r"answers.jsonl"):
        asked()


def test_what_measures_reviewers_is_not_asked_again(s3, night, loops):
    lay(night, replace(lost(1), gold=(box(),)))
    assert asked()["opened"] == 0


def test_the_link_leads_to_the_record(night, loops):
    lay(night)
    run(asking(), ti=(task := FakeTask()), flow="voc-flow")
    assert task.pushed["s3_output"]["object_key"].endswith("/tie_breaks.jsonl")
