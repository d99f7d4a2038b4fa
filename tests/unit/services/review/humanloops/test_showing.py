"""Nothing is answered that was never shown, and the time begins when it is."""

from functools import partial

import pytest

from services.review.errors import (
    ClaimExpired,
    InvalidInput,
    TaskAlreadySubmitted,
    TaskNotHeld,
    TaskNotShown,
    UnknownTask,
)
from services.review.humanloops import answering, claiming, drafts, expiring, showing, stopping
from services.review.reports import activity
from services.review.storage.tables import Claim


def shows(floor, task, worker=0, **values):
    return floor.does(showing.show, task.id, floor.workers[worker], **values)


def submits(floor, task, worker=0, answer=None, seconds=5.0):
    rule = partial(answering.submit, answer=answer or {"a": 1}, seconds=seconds)
    return floor.does(rule, task.id, floor.workers[worker])


def keeps(floor, task, worker=0, answer=None):
    rule = partial(drafts.keep, answer=answer or {"draft": 1}, seconds=1.0)
    return floor.does(rule, task.id, floor.workers[worker])


def claim_of(floor, task):
    return floor.database.read(lambda session: session.get(Claim, task.id))


@pytest.fixture
def given(floor):
    """A task that was given to a worker whose page does not show it yet."""
    floor.makes_flow(time_limit=600)
    floor.starts("first")
    return floor.is_given(0)


def test_what_was_never_shown_takes_no_answer_and_no_draft(floor, given):
    assert isinstance(submits(floor, given).refusal, TaskNotShown)
    with pytest.raises(TaskNotShown):
        keeps(floor, given)

    claim = claim_of(floor, given)
    assert (claim.state, claim.answer, claim.late_answer, claim.draft_seconds) == ("held", None, None, None)
    shows(floor, given)
    assert submits(floor, given).refusal is None


def test_it_is_accepted_when_it_is_shown_and_then_has_its_whole_time(floor, given):
    floor.passes(seconds=40)
    task = shows(floor, given)

    assert (task.accepted_at, task.seconds_left(floor.now), task.is_shown) == (floor.now, 600, True)
    floor.passes(seconds=3)
    submits(floor, task, seconds=100)
    assert claim_of(floor, task).active_seconds == 3


def test_the_first_word_counts(floor, given):
    first = shows(floor, given)
    floor.passes(seconds=10)

    assert shows(floor, given) == first
    assert shows(floor, given, seconds_ago=10) == first


@pytest.mark.parametrize(("ago", "counted"), [(4, 4), (9, 9), (60, 9), (0, 0)])
def test_a_page_whose_word_was_on_its_way_for_long_says_since_when_it_shows(floor, given, ago, counted):
    floor.passes(seconds=9)
    task = shows(floor, given, seconds_ago=ago)

    assert (floor.now - task.accepted_at).total_seconds() == counted, "and never before it was given"


@pytest.mark.parametrize("ago", ["1", None, True, float("nan"), float("inf"), [1]])
def test_since_when_must_be_a_number(floor, given, ago):
    with pytest.raises(InvalidInput):
        shows(floor, given, seconds_ago=ago)
    assert claim_of(floor, given).is_shown is False


def test_what_is_not_shown_soon_goes_to_others_and_took_nobodys_time(floor, given):
    floor.passes(seconds=claiming.UNSHOWN.total_seconds() + 1)
    floor.does(expiring.expire_due)

    assert [worker.expired for worker in floor.does(activity.activities)] == [0, 0, 0]
    assert floor.claims(1).human_loop_name == "first"
    assert isinstance(shows(floor, given), ClaimExpired)


def test_a_time_limit_shorter_than_that_ends_it_sooner(floor):
    floor.makes_flow(time_limit=30)
    floor.starts("first")
    given = floor.is_given(0)
    floor.passes(seconds=31)

    assert floor.claims(1).human_loop_name == "first"
    assert isinstance(shows(floor, given), ClaimExpired)


def test_who_only_now_says_that_it_was_shown_loses_nothing_of_the_work(floor, given):
    floor.passes(seconds=claiming.UNSHOWN.total_seconds() + 1)
    other = floor.claims(1)
    assert isinstance(shows(floor, given), ClaimExpired)
    assert isinstance(keeps(floor, given, answer={"box": 1}), ClaimExpired)
    assert isinstance(submits(floor, given, answer={"box": 2}).refusal, ClaimExpired)
    floor.does(partial(claiming.give_back, declined=False), other.id, floor.workers[1])

    assert claim_of(floor, given).late_answer == '{"box": 2}'
    again = floor.claims(0)
    assert (again.human_loop_name, again.draft) == ("first", '{"box": 2}')


def test_late_but_before_anybody_noticed_it_is_still_theirs(floor, given):
    floor.passes(seconds=claiming.UNSHOWN.total_seconds() + 1)

    assert shows(floor, given).seconds_left(floor.now) == 600


def test_a_loop_that_ended_meanwhile_is_over(floor):
    floor.makes_flow(time_limit=600, availability=60)
    floor.starts("first")
    given = floor.is_given(0)
    floor.passes(seconds=60)

    with pytest.raises(ClaimExpired):
        shows(floor, given)


def test_a_stopped_loop_lets_who_got_it_finish(floor, given):
    floor.does(stopping.stop, "first")
    shows(floor, given)
    submits(floor, given)

    assert floor.state("first") == "Closing"


def test_a_stopped_loop_does_not_wait_for_a_page_that_never_came(floor, given):
    floor.does(stopping.stop, "first")
    floor.passes(seconds=claiming.UNSHOWN.total_seconds() + 1)
    floor.does(expiring.expire_due)

    assert floor.state("first") == "Stopped"
    assert isinstance(shows(floor, given), ClaimExpired)


def test_only_the_worker_it_was_given_to_can_say_so(floor, given):
    with pytest.raises(UnknownTask):
        shows(floor, given, worker=1)


def test_two_tabs_of_one_worker(floor, given):
    floor.starts("second")
    assert floor.is_given(0).id == given.id
    task, same = shows(floor, given), shows(floor, given)
    assert task == same
    submits(floor, task)
    after = floor.is_given(0)

    assert after.human_loop_name == "second"
    with pytest.raises(TaskAlreadySubmitted):
        shows(floor, given)
    assert isinstance(submits(floor, task, answer={"b": 2}).refusal, TaskAlreadySubmitted)
    assert isinstance(submits(floor, after).refusal, TaskNotShown), "the other tab shows the first one still"


@pytest.mark.parametrize("declined", [True, False])
def test_what_was_given_back_cannot_be_shown(floor, given, declined):
    floor.does(partial(claiming.give_back, declined=declined), given.id, floor.workers[0])

    with pytest.raises(TaskNotHeld):
        shows(floor, given)
