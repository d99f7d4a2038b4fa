"""DeleteReviews: a loop's open reviews, flow definitions and pages go; other loops' and all answers stay."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import PermissionDeniedError
from nightloop.aws.operators.a2i.delete_reviews import DeleteReviewsOperator
from tests.support.fakes.client import BROKEN, aws_error
from tests.support.night import run

OURS, OURS_BEFORE, THEIRS = f"voc-{'0' * 32}", f"voc-{'a' * 32}", f"voc-night-{'0' * 32}"


def deleting(**changes):
    return DeleteReviewsOperator(**{"task_id": "delete", "loop": "voc", "concurrency": 1} | changes)


@pytest.fixture
def reviews(loops, flows):
    del flows.flows["flow"]
    for name in (OURS, OURS_BEFORE, THEIRS, "vocabulary"):
        flows.add_flow(name)
        flows.add_page(name)
    loops.add("open", flow=OURS)
    loops.add("open before", flow=OURS_BEFORE)
    loops.add("done", status="Completed", flow=OURS)
    loops.add("theirs", flow=THEIRS)
    return loops


def test_what_is_the_loop_s_goes_and_nothing_else(s3, reviews, flows):
    found = run(deleting())
    assert found == {"human_loops": 2, "flow_definitions": 2, "task_uis": 2}
    assert sorted(reviews.loops) == ["done", "theirs"]
    assert reviews.loops["theirs"]["HumanLoopStatus"] == "InProgress"
    assert list(flows.flows) == list(flows.pages) == [THEIRS, "vocabulary"]


def test_a_second_try_finds_nothing_left(reviews):
    run(deleting())
    assert run(deleting()) == {"human_loops": 0, "flow_definitions": 0, "task_uis": 0}


def test_a_try_that_died_is_finished_by_the_next(reviews, flows):
    flows.fail("delete_human_task_ui", aws_error("AccessDeniedException", "no", status=403))
    with pytest.raises(PermissionDeniedError):
        run(deleting())
    assert run(deleting()) == {"human_loops": 0, "flow_definitions": 0, "task_uis": 2}


def test_more_than_a_page_of_each(reviews, flows):
    reviews.page = flows.page = 1
    assert run(deleting()) == {"human_loops": 2, "flow_definitions": 2, "task_uis": 2}


def test_what_somebody_is_working_on_ends_when_they_are_through(reviews, flows, capsys):
    reviews.loops["open"]["worked_on"] = True
    assert run(deleting())["human_loops"] == 2
    assert reviews.loops["open"]["HumanLoopStatus"] == "Stopping"
    assert "open is being worked on" in capsys.readouterr().out
    assert OURS not in flows.flows


def test_a_service_that_fails_for_a_moment_is_asked_again(reviews, hurry):
    reviews.fail("stop_human_loop", BROKEN)
    assert run(deleting())["human_loops"] == 2
    assert sorted(reviews.loops) == ["done", "theirs"]
    assert hurry


def test_loops_go_before_their_flow_definition(reviews, flows):
    reviews.fail("stop_human_loop", aws_error("AccessDeniedException", "no", status=403))
    with pytest.raises(PermissionDeniedError):
        run(deleting())
    assert OURS in flows.flows


def test_the_connection_of_the_reviews_is_templated(s3, reviews, clients):
    clients.asked.clear()
    run(deleting(a2i_conn_id="{{ params.conn }}"), conn="a2i_default")
    assert {conn for _, conn, *_ in clients.asked} == {"a2i_default"}
