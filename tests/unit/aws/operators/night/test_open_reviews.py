"""OpenReviews: a human loop for each planned review, started once whatever happens in between."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.errors import (
    FlowDefinitionMissingError,
    NightIncompleteError,
    ReviewsNotOpenedError,
    ServiceFaultError,
    TooManyFailuresError,
)
from nightloop.aws.operators.night.open_reviews import OpenReviewsOperator
from nightloop.config import Limits
from nightloop.domain.rows.jsonl import loads_lines
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import BROKEN, THROTTLED, aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, NIGHT, review, run, tried

FLOW = arn("flow-definition", "voc-flow")
REFUSED = aws_error("ValidationException", "the template cannot be rendered")


def opening(**changes):
    given = {"task_id": "open", "night": NIGHT, "flow_definition_name": "{{ params.flow }}", "classes": CLASSES}
    return OpenReviewsOperator(**given | {"workteam_arn": arn("workteam/private-crowd", "reviewers")} | changes)


@pytest.fixture
def loops(human_loops, flows):
    flows.add_flow("voc-flow")
    return human_loops


def opened(**changes):
    return run(opening(**changes), flow="voc-flow")


def names(*numbers):
    return [review(number).review_name for number in numbers]


def test_each_planned_review_is_opened_once(s3, night, loops):
    night.lay(plan=[review(1), review(2, left_out="budget"), review(3, duplicate_of=review(1).image.uri), review(4)])
    found = tried(s3, opening, flow="voc-flow")
    assert found == {"flow_definition_arn": FLOW, "opened": 2, "adopted": 0, "refused": 0, "postponed": 0}
    assert list(loops.loops) == names(1, 4)
    assert len(loops.requests("start_human_loop")) == 2
    rows = night.rows(night.files.reviews)
    assert [(row["review_name"], row["outcome"]) for row in rows] == [(name, "opened") for name in names(1, 4)]
    assert rows[0]["arn"] == arn("human-loop", names(1)[0])


def test_reviewers_are_shown_the_boxes_from_the_initial_score_on(s3, night, loops):
    night.lay(plan=[review(1)])
    opened(initial_box_score=0.41)
    content = json.loads(loops.loops[names(1)[0]]["input"])
    assert (content["taskObject"], content["labels"]) == (review(1).image.uri, list(CLASSES))
    assert content["initialValue"] == []


def test_loops_of_a_try_that_died_are_adopted(s3, night, loops):
    night.lay(plan=[review(1), review(2)])
    loops.add(names(1)[0], flow=FLOW, content="whatever")
    assert opened()["adopted"] == 1
    assert [request["HumanLoopName"] for request in loops.requests("start_human_loop")] == names(2)
    (adopted, _) = night.rows(night.files.reviews)
    assert adopted["created"] == loops.loops[names(1)[0]]["CreationTime"].isoformat()


def test_a_start_whose_answer_was_lost_is_found_again(s3, night, loops):
    night.lay(plan=[review(1)])
    loops.lose("start_human_loop", BROKEN)
    assert opened()["adopted"] == 1
    assert len(loops.loops) == len(loops.requests("start_human_loop")) == 1


def test_two_tries_at_once_open_each_review_once_and_keep_one_record(s3, night, loops):
    night.lay(plan=[review(1), review(2)])
    s3.before("put_object", opened)
    assert opened()["adopted"] == 2, "the record is that of the other try, which found them open"
    assert list(loops.loops) == names(1, 2)
    assert len(s3.requests("put_object")) == 2


def test_a_loop_that_another_try_starts_after_the_look_is_the_same_one(s3, night, loops):
    night.lay(plan=[review(1)])
    content = night.content(review(1))
    loops.before("start_human_loop", lambda: loops.add(names(1)[0], flow=FLOW, content=content))
    assert opened()["opened"] == 1
    assert len(loops.loops) == 1


def test_what_is_refused_is_recorded_and_the_night_goes_on(s3, night, loops, capsys):
    night.lay(plan=[review(1), review(2)])
    loops.fail("start_human_loop", REFUSED)
    found = opened(concurrency=1)
    assert (found["opened"], found["refused"]) == (1, 1)
    (first, second) = night.rows(night.files.reviews)
    assert first["error"].startswith("RequestRefused")
    assert "the template cannot be rendered" in first["error"]
    assert second["outcome"] == "opened"
    assert f"{names(1)[0]}: RequestRefused" in capsys.readouterr().out


def test_an_active_loop_with_another_input_is_a_refusal(s3, night, loops):
    night.lay(plan=[review(1), review(2)])
    name = names(1)[0]
    loops.before("start_human_loop", lambda: loops.add(name, flow=FLOW, content="other"))
    assert opened(concurrency=1)["refused"] == 1
    assert "Stop and delete it" in night.rows(night.files.reviews)[0]["error"]


def test_too_many_refusals_fail_and_write_nothing(s3, night, loops):
    night.lay(plan=[review(number) for number in range(4)])
    loops.fail("start_human_loop", REFUSED, times=3)
    with pytest.raises(TooManyFailuresError, match=r"3 of 4 reviews were refused.*limits.max_unopened_share"):
        opened(concurrency=1, limits=Limits(few=2, max_unopened_share=0.5))
    assert night.files.reviews not in s3.objects


def test_nothing_but_refusals_fails_however_few(s3, night, loops):
    night.lay(plan=[review(1)])
    loops.fail("start_human_loop", REFUSED)
    with pytest.raises(ReviewsNotOpenedError, match="None of the 1 reviews could be opened; the first: RequestRefused"):
        opened()
    assert night.files.reviews not in s3.objects


def test_a_used_up_quota_leaves_the_rest_to_the_next_night(s3, night, loops):
    night.lay(plan=[review(1), review(2), review(3)])
    loops.quota = 1
    found = tried(s3, lambda: opening(concurrency=1), flow="voc-flow")
    assert (found["opened"], found["postponed"], found["refused"]) == (1, 2, 0)
    assert len(loops.requests("start_human_loop")) == 2, "the third one is not tried"
    left = loads_lines(s3.objects[night.loop.postponed_by("2026-11-22")], source="")
    assert [row["review_name"] for row in left] == names(2, 3)


def test_what_a_later_night_has_taken_is_not_handed_on_again(s3, night, loops):
    night.lay(plan=[review(1), review(2)])
    loops.quota = 1
    s3.put(night.loop.reopened("2026-11-22"), b'{"night": "2026-11-23"}')
    assert opened(concurrency=1)["postponed"] == 1
    assert night.loop.postponed_by("2026-11-22") not in s3.objects


def test_throttled_calls_are_made_again(s3, night, loops, hurry):
    night.lay(plan=[review(1)])
    loops.fail("start_human_loop", THROTTLED)
    assert opened()["opened"] == 1
    assert hurry, "it waited"


def test_a_service_that_stays_away_fails_without_a_record_and_the_next_try_adopts(s3, night, loops):
    night.lay(plan=[review(1), review(2)])
    loops.fail("describe_human_loop", BROKEN, times=8)
    with pytest.raises(ServiceFaultError):
        opened(concurrency=1)
    assert night.files.reviews not in s3.objects
    # The other review may have been opened while the first one failed.
    found = opened()
    assert found["opened"] + found["adopted"] == 2
    assert len(loops.requests("start_human_loop")) == 2, "nothing is opened twice"


def test_a_night_without_reviews_needs_no_flow_definition(s3, night, human_loops):
    night.lay(plan=[review(1, left_out="budget")])
    found = tried(s3, opening, flow="none")
    assert found == {"flow_definition_arn": None, "opened": 0, "adopted": 0, "refused": 0, "postponed": 0}
    assert s3.objects[night.files.reviews] == b""


@pytest.mark.parametrize(
    ("status", "said"), [(None, "There is no flow definition"), ("Failed", "is Failed, not Active")]
)
def test_a_flow_definition_that_is_not_there_opens_nothing(s3, night, human_loops, flows, *, status, said):
    night.lay(plan=[review(1)])
    if status:
        flows.add_flow("voc-flow", status=status)
    with pytest.raises(FlowDefinitionMissingError, match=said):
        opened()
    assert human_loops.loops == {}


@pytest.mark.parametrize("dry", [True, "true"])
def test_a_dry_run_asks_nobody(s3, night, loops, dry):
    night.lay(plan=[review(1)])
    with pytest.raises(AirflowSkipException, match="A dry run asks nobody"):
        run(opening(plan_only="{{ params.dry }}"), flow="voc-flow", dry=dry)
    assert loops.calls == []


def test_a_missing_plan_is_named(s3, night, loops):
    with pytest.raises(NightIncompleteError, match=r"plan.jsonl is not there"):
        opened()


def test_the_link_leads_to_the_portal(s3, night, loops):
    night.lay(plan=[review(1)])
    run(opening(), ti=(task := FakeTask()), flow="voc-flow")
    assert task.pushed["worker_portal"]["portal"] == "portal.example.com"


def test_the_connection_of_the_reviews_is_templated():
    made = opening(a2i_conn_id="{{ params.conn }}")
    made.render_template_fields({"params": {"conn": "elsewhere", "night": "s3://b/n", "flow": "f"}})
    assert made.a2i.aws_conn_id == "elsewhere"
