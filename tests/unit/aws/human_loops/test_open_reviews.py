"""Following the open loops of a night: how far a sweep looks back, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.domain.reviews.opened import OpenedReview
from nightloop.domain.reviews.outcome import ReviewOutcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def loops(count):
    return [OpenedReview(f"voc-{i}", "opened", "arn", NOON + timedelta(minutes=i)) for i in range(count)]


def test_the_sweep_begins_a_little_before_the_oldest_open_loop():
    reviews = OpenReviews(loops(3))
    assert reviews.since == NOON - timedelta(seconds=60)
    reviews.see("voc-0", "Completed", NOON)
    assert reviews.since == NOON + timedelta(seconds=0)
    reviews.see("voc-1", "Failed", NOON)
    reviews.see("voc-2", "Stopped", NOON)
    assert (reviews.open, reviews.since) == (0, None)
    assert reviews.summary() == {"reviews": 3, "completed": 1, "failed": 2, "open": 0}


def test_without_a_known_time_it_looks_at_everything():
    assert OpenReviews([*loops(1), OpenedReview("voc-x", "adopted", "arn")]).since is None


def test_loops_of_other_nights_and_refused_ones_are_none_of_ours():
    reviews = OpenReviews([*loops(1), OpenedReview("voc-refused", "failed", error="no")])
    reviews.see("other", "Completed", NOON)
    assert (reviews.total, reviews.open) == (1, 1)


def test_what_a_list_does_not_show_is_asked_for():
    reviews = OpenReviews(loops(2))
    reviews.begin_sweep()
    reviews.see("voc-0", "InProgress", NOON)
    assert reviews.unseen == ["voc-1"]
    reviews.take("voc-1", None)
    assert reviews.summary()["failed"] == 1
    reviews.begin_sweep()
    assert reviews.unseen == ["voc-0"]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["InProgress", "Stopping", "Completed", "Failed"]))))
def test_counts_always_add_up(seen):
    reviews = OpenReviews(loops(10))
    for number, status in seen:
        reviews.see(f"voc-{number}", status, NOON)
        summary = reviews.summary()
        assert summary["completed"] + summary["failed"] + summary["open"] == summary["reviews"] == 10


def test_rows_are_read_back_as_written():
    for loop in [*loops(1), OpenedReview("n", "failed", error="no"), OpenedReview("n", "adopted", "arn")]:
        assert OpenedReview.from_json(loop.to_json()) == loop
    described = {"HumanLoopStatus": "Failed", "FailureCode": "Expired", "FailureReason": "nobody came"}
    outcome = ReviewOutcome.of("n", "2026-11-22", described)
    assert ReviewOutcome.from_json(outcome.to_json()) == outcome
    assert (outcome.failure_code, outcome.is_open) == ("Expired", False)
    assert ReviewOutcome.of("n", "2026-11-22", None).status == "Stopped"
