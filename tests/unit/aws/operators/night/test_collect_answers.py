"""CollectAnswers: how each review ended and what was answered, each exactly once, whichever night finds it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from nightloop.aws.errors import NightChangedError, NightIncompleteError, ServiceFaultError, TooManyFailuresError
from nightloop.aws.operators.night.collect_answers import CollectAnswersOperator
from nightloop.config import Limits
from nightloop.domain.identity.pseudonyms import pseudonym
from nightloop.domain.reviewers.records import ReviewerRecord
from nightloop.domain.rows.jsonl import dumps_lines
from tests.support.fakes.client import BROKEN, aws_error
from tests.support.fakes.task import FakeTask
from tests.support.night import CLASSES, LOOP, NIGHT, Night, answer, box, human, opened, output, review, run, tried

ELSEWHERE = (120.0, 50.0, 40.0, 40.0)


def collecting(**changes):
    given = {"task_id": "collect", "night": NIGHT, "loop_folder": "{{ params.loop }}", "classes": CLASSES}
    return CollectAnswersOperator(**given | {"output_patience_seconds": 0} | changes)


@pytest.fixture
def asked(s3, night, human_loops):
    """Lay a night there that asks these reviews, each open."""

    def ask(*numbers, at=night):
        reviews = [review(number) for number in numbers]
        at.lay(plan=reviews, reviews=[opened(each) for each in reviews])
        for each in reviews:
            human_loops.add(each.review_name, flow="voc-flow")
        return reviews

    return ask


@pytest.fixture
def ends(s3, human_loops):
    """End a review with these people's answers."""

    def end(about, *humans, status="Completed", **more):
        uri = f"{LOOP}/reviews/{about.review_name}/output.json"
        s3.put(uri, json.dumps(output(about, *humans)))
        human_loops.end(about.review_name, uri, status, **more)
        return uri

    return end


def test_each_answer_is_written_in_the_order_of_the_plan(s3, night, asked, ends):
    first, second = asked(1, 2)
    ends(second, human(box("dog")))
    ends(first, human())
    found = tried(s3, collecting)
    assert found == {"uri": night.files.answers, "answers": 2, "Completed": 2}
    rows = night.rows(night.files.answers)
    assert [row["review_name"] for row in rows] == [first.review_name, second.review_name]
    assert ([found["label"] for found in rows[1]["boxes"]], rows[0]["boxes"]) == (["dog"], [])
    assert [row["status"] for row in night.rows(night.files.outcomes)] == ["Completed", "Completed"]


def test_what_was_collected_is_kept_whatever_the_service_says_by_now(s3, night, asked, ends, human_loops):
    (first,) = asked(1)
    ends(first, human(box()))
    run(collecting())
    human_loops.loops.clear()
    s3.calls.clear()
    assert tried(s3, collecting)["answers"] == 1
    assert s3.written() == []


def test_a_refused_review_is_not_asked_about(s3, night, human_loops):
    night.lay(plan=[review(1)], reviews=[opened(review(1), "failed", error="no"), opened(review(2), "postponed")])
    assert tried(s3, collecting) == {"uri": night.files.answers, "answers": 0}
    assert human_loops.calls == []


def test_an_open_review_is_left_to_a_later_night(s3, night, asked):
    (first,) = asked(1)
    found = tried(s3, collecting)
    assert (found["answers"], found["InProgress"]) == (0, 1)
    assert json.loads(s3.objects[night.loop.open_review(first.review_name)]) == {
        "night": "2026-11-22",
        "review": first.to_json(),
    }


def test_one_that_a_later_night_has_taken_is_not_left_again(s3, night, asked):
    (first,) = asked(1)
    s3.put(night.loop.late_answer(first.review_name), b'{"night": "2026-11-23"}')
    run(collecting())
    assert night.loop.open_review(first.review_name) not in s3.objects


@pytest.fixture
def later(s3, night, asked, ends):
    """The night after one that left review 1 open; it has asked nothing itself."""
    asked(1)
    run(collecting())
    return Night(s3, "2026-11-23").lay(plan=[], reviews=[])


def test_a_late_answer_joins_one_later_night(s3, night, later, ends):
    ends(review(1), human(box()))
    found = tried(s3, collecting, night=later.folder)
    assert (found["answers"], found["Completed"]) == (1, 1)
    assert later.rows(later.files.outcomes)[0]["night"] == "2026-11-22"
    assert night.loop.open_review(review(1).review_name) not in s3.objects, "it waits no more"
    assert json.loads(s3.objects[night.loop.late_answer(review(1).review_name)]) == {"night": "2026-11-23"}
    last = Night(s3, "2026-11-24").lay(plan=[], reviews=[])
    assert run(collecting(), night=last.folder)["answers"] == 0
    assert run(collecting())["answers"] == 0, "its own night has gone on without it"


def test_another_night_that_takes_it_at_the_same_moment_keeps_it(s3, night, later, ends):
    ends(review(1), human(box()))
    name = review(1).review_name
    s3.before("put_object", lambda: s3.put(night.loop.late_answer(name), b'{"night": "2026-11-24"}'))
    assert run(collecting(), night=later.folder)["answers"] == 0
    assert night.loop.open_review(name) in s3.objects, "until that night has written it"


def test_a_night_that_died_between_outcomes_and_answers_goes_on_with_what_it_took(s3, later, ends):
    ends(review(1), human(box()))
    s3.before("put_object", lambda: None)
    s3.before("put_object", lambda: s3.fail("get_object", aws_error("InternalError", "away", status=500), times=1))
    with pytest.raises(ServiceFaultError):
        run(collecting(), night=later.folder)
    assert later.files.answers not in s3.objects
    assert run(collecting(), night=later.folder)["answers"] == 1


def test_a_late_answer_that_nobody_can_use_is_kept_as_such(s3, later, ends):
    ends(review(1), human(box(), seconds=0.1))
    assert run(collecting(), night=later.folder)["answers"] == 0
    (row,) = later.rows(later.files.answers)
    assert row["unusable"]["code"]


def test_where_a_second_look_ends_without_an_answer_the_first_one_stands(s3, night, human_loops):
    first = human(box(), worker="a")
    earlier = tuple(reviewer.to_json() for reviewer in answer(review(1), first).reviewers)
    again = review(1, ordinal=1, earlier=earlier)
    s3.put(
        night.loop.open_review(again.review_name),
        json.dumps({"night": "2026-11-21", "review": again.to_json()}),
    )
    human_loops.add(again.review_name, status="Failed", flow="voc-flow", FailureReason="x", FailureCode="y")
    night.lay(plan=[], reviews=[])
    assert tried(s3, collecting)["answers"] == 1
    (row,) = night.rows(night.files.answers)
    assert [reviewer["reviewer"] for reviewer in row["reviewers"]] == [pseudonym("a")]


def test_a_review_that_waited_for_too_many_nights_is_stopped(s3, night, later, human_loops):
    found = tried(s3, lambda: collecting(give_up_after_nights=1), night=later.folder)
    assert found["Stopped"] == 1
    (row,) = later.rows(later.files.outcomes)
    assert (row["failure_code"], row["failure_reason"]) == ("GivenUp", "nobody answered within 1 nights")
    assert human_loops.loops[review(1).review_name]["HumanLoopStatus"] == "Stopped"


def test_before_that_it_is_left_alone(s3, night, later, human_loops):
    assert run(collecting(give_up_after_nights=2), night=later.folder) == {"uri": later.files.answers, "answers": 0}
    assert human_loops.requests("stop_human_loop") == []
    assert night.loop.open_review(review(1).review_name) in s3.objects


def test_a_review_somebody_is_at_goes_on(s3, later, human_loops):
    human_loops.loops[review(1).review_name]["worked_on"] = True
    found = run(collecting(give_up_after_nights=1), night=later.folder)
    assert found == {"uri": later.files.answers, "answers": 0}


def test_a_night_before_the_review_was_left_open_gave_nobody_time(s3, night, later, human_loops):
    s3.put(later.files.reviews, b"", age=timedelta(hours=1))
    run(collecting(give_up_after_nights=1), night=later.folder)
    assert human_loops.requests("stop_human_loop") == []


def test_a_completed_review_whose_output_is_not_there_yet_is_still_open(s3, night, asked, human_loops, hurry):
    (first,) = asked(1)
    human_loops.end(first.review_name, f"{LOOP}/reviews/x/output.json")
    found = tried(s3, collecting)
    assert (found["answers"], found["InProgress"]) == (0, 1)
    assert night.loop.open_review(first.review_name) in s3.objects


def test_an_output_that_comes_a_little_later_is_waited_for(s3, night, asked, ends, monkeypatch):
    (first,) = asked(1)
    uri = ends(first, human(box()))
    body = s3.buckets["bucket"].pop(uri.removeprefix("s3://bucket/"))["body"]
    monkeypatch.setattr("time.sleep", lambda _seconds: s3.put(uri, body))
    assert run(collecting(output_patience_seconds=60))["answers"] == 1


UNUSABLE = {
    "not JSON": (b"{", "unreadable"),
    "another review's": (json.dumps(output(review(9), human(box()))).encode(), "unreadable"),
    "a label of no class": (
        json.dumps(output(review(1), human(box(label="cat")))).replace('"label": "cat"', '"label": "sofa"').encode(),
        "label",
    ),
}


@pytest.mark.parametrize(("body", "code"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_output_that_cannot_be_used_is_kept_with_its_reason(s3, night, asked, ends, *, body, code):
    (first,) = asked(1)
    s3.put(ends(first, human()), body)
    found = tried(s3, collecting)
    assert (found["answers"], found["Completed"]) == (0, 1)
    (row,) = night.rows(night.files.answers)
    assert row["reviewers"] == []
    assert row["unusable"]["reason"]
    assert row["unusable"]["code"] == code


@pytest.mark.parametrize(("seconds", "learned"), [(4.0, 0), (6.0, 1)])
def test_too_fast_an_answer_is_not_learned_from(s3, night, asked, ends, *, seconds, learned):
    (first,) = asked(1)
    ends(first, human(box(), seconds=seconds, acceptanceTime=f"2026-11-23T07:59:{60 - int(seconds):02d}.000Z"))
    assert run(collecting(min_seconds=5.0))["answers"] == learned


def test_too_many_ended_reviews_without_an_answer_fail_the_night(s3, night, asked, ends, human_loops):
    reviews = asked(1, 2, 3)
    for each in reviews[:2]:
        human_loops.end(each.review_name, status="Failed", FailureReason="template broke", FailureCode="X")
    ends(reviews[2], human(box()))
    with pytest.raises(TooManyFailuresError, match=r"2 of 3 ended reviews .*is Failed template broke"):
        run(collecting(limits=Limits(max_unusable_share=0.5, few=2)))
    assert night.files.answers not in s3.objects
    assert run(collecting(limits=Limits(max_unusable_share=0.7, few=2)))["answers"] == 1


@pytest.mark.parametrize(
    ("status", "more"),
    [("Failed", {"FailureCode": "Expired", "FailureReason": "expired"}), ("Stopped", {})],
)
def test_that_nobody_came_is_no_failure(s3, night, asked, human_loops, *, status, more):
    for each in asked(1, 2):
        human_loops.end(each.review_name, status=status, **more)
    found = run(collecting(limits=Limits(max_unusable_share=0.0, few=1)))
    assert (found["answers"], found[status]) == (0, 2)
    assert s3.objects[night.files.answers] == b""


def test_what_was_answered_before_a_review_was_stopped_counts(s3, night, asked, ends):
    (first,) = asked(1)
    ends(first, human(box()), status="Stopped")
    assert tried(s3, collecting)["answers"] == 1


def test_who_stopped_a_review_before_anyone_answered_wants_no_answer(s3, night, asked, ends):
    stopped, done = asked(1, 2)
    ends(stopped, status="Stopped")
    ends(done)
    run(collecting())
    (row,) = night.rows(night.files.answers)
    assert (row["review_name"], row["unusable"]["code"]) == (done.review_name, "no-answer")


def test_a_deleted_review_is_an_outcome(s3, night, asked, human_loops):
    asked(1)
    human_loops.loops.clear()
    assert tried(s3, collecting)["Stopped"] == 1
    assert night.rows(night.files.outcomes)[0]["failure_reason"] == "the human loop was deleted"


def test_reviewers_are_weighed_by_their_records(s3, night, asked, ends):
    (first,) = asked(1)
    bad = [ReviewerRecord(pseudonym(name), reviews=30, gold=30, missed=60, drew=30) for name in ("b", "c")]
    s3.put(night.loop.reviewer_records("2026-11-21"), dumps_lines(bad))
    wrong = [human(box("dog", edges=ELSEWHERE), worker=name) for name in ("b", "c")]
    ends(first, human(box(), worker="a"), *wrong)
    run(collecting())
    labels = [found["label"] for found in night.rows(night.files.answers)[0]["boxes"]]
    assert labels == ["cat"], "two careless ones do not outvote one who is not known to be"


def test_two_tries_at_once_keep_one_record(s3, night, asked, ends):
    (first,) = asked(1)
    ends(first, human(box()))
    s3.before("put_object", lambda: run(collecting()))
    assert run(collecting())["answers"] == 1
    assert len(night.rows(night.files.answers)) == 1


def test_a_service_that_fails_for_a_moment_is_asked_again(s3, night, asked, ends, human_loops):
    (first,) = asked(1)
    ends(first, human(box()))
    human_loops.fail("describe_human_loop", BROKEN, times=3)
    assert run(collecting())["answers"] == 1


def test_one_that_stays_away_leaves_nothing_half_written(s3, night, asked, human_loops):
    asked(1)
    human_loops.fail("describe_human_loop", BROKEN, times=8)
    with pytest.raises(ServiceFaultError):
        run(collecting())
    assert night.files.outcomes not in s3.objects


def test_another_plan_than_that_of_the_outcomes_is_named(s3, night, asked, ends):
    (first,) = asked(1)
    ends(first, human(box()))
    run(collecting())
    night.lay(plan=[review(2)])
    s3.remove(night.files.answers)
    with pytest.raises(NightChangedError, match=f"review {first.review_name} is not where .*plan.jsonl has it"):
        run(collecting())


def test_missing_reviews_are_named(s3, night, human_loops):
    with pytest.raises(NightIncompleteError, match=r"reviews.jsonl is not there"):
        run(collecting())
    assert s3.objects == {}


def test_the_link_leads_to_the_answers(night, asked):
    asked()
    run(collecting(), ti=(task := FakeTask()))
    assert task.pushed["s3_output"]["object_key"].endswith("nights/2026-11-22/answers.jsonl")
